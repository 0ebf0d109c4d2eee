"""Contacts and companies: their verbs. Both stand in the section `contacts` of webhooks."""

from __future__ import annotations

from typing import Any

from amocrm.account import PLURALS, Base, Row
from kit.scenario import Act

PHONE, EMAIL = 700001, 700003  # custom fields
PHONE_KIND, EMAIL_KIND = 430001, 430003  # work


class Contacts(Base):
    def do_contact(self, act: Act) -> None:
        self._add("contact", act)

    def do_company(self, act: Act) -> None:
        self._add("company", act)

    def do_update_contact(self, act: Act) -> None:
        self._update("contact", act)

    def do_update_company(self, act: Act) -> None:
        self._update("company", act)

    def do_delete_contact(self, act: Act) -> None:
        self._delete("contact", act)

    def do_delete_company(self, act: Act) -> None:
        self._delete("company", act)

    def do_restore_contact(self, act: Act) -> None:
        self._restore("contact", act)

    def do_restore_company(self, act: Act) -> None:
        self._restore("company", act)

    def _add(self, kind: str, act: Act) -> None:
        owner, ident = int(act.args["owner"]), int(act.id)
        if ident in self.cards[PLURALS[kind]]:
            raise ValueError(f"there is a {kind} {ident} already")
        by = int(act.args.get("by", owner))
        self.cards[PLURALS[kind]][ident] = row = {
            "id": ident, "name": f"{'Контакт' if kind == 'contact' else 'Компания'} {ident}",
            "responsible_user_id": owner, "group_id": 0, "created_by": by, "updated_by": by, "created_at": self.now,
            "updated_at": self.now, "closest_task_at": None, "is_deleted": False, "phone": "", "email": "",
            "company": None, "tags": [],
        }
        if kind == "contact":
            row.update(first_name="", last_name="", is_unsorted=False)
        self._change_card(row, act)
        self.log_more(act, f"{kind}_added", kind, ident, by, [], [])
        self.emit(act, ("contacts", "add", self._card_hook(kind, row, act)))

    def _update(self, kind: str, act: Act) -> None:
        row = self.cards[PLURALS[kind]].touch(int(act.id))
        old = row["responsible_user_id"]
        self._change_card(row, act)
        row.update(updated_at=self.now, updated_by=int(act.args.get("by", row["responsible_user_id"])))
        special = []
        if row["responsible_user_id"] != old:
            self.log(act, "entity_responsible_changed", kind, row["id"], row["updated_by"],
                     [{"responsible_user": {"id": row["responsible_user_id"]}}], [{"responsible_user": {"id": old}}])
            special.append(("contacts", "responsible", self._card_hook(kind, row, act, old)))
        # The present owner stands there as the old one, too: its presence is no change.
        update = self._card_hook(kind, row, act, row["responsible_user_id"])
        self.emit_pair(act, special, ("contacts", "update", update))

    def _delete(self, kind: str, act: Act) -> None:
        row = self.cards[PLURALS[kind]].take(int(act.id))
        row["is_deleted"] = True
        self.bins[PLURALS[kind]][row["id"]] = row
        by = int(act.args.get("by", row["responsible_user_id"]))
        self.log_more(act, f"{kind}_deleted", kind, row["id"], by, [], [])
        self.emit(act, ("contacts", "delete", {"id": row["id"], "type": kind}))

    def _restore(self, kind: str, act: Act) -> None:
        row = self.cards[PLURALS[kind]][int(act.id)] = self.bins[PLURALS[kind]].take(int(act.id))
        row["is_deleted"] = False
        self.log_more(act, f"{kind}_restored", kind, row["id"], row["responsible_user_id"], [], [])
        self.emit(act, ("contacts", "restore", self._card_hook(kind, row, act)))

    def _change_card(self, row: Row, act: Act) -> None:
        args = act.args
        row["responsible_user_id"] = int(args.get("owner", row["responsible_user_id"]))
        row["company"] = int(args["company"]) if args.get("company") else row["company"]
        for name in ("name", "phone", "email"):
            row[name] = args.get(name, row[name])

    def _card_hook(self, kind: str, row: Row, act: Act, old_owner: int | None = None) -> Row:
        """`links=list`: the other shape in which linked leads come."""
        leads = self.leads_of(kind, row["id"])
        linked: Any = leads if act.args.get("links") == "list" else {lead: {"ID": lead} for lead in leads}
        company = self.cards["companies"].get(row["company"], {}) if row["company"] else {}
        return {
            "id": row["id"], "name": row["name"], "responsible_user_id": row["responsible_user_id"],
            "group_id": row["group_id"], "date_create": row["created_at"], "last_modified": row["updated_at"],
            "created_user_id": row["created_by"], "modified_user_id": row["updated_by"],
            "company_name": company.get("name"), "linked_company_id": row["company"], "account_id": self.account_id,
            "custom_fields": [{"id": ident, "name": name, "values": [{"value": text, "enum": enum}], "code": code}
                              for ident, name, code, enum, text in contact_fields(row) if text],
            "linked_leads_id": linked or None, "old_responsible_user_id": old_owner, "created_at": row["created_at"],
            "updated_at": row["updated_at"], "type": kind,
        }


def contact_fields(row: Row) -> list[tuple[int, str, str, int, str]]:
    """Id, name, code, kind, value."""
    return [(PHONE, "Телефон", "PHONE", PHONE_KIND, row["phone"]), (EMAIL, "Email", "EMAIL", EMAIL_KIND, row["email"])]
