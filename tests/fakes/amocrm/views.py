"""Rows as REST shows them."""

from __future__ import annotations

from amocrm import fields
from amocrm.account import PLURALS, Base, Row
from amocrm.contacts import contact_fields
from amocrm.directories import BILL_DATE, BILL_ITEMS, BILL_PRICE, BILL_STATUS, INVOICES, PAID

NAMES = {"contact_name": "contact", "lead_name": "lead", "company_name": "company", "customer_name": "customer",
         "catalog_element_name": "catalog"}  # `with=` of events, and the kind of record whose name is shown


SINGLE = {"contacts": "contact", "companies": "company"}


class Views:
    def __init__(self, account: Base) -> None:
        self.account = account
        self.base = ""  # of links: scheme and host

    def link(self, path: str) -> Row:
        return {"self": {"href": f"{self.base}/api/v4/{path}"}}

    def of(self, row: Row, path: str) -> Row:
        """Whatever needs nothing but its account and its address."""
        return {**row, "account_id": self.account.account_id, "_links": self.link(f"{path}/{row['id']}")}

    def card(self, kind: str, row: Row, wanted: set[str]) -> Row:
        if kind == "leads":
            return self.lead(row, wanted)
        if kind == "customers":
            return {**self.of(row, kind), "custom_fields_values": None, "_embedded": {"segments": [], "tags": []}}
        shown = {name: value for name, value in row.items() if name not in ("phone", "email", "company", "tags")}
        filled = [{"field_id": ident, "field_name": name, "field_code": code, "field_type": "multitext",
                   "values": [{"value": text, "enum_id": enum, "enum_code": "WORK"}]}
                  for ident, name, code, enum, text in contact_fields(row) if text]
        embedded: Row = {"tags": row["tags"]}
        if kind == "contacts":
            embedded["companies"] = self._linked("companies", [row["company"]] if row["company"] else [])
        if "leads" in wanted:
            embedded["leads"] = self._linked("leads", self.account.leads_of(SINGLE[kind], row["id"]))
        return {**self.of(shown, kind), "custom_fields_values": filled or None, "_embedded": embedded}

    def transaction(self, row: Row) -> Row:
        customer = row["customer_id"]
        return {**self.of(row, f"customers/{customer}/transactions"),
                "_embedded": {"customer": {"id": customer, "_links": self.link(f"customers/{customer}")}}}

    def talk(self, row: Row) -> Row:
        return {**row, "account_id": self.account.account_id, "_links": self.link(f"talks/{row['talk_id']}"),
                "_embedded": {"contacts": self._linked("contacts", [row["contact_id"]] if row["contact_id"] else []),
                              "leads": self._linked("leads", [row["entity_id"]])}}

    def incoming(self, row: Row) -> Row:
        shown = {name: value for name, value in row.items() if name != "lead"}
        lead = self.account.leads[row["lead"]]
        return {**shown, "account_id": self.account.account_id, "_links": self.link(f"leads/unsorted/{row['uid']}"),
                "_embedded": {"leads": self._linked("leads", [lead["id"]]), "companies": [],
                              "contacts": self._linked("contacts", lead["contacts"])}}

    def lead(self, row: Row, wanted: set[str]) -> Row:
        hidden = {"tags", "contacts", "company"} | (set() if "source_id" in wanted else {"source_id"})
        shown = {name: value for name, value in row.items() if name not in hidden}
        embedded: Row = {"tags": row["tags"], "companies": self._linked("companies", [row["company"]] if row["company"] else [])}
        if "contacts" in wanted:
            embedded["contacts"] = [{"id": ident, "is_main": place == 0, "_links": self.link(f"contacts/{ident}")}
                                    for place, ident in enumerate(row["contacts"])]
        if "loss_reason" in wanted:
            known = self.account.directories.loss_reasons
            embedded["loss_reason"] = [{name: value for name, value in reason.items() if name != "_links"}
                                       for reason in known if reason["id"] == row["loss_reason_id"]]
        if "source" in wanted and row["source_id"]:
            embedded["source"] = {"id": row["source_id"]}
        if "catalog_elements" in wanted:
            embedded["catalog_elements"] = [
                {"id": bill["id"], "metadata": {"quantity": 1, "catalog_id": INVOICES},
                 "_links": self.link(f"catalogs/{INVOICES}/elements/{bill['id']}")}
                for bill in self.account.bills_of(row["id"])]
        if "is_price_modified_by_robot" in wanted:
            shown["is_price_modified_by_robot"] = False
        filled = fields.rest(self.account.directories, self.account.fields[row["id"]])
        return {**shown, "custom_fields_values": filled, "account_id": self.account.account_id,
                "_links": self.link(f"leads/{row['id']}"), "_embedded": embedded}

    def task(self, row: Row) -> Row:
        return self.of(row, "tasks")

    def note(self, kind: str, row: Row) -> Row:
        return self.of(row, f"{kind}/{row['entity_id']}/notes")

    def event(self, row: Row, wanted: set[str]) -> Row:
        kind, ident = row["entity_type"], row["entity_id"]
        catalog = kind.partition("_")[2]
        path = f"catalogs/{catalog}/elements" if catalog else PLURALS[kind]
        entity = {"id": ident, "_links": self.link(f"{path}/{ident}")}
        if kind.partition("_")[0] in {NAMES.get(name) for name in wanted}:
            entity["name"] = self.account.name_of(kind, ident)
        embedded: Row = {"entity": entity}
        if "note" in wanted and (note := self._note_of(row)):
            embedded["note"] = note
        return {**row, "_links": self.link(f"events/{row['id']}"), "_embedded": embedded}

    def _note_of(self, row: Row) -> Row | None:
        ident = next((value["note"]["id"] for value in row["value_after"] if "note" in value), 0)
        kind = PLURALS.get(row["entity_type"], "")
        note = self.account.notes.get(kind, {}).get(ident)
        return self.note(kind, note) if note else None

    def _linked(self, path: str, ids: list[int]) -> list[Row]:
        return [{"id": ident, "_links": self.link(f"{path}/{ident}")} for ident in ids]

    def invoice(self, row: Row) -> Row:
        paid = row["status"] == PAID
        value, code = ("Оплачен", "paid") if paid else ("Создан", "created")
        status = {"value": value, "enum_id": row["status"], "enum_code": code}
        items = [{"value": {**item, "unit_type": "шт"}} for item in row["items"]]
        filled = [
            (BILL_STATUS, "Статус", "BILL_STATUS", "select", [status]),
            (BILL_DATE, "Дата оплаты", "BILL_PAYMENT_DATE", "date_time", [{"value": row["paid_at"]}] if paid else []),
            (BILL_ITEMS, "Товары", "ITEMS", "items", items),
            (BILL_PRICE, "Сумма", "BILL_PRICE", "monetary", [{"value": row["price"]}]),
        ]
        names = ("id", "name", "created_by", "updated_by", "created_at", "updated_at", "is_deleted")
        shown = [{"field_id": ident, "field_name": name, "field_code": code, "field_type": kind, "values": inner}
                 for ident, name, code, kind, inner in filled if inner]
        links = self.link(f"catalogs/{INVOICES}/elements/{row['id']}")
        return {**{name: row[name] for name in names}, "custom_fields_values": shown, "catalog_id": INVOICES,
                "account_id": self.account.account_id, "_links": links}
