"""Notes, calls, messages, tasks and invoices: their verbs."""

from __future__ import annotations

import json
from typing import Any

from amocrm.account import PLURALS, Base, Row
from amocrm.directories import BILL_DATE, BILL_ITEMS, BILL_LEAD, BILL_PRICE, BILL_STATUS, CREATED, INVOICES, PAID
from kit.scenario import Act

ELEMENT = {"contact": 1, "lead": 2, "company": 3}
SECTION = {"contact": "contacts", "lead": "leads", "company": "contacts"}
NOTE_TYPES = {"common": 4, "call_in": 10, "call_out": 11}
MEETING = 2
SHORT = 10


class Acts(Base):
    # Notes and calls

    def do_call(self, act: Act) -> None:
        args = act.args
        seconds, out = int(args.get("seconds", "0")), args["direction"] == "out"
        uniq = args.get("uniq", f"{self.now}.{act.id}")
        params = {
            "uniq": uniq, "duration": seconds, "source": "demo_pbx",
            "link": args.get("link", f"https://rec.example/demo/{uniq}.mp3" if seconds else ""),
            "phone": args.get("phone", "79000000000"), "call_result": args.get("result", ""),
            "call_status": int(args.get("status", "4" if seconds else "6")),
        }
        row, kind, target = self._note(act, "call_out" if out else "call_in", params)
        self._tell_call(act, row, kind, target, uniq)
        self.log(act, "outgoing_call" if out else "incoming_call", kind, target, row["created_by"],
                 [{"note": {"id": row["id"]}}], [])
        text = {"UNIQ": uniq, "LINK": params["link"], "PHONE": params["phone"], "DURATION": seconds, "SRC": "demo_pbx"}
        self._note_hook(act, row, kind, json.dumps(text, separators=(",", ":")).replace("/", "\\/"))

    def do_note(self, act: Act) -> None:
        text = act.args.get("text", "")
        row, kind, _ = self._note(act, "common", {"text": text})
        self._note_hook(act, row, kind, text)

    def _note(self, act: Act, note_type: str, params: Row) -> tuple[Row, str, int]:
        kind, _, ident = act.args["on"].partition(":")
        owner = int(act.args["owner"])
        row = {
            "id": int(act.id), "entity_id": int(ident), "created_by": owner, "updated_by": owner,
            "created_at": self.now, "updated_at": self.now, "responsible_user_id": owner, "group_id": 0,
            "note_type": note_type, "params": params,
        }
        self.notes[PLURALS[kind]][row["id"]] = row
        return row, kind, int(ident)

    def _tell_call(self, act: Act, row: Row, kind: str, target: int, uniq: str) -> None:
        seconds, out = row["params"]["duration"], act.args["direction"] == "out"
        outcome = ("talk" if seconds >= SHORT else "short") if seconds else "failed" if out else "missed"
        owner = str(row["responsible_user_id"])
        self.chronicle.tell("call", uniq, self.now, direction="out" if out else "in", owner=owner, start=self.now,
                            seconds=seconds, outcome=outcome)
        live = not out and outcome in ("talk", "short")
        if (out or live) and kind == "lead":
            self.chronicle.tell("contact", uniq, self.now, at=self.now, owner=owner, target=f"deal:{target}", live=live)

    def _note_hook(self, act: Act, row: Row, kind: str, text: str) -> None:
        plain = self.zone.plain(self.now)
        note = {
            "element_type": ELEMENT[kind], "element_id": row["entity_id"], "note_type": NOTE_TYPES[row["note_type"]],
            "text": text, "account_id": self.account_id, "date_create": plain, "timestamp_x": plain,
            "created_by": row["created_by"], "modified_by": row["updated_by"],
            "main_user_id": row["responsible_user_id"], "group_id": 0, "attachement": "",
            "metadata": '{"event_source":{"id":0,"author_name":"","type":1}}', "id": row["id"],
            "created_at": row["created_at"], "updated_at": row["updated_at"],
        }
        self.emit(act, (SECTION[kind], "note", {"note": note}))

    # Messages

    def do_message_in(self, act: Act) -> None:
        lead, chat = self.leads[int(act.args["lead"])], self._chat(act)
        self.log(act, "incoming_chat_message", "lead", lead["id"], 0, [{"message": {"id": act.id}}], [])
        self.emit(act, ("message", "add", {
            **self._message(act, lead, chat), "type": "incoming",
            "author": {"id": chat["client"], "type": "external", "name": chat["client_name"]}, "origin": "telegram",
        }))

    def do_message_out(self, act: Act) -> None:
        """`user` is absent for a robot's message."""
        lead, chat, user = self.leads[int(act.args["lead"])], self._chat(act), int(act.args.get("user", "0"))
        self.log(act, "outgoing_chat_message", "lead", lead["id"], user, [{"message": {"id": act.id}}], [])
        if user:
            self.chronicle.tell("contact", act.id, self.now, at=self.now, owner=str(user),
                                target=f"deal:{lead['id']}", live=False)
        self.emit(act, ("outgoing_message", "add", {
            **self._message(act, lead, chat), "message_type": "text", "type": "outgoing",
            "source_id": lead["source_id"] or 4400001,
            "author": {"id": act.args.get("author", f"author-{user}"), "type": "internal", "user_id": user or None,
                       "name": self.directories.user_name(user) if user else "SalesBot"},
            "recipient": {"id": chat["client"], "type": "external", "name": chat["client_name"]}, "origin": "telegram",
        }))

    def do_rate(self, act: Act) -> None:
        """The client votes on the conversation about a lead."""
        lead = self.leads[int(act.id)]
        act.args["lead"] = act.id
        chat = self._chat(act)
        self.emit(act, ("talk", "update", {
            "talk_id": chat["talk"], "created_at": lead["created_at"], "updated_at": self.now, "rate": act.args["rate"],
            "contact_id": (lead["contacts"] or [0])[0], "chat_id": chat["chat"], "entity_id": lead["id"],
            "entity_type": "lead", "is_in_work": 0, "is_read": 1, "origin": "telegram",
        }))

    def _chat(self, act: Act) -> Row:
        lead = act.args["lead"]
        blank = {"chat": f"chat-{lead}", "talk": lead, "client": f"client-{lead}", "client_name": "Клиент"}
        return self.chats.get(lead, blank)

    def _message(self, act: Act, lead: Row, chat: Row) -> Row:
        contact = (lead["contacts"] or [0])[0]
        return {
            "id": act.id, "chat_id": chat["chat"], "talk_id": chat["talk"], "contact_id": contact,
            "text": act.args.get("text", "Здравствуйте!"), "created_at": self.now, "element_type": 2,
            "entity_type": "lead", "element_id": lead["id"], "entity_id": lead["id"],
        }

    # Tasks: those of type 2 are meetings

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
        lead = self.leads.get(row["entity_id"])
        if lead and lead["status_id"] not in (142, 143):
            self.leads.touch(lead["id"]).update(updated_at=self.now, updated_by=by)
        self._tell_task(row)
        self.log(act, "task_added", "task", row["id"], by, [], [])
        self.emit(act, ("task", "add", self._task_hook(row)))

    def do_meeting(self, act: Act) -> None:
        act.args.update(type=str(MEETING), duration=act.args.get("duration", "3600"))
        self.do_task(act)

    def do_update_task(self, act: Act) -> None:
        row, args = self.tasks.touch(int(act.id)), act.args
        old_text, old_owner = row["text"], row["responsible_user_id"]
        row["text"] = args.get("text", old_text)
        row["responsible_user_id"] = int(args.get("owner", old_owner))
        if "till" in args:
            row["complete_till"] = self.zone.parse(args["till"])
        row.update(updated_at=self.now, updated_by=int(args.get("by", row["responsible_user_id"])))
        self._tell_task(row)
        self.emit(act, ("task", "update", self._task_hook(row, old_text=old_text)))

    def do_complete_task(self, act: Act) -> None:
        row, text = self.tasks.touch(int(act.id)), act.args.get("result", "Готово")
        by = int(act.args.get("by", row["responsible_user_id"]))
        row.update(is_completed=True, updated_at=self.now, updated_by=by, result={"text": text})
        self._tell_task(row)
        self.log(act, "task_completed", "task", row["id"], by, [], [])
        result = {"id": self.number(act, "result_id"), "text": text}
        self.emit(act, ("task", "update", self._task_hook(row, action_close=1, result=result, old_text=row["text"])))

    def do_delete_task(self, act: Act) -> None:
        row = self.tasks.take(int(act.id))
        self.chronicle.gone("task", row["id"])
        self.chronicle.gone("meeting", row["id"])
        self.log(act, "task_deleted", "task", row["id"], row["responsible_user_id"], [], [])
        self.emit(act, ("task", "delete", {"id": row["id"]}))

    def _task_hook(self, row: Row, **more: Any) -> Row:
        element = {"leads": 2, "contacts": 1, "companies": 3}.get(row["entity_type"] or "", 0)
        return {
            "id": row["id"], "element_id": row["entity_id"], "element_type": element,
            "task_type": row["task_type_id"], "date_create": self.zone.plain(row["created_at"]), "text": row["text"],
            "status": int(row["is_completed"]), "account_id": self.account_id, "created_user_id": row["created_by"],
            "last_modified": self.zone.plain(row["updated_at"]), "responsible_user_id": row["responsible_user_id"],
            "complete_till": self.zone.plain(row["complete_till"]), **more, "created_at": row["created_at"],
            "updated_at": row["updated_at"], "complete_before": row["complete_till"],
        }

    def _tell_task(self, row: Row) -> None:
        meeting, till = row["task_type_id"] == MEETING, row["complete_till"]
        self.chronicle.tell("meeting" if meeting else "task", row["id"], self.now, done=row["is_completed"],
                            owner=str(row["responsible_user_id"]), done_at=row["updated_at"], start=till, deadline=till)
        self._closest(row["entity_id"])

    def _closest(self, lead: int) -> None:
        if lead in self.leads:
            open_ = [task["complete_till"] for task in self.tasks.values()
                     if task["entity_type"] == "leads" and task["entity_id"] == lead and not task["is_completed"]]
            self.leads[lead]["closest_task_at"] = min(open_, default=None)

    # Invoices

    def do_invoice(self, act: Act) -> None:
        """`items="text:price:quantity;..."`"""
        owner = int(act.args["owner"])
        items = [part.split(":") for part in act.args.get("items", "").split(";") if part]
        lines = [{"description": name, "unit_price": int(price), "quantity": int(many)} for name, price, many in items]
        self.invoices[int(act.id)] = row = {
            "id": int(act.id), "name": act.args.get("name", f"Счёт № {act.id}"), "created_by": owner,
            "updated_by": owner, "created_at": self.now, "updated_at": self.now, "status": CREATED, "paid_at": None,
            "price": act.args["price"], "lead": int(act.args["lead"]), "is_deleted": None,
            "items": lines,
        }
        self._invoice(act, row, "add")

    def do_pay_invoice(self, act: Act) -> None:
        self.invoices.touch(int(act.id)).update(status=PAID, paid_at=self.now)
        self.do_update_invoice(act)

    def do_unpay_invoice(self, act: Act) -> None:
        self.invoices.touch(int(act.id)).update(status=CREATED, paid_at=None)
        self.do_update_invoice(act)

    def do_update_invoice(self, act: Act) -> None:
        row = self.invoices.touch(int(act.id))
        row.update(updated_at=self.now, price=act.args.get("price", row["price"]),
                   updated_by=int(act.args.get("by", row["created_by"])))
        self._invoice(act, row, "update")

    def _invoice(self, act: Act, row: Row, action: str) -> None:
        self.chronicle.tell("invoice", row["id"], self.now, owner=str(row["created_by"]), pipeline="",
                            outcome="won" if row["status"] == PAID else "open", amount=float(row["price"]))
        status = {CREATED: "Создан", PAID: "Оплачен"}[row["status"]]
        filled = [
            (BILL_STATUS, "Статус", "BILL_STATUS", [{"value": status, "enum": row["status"]}]),
            (BILL_DATE, "Дата оплаты", "BILL_PAYMENT_DATE", [row["paid_at"]] if row["paid_at"] else []),
            (BILL_ITEMS, "Товары", "ITEMS", [{"value": item} for item in row["items"]]),
            (BILL_PRICE, "Сумма", "BILL_PRICE", [{"value": row["price"]}]),
            (BILL_LEAD, "Сделка", "LINK_TO_LEAD",
             [{"value": f"{self.settings['host']}/leads/detail/{row['lead']}"}]),
        ]
        names = ("id", "name", "created_by", "updated_by", "created_at", "updated_at")
        head = {name: row[name] for name in names}
        shown = [{"id": ident, "name": name, "code": code, "values": values}
                 for ident, name, code, values in filled if values]
        record = {"id": head.pop("id"), "catalog_id": INVOICES, **head, "custom_fields": shown}
        self.emit(act, ("catalogs", action, record))

    # The unknown

    def do_hook(self, act: Act) -> None:
        """A section and action by name: `hook nps.rate id=5`."""
        section, _, action = act.id.partition(".")
        self.emit(act, (section, action or "add", dict(act.args)))
