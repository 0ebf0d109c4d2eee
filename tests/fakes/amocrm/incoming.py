"""Incoming leads (`unsorted`) of every category: they arrive, and are accepted or declined."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from amocrm.chats import Chats
from amocrm.leads import PIPELINE, Leads
from amocrm.notes import Notes
from amocrm.account import Row
from kit.scenario import Act

SOURCE = 4400001
CALL_NOTES = 79_000_000  # ids of the notes that are made of incoming calls


class Incoming(Leads, Chats, Notes):
    def do_chat_lead(self, act: Act) -> None:
        """A messenger chat makes an incoming lead."""
        act.args["category"] = "chats"
        self.do_incoming(act)

    def do_incoming(self, act: Act) -> None:
        """`category`: sip (with `seconds uniq phone` of the call), mail, forms or chats."""
        act.args.setdefault("uniq", f"{self.now}.{act.id}")
        pipeline = int(act.args.get("pipeline", PIPELINE))
        row = self._new(act, int(act.args["owner"]), self.directories.incoming(pipeline))
        chat, category = self.chat_of(act.id, act), act.args["category"]
        self._log_added(act, row)
        self.unsorted[chat["uid"]] = {
            "uid": chat["uid"], "source_uid": chat["source_uid"], "source_name": chat["source_name"],
            "category": category, "pipeline_id": pipeline, "created_at": self.now, "lead": row["id"],
            "metadata": self._metadata(category, row, act),
        }
        self.emit(act, ("unsorted", "add", self._unsorted(row, act)))
        if category == "sip":
            self._note_call(act)

    def _note_call(self, act: Act) -> None:
        """`is_call_event_needed`: the account notes the call on the lead itself."""
        known = {name: value for name, value in act.args.items() if name in ("owner", "seconds", "uniq", "phone", "hook", "again")}
        self.do_call(replace(act, id=str(CALL_NOTES + int(act.id)), args={**known, "on": f"lead:{act.id}", "direction": "in"}))

    def do_update_incoming(self, act: Act) -> None:
        """`shape=list` or `single`: how the body names the lead."""
        row, chat = self._lead(act), self.chat_of(act.id, act)
        named = {"id": row["id"]}
        self.emit(act, ("unsorted", "update", {
            "uid": chat["uid"], "category": self.unsorted[chat["uid"]]["category"], "created_at": self.now,
            "data": {"leads": named if act.args.get("shape") == "single" else [named]},
        }))

    def do_accept(self, act: Act) -> None:
        act.args.setdefault("status", "68000020")
        self._leave(act, "accept")
        self.do_update_lead(act)

    def do_decline(self, act: Act) -> None:
        """The lead goes into the bin."""
        self._leave(act, "decline")
        self.do_delete_lead(act)

    def _leave(self, act: Act, action: str) -> None:
        row, uid = self.leads[int(act.id)], self.chat_of(act.id, act)["uid"]
        held = self.unsorted.take(uid)
        by = int(act.args.get("by", row["responsible_user_id"]))
        self.emit(act, ("unsorted", "delete", {
            "action": action, "uid": uid, f"{action}_result": {"leads": [row["id"]]}, "category": held["category"],
            "created_at": self.now, "modified_user_id": by,
        }))

    def _unsorted(self, row: Row, act: Act) -> Row:
        """As a webhook carries it. Of the categories other than chats the inner keys are those of REST."""
        chat, category = self.chats[act.id], act.args["category"]
        source, at = row["source_id"] or SOURCE, self.now
        data = self._chat_data(row, act) if category == "chats" else self._metadata(category, row, act)
        return {
            "uid": chat["uid"], "source": act.args.get("bot", "telegram:demo_bot"), "source_uid": chat["source_uid"],
            "category": category, "source_data": data, "date_create": at,
            "data": {"contacts": [{"id": contact} for contact in row["contacts"]]},
            "pipeline_id": row["pipeline_id"], "account_id": self.account_id, "source_id": source,
            "lead_id": row["id"], "created_at": at,
        }

    def _chat_data(self, row: Row, act: Act) -> Row:
        chat, text, at = self.chats[act.id], act.args.get("text", "Здравствуйте!"), self.now
        message = {"id": act.args.get("message", "0"), "manager": "false", "date": at, "text": text}
        return {
            "from": chat["client_name"], "name": chat["client_name"], "to": self.directories.account["name"],
            "date": at, "service": "com.amocrm.amochats", "site": "",
            "client": {"name": chat["client_name"], "id": chat["client"], "picture": ""},
            "origin": {"provider": "telegram", "chat_id": chat["chat"]}, "data": [message],
            "source_uid": chat["source_uid"], "source": row["source_id"] or SOURCE, "source_name": chat["source_name"],
        }

    def _metadata(self, category: str, row: Row, act: Act) -> dict[str, Any]:
        """As REST shows it."""
        at, phone, chat = self.now, act.args.get("phone", "79000000000"), self.chats[act.id]
        return {
            "sip": {"from": phone, "phone": phone, "called_at": at, "duration": int(act.args.get("seconds", "0")),
                    "link": "", "service_code": "demo_pbx", "uniq": act.args["uniq"],
                    "is_call_event_needed": True, "call_responsible": row["responsible_user_id"]},
            "forms": {"form_id": 1, "form_name": "Заявка", "form_page": "kpi.example", "ip": "192.0.2.1",
                      "form_sent_at": at, "referer": "", "visitor_uid": None, "form_type": 1},
            "mail": {"from": {"email": "client@example.com", "name": "Клиент"}, "received_at": at,
                     "subject": "Запрос", "thread_id": 1, "message_id": row["id"], "content_summary": ""},
            "chats": {"from": chat["client_name"], "to": self.directories.account["name"], "received_at": at,
                      "service": "com.amocrm.amochats", "client": {"name": chat["client_name"]},
                      "origin": {"provider": "telegram", "chat_id": chat["chat"]}, "last_message_text": "",
                      "source_name": chat["source_name"]},
        }[category]
