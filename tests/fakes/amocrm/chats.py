"""Messages and conversations: their verbs."""

from __future__ import annotations

from typing import Any

from amocrm.account import Base, Row
from kit.scenario import Act

FIRST_TALK = 3_300_000
ORIGIN = "telegram"


class Chats(Base):
    def do_message_in(self, act: Act) -> None:
        lead, chat = self.leads[int(act.args["lead"])], self.chat_of(act.args["lead"], act)
        self._talk(chat, lead).update(is_read=False, is_in_work=True, updated_at=self.now)
        self.log(act, "incoming_chat_message", "lead", lead["id"], 0, [{"message": {"id": act.id}}], [])
        self.emit(act, (*self._place(act, "message"), {
            **self._message(act, lead, chat), "type": "incoming",
            "author": {"id": chat["client"], "type": "external", "name": chat["client_name"]}, "origin": ORIGIN,
        }))

    def do_message_out(self, act: Act) -> None:
        """`user` is absent for a robot's message."""
        lead, user = self.leads[int(act.args["lead"])], int(act.args.get("user", "0"))
        chat = self.chat_of(act.args["lead"], act)
        self._talk(chat, lead).update(is_read=True, updated_at=self.now)
        self.log(act, "outgoing_chat_message", "lead", lead["id"], user, [{"message": {"id": act.id}}], [])
        if user:
            self.log_more(act, "conversation_answered", "lead", lead["id"], user, [_talked(chat)], [])
            self.chronicle.tell("contact", act.id, self.now, at=self.now, owner=str(user),
                                target=f"deal:{lead['id']}", live=False)
        self.emit(act, (*self._place(act, "outgoing_message"), {
            **self._message(act, lead, chat), "message_type": "text", "type": "outgoing",
            "source_id": lead["source_id"] or 4400001,
            "author": {"id": act.args.get("author", f"author-{user}"), "type": "internal", "user_id": user or None,
                       "name": self.directories.user_name(user) if user else "SalesBot"},
            "recipient": {"id": chat["client"], "type": "external", "name": chat["client_name"]}, "origin": ORIGIN,
        }))

    def do_talk(self, act: Act) -> None:
        """The conversation about a lead is told of for the first time."""
        lead, chat = self.leads[int(act.id)], self.chat_of(act.id, act)
        row = self._talk(chat, lead)
        self.log_more(act, "talk_created", "lead", lead["id"], 0, [_talked(chat)], [])
        self.emit(act, ("talk", "add", self._talk_hook(row, act)))

    def do_update_talk(self, act: Act) -> None:
        """`read`, `work`: 0 or 1; `missed=yes`: nobody answered in time."""
        lead, chat = self.leads[int(act.id)], self.chat_of(act.id, act)
        row, args = self._talk(chat, lead), act.args
        row.update(is_read=args.get("read", str(int(row["is_read"]))) == "1", updated_at=self.now,
                   is_in_work=args.get("work", str(int(row["is_in_work"]))) == "1")
        if args.get("missed") == "yes":
            row["missed_at"] = self.now
            self.log_more(act, "talk_missed_event", "lead", lead["id"], 0, [_talked(chat)], [])
        if not row["is_in_work"]:
            self.log_more(act, "talk_closed", "lead", lead["id"], int(args.get("by", "0")), [_talked(chat)], [])
        self.emit(act, ("talk", "update", self._talk_hook(row, act)))

    def do_rate(self, act: Act) -> None:
        """The client votes on the conversation about a lead."""
        lead, chat = self.leads[int(act.id)], self.chat_of(act.id, act)
        row = self._talk(chat, lead)
        row.update(rate=int(act.args["rate"]), updated_at=self.now)
        self.log_more(act, "nps_rate_added", "lead", lead["id"], 0, [{"nps": {"rate": row["rate"]}}], [])
        self.emit(act, ("talk", "update", self._talk_hook(row, act)))

    def chat_of(self, lead: str, act: Act) -> Row:
        """What the messages of a lead have in common."""
        if lead not in self.chats:
            names = ("chat", "client", "client_name", "source_name", "uid", "source_uid")
            self.chats[lead] = {name: act.args.get(name, f"{name}-{lead}") for name in names}
            self.chats[lead]["talk"] = act.args.get("talk", str(FIRST_TALK + int(lead)))
        return self.chats[lead]

    def _talk(self, chat: Row, lead: Row) -> Row:
        """To be changed in place."""
        ident = int(chat["talk"])
        if ident not in self.talks:
            self.talks[ident] = {
                "talk_id": ident, "created_at": self.now, "updated_at": self.now, "rate": 0,
                "contact_id": (lead["contacts"] or [0])[0], "chat_id": chat["chat"], "entity_id": lead["id"],
                "entity_type": "lead", "is_in_work": True, "is_read": False, "origin": ORIGIN, "missed_at": None,
            }
        return self.talks.touch(ident)

    def _talk_hook(self, row: Row, act: Act) -> Row:
        kind = {"leads": "leads"}.get(act.args.get("as", ""), "lead")  # both are seen
        shown = {**row, "entity_type": kind, "is_in_work": int(row["is_in_work"]), "is_read": int(row["is_read"])}
        del shown["missed_at"]
        return shown

    @staticmethod
    def _place(act: Act, section: str) -> tuple[str, str]:
        """`bare=yes`: the section is missing."""
        return ("" if act.args.get("bare") == "yes" else section), "add"

    def _message(self, act: Act, lead: Row, chat: Row) -> dict[str, Any]:
        contact = (lead["contacts"] or [0])[0]
        return {
            "id": act.id, "chat_id": chat["chat"], "talk_id": chat["talk"], "contact_id": contact,
            "text": act.args.get("text", "Здравствуйте!"), "created_at": self.now, "element_type": 2,
            "entity_type": "lead", "element_id": lead["id"], "entity_id": lead["id"],
        }


def _talked(chat: Row) -> Row:
    return {"talk": {"id": int(chat["talk"])}}
