"""Notes and calls on cards of every kind: their verbs."""

from __future__ import annotations

import json
from typing import Any

from amocrm.account import ELEMENTS, PLURALS, Base, Row
from kit.scenario import Act

SECTION = {"contact": "contacts", "lead": "leads", "company": "contacts", "customer": "customers"}
NOTE_TYPES = {"common": 4, "call_in": 10, "call_out": 11, "sms_in": 102, "sms_out": 103, "service_message": 25}
SHORT = 10


class Notes(Base):
    def do_call(self, act: Act) -> None:
        """`text=none`: the hook's text is no JSON, only REST tells what the call was."""
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
        packed = json.dumps(text, separators=(",", ":")).replace("/", "\\/")
        self._note_hook(act, row, kind, "Звонок" if args.get("text") == "none" else packed)

    def do_note(self, act: Act) -> None:
        """`type=`: of another type, such as sms_in."""
        text = act.args.get("text", "")
        row, kind, target = self._note(act, act.args.get("type", "common"), {"text": text})
        if row["note_type"] == "common":
            self.log_more(act, "common_note_added", kind, target, row["created_by"], [{"note": {"id": row["id"]}}], [])
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
        """One call may be noted on several cards; that of a lead says best whom it was about."""
        seconds, out = row["params"]["duration"], act.args["direction"] == "out"
        outcome = ("talk" if seconds >= SHORT else "short") if seconds else "failed" if out else "missed"
        owner = str(row["responsible_user_id"])
        self.chronicle.tell("call", uniq, self.now, direction="out" if out else "in", owner=owner, start=self.now,
                            seconds=seconds, outcome=outcome)
        live = not out and outcome in ("talk", "short")
        whom = f"deal:{target}" if kind == "lead" else f"card:{kind}:{target}"
        known = self.chronicle.stories.get(("contact", uniq))
        if (out or live) and (known is None or kind == "lead"):
            self.chronicle.tell("contact", uniq, self.now, at=self.now, owner=owner, target=whom, live=live)

    def _note_hook(self, act: Act, row: Row, kind: str, text: str) -> None:
        plain = self.zone.plain(self.now)
        note: Row = {
            "element_type": ELEMENTS[kind], "element_id": row["entity_id"], "note_type": NOTE_TYPES[row["note_type"]],
            "text": text, "account_id": self.account_id, "date_create": plain, "timestamp_x": plain,
            "created_by": row["created_by"], "modified_by": row["updated_by"],
            "main_user_id": row["responsible_user_id"], "group_id": 0, "attachement": "",
            "metadata": '{"event_source":{"id":0,"author_name":"","type":1}}', "id": row["id"],
            "created_at": row["created_at"], "updated_at": row["updated_at"],
        }
        self.emit(act, (SECTION[kind], "note", {"note": {**_collision(act), **note}}))


def _collision(act: Act) -> dict[str, Any]:
    """`collide=yes`: a value and a subtree under one key, as a captured body has them."""
    if act.args.get("collide") != "yes":
        return {}
    return {"type": 3, "type][message_uuid": "0d5f3f0e-6a10-4c5b-9d57-1f0f9a7e1199"}
