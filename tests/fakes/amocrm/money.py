"""Invoices, which are elements of a catalog, and customers with their purchases: their verbs."""

from __future__ import annotations

from typing import Any

from amocrm.account import Base, Row
from amocrm.directories import BILL_DATE, BILL_ITEMS, BILL_LEAD, BILL_PRICE, BILL_STATUS, CREATED, INVOICES, PAID
from kit.scenario import Act


class Money(Base):
    # Invoices

    def do_invoice(self, act: Act) -> None:
        """`items="text:price:quantity;..."`"""
        owner = int(act.args["owner"])
        items = [part.split(":") for part in act.args.get("items", "").split(";") if part]
        lines = [{"description": name, "unit_price": int(price), "quantity": int(many)} for name, price, many in items]
        self.invoices[int(act.id)] = row = {
            "id": int(act.id), "name": act.args.get("name", f"Счёт № {act.id}"), "created_by": owner,
            "updated_by": owner, "created_at": self.now, "updated_at": self.now, "status": CREATED, "paid_at": None,
            "price": act.args["price"], "lead": int(act.args.get("lead", "0")), "is_deleted": None,
            "items": lines,
        }
        self.bills.setdefault(row["lead"], set()).add(row["id"])
        self._invoice(act, row, "add")

    def do_pay_invoice(self, act: Act) -> None:
        """One that is paid already keeps its date."""
        row = self.invoices.touch(int(act.id))
        if row["status"] != PAID:
            row.update(status=PAID, paid_at=self.now)
        self.do_update_invoice(act)

    def do_unpay_invoice(self, act: Act) -> None:
        self.invoices.touch(int(act.id)).update(status=CREATED, paid_at=None)
        self.do_update_invoice(act)

    def do_update_invoice(self, act: Act) -> None:
        row = self.invoices.touch(int(act.id))
        row.update(updated_at=self.now, price=act.args.get("price", row["price"]),
                   updated_by=int(act.args.get("by", row["created_by"])))
        self._invoice(act, row, "update")

    def do_delete_invoice(self, act: Act) -> None:
        row = self.invoices.take(int(act.id))
        self.chronicle.gone("invoice", row["id"])
        self.emit(act, ("catalogs", "delete", {"id": row["id"], "catalog_id": INVOICES}))

    def _invoice(self, act: Act, row: Row, action: str) -> None:
        self.chronicle.tell("invoice", row["id"], self.now, owner=str(row["created_by"]), pipeline="",
                            outcome="won" if row["status"] == PAID else "open", amount=float(row["price"]))
        status = {CREATED: "Создан", PAID: "Оплачен"}[row["status"]]
        link = f"{self.settings['host']}/leads/detail/{row['lead']}"
        filled = [
            (BILL_STATUS, "Статус", "BILL_STATUS", [{"value": status, "enum": row["status"]}]),
            (BILL_DATE, "Дата оплаты", "BILL_PAYMENT_DATE", [row["paid_at"]] if row["paid_at"] else []),
            (BILL_ITEMS, "Товары", "ITEMS", [{"value": item} for item in row["items"]]),
            (BILL_PRICE, "Сумма", "BILL_PRICE", [{"value": row["price"]}]),
            (BILL_LEAD, "Сделка", "LINK_TO_LEAD", [{"value": link}] if row["lead"] else []),
        ]
        names = ("id", "name", "created_by", "updated_by", "created_at", "updated_at")
        head = {name: row[name] for name in names}
        shown = [{"id": ident, "name": name, "code": code, "values": values}
                 for ident, name, code, values in filled if values]
        record = {"id": head.pop("id"), "catalog_id": INVOICES, **head, "custom_fields": shown}
        self.emit(act, ("catalogs", action, record))

    # Customers

    def do_customer(self, act: Act) -> None:
        owner = int(act.args["owner"])
        by = int(act.args.get("by", owner))
        self.cards["customers"][int(act.id)] = row = {
            "id": int(act.id), "name": f"Покупатель {act.id}", "next_price": 0, "next_date": self.zone.midnight(self.now, 30),
            "responsible_user_id": owner, "status_id": 0, "periodicity": 0, "created_by": by, "updated_by": by,
            "created_at": self.now, "updated_at": self.now, "closest_task_at": None, "is_deleted": False, "ltv": 0,
            "purchases_count": 0, "average_check": 0,
        }
        self._change_customer(row, act)
        self.log_more(act, "customer_added", "customer", row["id"], by, [], [])
        self.emit(act, ("customers", "add", self._customer_hook(row)))

    def do_update_customer(self, act: Act) -> None:
        row = self.cards["customers"].touch(int(act.id))
        old = row["responsible_user_id"]
        self._change_customer(row, act)
        row.update(updated_at=self.now, updated_by=int(act.args.get("by", row["responsible_user_id"])))
        special = []
        if row["responsible_user_id"] != old:
            self.log(act, "entity_responsible_changed", "customer", row["id"], row["updated_by"],
                     [{"responsible_user": {"id": row["responsible_user_id"]}}], [{"responsible_user": {"id": old}}])
            special.append(("customers", "responsible", self._customer_hook(row, old_responsible_user_id=old)))
        self.emit_pair(act, special, ("customers", "update", self._customer_hook(row)))

    def do_delete_customer(self, act: Act) -> None:
        row = self.cards["customers"].take(int(act.id))
        self.bins["customers"][row["id"]] = row
        row["is_deleted"] = True
        self.log_more(act, "customer_deleted", "customer", row["id"], row["responsible_user_id"], [], [])
        self.emit(act, ("customers", "delete", {"id": row["id"]}))

    def do_transaction(self, act: Act) -> None:
        """A purchase of `customer`; no webhook tells of it."""
        args, customer = act.args, self.cards["customers"].touch(int(act.args["customer"]))
        by, price = int(args.get("by", customer["responsible_user_id"])), int(args["price"])
        self.transactions[int(act.id)] = row = {
            "id": int(act.id), "price": price, "comment": args.get("comment", ""),
            "completed_at": self.zone.parse(args["completed"]) if "completed" in args else self.now,
            "customer_id": customer["id"], "created_by": by, "updated_by": by, "created_at": self.now,
            "updated_at": self.now, "is_deleted": False,
        }
        many = customer["purchases_count"] + 1
        ltv = customer["ltv"] + price
        customer.update(ltv=ltv, purchases_count=many, average_check=ltv // many, updated_at=self.now, updated_by=by)
        self.log(act, "transaction_added", "customer", customer["id"], by, [{"transaction": {"id": row["id"]}}], [])
        if self.settings["transactions"] == "payments":
            self.chronicle.tell("invoice", f"transaction-{row['id']}", row["completed_at"], owner=str(by), pipeline="",
                                outcome="won", amount=float(price))

    def do_delete_transaction(self, act: Act) -> None:
        """Its list goes on telling of it; nothing else does."""
        row = self.transactions.touch(int(act.id))
        row["is_deleted"] = True
        self.chronicle.gone("invoice", f"transaction-{row['id']}")

    def _change_customer(self, row: Row, act: Act) -> None:
        args = act.args
        row["name"] = args.get("name", row["name"])
        row["responsible_user_id"] = int(args.get("owner", row["responsible_user_id"]))
        row["next_price"] = int(args.get("next_price", row["next_price"]))
        if "next_date" in args:
            row["next_date"] = self.zone.parse(args["next_date"])

    def _customer_hook(self, row: Row, **more: Any) -> Row:
        names = ("id", "name", "responsible_user_id", "next_price", "next_date")
        return {**{name: row[name] for name in names}, "date_create": row["created_at"],
                "last_modified": row["updated_at"], "created_user_id": row["created_by"],
                "modified_user_id": row["updated_by"], "account_id": self.account_id, **more,
                "created_at": row["created_at"], "updated_at": row["updated_at"]}
