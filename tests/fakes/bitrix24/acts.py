"""Calls, meetings, mails, tasks and people: their verbs."""

from __future__ import annotations

from typing import Any

from bitrix24 import rows
from bitrix24.portal import Base, Row, deal_stages
from kit.scenario import Act

TYPES = {"out": "1", "in": "2", "redirected": "3", "callback": "4", "info": "5"}
DIRECTIONS = {"1": "out", "2": "in", "3": "in", "4": "callback"}
OWNERS = {"lead": ("1", "L"), "deal": ("2", "D")}
SHORT = 10  # seconds; an answered call below is "short"


class Acts(Base):
    # Calls

    def do_call(self, act: Act) -> None:
        """The line's time is when the portal has registered the finished call."""
        args = act.args
        kind, owner = TYPES[args["direction"]], args.get("owner", "0")
        row = rows.call(str(len(self.tables["call"]) + int(self.settings.get("first_call", "61"))), act.id, owner)
        start = self.zone.parse(args.get("start", self.zone.local(self.now).strftime("%H:%M:%S")))
        cost = args.get("cost", "0")
        row.update(CALL_TYPE=kind, CALL_DURATION=args.get("seconds", "0"), CALL_START_DATE=self.server.iso(start),
                   CALL_FAILED_CODE=args.get("code", "200"), CALL_FAILED_REASON=args.get("reason", "Success call"),
                   PHONE_NUMBER=args.get("phone", "+70000000000"), PORTAL_NUMBER=args.get("line", "reg150908"),
                   COST=f"{float(cost):.4f}", CRM_ACTIVITY_ID=args.get("activity"))
        target = _target(args)
        if target:
            row.update(CRM_ENTITY_TYPE=target[0].upper(), CRM_ENTITY_ID=target[1])
        self.override(row, act)
        self.put("call", row["ID"], row)
        self._tell_call(act.id, kind, row, start, target)
        self._call_end(act, row, cost)
        if "activity" in args:
            self._call_activity(act, row, start, target)

    def _call_end(self, act: Act, row: Row, cost: str) -> None:
        names = ("CALL_ID", "CALL_TYPE", "PHONE_NUMBER", "PORTAL_NUMBER", "PORTAL_USER_ID", "CALL_DURATION",
                 "CALL_START_DATE", "COST", "COST_CURRENCY", "CALL_FAILED_CODE", "CALL_FAILED_REASON",
                 "CRM_ACTIVITY_ID")
        self.emit(act, "ONVOXIMPLANTCALLEND", {name: cost if name == "COST" else row[name] for name in names})

    def _call_activity(self, act: Act, call: Row, start: int, target: tuple[str, str] | None) -> None:
        ident, out = act.args["activity"], call["CALL_TYPE"] == "1"
        end = self.server.iso(start + int(call["CALL_DURATION"]))
        row = self._activity(act, ident, call["PORTAL_USER_ID"], target)
        begin = self.server.iso(start)
        row.update(TYPE_ID="2", PROVIDER_ID="VOXIMPLANT_CALL", PROVIDER_TYPE_ID="CALL", CREATED=begin, START_TIME=begin,
                   SUBJECT="Исходящий звонок" if out else "Входящий звонок", END_TIME=end, DEADLINE=end, COMPLETED="Y",
                   STATUS="2", DIRECTION="2" if out else "1", ORIGIN_ID=f"VI_{call['CALL_ID']}",
                   SETTINGS={"IS_DESCRIPTION_ONLY": True}, RESULT_STREAM="2" if out else "1")
        if target:
            owner = self.row(*target)
            owner.update(LAST_ACTIVITY_TIME=self.stamp, LAST_ACTIVITY_BY=call["PORTAL_USER_ID"])
        self.emit_fields(act, "ONCRMACTIVITYADD", int(ident))

    def _tell_call(self, ident: str, kind: str, row: Row, start: int, target: tuple[str, str] | None) -> None:
        if kind == "5":
            return
        direction, owner = DIRECTIONS[kind], row["PORTAL_USER_ID"]
        outcome = _outcome(direction, row["CALL_FAILED_CODE"], int(row["CALL_DURATION"]))
        self.chronicle.tell("call", ident, start, direction=direction, owner=owner if owner != "0" else "queue",
                            start=start, seconds=int(row["CALL_DURATION"]), outcome=outcome)
        live = direction == "in" and outcome in ("talk", "short")
        if target and (live or direction in ("out", "callback")):
            self.chronicle.tell("contact", ident, start, at=start, owner=owner, target=":".join(target), live=live)

    # Meetings, to-dos and mails

    def do_meeting(self, act: Act) -> None:
        row = self._activity(act, act.id, act.args["owner"], _target(act.args))
        start = self.date(act.args["start"])
        row.update(TYPE_ID="1", PROVIDER_ID="CRM_MEETING", PROVIDER_TYPE_ID="MEETING", NOTIFY_TYPE="1",
                   NOTIFY_VALUE="15", SUBJECT=act.args.get("subject", "Встреча"), START_TIME=start, DEADLINE=start,
                   END_TIME=self.date(act.args.get("end", act.args["start"])))
        self.override(row, act)
        self._tell_activity(row)
        self.emit_fields(act, "ONCRMACTIVITYADD", int(act.id))

    def do_todo(self, act: Act) -> None:
        row = self._activity(act, act.id, act.args["owner"], _target(act.args))
        row.update(SUBJECT=act.args.get("subject", "Дело"), DEADLINE=self.date(act.args["deadline"]),
                   START_TIME=self.stamp, END_TIME=self.date(act.args["deadline"]))
        self.override(row, act)
        self._tell_activity(row)
        self.emit_fields(act, "ONCRMACTIVITYADD", int(act.id))

    def do_email(self, act: Act) -> None:
        self._exchange(act, "Письмо", TYPE_ID="4", PROVIDER_ID="CRM_EMAIL", PROVIDER_TYPE_ID="EMAIL")

    def do_chat(self, act: Act) -> None:
        """A conversation in an open line."""
        self._exchange(act, "Чат", TYPE_ID="6", PROVIDER_ID="IMOPENLINES_SESSION", PROVIDER_TYPE_ID="1")

    def _exchange(self, act: Act, subject: str, **kind: str) -> None:
        owner, target = act.args["owner"], _target(act.args)
        out = act.args.get("direction", "out") == "out"
        row = self._activity(act, act.id, owner, target)
        row.update(kind)
        row.update(COMPLETED="Y", STATUS="2", SUBJECT=act.args.get("subject", subject), DIRECTION="2" if out else "1",
                   START_TIME=self.stamp, END_TIME=self.stamp, DEADLINE=self.stamp)
        self.override(row, act)
        if out and target:
            self.chronicle.tell("contact", act.id, self.now, at=self.now, owner=owner, target=":".join(target),
                                live=False)
        self.emit_fields(act, "ONCRMACTIVITYADD", int(act.id))

    def do_update_activity(self, act: Act) -> None:
        row = self.row("activity", act.id)
        row.update(LAST_UPDATED=self.stamp, EDITOR_ID=act.args.get("by", row["RESPONSIBLE_ID"]))
        if "owner" in act.args:
            row["RESPONSIBLE_ID"] = act.args["owner"]
        for name, field in (("start", "START_TIME"), ("end", "END_TIME"), ("deadline", "DEADLINE")):
            if name in act.args:
                row[field] = self.date(act.args[name])
        if "start" in act.args and row["TYPE_ID"] == "1":
            row["DEADLINE"] = row["START_TIME"]
        if act.args.get("completed", "N") == "Y":
            row.update(COMPLETED="Y", STATUS="2")
        self.override(row, act)
        self._tell_activity(row)
        self.emit_fields(act, "ONCRMACTIVITYUPDATE", int(act.id))

    def do_complete_activity(self, act: Act) -> None:
        act.args["completed"] = "Y"
        self.do_update_activity(act)

    def do_delete_activity(self, act: Act) -> None:
        row = self.tables["activity"].take(int(act.id))
        self.chronicle.gone("meeting" if row["TYPE_ID"] == "1" else "task", _name(row))
        self.emit_fields(act, "ONCRMACTIVITYDELETE", int(act.id))

    def _activity(self, act: Act, ident: str, owner: str, target: tuple[str, str] | None) -> Row:
        row = self.put("activity", ident, rows.activity(ident, self.stamp, owner, act.args.get("by", owner)))
        if target:
            row.update(OWNER_TYPE_ID=OWNERS[target[0]][0], OWNER_ID=target[1])
        return row

    def _tell_activity(self, row: Row) -> None:
        """A meeting is held when it ended, or when it was ticked off before its end; a to-do is a task."""
        done = row["COMPLETED"] == "Y"
        values: dict[str, Any] = {"owner": row["RESPONSIBLE_ID"], "done": done}
        if row["TYPE_ID"] == "1":
            end = self.zone.parse(row["END_TIME"])
            kind = next((name for name, (number, _) in OWNERS.items() if number == row["OWNER_TYPE_ID"]), "")
            values.update(start=self.zone.parse(row["START_TIME"]), done_at=min(end, self.now),
                          target=f"{kind}:{row['OWNER_ID']}" if kind else "")
            self.chronicle.tell("meeting", _name(row), self.now, **values)
        elif row["TYPE_ID"] == "6":
            values["deadline"] = self.zone.parse(row["DEADLINE"]) if row["DEADLINE"] else 0
            self.chronicle.tell("task", _name(row), self.now, **values)

    # Comments

    def do_comment(self, act: Act) -> None:
        kind = next(name for name in ("deal", "lead", "contact", "company") if name in act.args)
        row = self.put("comment", act.id, rows.comment(act.id, self.stamp, act.args["by"], kind, act.args[kind]))
        self._comment(row, act, "ONCRMTIMELINECOMMENTADD")

    def do_update_comment(self, act: Act) -> None:
        self._comment(self.row("comment", act.id), act, "ONCRMTIMELINECOMMENTUPDATE")

    def do_delete_comment(self, act: Act) -> None:
        del self.tables["comment"][int(act.id)]
        self.emit_fields(act, "ONCRMTIMELINECOMMENTDELETE", int(act.id))

    def _comment(self, row: Row, act: Act, event: str) -> None:
        row["COMMENT"] = act.args.get("text", row["COMMENT"])
        self.override(row, act)
        self.emit_fields(act, event, int(act.id))

    # Tasks

    def do_task(self, act: Act) -> None:
        owner = self.directories.user(act.args["owner"])
        creator = self.directories.user(act.args.get("by", "1"))
        row = self.put("task", act.id, rows.task(act.id, self.stamp, owner, creator))
        row["title"] = act.args.get("title", row["title"])
        if target := _target(act.args):
            row["ufCrmTask"] = [f"{OWNERS[target[0]][1]}_{target[1]}"]
        self._task(row, act)
        self.emit(act, "ONTASKADD", {"FIELDS_BEFORE": "undefined", "FIELDS_AFTER": {"ID": act.id},
                                     "IS_ACCESSIBLE_BEFORE": "N", "IS_ACCESSIBLE_AFTER": "undefined"})

    def do_update_task(self, act: Act) -> None:
        row = self.row("task", act.id)
        row["changedDate"] = self.stamp
        if "owner" in act.args:
            owner = self.directories.user(act.args["owner"])
            row.update(responsibleId=owner["ID"], responsible=rows.person(owner))
        if "status" in act.args:
            done = act.args["status"] == "5"
            row.update(status=act.args["status"], closedDate=self.stamp if done else None,
                       closedBy=act.args.get("by", row["responsibleId"]) if done else "0")
        self._task(row, act)
        self.emit(act, "ONTASKUPDATE", {"FIELDS_BEFORE": {"ID": act.id}, "FIELDS_AFTER": {"ID": act.id},
                                        "IS_ACCESSIBLE_BEFORE": "undefined", "IS_ACCESSIBLE_AFTER": "undefined"})

    def do_complete_task(self, act: Act) -> None:
        act.args["status"] = "5"
        self.do_update_task(act)

    def do_delete_task(self, act: Act) -> None:
        del self.tables["task"][int(act.id)]
        self.chronicle.gone("task", act.id)
        self.emit(act, "ONTASKDELETE", {"FIELDS_BEFORE": {"ID": act.id}, "FIELDS_AFTER": "undefined",
                                        "IS_ACCESSIBLE_BEFORE": "undefined", "IS_ACCESSIBLE_AFTER": "N"})

    def _task(self, row: Row, act: Act) -> None:
        if "deadline" in act.args:
            row["deadline"] = self.date(act.args["deadline"]) or None
        self.override(row, act)
        deadline = self.zone.parse(row["deadline"]) if row["deadline"] else 0
        self.chronicle.tell("task", row["id"], self.now, owner=row["responsibleId"], done=row["status"] == "5",
                            deadline=deadline)

    # People and the unknown

    def do_user(self, act: Act) -> None:
        name, last_name = act.args.get("name", "Имя"), act.args.get("last_name", "Фамилия")
        row = rows.user(act.id, name, last_name, self.stamp)
        self.directories.users.append(row)
        told = ("ID", "ACTIVE", "NAME", "LAST_NAME", "SECOND_NAME", "EMAIL", "WORK_POSITION", "UF_DEPARTMENT")
        self.emit(act, "ONUSERADD", {field: row[field] for field in told})  # without FIELDS

    def do_dismiss_user(self, act: Act) -> None:
        self.directories.user(act.id)["ACTIVE"] = False

    # Directories: no event tells of them

    def do_stage(self, act: Act) -> None:
        """One more stage, `stage PAID list=DEAL_STAGE name="Оплачено"`, or another name or meaning of one."""
        dictionary, semantics = act.args["list"], act.args.get("semantics")
        row = self.directories.status(dictionary, act.id)
        if row is None:
            row = {"ID": str(900 + len(self.directories.statuses)), "ENTITY_ID": dictionary, "STATUS_ID": act.id,
                   "SORT": "50", "SYSTEM": "N"}
            self.directories.statuses.append(row)
        row.update(NAME=act.args["name"], SEMANTICS=semantics)
        self._rebuild_semantics(dictionary, act.id, semantics or "P")

    def _rebuild_semantics(self, dictionary: str, stage: str, semantics: str) -> None:
        """Leads and deals say themselves what their stage means. No event tells of it, and they count as not changed."""
        table, prefix = ("lead", "STATUS") if dictionary == "STATUS" else ("deal", "STAGE")
        for row in self.tables[table].values():
            own = dictionary == "STATUS" or dictionary == deal_stages(row["CATEGORY_ID"])
            if own and row[f"{prefix}_ID"] == stage:
                row[f"{prefix}_SEMANTIC_ID"] = semantics

    def do_delete_stage(self, act: Act) -> None:
        self.directories.statuses = [row for row in self.directories.statuses if row["STATUS_ID"] != act.id]

    def do_pipeline(self, act: Act) -> None:
        row = {"id": int(act.id), "name": act.args["name"], "sort": 400, "entityTypeId": 2, "isDefault": "N"}
        self.directories.categories[2].append(row)

    def do_task_comment(self, act: Act) -> None:
        """In the chat of a task: the comment has no id of its own."""
        self.row("task", act.id)["changedDate"] = self.stamp
        self.emit(act, "ONTASKCOMMENTADD", {
            "FIELDS_BEFORE": "undefined",
            "FIELDS_AFTER": {"ID": 0, "MESSAGE_ID": act.args.get("message", "1"), "TASK_ID": act.id},
            "IS_ACCESSIBLE_BEFORE": "N", "IS_ACCESSIBLE_AFTER": "undefined"})

    def do_event(self, act: Act) -> None:
        """Any event by name: `event ONCRMSOMETHINGNEW fields=77`."""
        self.subscriptions.setdefault(act.id, int(act.args.get("handler", "77")))
        self.emit_fields(act, act.id, int(act.args.get("fields", "1")))


def _target(args: dict[str, str]) -> tuple[str, str] | None:
    return next(((kind, args[kind]) for kind in OWNERS if kind in args), None)


def _name(row: Row) -> str:
    return f"activity {row['ID']}"


def _outcome(direction: str, code: str, seconds: int) -> str:
    """Direction and code together: 304 is a missed call only when it came in."""
    if code == "200":
        return "talk" if seconds >= SHORT else "short"
    if code in ("304", "480", "486", "603", "603-S"):
        return "missed" if direction == "in" else "failed"
    return "failed" if code in ("402", "402-B24", "403", "404", "423", "484", "503", "500") else "unknown"
