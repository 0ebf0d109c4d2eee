"""Offline events: a queue in the portal, for an application that reads it when it can."""

from __future__ import annotations

import hashlib
import json
from typing import Any

Row = dict[str, Any]


class OfflineQueue:
    """One row for each event of one entity, however often it happened: the state, not its history."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.rows: list[Row] = []
        self._last = 0
        self._reserved = 0

    def forget(self) -> None:
        """With the application go its bindings and what waited for it."""
        self.bound.clear()
        self.rows.clear()

    @property
    def reserved(self) -> int:
        return sum(1 for row in self.rows if row["PROCESS_ID"])

    def bind(self, event: str) -> None:
        self.bound.add(event.upper())

    def add(self, event: str, data: Row, at: str, user: str) -> bool:
        """False: nobody bound to it."""
        if event not in self.bound:
            return False
        text = json.dumps([event, data], sort_keys=True, ensure_ascii=False)
        message = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        self.rows = [row for row in self.rows if row["MESSAGE_ID"] != message or row["PROCESS_ID"]]
        self._last += 1
        self.rows.append({"ID": str(self._last), "TIMESTAMP_X": at, "EVENT_NAME": event, "EVENT_DATA": data,
                          "EVENT_ADDITIONAL": {"user_id": user}, "MESSAGE_ID": message, "PROCESS_ID": ""})
        return True

    def list(self, reserved: bool, start: int) -> list[Row]:
        """A look at the queue that changes nothing in it."""
        rows = [row for row in self.rows if row["PROCESS_ID"]] if reserved else self.rows
        return [{**row, "ERROR": "0"} for row in rows[start:start + 50]]

    def get(self, limit: int, clear: bool, process: str, last: int = 0) -> Row:
        """Reads and deletes, or reserves for a reader who tells later what is done; with `last` those up to that id."""
        if process:
            found = [row for row in self.rows if row["PROCESS_ID"] == process][:limit]
        else:
            found = [row for row in self.rows if not row["PROCESS_ID"] and (not last or int(row["ID"]) <= last)][:limit]
        if clear:
            self.rows = [row for row in self.rows if row not in found]
            return {"process_id": None, "events": [_shown(row) for row in found]}
        if not process:
            self._reserved += 1
            process = hashlib.md5(str(self._reserved).encode(), usedforsecurity=False).hexdigest()
        for row in found:
            row["PROCESS_ID"] = process
        return {"process_id": process, "events": [_shown(row) for row in found]}

    def clear(self, process: str, idents: list[str], messages: list[str]) -> None:
        """Those that were reserved and named; with neither names all of that reader. Messages win over ids."""
        def done(row: Row) -> bool:
            if row["PROCESS_ID"] != process:
                return False
            if messages:
                return row["MESSAGE_ID"] in messages
            return not idents or row["ID"] in idents

        self.rows = [row for row in self.rows if not done(row)]


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "PROCESS_ID"}
