"""Rows of one kind by id, found as the lists of a CRM are asked: behind an id, of some ids, changed since a moment."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from datetime import datetime
from typing import Any, Iterator

Row = dict[str, Any]

AT_ONCE = 1000  # so many changes are sorted in together


class Table(dict[int, Row]):
    """`time` names the field that its lists are asked by. Whoever changes a row in place must `touch` it.

    The order is kept by bisection and brought up to date by the next question, so that a page of a hundred thousand
    rows costs its fifty.
    """

    def __init__(self, time: str = "") -> None:
        super().__init__()
        self._time, self._flat = time, flat(time)
        self._ids: list[int] = []
        self._times: list[tuple[float, int]] = []
        self._known: dict[int, float | None] = {}  # the moment that each row is kept under
        self._touched: set[int] = set()

    def __setitem__(self, ident: int, row: Row) -> None:
        super().__setitem__(ident, row)
        self._touched.add(ident)

    def __delitem__(self, ident: int) -> None:
        super().__delitem__(ident)
        self._touched.add(ident)

    def take(self, ident: int) -> Row:
        row = self[ident]
        del self[ident]
        return row

    def touch(self, ident: int) -> None:
        self._touched.add(ident)

    def narrowed(self, wish: Row) -> tuple[Iterator[Row], Row]:
        """In the order of ids those rows that may be wished for, and the filters that are still to be asked of each."""
        self._settle()
        rest = dict(wish)
        lists = (key for key, value in rest.items() if key.lower() in ("@id", "id") and isinstance(value, (list, dict)))
        listed = next(lists, None)
        if listed is not None:
            values = rest.pop(listed)
            wanted = {str(one) for one in (values.values() if isinstance(values, dict) else values)}
            ids = sorted(int(one) for one in wanted if one.isdigit() and int(one) in self)
            return (self[ident] for ident in ids), rest
        after, since = self._after(rest), self._since(rest)
        return (self[ident] for ident in self._chosen(after, since)), rest

    def _after(self, rest: Row) -> int:
        """Takes the filter `>ID` out; -1: there is none."""
        key = next((key for key in rest if key.lower() == ">id" and str(rest[key] or "0").isdigit()), None)
        return -1 if key is None else int(rest.pop(key) or 0)

    def _since(self, rest: Row) -> float | None:
        """Takes the filter `>=time` out."""
        key = next((key for key in rest if self._flat and flat(key) == ">=" + self._flat), None)
        since = None if key is None else moment(rest[key])
        if since is not None:
            del rest[key]
        return since

    def _chosen(self, after: int, since: float | None) -> Iterator[int]:
        first = bisect_right(self._ids, after)
        if since is None:
            yield from (self._ids[place] for place in range(first, len(self._ids)))
            return
        changed = bisect_left(self._times, (since,))
        if 4 * (len(self._times) - changed) < len(self._ids):
            yield from sorted(ident for _, ident in self._times[changed:] if ident > after)
            return
        for place in range(first, len(self._ids)):
            known = self._known[self._ids[place]]
            if known is not None and known >= since:
                yield self._ids[place]

    def _settle(self) -> None:
        touched, self._touched = self._touched, set()
        if len(touched) > AT_ONCE:
            self._known = {ident: moment(row.get(self._time)) for ident, row in self.items()}
            self._ids = sorted(self)
            self._times = sorted((known, ident) for ident, known in self._known.items() if known is not None)
            return
        for ident in touched:
            self._put_out(ident)
            if ident in self:
                self._put_in(ident, moment(self[ident].get(self._time)))

    def _put_out(self, ident: int) -> None:
        if ident not in self._known:
            return
        del self._ids[bisect_left(self._ids, ident)]
        known = self._known.pop(ident)
        if known is not None:
            del self._times[bisect_left(self._times, (known, ident))]

    def _put_in(self, ident: int, at: float | None) -> None:
        insort(self._ids, ident)
        self._known[ident] = at
        if at is not None:
            insort(self._times, (at, ident))


def flat(name: str) -> str:
    """Requests name fields in any case; tasks are even asked in CAPITALS_WITH_LINES for camelCase."""
    return name.replace("_", "").lower()


def moment(text: Any) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return None
