"""The portal's database and its event queue. What can happen to them is in sales.py and acts.py."""

from __future__ import annotations

import json
from typing import Any

from bitrix24 import events, rows as new
from bitrix24.directories import Directories
from bitrix24.oauth import Tokens
from bitrix24.offline import OfflineQueue
from bitrix24.rights import Rights
from kit.chronicle import Chronicle
from kit.scenario import Act
from kit.table import Table
from kit.times import Zone

Row = dict[str, Any]

HISTORY_TYPES = {"lead": 1, "deal": 2, "invoice": 31}
HISTORY_TIME = "CREATED_TIME"
ITEM_TIME = "updatedTime"
# By what time the lists of each kind are asked; "": by none.
TIMES = {"lead": "DATE_MODIFY", "deal": "DATE_MODIFY", "quote": "DATE_MODIFY", "invoice": ITEM_TIME, "old_invoice": "",
         "activity": "LAST_UPDATED", "task": "changedDate", "call": "CALL_START_DATE", "comment": "", "document": "",
         "payment": "", "contact": "", "company": "", "entry": ""}


class Base:
    def __init__(self, zone: str, settings: dict[str, str]) -> None:
        self.zone = Zone(zone)
        self.server = Zone(settings.get("server_zone", zone))  # the zone that dates are printed in
        self.now = 0
        own = {"rest_user": "1", "rest_secret": "a1b2c3d4e5f6g7h8", "mode": "1"}
        self.settings = {**events.DEFAULTS, **own, **settings}
        self.subscriptions = events.subscriptions(self.settings.get("subscribe", ""))
        self.directories = Directories()
        self.chronicle = Chronicle()
        self.offline = OfflineQueue()
        self._offline_told = 0
        self.tokens = Tokens(self.settings)
        self.rights = Rights(self.settings)
        self.outbox: list[bytes] = []
        self.tables: dict[str, Table] = {name: Table(time) for name, time in TIMES.items()}
        self.bin: dict[tuple[str, int], Row] = {}
        self.history: dict[int, Table] = {kind: Table(HISTORY_TIME) for kind in (1, 2, 5, 31)}
        self._stays: dict[tuple[int, int], list[int]] = {}  # rows of the history by what they tell of
        self.history_ids: dict[int, int] = {}  # the last one given; ids are never given again

    def act(self, act: Act) -> None:
        verb = getattr(self, f"do_{act.verb}", None)
        if verb is None:
            raise ValueError(f"line {act.line}: a Bitrix24 portal has no verb {act.verb}")
        self.now = act.at
        self.zone.day = self.zone.local(act.at).date()
        try:
            verb(act)
        except (KeyError, IndexError) as error:
            raise ValueError(f"line {act.line}: {act.text}: {error!r}") from error

    def emit(self, act: Act, event: str, data: Row, by: str = "1", tokens: Row | None = None) -> None:
        """Queues an event, unless nobody subscribed to it or this one gets lost (`hook=lost`).

        Offline events are never lost on the way: they wait in the portal.
        """
        if self.offline.add(event, data, self.stamp, by):
            self._tell_of_offline()
        handler = self.subscriptions.get(event)
        if handler is None or act.args.get("hook") == "lost":
            return
        ts = self.now + int(act.args.get("queued", "1"))
        if event in events.APP_EVENTS and self.tokens.access:
            tokens = tokens or {"access_token": self.tokens.access, "expires": self.tokens.expires}
        body = events.body(self.settings, event, handler, data, ts, by, tokens)
        self.outbox += [body] * int(act.args.get("again", "1"))

    def _tell_of_offline(self) -> None:
        """That something waits, at most once a second."""
        if self._offline_told == self.now:
            return
        self._offline_told = self.now
        handler = events.APP_EVENTS["ONOFFLINEEVENT"]
        self.outbox.append(events.body(self.settings, "ONOFFLINEEVENT", handler, {}, self.now + 1, "1",
                                       {"access_token": self.tokens.access, "refresh_token": self.tokens.refresh}))

    def emit_fields(self, act: Act, event: str, ident: int, **more: Any) -> None:
        self.emit(act, event, {"FIELDS": {"ID": ident, **more}}, act.args.get("by", "1"))

    def row(self, table: str, ident: int | str) -> Row:
        """To be changed in place."""
        rows = self.tables[table]
        if int(ident) not in rows:
            raise ValueError(f"there is no {table} {ident}")
        rows.touch(int(ident))
        return rows[int(ident)]

    def put(self, table: str, ident: int | str, row: Row) -> Row:
        if int(ident) in self.tables[table]:
            raise ValueError(f"there is a {table} {ident} already")
        self.tables[table][int(ident)] = row
        return row

    def date(self, text: str) -> str:
        """A moment, printed as REST prints it; empty stays empty."""
        return self.server.iso(self.zone.parse(text)) if text else ""

    @property
    def stamp(self) -> str:
        return self.server.iso(self.now)

    @property
    def today(self) -> str:
        return self.server.date_only(self.zone.local(self.now).date().isoformat())

    def override(self, row: Row, act: Act) -> None:
        """Arguments in capitals or with a leading dot set the row's field of that name. `null` is null, `[...]` a list."""
        for key, value in act.args.items():
            if not key.isupper() and not key.startswith("."):
                continue
            name = key.lstrip(".")
            if value == "null" or value.startswith("["):
                row[name] = json.loads(value)
            else:
                moment = name.endswith("_TIME") or name.endswith("Time")
                row[name] = self.date(value) if moment else value

    def item_table(self, kind: int) -> str:
        """Of a smart process; it comes to be with its first element."""
        if kind < 128:
            raise ValueError(f"{kind} is no smart process")
        self.tables.setdefault(f"item {kind}", Table(ITEM_TIME))
        self.history.setdefault(kind, Table(HISTORY_TIME))
        return f"item {kind}"

    def remember(self, kind: str, owner: Row, category: str | None, semantic: str, stage: str, type_id: int,
                 act: Act) -> None:
        ident = int(owner.get("ID") or owner["id"])
        self.remember_as(HISTORY_TYPES[kind], ident, category, semantic, stage, type_id, act)

    def remember_as(self, kind: int, ident: int, category: str | None, semantic: str, stage: str, type_id: int,
                    act: Act) -> None:
        """One row of the stage history; a repeat of the same stage is not written, an id is never given again."""
        rows = self.history[kind]
        own = self._stays.setdefault((kind, ident), [])
        name = "STAGE_ID" if category is not None else "STATUS_ID"
        if own and rows[own[-1]][name] == stage:
            return
        number = int(act.args.get("row", 0)) or self.history_ids.get(kind, 0) + 1
        self.history_ids[kind] = max(number, self.history_ids.get(kind, 0))
        rows[number] = new.history(number, type_id, ident, self.stamp, category, semantic, stage)
        own.append(number)

    def forget(self, kind: str, ident: int) -> None:
        self.forget_history(HISTORY_TYPES[kind], ident)

    def forget_history(self, kind: int, ident: int) -> None:
        """History rows vanish with the entity."""
        for number in self._stays.pop((kind, ident), []):
            del self.history[kind][number]


def deal_stages(category: str) -> str:
    """The dictionary of a funnel's stages."""
    return "DEAL_STAGE" if category == "0" else f"DEAL_STAGE_{category}"


def outcome(semantic: str) -> str:
    return {"P": "open", "S": "won", "F": "lost"}[semantic]


def money(text: str) -> str:
    return f"{float(text):.2f}"
