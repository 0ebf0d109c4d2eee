"""For tests: an account without a program around it, asked and played directly."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from amocrm_account import Account
from kit.form import decode
from kit.http import Request
from kit.player import Player
from kit.scenario import load, parse_act

TESTS = Path(__file__).resolve().parents[1]
DATA = TESTS / "data" / "amocrm"
DAY = TESTS / "scenarios" / "amocrm_sample_day.scenario"
HOST = "https://demostroy.amocrm.ru"


def player(limited: bool = False, **settings: str) -> Player:
    """The account of the sample day, nothing played yet."""
    scenario = load(DAY)
    scenario.settings.update({"links": HOST, **settings})
    return Player(Account(scenario, limited), scenario, "")


def ask(crm: Player, target: str, method: str = "GET", token: str = "", body: Any = None) -> tuple[int, Any]:
    path, _, query = target.replace(HOST, "").partition("?")
    token = token or crm.crm.settings["token"]
    sent = json.dumps(body).encode() if body else b""
    request = Request(method, path, query, {"authorization": f"Bearer {token}"}, sent)
    response = asyncio.run(crm.crm.rest(request))
    return response.status, json.loads(response.body) if response.body else None


def listed(crm: Player, target: str, name: str) -> list[Any]:
    """All rows of a list, page by page."""
    rows: list[Any] = []
    while target:
        status, body = ask(crm, target)
        if status == 204:
            break
        assert status == 200, (target, status, body)
        rows += body["_embedded"][name]
        target = body["_links"].get("next", {}).get("href", "")
    return rows


def act(crm: Player, line: str) -> list[bytes]:
    return crm.act(parse_act(line, crm.crm.zone))


def told(crm: Player, line: str) -> list[dict[str, Any]]:
    """The bodies of an act, read."""
    return [decode(body.decode()) for body in act(crm, line)]
