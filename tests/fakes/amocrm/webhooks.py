"""The hooks of the account: who is told of what, and how they are managed by REST."""

from __future__ import annotations

from typing import Any, Callable
from urllib.parse import urlsplit

Row = dict[str, Any]

MOST = 100
ENTITIES = {"lead": "add update delete restore status responsible note", "contact": "add update delete restore responsible note",
            "company": "add update delete restore responsible note", "customer": "add update delete responsible note",
            "task": "add update delete responsible", "message": "add", "outgoing_message": "add", "talk": "add update",
            "chat_template_review": "add", "unsorted": "add update delete", "catalog": "add update delete"}
CODES = [f"{action}_{entity}" for entity, actions in ENTITIES.items() for action in actions.split()]
KOMMO_LACKS = {"update_task", "update_talk"}  # and all of customers, unsorted and catalogs
KOMMO_CODES = [code for code in CODES if code not in KOMMO_LACKS and
               code.rpartition("_")[2] not in ("customer", "unsorted", "catalog")]
COMPANY = 3  # element_type
SECTIONS = {"leads": "lead", "customers": "customer", "catalogs": "catalog"}


class BadHook(Exception):
    """400, with the field that is wrong."""


class Webhooks:
    """One of them is ours: the one that the account's bodies are sent to. The others are strangers', nobody listens."""

    def __init__(self, rows: list[Row], account: int, admin: int, kommo: bool = False) -> None:
        self.rows = rows
        self._account, self._admin = account, admin
        self._codes = KOMMO_CODES if kommo else CODES
        self._ours: Row | None = None
        self.given_up: Callable[[], bool] = lambda: False  # whether ours failed too often
        self.forgive: Callable[[], None] = lambda: None
        self._next = 1 + max((row["id"] for row in rows), default=12000000)

    def aim(self, url: str, now: int) -> None:
        """An administrator types this address into the settings of our hook, and ticks everything."""
        row = self._ours or self._find(url) or (self.rows[0] if self.rows else self._new(url, now))
        row.update(destination=url, settings=list(self._codes), updated_at=now)
        self._ours = row

    @property
    def target(self) -> str:
        return self._ours["destination"] if self._ours else ""

    def told(self, section: str, action: str, record: Row) -> bool:
        """Whether our hook is told of it. Without a hook of ours everything is: whoever plays keeps the bodies."""
        if self._ours is None:
            return True
        kind = SECTIONS.get(section, section)
        if section == "contacts":
            kind = record.get("type") or ("company" if record["note"]["element_type"] == COMPANY else "contact")
        return kind not in ENTITIES or f"{action}_{kind}" in self._ours["settings"]

    def listed(self, destination: str = "") -> list[Row]:
        if self._ours:
            self._ours["disabled"] = self.given_up()
        return [row for row in self.rows if not destination or row["destination"] == destination]

    def put(self, wish: Row, now: int) -> Row:
        """POST: a new hook, or other settings for that address; either way it is enabled, and from now on ours."""
        url, settings = str(wish.get("destination", "")), wish.get("settings")
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise BadHook("destination")
        if not isinstance(settings, list) or not settings:
            raise BadHook("settings")
        if unknown := [place for place, code in enumerate(settings) if code not in self._codes]:
            raise BadHook(f"settings.{unknown[0]}")
        row = self._find(url)
        if row is None and len(self.rows) >= MOST:
            raise BadHook("destination")
        row = row or self._new(url, now)
        row.update(settings=list(settings), updated_at=now, disabled=False, sort=int(wish.get("sort", row["sort"])))
        self._ours = row
        self.forgive()
        return row

    def save(self) -> None:
        """An administrator saves the settings of our hook again, which enables it."""
        self.forgive()

    def drop(self, url: str) -> bool:
        """DELETE; False: there is none."""
        row = self._find(url)
        if row is None:
            return False
        self.rows.remove(row)
        if row is self._ours:
            self._ours = None
        return True

    def _find(self, url: str) -> Row | None:
        return next((row for row in self.rows if row["destination"] == url), None)

    def _new(self, url: str, now: int) -> Row:
        row = {"id": self._next, "destination": url, "created_at": now, "updated_at": now, "account_id": self._account,
               "created_by": self._admin, "sort": 1, "disabled": False, "settings": []}
        self._next += 1
        self.rows.append(row)
        return row
