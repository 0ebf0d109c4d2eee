"""Leads, deals, quotes and invoices: their verbs."""

from __future__ import annotations

from bitrix24 import rows
from bitrix24.portal import Base, Row, deal_stages, money, outcome
from kit.scenario import Act


class Sales(Base):
    # Leads

    def do_create_lead(self, act: Act) -> None:
        owner = act.args["owner"]
        row = self.put("lead", act.id, rows.lead(act.id, self.stamp, owner, act.args.get("by", "1")))
        self._set(row, act, {"title": "TITLE", "name": "NAME", "last_name": "LAST_NAME", "company": "COMPANY_TITLE",
                             "contact": "CONTACT_ID", "repeat": "IS_RETURN_CUSTOMER", "source": "SOURCE_ID",
                             "utm_source": "UTM_SOURCE", "utm_medium": "UTM_MEDIUM", "utm_campaign": "UTM_CAMPAIGN"})
        if phone := act.args.get("phone"):
            row["HAS_PHONE"] = "Y"
            ident = act.args.get("phone_id", "1")
            row["PHONE"] = [{"ID": ident, "VALUE_TYPE": "WORK", "VALUE": phone, "TYPE_ID": "PHONE"}]
        self._lead_stage(row, act, act.args.get("status", "NEW"), 1)
        self.override(row, act)
        self._tell_lead(row)
        self.emit_fields(act, "ONCRMLEADADD", int(act.id))

    def do_update_lead(self, act: Act) -> None:
        row = self.row("lead", act.id)
        self._touch(row, act)
        self._set(row, act, {"owner": "ASSIGNED_BY_ID", "contact": "CONTACT_ID", "company": "COMPANY_ID"})
        if status := act.args.get("status"):
            self._lead_stage(row, act, status)
        self.override(row, act)
        self._tell_lead(row)
        self.emit_fields(act, "ONCRMLEADUPDATE", int(act.id))

    def do_convert_lead(self, act: Act) -> None:
        act.args["status"] = "CONVERTED"
        self.do_update_lead(act)

    def do_junk_lead(self, act: Act) -> None:
        act.args["status"] = "JUNK"
        self.do_update_lead(act)

    def do_delete_lead(self, act: Act) -> None:
        self._bin("lead", act, "ONCRMLEADDELETE")

    def do_restore_lead(self, act: Act) -> None:
        self._unbin("lead", act, "ONCRMLEADADD")

    def _lead_stage(self, row: Row, act: Act, status: str, kind: int = 0) -> None:
        semantic = self.directories.semantic("STATUS", status)
        if kind == 0 and row["STATUS_ID"] != status:
            row.update(MOVED_BY_ID=act.args.get("by", row["ASSIGNED_BY_ID"]), MOVED_TIME=self.stamp)
            row["DATE_CLOSED"] = self.stamp if semantic != "P" else ""
        row.update(STATUS_ID=status, STATUS_SEMANTIC_ID=semantic)
        self.remember("lead", row, None, semantic, status, kind or (2 if semantic == "P" else 3), act)

    def _tell_lead(self, row: Row) -> None:
        self.chronicle.tell("lead", row["ID"], self.now, owner=row["ASSIGNED_BY_ID"], pipeline="",
                            outcome=outcome(row["STATUS_SEMANTIC_ID"]), amount=0)

    # Deals

    def do_create_deal(self, act: Act) -> None:
        owner = act.args["owner"]
        row = self.put("deal", act.id, rows.deal(act.id, self.stamp, owner, act.args.get("by", owner)))
        category = act.args.get("category", "0")
        row.update(CATEGORY_ID=category, BEGINDATE=self.today)
        if close := act.args.get("closedate"):
            row["CLOSEDATE"] = self.server.date_only(close)
        self._set(row, act, {"title": "TITLE", "lead": "LEAD_ID", "company": "COMPANY_ID", "contact": "CONTACT_ID",
                             "repeat": "IS_RETURN_CUSTOMER", "source": "SOURCE_ID",
                             "currency": "CURRENCY_ID", "utm_source": "UTM_SOURCE", "utm_medium": "UTM_MEDIUM",
                             "utm_campaign": "UTM_CAMPAIGN"})
        row["OPPORTUNITY"] = money(act.args.get("amount", "0"))
        self._deal_stage(row, act, act.args.get("stage") or _first_stage(category), 1)
        self.override(row, act)
        self._tell_deal(row)
        self.emit_fields(act, "ONCRMDEALADD", int(act.id))

    def do_update_deal(self, act: Act) -> None:
        row = self.row("deal", act.id)
        self._touch(row, act)
        self._set(row, act, {"owner": "ASSIGNED_BY_ID", "company": "COMPANY_ID", "contact": "CONTACT_ID",
                             "reason": "UF_CRM_LOSE_REASON"})
        if "amount" in act.args:
            row["OPPORTUNITY"] = money(act.args["amount"])
        if stage := act.args.get("stage"):
            self._deal_stage(row, act, stage)
        self.override(row, act)
        self._tell_deal(row)
        for _ in range(int(act.args.get("robots", "0")) + 1):
            self.emit_fields(act, "ONCRMDEALUPDATE", int(act.id))

    def do_win_deal(self, act: Act) -> None:
        self._finish(act, "WON")

    def do_lose_deal(self, act: Act) -> None:
        self._finish(act, "LOSE")

    def do_reopen_deal(self, act: Act) -> None:
        self._finish(act, act.args.get("to", "EXECUTING"))

    def do_move_deal(self, act: Act) -> None:
        """Another funnel, by the old mover: it raises only an application's event."""
        row = self.row("deal", act.id)
        category = act.args["category"]
        stage = act.args.get("stage") or _first_stage(category)
        self._touch(row, act)
        row["CATEGORY_ID"] = category
        self._deal_stage(row, act, stage, 5)
        self.override(row, act)
        self._tell_deal(row)
        self.emit_fields(act, "ONCRMDEALMOVETOCATEGORY", int(act.id), CATEGORY_ID=category, STAGE_ID=stage)

    def do_delete_deal(self, act: Act) -> None:
        self._bin("deal", act, "ONCRMDEALDELETE")

    def do_restore_deal(self, act: Act) -> None:
        self._unbin("deal", act, "ONCRMDEALADD")

    def _finish(self, act: Act, stage: str) -> None:
        category = self.row("deal", act.id)["CATEGORY_ID"]
        act.args["stage"] = stage if category == "0" else f"C{category}:{stage}"
        self.do_update_deal(act)

    def _deal_stage(self, row: Row, act: Act, stage: str, kind: int = 0) -> None:
        category = row["CATEGORY_ID"]
        semantic = self.directories.semantic(deal_stages(category), stage)
        if kind != 1 and row["STAGE_ID"] != stage:
            row.update(MOVED_BY_ID=act.args.get("by", row["ASSIGNED_BY_ID"]), MOVED_TIME=self.stamp)
        if semantic != "P" and row["CLOSED"] == "N":
            row["CLOSEDATE"] = self.today
        row.update(STAGE_ID=stage, STAGE_SEMANTIC_ID=semantic, CLOSED="N" if semantic == "P" else "Y",
                   IS_NEW="Y" if stage == _first_stage(category) else "N")
        self.remember("deal", row, category, semantic, stage, kind or (2 if semantic == "P" else 3), act)

    def _tell_deal(self, row: Row) -> None:
        if row["IS_RECURRING"] == "Y":
            return  # a template
        self.chronicle.tell("deal", row["ID"], self.now, owner=row["ASSIGNED_BY_ID"], pipeline=row["CATEGORY_ID"],
                            outcome=outcome(row["STAGE_SEMANTIC_ID"]), amount=float(row["OPPORTUNITY"]),
                            loss_reason=row["UF_CRM_LOSE_REASON"], inquiry=self.settings["mode"] == "2")

    # Quotes

    def do_quote(self, act: Act) -> None:
        owner = act.args["owner"]
        row = self.put("quote", act.id, rows.quote(act.id, self.stamp, owner, act.args.get("by", owner)))
        row["BEGINDATE"] = self.today
        if until := act.args.get("until"):
            row["CLOSEDATE"] = row["ACTUAL_DATE"] = self.server.date_only(until)
        self._quote(row, act, "ONCRMQUOTEADD")

    def do_update_quote(self, act: Act) -> None:
        row = self.row("quote", act.id)
        self._touch(row, act)
        self._quote(row, act, "ONCRMQUOTEUPDATE")

    def do_delete_quote(self, act: Act) -> None:
        self._bin("quote", act, "ONCRMQUOTEDELETE")

    def _quote(self, row: Row, act: Act, event: str) -> None:
        self._set(row, act, {"owner": "ASSIGNED_BY_ID", "status": "STATUS_ID", "deal": "DEAL_ID", "lead": "LEAD_ID",
                             "company": "COMPANY_ID", "contact": "CONTACT_ID", "title": "TITLE"})
        if "amount" in act.args:
            row["OPPORTUNITY"] = money(act.args["amount"])
        semantic = self.directories.semantic("QUOTE_STATUS", row["STATUS_ID"])
        row["CLOSED"] = "N" if semantic == "P" else "Y"
        self.override(row, act)
        state = "open" if row["STATUS_ID"] == "DRAFT" else "sent"
        self.chronicle.tell("quote", row["ID"], self.now, owner=row["ASSIGNED_BY_ID"], pipeline="", outcome=state,
                            amount=float(row["OPPORTUNITY"]))
        self.emit_fields(act, event, int(act.id))

    # Invoices (smart invoices, entity type 31)

    def do_invoice(self, act: Act) -> None:
        owner = int(act.args["owner"])
        row = self.put("invoice", act.id, rows.invoice(int(act.id), self.stamp, owner, int(act.args.get("by", owner))))
        row["begindate"] = self.today
        if until := act.args.get("until"):
            row["closedate"] = self.server.date_only(until)
        for name, field in (("deal", "parentId2"), ("quote", "parentId7"), ("company", "companyId"),
                            ("contact", "contactId")):
            if name in act.args:
                row[field] = int(act.args[name])
        row["contactIds"] = [row["contactId"]] if row["contactId"] else []
        self._invoice(row, act, "ONCRMDYNAMICITEMADD", 1)

    def do_update_invoice(self, act: Act) -> None:
        row = self.row("invoice", act.id)
        row.update(updatedTime=self.stamp, updatedBy=int(act.args.get("by", row["assignedById"])))
        if "owner" in act.args:
            row["assignedById"] = int(act.args["owner"])
        self._invoice(row, act, "ONCRMDYNAMICITEMUPDATE")

    def do_pay_invoice(self, act: Act) -> None:
        act.args["stage"] = "DT31_3:P"
        self.do_update_invoice(act)
        deal = self.row("invoice", act.id)["parentId2"]
        if deal in self.tables["deal"]:
            self.tables["deal"][deal]["LAST_ACTIVITY_TIME"] = self.stamp

    def do_delete_invoice(self, act: Act) -> None:
        self._bin("invoice", act, "ONCRMDYNAMICITEMDELETE", ENTITY_TYPE_ID=31)

    def _invoice(self, row: Row, act: Act, event: str, kind: int = 0) -> None:
        row["lastActivityTime"] = self.stamp
        if "amount" in act.args:
            amount = float(act.args["amount"])
            row["opportunity"] = int(amount) if amount.is_integer() else amount
        stage = act.args.get("stage", row["stageId"])
        if stage != row["stageId"]:
            row.update(previousStageId=row["stageId"], stageId=stage, movedTime=self.stamp, movedBy=row["updatedBy"])
        semantic = self.directories.semantic(f"SMART_INVOICE_STAGE_{row['categoryId']}", stage)
        type_id = kind or (2 if semantic == "P" else 3)
        self.remember("invoice", row, str(row["categoryId"]), semantic, stage, type_id, act)
        self.override(row, act)
        self.chronicle.tell("invoice", row["id"], self.now, owner=str(row["assignedById"]), pipeline="",
                            outcome=outcome(semantic), amount=row["opportunity"])
        self.emit_fields(act, event, int(act.id), ENTITY_TYPE_ID=31)

    # Common

    def _set(self, row: Row, act: Act, names: dict[str, str]) -> None:
        for argument, field in names.items():
            if argument in act.args:
                row[field] = act.args[argument]

    def _touch(self, row: Row, act: Act) -> None:
        row.update(DATE_MODIFY=self.stamp, MODIFY_BY_ID=act.args.get("by", row["ASSIGNED_BY_ID"]))

    def _bin(self, table: str, act: Act, event: str, **more: int) -> None:
        ident = int(act.id)
        self.bin[table, ident] = self.row(table, ident)
        del self.tables[table][ident]
        if table != "quote":
            self.forget(table, ident)
        self.chronicle.gone(table, ident)
        self.emit_fields(act, event, ident, **more)

    def _unbin(self, table: str, act: Act, event: str) -> None:
        """Out of the recycle bin: the same id and fields; the stage history stays lost."""
        ident = int(act.id)
        row = self.put(table, ident, self.bin.pop((table, ident)))
        row["DATE_MODIFY"] = self.stamp
        self.chronicle.gone(table, ident, False)
        self.emit_fields(act, event, ident)


def _first_stage(category: str) -> str:
    return "NEW" if category == "0" else f"C{category}:NEW"
