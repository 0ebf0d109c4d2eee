"""Leads, the account's deals: their verbs."""

from __future__ import annotations

from typing import Any

from amocrm import fields
from amocrm.account import LOST, WON, Base, Row
from kit.scenario import Act

PIPELINE = 8100010


class Leads(Base):
    def do_create_lead(self, act: Act) -> None:
        row = self._new(act, int(act.args["owner"]), int(act.args.get("status", "68000020")))
        self._log_added(act, row)
        self.emit(act, ("leads", "add", self.hook(row)))

    def do_update_lead(self, act: Act) -> None:
        row = self._lead(act)
        by = int(act.args.get("by", row["responsible_user_id"]))
        old, old_fields = dict(row), dict(self.fields[row["id"]])
        self._change(row, act.args)
        row.update(updated_at=self.now, updated_by=by)
        self._tell(row)
        self._log_changes(act, row, old, by)
        self._log_more_changes(act, row, old, old_fields, by)
        self._tell_hook(act, row, old)

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
        price = row["price"] or {"0": 0, "empty": "", "absent": None}[self.settings["no_price"]]
        return {
            "id": row["id"], "name": row["name"], "status_id": row["status_id"],
            "old_status_id": old.get("status"), "price": price,
            "responsible_user_id": row["responsible_user_id"], "last_modified": row["updated_at"],
            "modified_user_id": row["updated_by"], "created_user_id": row["created_by"],
            "date_create": row["created_at"], "pipeline_id": row["pipeline_id"],
            "tags": [{"id": tag["id"], "name": tag["name"]} for tag in row["tags"]], "account_id": self.account_id,
            "custom_fields": fields.hook(self.directories, self.fields[row["id"]]),
            "old_responsible_user_id": old.get("owner"), "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }

    def _log_changes(self, act: Act, row: Row, old: Row, by: int) -> None:
        ident = row["id"]
        if row["price"] != old["price"]:
            self.log(act, "sale_field_changed", "lead", ident, by, [_sale(row["price"])], [_sale(old["price"])])
        if (row["status_id"], row["pipeline_id"]) != (old["status_id"], old["pipeline_id"]):
            self.log(act, "lead_status_changed", "lead", ident, by, [_status(row)], [_status(old)])
        if row["responsible_user_id"] != old["responsible_user_id"]:
            self.log(act, "entity_responsible_changed", "lead", ident, by, [_owner(row)], [_owner(old)])

    def _log_more_changes(self, act: Act, row: Row, old: Row, old_fields: dict[int, Any], by: int) -> None:
        ident = row["id"]
        for contact in set(row["contacts"]) - set(old["contacts"]):
            self.log_more(act, "entity_linked", "lead", ident, by, [_link("contact", contact)], [])
        for contact in set(old["contacts"]) - set(row["contacts"]):
            self.log_more(act, "entity_unlinked", "lead", ident, by, [], [_link("contact", contact)])
        for name in {tag["name"] for tag in row["tags"]} - {tag["name"] for tag in old["tags"]}:
            self.log_more(act, "entity_tag_added", "lead", ident, by, [{"tag": {"name": name}}], [])
        if row["name"] != old["name"]:
            self.log_more(act, "name_field_changed", "lead", ident, by, [{"name_field_value": {"name": row["name"]}}],
                          [{"name_field_value": {"name": old["name"]}}])
        new = self.fields[ident]
        for field in sorted(set(new) | set(old_fields)):
            if new.get(field) != old_fields.get(field):
                self.log_more(act, f"custom_field_{field}_value_changed", "lead", ident, by,
                              fields.event(self.directories, field, new.get(field)),
                              fields.event(self.directories, field, old_fields.get(field)))

    def _tell_hook(self, act: Act, row: Row, old: Row) -> None:
        special = []
        told = {"told": old["status_id"], "empty": "", "missing": None}[act.args.get("old", self.settings["old_status"])]
        moved = row["status_id"] != old["status_id"]
        if moved:
            special.append(("leads", "status", self.hook(row, status=told)))
        if row["responsible_user_id"] != old["responsible_user_id"]:
            special.append(("leads", "responsible", self.hook(row, owner=old["responsible_user_id"])))
        self.emit_pair(act, special, ("leads", "update", self.hook(row, status=told if moved else None)))

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
            self.hold("contact", row["id"], row["contacts"])
        if "company" in args:
            row["company"] = int(args["company"]) if args["company"] else None
            self.hold("company", row["id"], [row["company"]] if row["company"] else [])
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
            loss_reason=str(row["loss_reason_id"] or ""), quote_field=quote, cards=_cards(row),
            quote_stage=str(row["status_id"]) in self.settings["quote_stages"].split(","))

    def _log_added(self, act: Act, row: Row) -> None:
        note = {"note": {"id": self.number(act, "note")}}
        self.log(act, "lead_added", "lead", row["id"], row["created_by"], [note], [])


def _cards(row: Row) -> tuple[str, ...]:
    company = [f"company:{row['company']}"] if row["company"] else []
    return (*company, *(f"contact:{ident}" for ident in row["contacts"]))


def _sale(price: int) -> Row:
    return {"sale_field_value": {"sale": price}}


def _status(row: Row) -> Row:
    return {"lead_status": {"id": row["status_id"], "pipeline_id": row["pipeline_id"]}}


def _owner(row: Row) -> Row:
    return {"responsible_user": {"id": row["responsible_user_id"]}}


def _link(kind: str, ident: int) -> Row:
    return {"link": {"entity": {"type": kind, "id": ident}}}
