"""Leads (the account's deals) and incoming leads: their verbs."""

from __future__ import annotations

from typing import Any

from amocrm import fields
from amocrm.account import Base, Row
from kit.scenario import Act

WON, LOST = 142, 143
PIPELINE = 8100010


class Leads(Base):
    def do_create_lead(self, act: Act) -> None:
        row = self._new(act, int(act.args["owner"]), int(act.args.get("status", "68000020")))
        self._log_added(act, row)
        self.emit(act, ("leads", "add", self.hook(row)))

    def do_chat_lead(self, act: Act) -> None:
        """A messenger chat makes an incoming lead; the webhook knows it as `unsorted`."""
        pipeline = int(act.args.get("pipeline", PIPELINE))
        row = self._new(act, int(act.args["owner"]), self.directories.incoming(pipeline))
        names = ("chat", "talk", "client", "client_name", "source_name", "uid", "source_uid")
        self.chats[act.id] = {name: act.args.get(name, f"{name}-{act.id}") for name in names}
        self._log_added(act, row)
        self.emit(act, ("unsorted", "add", self._unsorted(row, act)))

    def do_accept(self, act: Act) -> None:
        act.args.setdefault("status", "68000020")
        self.do_update_lead(act)

    def do_update_lead(self, act: Act) -> None:
        row = self._lead(act)
        by = int(act.args.get("by", row["responsible_user_id"]))
        old_status, old_owner, old_price = row["status_id"], row["responsible_user_id"], row["price"]
        self._change(row, act.args)
        row.update(updated_at=self.now, updated_by=by)
        self._tell(row)
        if row["price"] != old_price:
            self.log(act, "sale_field_changed", "lead", row["id"], by, [_sale(row["price"])], [_sale(old_price)])
        if row["status_id"] != old_status:
            line = row["pipeline_id"]
            self.log(act, "lead_status_changed", "lead", row["id"], by, [_status(row["status_id"], line)],
                     [_status(old_status, line)])
        if row["responsible_user_id"] != old_owner:
            self.log(act, "entity_responsible_changed", "lead", row["id"], by, [_owner(row["responsible_user_id"])],
                     [_owner(old_owner)])
        self._tell_hook(act, row, old_status, old_owner)

    def do_win_lead(self, act: Act) -> None:
        act.args["status"] = str(WON)
        self.do_update_lead(act)

    def do_lose_lead(self, act: Act) -> None:
        act.args["status"] = str(LOST)
        self.do_update_lead(act)

    def do_delete_lead(self, act: Act) -> None:
        row = self._lead(act)
        by = int(act.args.get("by", row["responsible_user_id"]))
        row["is_deleted"] = True
        self.bins["leads"][row["id"]] = self.leads.take(row["id"])
        self.chronicle.gone("deal", row["id"])
        self.log(act, "lead_deleted", "lead", row["id"], by, [], [])
        record = {"id": row["id"], "status_id": row["status_id"], "pipeline_id": row["pipeline_id"]}
        self.emit(act, ("leads", "delete", record))

    def do_restore_lead(self, act: Act) -> None:
        """A full record whose times are those from before the deletion."""
        row = self.leads[int(act.id)] = self.bins["leads"].take(int(act.id))
        row["is_deleted"] = False
        self.chronicle.gone("deal", row["id"], False)
        self.log(act, "lead_restored", "lead", row["id"], int(act.args.get("by", row["responsible_user_id"])), [], [])
        self.emit(act, ("leads", "restore", self.hook(row)))

    def hook(self, row: Row, **old: Any) -> Row:
        """A lead as webhooks carry it."""
        return {
            "id": row["id"], "name": row["name"], "status_id": row["status_id"],
            "old_status_id": old.get("status"), "price": row["price"],
            "responsible_user_id": row["responsible_user_id"], "last_modified": row["updated_at"],
            "modified_user_id": row["updated_by"], "created_user_id": row["created_by"],
            "date_create": row["created_at"], "pipeline_id": row["pipeline_id"],
            "tags": [{"id": tag["id"], "name": tag["name"]} for tag in row["tags"]], "account_id": self.account_id,
            "custom_fields": fields.hook(self.directories, self.fields[row["id"]]),
            "old_responsible_user_id": old.get("owner"), "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }

    def _tell_hook(self, act: Act, row: Row, old_status: int, old_owner: int) -> None:
        special = []
        if row["status_id"] != old_status:
            special.append(("leads", "status", self.hook(row, status=old_status)))
        if row["responsible_user_id"] != old_owner:
            special.append(("leads", "responsible", self.hook(row, owner=old_owner)))
        update = ("leads", "update", self.hook(row, status=old_status if row["status_id"] != old_status else None))
        pairs = act.args.get("pairs", self.settings["pairs"])
        if not special or pairs == "update":
            self.emit(act, update)
        elif pairs == "joined":
            self.emit(act, *special, update)
        else:
            for one in special if pairs == "single" else [*special, update]:
                self.emit(act, one)

    def _new(self, act: Act, owner: int, status: int) -> Row:
        ident = int(act.id)
        if ident in self.leads or ident in self.bins["leads"]:
            raise ValueError(f"there is a lead {ident} already")
        by = int(act.args.get("by", owner))
        self.fields[ident] = {}
        self.leads[ident] = row = {
            "id": ident, "name": f"Сделка {ident}", "price": 0, "responsible_user_id": owner, "group_id": 0,
            "status_id": status, "pipeline_id": int(act.args.get("pipeline", PIPELINE)), "loss_reason_id": None,
            "source_id": int(act.args["source"]) if "source" in act.args else None, "created_by": by, "updated_by": by,
            "created_at": self.now, "updated_at": self.now, "closed_at": None, "closest_task_at": None,
            "is_deleted": False, "score": None, "labor_cost": None, "tags": [],
            "contacts": [], "company": None,
        }
        self._change(row, {**act.args, "status": str(status)})
        self._tell(row)
        return row

    def _change(self, row: Row, args: dict[str, str]) -> None:
        row["name"] = args.get("name", row["name"])
        row["price"] = int(args.get("price", row["price"]))
        row["responsible_user_id"] = int(args.get("owner", row["responsible_user_id"]))
        row["pipeline_id"] = int(args.get("pipeline", row["pipeline_id"]))
        if "contact" in args:
            row["contacts"] = [int(ident) for ident in args["contact"].split(",") if ident]
        if "company" in args:
            row["company"] = int(args["company"]) if args["company"] else None
        if "tags" in args:
            pairs = (part.split(":", 1) for part in args["tags"].split(",") if part)
            row["tags"] = [{"id": int(ident), "name": name, "color": None} for ident, name in pairs]
        for key, text in args.items():
            if key[0] == "f" and key[1:].isdigit():
                value = fields.read(self.directories, self.zone, int(key[1:]), text)
                self.fields[row["id"]].pop(int(key[1:]), None)
                if value is not None:
                    self.fields[row["id"]][int(key[1:])] = value
        self._enter(row, int(args.get("status", row["status_id"])), args)

    def _enter(self, row: Row, status: int, args: dict[str, str]) -> None:
        closed = status in (WON, LOST)
        if status != row["status_id"] or closed and row["closed_at"] is None:
            row["closed_at"] = self.now if closed else None
        row["status_id"] = status
        if status != LOST:
            row["loss_reason_id"] = None
        elif "reason" in args:
            row["loss_reason_id"] = int(args["reason"])

    def _lead(self, act: Act) -> Row:
        """To be changed in place."""
        if int(act.id) in self.bins["leads"]:
            raise ValueError(f"lead {act.id} is in the bin")
        return self.leads.touch(int(act.id))

    def _tell(self, row: Row) -> None:
        quote = float(self.fields[row["id"]].get(int(self.settings["quote_field"]), 0))
        self.chronicle.tell(
            "deal", row["id"], self.now, owner=str(row["responsible_user_id"]), pipeline=str(row["pipeline_id"]),
            outcome=self.directories.outcome(row["pipeline_id"], row["status_id"]), amount=row["price"], inquiry=True,
            loss_reason=str(row["loss_reason_id"] or ""), quote_field=quote,
            quote_stage=str(row["status_id"]) in self.settings["quote_stages"].split(","))

    def _log_added(self, act: Act, row: Row) -> None:
        note = {"note": {"id": self.number(act, "note")}}
        self.log(act, "lead_added", "lead", row["id"], row["created_by"], [note], [])

    def _unsorted(self, row: Row, act: Act) -> Row:
        chat, text = self.chats[act.id], act.args.get("text", "Здравствуйте!")
        source, at = row["source_id"] or 4400001, self.now
        message = {"id": act.args.get("message", "0"), "manager": "false", "date": at, "text": text}
        return {
            "uid": chat["uid"], "source": act.args.get("bot", "telegram:demo_bot"), "source_uid": chat["source_uid"],
            "category": "chats",
            "source_data": {
                "from": chat["client_name"], "name": chat["client_name"], "to": self.directories.account["name"],
                "date": at, "service": "com.amocrm.amochats", "site": "",
                "client": {"name": chat["client_name"], "id": chat["client"], "picture": ""},
                "origin": {"provider": "telegram", "chat_id": chat["chat"]}, "data": [message],
                "source_uid": chat["source_uid"], "source": source, "source_name": chat["source_name"],
            },
            "date_create": at, "data": {"contacts": [{"id": contact} for contact in row["contacts"]]},
            "pipeline_id": row["pipeline_id"], "account_id": self.account_id, "source_id": source,
            "lead_id": row["id"], "created_at": at,
        }


def _sale(price: int) -> Row:
    return {"sale_field_value": {"sale": price}}


def _status(status: int, pipeline: int) -> Row:
    return {"lead_status": {"id": status, "pipeline_id": pipeline}}


def _owner(user: int) -> Row:
    return {"responsible_user": {"id": user}}
