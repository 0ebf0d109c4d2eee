"""Rows by id, found as lists that are numbered by pages are asked: within a range of one of their times, in its order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import Any

Row = dict[str, Any]

AT_ONCE = 1000  # so many changes are sorted in together


class Timeline(dict[Any, Row]):
    """`times` names the whole-number fields that its lists are asked by. Whoever changes a row in place must `touch` it.

    The orders are kept by bisection and brought up to date by the next question, so that a page of a hundred thousand
    rows costs its own rows.
    """

    def __init__(self, *times: str) -> None:
        super().__init__()
        self._times = times
        self._orders: dict[str, list[tuple[int, Any]]] = {name: [] for name in times}  # time, id
        self._ids: list[Any] = []
        self._known: dict[Any, tuple[int | None, ...]] = {}  # the times that each row is kept under
        self._touched: set[Any] = set()

    def __setitem__(self, ident: Any, row: Row) -> None:
        super().__setitem__(ident, row)
        self._touched.add(ident)

    def __delitem__(self, ident: Any) -> None:
        super().__delitem__(ident)
        self._touched.add(ident)

    def take(self, ident: Any) -> Row:
        row = self[ident]
        del self[ident]
        return row

    def touch(self, ident: Any) -> Row:
        """To be changed in place."""
        self._touched.add(ident)
        return self[ident]

    def has_order(self, name: str) -> bool:
        return name in self._orders

    def by_id(self) -> list[Any]:
        """All ids, upwards. Not to be changed."""
        self._settle()
        return self._ids

    def by_time(self, name: str, since: int | None = None, until: int | None = None) -> list[Any]:
        """Ids of the rows that have this time, within the range, both ends included; the earliest first, then by id."""
        self._settle()
        order = self._orders[name]
        first = 0 if since is None else bisect_left(order, since, key=lambda pair: pair[0])
        last = len(order) if until is None else bisect_right(order, until, key=lambda pair: pair[0])
        return [ident for _, ident in order[first:last]]

    def _settle(self) -> None:
        touched, self._touched = self._touched, set()
        if len(touched) > AT_ONCE:
            self._known = {ident: self._moments(row) for ident, row in self.items()}
            self._ids = sorted(self)
            for place, name in enumerate(self._times):
                self._orders[name] = sorted((moments[place], ident) for ident, moments in self._known.items()
                                            if moments[place] is not None)
            return
        for ident in touched:
            self._put_out(ident)
            if ident in self:
                self._put_in(ident, self._moments(self[ident]))

    def _moments(self, row: Row) -> tuple[int | None, ...]:
        return tuple(row.get(name) for name in self._times)

    def _put_out(self, ident: Any) -> None:
        known = self._known.pop(ident, None)
        if known is None:
            return
        del self._ids[bisect_left(self._ids, ident)]
        for name, moment in zip(self._times, known):
            if moment is not None:
                order = self._orders[name]
                del order[bisect_left(order, (moment, ident))]

    def _put_in(self, ident: Any, moments: tuple[int | None, ...]) -> None:
        insort(self._ids, ident)
        self._known[ident] = moments
        for name, moment in zip(self._times, moments):
            if moment is not None:
                insort(self._orders[name], (moment, ident))
