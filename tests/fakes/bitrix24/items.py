"""Smart processes, old invoices, printed documents, payments of orders, clients and the calendar: their verbs.

What counts as an offer or a payment is the portal's own affair. The settings tell it to the truth as the daemon's
mapping tells it to the daemon: `items=128:quote,130:payment,1036:complaint`, `documents=12` (a template),
`payments=yes`.
"""

from __future__ import annotations

from typing import Any

from bitrix24 import rows
from bitrix24.portal import Base, Row, money, outcome
from kit.scenario import Act

ENDS = {"SUCCESS": "S", "FAIL": "F", "P": "S", "D": "F"}


def semantic(stage: str) -> str:
    return ENDS.get(stage.rpartition(":")[2], "P")


class Items(Base):
    def meaning(self, kind: str) -> str:
        pairs = (part.partition(":") for part in self.settings.get("items", "").split(",") if part)
        return {key: value for key, _, value in pairs}.get(kind, "")

    # Smart processes

    def do_item(self, act: Act) -> None:
        kind, owner = int(act.args["type"]), int(act.args["owner"])
        table = self.item_table(kind)
        row = rows.item(kind, int(act.id), self.stamp, owner, int(act.args.get("by", owner)))
        self.put(table, act.id, row)
        for name, field in (("deal", "parentId2"), ("lead", "parentId1"), ("company", "companyId"),
                            ("contact", "contactId")):
            if name in act.args:
                row[field] = int(act.args[name])
        self._item(row, act, "ONCRMDYNAMICITEMADD", 1)

    def do_update_item(self, act: Act) -> None:
        row = self.row(self.item_table(int(act.args["type"])), act.id)
        row.update(updatedTime=self.stamp, updatedBy=int(act.args.get("by", row["assignedById"])))
        if "owner" in act.args:
            row["assignedById"] = int(act.args["owner"])
        self._item(row, act, "ONCRMDYNAMICITEMUPDATE")

    def do_delete_item(self, act: Act) -> None:
        kind = int(act.args["type"])
        self.tables[self.item_table(kind)].take(int(act.id))
        self.forget_history(kind, int(act.id))
        for story in ("quote", "invoice", "complaint"):
            self.chronicle.gone(story, f"{kind}:{act.id}")
        self._tell_item(act, "ONCRMDYNAMICITEMDELETE", kind)

    def _item(self, row: Row, act: Act, event: str, first: int = 0) -> None:
        kind, stage = row["entityTypeId"], act.args.get("stage", row["stageId"])
        if "amount" in act.args:
            row["opportunity"] = _number(act.args["amount"])
        if stage != row["stageId"]:
            row.update(previousStageId=row["stageId"], stageId=stage, movedTime=self.stamp, movedBy=row["updatedBy"])
        type_id = first or (2 if semantic(stage) == "P" else 3)
        self.remember_as(kind, row["id"], str(row["categoryId"]), semantic(stage), stage, type_id, act)
        self.override(row, act)
        self._item_truth(row, str(kind))
        self._tell_item(act, event, kind)

    def _item_truth(self, row: Row, kind: str) -> None:
        meaning, ident = self.meaning(kind), f"{kind}:{row['id']}"
        owner, state = str(row["assignedById"]), outcome(semantic(row["stageId"]))
        if meaning == "quote":
            self.chronicle.tell("quote", ident, self.now, owner=owner, pipeline="", amount=row["opportunity"],
                                outcome="open" if state == "open" else "sent")
        elif meaning == "payment":
            self.chronicle.tell("invoice", ident, self.now, owner=owner, pipeline="", outcome=state,
                                amount=row["opportunity"])
        elif meaning == "complaint":
            self.chronicle.tell("complaint", ident, self.now, owner=owner)

    def _tell_item(self, act: Act, event: str, kind: int) -> None:
        """Whoever subscribed to both names is told twice."""
        for name in (event, f"{event}_{kind}"):
            self.emit_fields(act, name, int(act.id), ENTITY_TYPE_ID=kind)

    # Old invoices (entity type 5)

    def do_old_invoice(self, act: Act) -> None:
        row = self.put("old_invoice", act.id, rows.old_invoice(act.id, self.stamp, act.args["owner"]))
        for name, field in (("deal", "UF_DEAL_ID"), ("company", "UF_COMPANY_ID"), ("contact", "UF_CONTACT_ID")):
            if name in act.args:
                row[field] = act.args[name]
        self._old_invoice(row, act, "ONCRMINVOICEADD", 1)

    def do_update_old_invoice(self, act: Act) -> None:
        row = self.row("old_invoice", act.id)
        row["DATE_UPDATE"] = self.stamp
        row["RESPONSIBLE_ID"] = act.args.get("owner", row["RESPONSIBLE_ID"])
        self._old_invoice(row, act, "ONCRMINVOICESETSTATUS" if "status" in act.args else "ONCRMINVOICEUPDATE")

    def do_pay_old_invoice(self, act: Act) -> None:
        act.args["status"] = "P"
        self.do_update_old_invoice(act)

    def do_delete_old_invoice(self, act: Act) -> None:
        del self.tables["old_invoice"][int(act.id)]
        self.forget_history(5, int(act.id))
        self.chronicle.gone("invoice", f"5:{act.id}")
        self.emit_fields(act, "ONCRMINVOICEDELETE", int(act.id))

    def _old_invoice(self, row: Row, act: Act, event: str, first: int = 0) -> None:
        status = act.args.get("status", row["STATUS_ID"])
        if "amount" in act.args:
            row["PRICE"] = money(act.args["amount"])
        if status != row["STATUS_ID"]:
            row.update(DATE_STATUS=self.stamp, EMP_STATUS_ID=act.args.get("by", row["RESPONSIBLE_ID"]))
        row.update(STATUS_ID=status, PAYED="Y" if status == "P" else "N")
        row["PAY_VOUCHER_DATE"] = self.today if status == "P" else ""
        self.remember_as(5, int(row["ID"]), None, semantic(status), status,
                         first or (2 if semantic(status) == "P" else 3), act)
        self.override(row, act)
        self.chronicle.tell("invoice", f"5:{row['ID']}", self.now, owner=row["RESPONSIBLE_ID"], pipeline="",
                            outcome=outcome(semantic(status)), amount=float(row["PRICE"]))
        self.emit_fields(act, event, int(act.id))

    # Printed documents

    def do_document(self, act: Act) -> None:
        kind = next(name for name in ("deal", "lead", "quote") if name in act.args)
        type_id = {"lead": 1, "deal": 2, "quote": 7}[kind]
        row = rows.document(act.id, self.stamp, act.args["by"], act.args.get("template", "1"), type_id, act.args[kind])
        self.put("document", act.id, row)
        self._document(row, act, "ADD")

    def do_update_document(self, act: Act) -> None:
        row = self.row("document", act.id)
        row.update(updateTime=self.stamp, updatedBy=act.args.get("by", row["updatedBy"]))
        self._document(row, act, "UPDATE")

    def do_delete_document(self, act: Act) -> None:
        row = self.tables["document"].take(int(act.id))
        self.chronicle.gone("quote", f"document:{act.id}")
        self._tell_document(row, act, "DELETE")

    def _document(self, row: Row, act: Act, what: str) -> None:
        self.override(row, act)
        if row["templateId"] == self.settings.get("documents"):
            self.chronicle.tell("quote", f"document:{row['id']}", self.now, owner=row["createdBy"], pipeline="",
                                outcome="sent", amount=0)
        self._tell_document(row, act, what)

    def _tell_document(self, row: Row, act: Act, what: str) -> None:
        self.emit_fields(act, f"ONCRMDOCUMENTGENERATORDOCUMENT{what}", int(act.id), ENTITY_TYPE_ID=row["entityTypeId"],
                         ENTITY_ID=row["entityId"])

    # Payments of orders

    def do_payment(self, act: Act) -> None:
        row = self.put("payment", act.id, rows.payment(int(act.id), int(act.args.get("order", "1")), self.stamp,
                                                       int(act.args["owner"])))
        row["sum"] = _number(act.args["amount"])
        self._payment(row, act)

    def do_pay(self, act: Act) -> None:
        row = self.row("payment", act.id)
        row.update(paid="Y", datePaid=self.stamp, empPaidId=int(act.args.get("by", row["responsibleId"])))
        self._payment(row, act)

    def do_unpay(self, act: Act) -> None:
        row = self.row("payment", act.id)
        row.update(paid="N", datePaid=None, empPaidId=None)
        self._payment(row, act)

    def do_delete_payment(self, act: Act) -> None:
        del self.tables["payment"][int(act.id)]
        self.chronicle.gone("invoice", f"payment:{act.id}")
        self.emit_fields(act, "ONPAYMENTDELETED", int(act.id))

    def _payment(self, row: Row, act: Act) -> None:
        self.override(row, act)
        if self.settings.get("payments") == "yes":
            self.chronicle.tell("invoice", f"payment:{row['id']}", self.now, owner=str(row["responsibleId"]),
                                pipeline="", outcome="won" if row["paid"] == "Y" else "open", amount=row["sum"])
        self.emit_fields(act, "ONPAYMENTENTITYSAVED", int(act.id))

    # Clients, the calendar, currencies

    def do_contact(self, act: Act) -> None:
        self._client("contact", act, {"NAME": act.args.get("name", "Имя"), "LAST_NAME": act.args.get("last_name", "")})

    def do_company(self, act: Act) -> None:
        self._client("company", act, {"TITLE": act.args.get("name", "Компания")})

    def do_delete_contact(self, act: Act) -> None:
        self._client_gone("contact", act)

    def do_delete_company(self, act: Act) -> None:
        self._client_gone("company", act)

    def _client(self, kind: str, act: Act, names: dict[str, str]) -> None:
        known = int(act.id) in self.tables[kind]
        row = self.row(kind, act.id) if known else self.put(kind, act.id, {"ID": act.id, "DATE_CREATE": self.stamp})
        row.update(names, ASSIGNED_BY_ID=act.args.get("owner", "1"), DATE_MODIFY=self.stamp)
        self.emit_fields(act, f"ONCRM{kind.upper()}{'UPDATE' if known else 'ADD'}", int(act.id))

    def _client_gone(self, kind: str, act: Act) -> None:
        del self.tables[kind][int(act.id)]
        self.emit_fields(act, f"ONCRM{kind.upper()}DELETE", int(act.id))

    def do_entry(self, act: Act) -> None:
        """An entry of the calendar."""
        known = int(act.id) in self.tables["entry"]
        start, end = (self.zone.parse(act.args[name]) for name in ("start", "end"))
        row: dict[str, Any] = rows.entry(act.id, act.args["owner"], act.args.get("subject", "Встреча"))
        row.update(DATE_FROM=self.zone.local(start).strftime("%d.%m.%Y %H:%M:%S"), DATE_FROM_TS_UTC=str(start),
                   DATE_TO=self.zone.local(end).strftime("%d.%m.%Y %H:%M:%S"), DATE_TO_TS_UTC=str(end))
        self.tables["entry"][int(act.id)] = row
        self.emit(act, f"ONCALENDARENTRY{'UPDATE' if known else 'ADD'}", {"id": act.id})

    def do_delete_entry(self, act: Act) -> None:
        del self.tables["entry"][int(act.id)]
        self.emit(act, "ONCALENDARENTRYDELETE", {"id": act.id})

    def do_rate(self, act: Act) -> None:
        """The rate of a currency, `rate USD amount=95.5`."""
        row = next(one for one in self.directories.currencies if one["CURRENCY"] == act.id)
        row.update(AMOUNT=f"{float(act.args['amount']):.4f}", DATE_UPDATE=self.stamp)
        self.emit(act, "ONCRMCURRENCYUPDATE", {"FIELDS": {"ID": act.id}})


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value
