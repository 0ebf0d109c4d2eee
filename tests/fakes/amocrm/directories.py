"""Account, users, pipelines, fields and catalogs of the demo account, as they stand in tests/data/amocrm."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

Row = dict[str, Any]
DATA = Path(__file__).resolve().parents[2] / "data" / "amocrm"

INVOICES = 10230  # the catalog of invoices
BILL_STATUS, BILL_DATE, BILL_ITEMS, BILL_PRICE, BILL_LEAD = 702001, 702002, 702003, 702004, 702005
PAID, CREATED = 4600002, 4600001
TYPE_INCOMING = 1


class Directories:
    def __init__(self) -> None:
        held = json.loads((DATA / "16-rest-dictionaries.json").read_text(encoding="utf-8"))
        self.account: Row = held["GET /api/v4/account?with=task_types,datetime_settings,users_groups"]
        self.users: list[Row] = held["GET /api/v4/users?limit=250"]["_embedded"]["users"]
        self.pipelines: list[Row] = held["GET /api/v4/leads/pipelines"]["_embedded"]["pipelines"]
        self.loss_reasons: list[Row] = held["GET /api/v4/leads/loss_reasons"]["_embedded"]["loss_reasons"]
        self.fields: list[Row] = held["GET /api/v4/leads/custom_fields?limit=250"]["_embedded"]["custom_fields"]
        self.catalogs: list[Row] = held["GET /api/v4/catalogs"]["_embedded"]["catalogs"]
        self.catalog_fields: list[Row] = held["GET /api/v4/catalogs/10230/custom_fields"]["_embedded"]["custom_fields"]
        self.webhooks: list[Row] = held["GET /api/v4/webhooks"]["_embedded"]["webhooks"]

        self.sources: list[Row] = [
            {"id": 4400001, "name": "Telegram: Демострой", "default": False, "external_id": "demostroy_bot",
             "origin_code": "telegram", "pipeline_id": self.pipelines[0]["id"], "services": []},
            {"id": 4400002, "name": "Форма на сайте", "default": True, "external_id": "site", "origin_code": None,
             "pipeline_id": self.pipelines[0]["id"], "services": []}]

    def card_fields(self, kind: str) -> list[Row]:
        """Those that every account has."""
        held = ((700001, "Телефон", "PHONE", 430001), (700003, "Email", "EMAIL", 430003))
        return [{"id": ident, "name": name, "type": "multitext", "account_id": self.account["id"], "code": code,
                 "sort": place, "is_api_only": False, "enums": [{"id": enum, "value": "WORK", "sort": 1}],
                 "group_id": None, "required_statuses": [], "is_deletable": False, "is_predefined": True,
                 "entity_type": kind, "remind": None} for place, (ident, name, code, enum) in enumerate(held, 1)]

    def field(self, ident: int) -> Row:
        return next(field for field in self.fields if field["id"] == ident)

    def user(self, ident: int) -> Row:
        return next(user for user in self.users if user["id"] == ident)

    def user_name(self, ident: int) -> str:
        return str(self.user(ident)["name"])

    def put_user(self, ident: int, name: str) -> None:
        """A manager like the first one."""
        if not any(user["id"] == ident for user in self.users):
            self.users.append({**deepcopy(self.users[0]), "id": ident, "email": f"user{ident}@demostroy.example"})
        self.user(ident)["name"] = name

    def statuses(self, pipeline: int) -> list[Row]:
        return next(line["_embedded"]["statuses"] for line in self.pipelines if line["id"] == pipeline)

    def incoming(self, pipeline: int) -> int:
        return next(status["id"] for status in self.statuses(pipeline) if status["type"] == TYPE_INCOMING)

    def outcome(self, pipeline: int, status: int) -> str:
        known = {row["id"]: row["type"] for row in self.statuses(pipeline)}
        if status not in known:
            raise ValueError(f"no status {status} in pipeline {pipeline}")
        return {142: "won", 143: "lost"}.get(status) or ("incoming" if known[status] == TYPE_INCOMING else "open")
