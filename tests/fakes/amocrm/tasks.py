"""Tasks; those of type 2 are meetings."""

from __future__ import annotations

from typing import Any

from amocrm.account import ELEMENTS, LOST, PLURALS, WON, Base, Row
from kit.scenario import Act
from kit.times import Zone

MEETING = 2
OPEN_FIELDS = ("created_at", "updated_at", "complete_before")  # epochs, which not every body has


class Tasks(Base):
    def do_task(self, act: Act) -> None:
        args, owner = act.args, int(act.args["owner"])
        kind, _, ident = args.get("on", ":").partition(":")
        by = int(args.get("by", owner))
        self.tasks[int(act.id)] = row = {
            "id": int(act.id), "created_by": by, "updated_by": by, "created_at": self.now, "updated_at": self.now,
            "responsible_user_id": owner, "group_id": 0, "entity_id": int(ident or 0),
            "entity_type": PLURALS.get(kind), "duration": int(args.get("duration", "0")), "is_completed": False,
            "task_type_id": int(args.get("type", "1")), "text": args.get("text", "Связаться"), "result": [],
            "complete_till": self.zone.parse(args["till"]),
        }
        lead = self.leads.get(row["entity_id"]) if kind == "lead" else None
        if lead and lead["status_id"] not in (WON, LOST):
            self.leads.touch(lead["id"]).update(updated_at=self.now, updated_by=by)
        self._tell_task(row)
        self.log(act, "task_added", "task", row["id"], by, [], [])
        self.emit(act, self._task_hook(act, "add", row))

    def do_meeting(self, act: Act) -> None:
        act.args.update(type=str(MEETING), duration=act.args.get("duration", "3600"))
        self.do_task(act)

    def do_update_task(self, act: Act) -> None:
        """A change of the type may make a meeting of it, or none any more."""
        row, args = self.tasks.touch(int(act.id)), act.args
        old = dict(row)
        row["text"] = args.get("text", old["text"])
        row["task_type_id"] = int(args.get("type", old["task_type_id"]))
        row["responsible_user_id"] = int(args.get("owner", old["responsible_user_id"]))
        if "till" in args:
            row["complete_till"] = self.zone.parse(args["till"])
        row.update(updated_at=self.now, updated_by=int(args.get("by", row["responsible_user_id"])))
        self._tell_task(row)
        self._log_task_changes(act, row, old)
        special = []
        if row["responsible_user_id"] != old["responsible_user_id"]:
            owner = old["responsible_user_id"]
            special.append(self._task_hook(act, "responsible", row, old_responsible_user_id=owner))
        self.emit_pair(act, special, self._task_hook(act, "update", row, old_text=old["text"]))

    def do_complete_task(self, act: Act) -> None:
        row, text = self.tasks.touch(int(act.id)), act.args.get("result", "Готово")
        by = int(act.args.get("by", row["responsible_user_id"]))
        row.update(is_completed=True, updated_at=self.now, updated_by=by, result={"text": text})
        self._tell_task(row)
        self.log(act, "task_completed", "task", row["id"], by, [], [])
        self.log_more(act, "task_result_added", "task", row["id"], by, [{"task": {"text": text}}], [])
        result = {"id": self.number(act, "result_id"), "text": text}
        self.emit(act, self._task_hook(act, "update", row, action_close=1, result=result, old_text=row["text"]))

    def do_delete_task(self, act: Act) -> None:
        row = self.tasks.take(int(act.id))
        self.chronicle.gone("task", row["id"])
        self.chronicle.gone("meeting", row["id"])
        self._closest(row)
        self.log(act, "task_deleted", "task", row["id"], int(act.args.get("by", row["responsible_user_id"])), [], [])
        self.emit(act, ("task", "delete", {"id": row["id"]}))

    def _log_task_changes(self, act: Act, row: Row, old: Row) -> None:
        by, ident = row["updated_by"], row["id"]
        if row["complete_till"] != old["complete_till"]:
            self.log_more(act, "task_deadline_changed", "task", ident, by, [_deadline(row)], [_deadline(old)])
        if row["text"] != old["text"]:
            self.log_more(act, "task_text_changed", "task", ident, by, [{"task": {"text": row["text"]}}],
                          [{"task": {"text": old["text"]}}])
        if row["task_type_id"] != old["task_type_id"]:
            self.log_more(act, "task_type_changed", "task", ident, by, [{"task": {"type": row["task_type_id"]}}],
                          [{"task": {"type": old["task_type_id"]}}])
        if row["responsible_user_id"] != old["responsible_user_id"]:
            self.log_more(act, "entity_responsible_changed", "task", ident, by,
                          [{"responsible_user": {"id": row["responsible_user_id"]}}],
                          [{"responsible_user": {"id": old["responsible_user_id"]}}])

    def _task_hook(self, act: Act, action: str, row: Row, **more: Any) -> tuple[str, str, Row]:
        """`level=extra`: one level more, as the vendor's own sample has it. `times=text`: no epochs."""
        kind = next((kind for kind, plural in PLURALS.items() if plural == row["entity_type"]), "")
        zone = Zone("UTC") if "kommo" in self.settings["host"] else self.zone
        record = {
            "id": row["id"], "element_id": row["entity_id"], "element_type": ELEMENTS.get(kind, 0),
            "task_type": row["task_type_id"], "date_create": zone.plain(row["created_at"]), "text": row["text"],
            "status": int(row["is_completed"]), "account_id": self.account_id, "created_user_id": row["created_by"],
            "last_modified": zone.plain(row["updated_at"]), "responsible_user_id": row["responsible_user_id"],
            "complete_till": zone.plain(row["complete_till"]), **more, "created_at": row["created_at"],
            "updated_at": row["updated_at"], "complete_before": row["complete_till"],
        }
        if act.args.get("times") == "text":
            record = {name: value for name, value in record.items() if name not in OPEN_FIELDS}
        return "task", action, {"0": record} if act.args.get("level") == "extra" else record

    def _tell_task(self, row: Row) -> None:
        meeting, till = row["task_type_id"] == MEETING, row["complete_till"]
        kind, other = ("meeting", "task") if meeting else ("task", "meeting")
        on = {"leads": "deal", "contacts": "card:contact", "companies": "card:company"}.get(row["entity_type"] or "")
        done_at = min(row["updated_at"], till) if meeting else row["updated_at"]  # ticked off later: held when it was due
        self.chronicle.tell(kind, row["id"], self.now, done=row["is_completed"], done_at=done_at, start=till, deadline=till,
                            owner=str(row["responsible_user_id"]), target=f"{on}:{row['entity_id']}" if on else "")
        self.chronicle.gone(kind, row["id"], False)
        self.chronicle.gone(other, row["id"])
        self._closest(row)

    def _closest(self, task: Row) -> None:
        lead = self.leads.get(task["entity_id"]) if task["entity_type"] == "leads" else None
        if lead:
            mine = self.tasks_of.setdefault(lead["id"], set())
            mine.add(task["id"])
            open_ = [self.tasks[ident]["complete_till"] for ident in mine
                     if ident in self.tasks and not self.tasks[ident]["is_completed"]]
            lead["closest_task_at"] = min(open_, default=None)


def _deadline(row: Row) -> Row:
    return {"task_deadline": {"timestamp": row["complete_till"]}}
