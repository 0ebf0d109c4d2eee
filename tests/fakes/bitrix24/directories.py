"""Users, funnels, stages, sources, reasons of refusal and currencies of the demo portal, as they stand in tests/data/bitrix24."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# What every portal has, and one that somebody has made.
SOURCES = (("CALL", "Звонок"), ("WEB", "Веб-сайт"), ("PARTNER", "Существующий клиент"), ("UC_EXPO", "Выставка в Туле"))
LOSS_REASON = "UF_CRM_LOSE_REASON"
DATA = Path(__file__).resolve().parents[2] / "data" / "bitrix24"


class Directories:
    def __init__(self) -> None:
        self.users: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self.categories: dict[int, list[dict[str, Any]]] = {}
        self.currencies: list[dict[str, Any]] = []
        self.departments: list[dict[str, Any]] = [
            {"ID": "1", "NAME": "Компания", "SORT": 500, "UF_HEAD": "1"},
            {"ID": "5", "NAME": "Отдел продаж", "SORT": 500, "PARENT": "1", "UF_HEAD": "7"}]
        exchanges = json.loads((DATA / "rest.directories.json").read_text(encoding="utf-8"))["exchanges"]
        for exchange in exchanges:
            self._take(exchange["method"], exchange["params"], exchange["answers"][0]["body"]["result"])
        self.statuses += [{"ID": str(700 + place), "ENTITY_ID": "SOURCE", "STATUS_ID": ident, "NAME": name, "NAME_INIT": name,
                           "SORT": str(10 * place), "SYSTEM": "N" if ident.startswith("UC_") else "Y", "COLOR": None,
                           "SEMANTICS": None, "CATEGORY_ID": None} for place, (ident, name) in enumerate(SOURCES, 1)]
        self.loss_reasons: list[dict[str, str]] = [{"ID": "45", "VALUE": "Дорого"}, {"ID": "46", "VALUE": "Ушли к другим"}]

    def _take(self, method: str, params: dict[str, Any], result: Any) -> None:
        if method == "user.get" and "FILTER" in params:
            self.users = result
        elif method == "crm.status.list":
            self.statuses += result
        elif method == "crm.category.list":
            self.categories[params["entityTypeId"]] = result["categories"]
        elif method == "crm.currency.list":
            self.currencies = result

    def user(self, ident: str) -> dict[str, Any]:
        return next(user for user in self.users if user["ID"] == ident)

    def status(self, dictionary: str, stage: str) -> dict[str, Any] | None:
        return next((row for row in self.statuses if (row["ENTITY_ID"], row["STATUS_ID"]) == (dictionary, stage)), None)

    def semantic(self, dictionary: str, stage: str) -> str:
        """P, S or F."""
        status = self.status(dictionary, stage)
        if status is None:
            raise ValueError(f"no stage {stage} in {dictionary}")
        return status["SEMANTICS"] or "P"
