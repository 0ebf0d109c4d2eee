"""Filters, orders, selections and pages of the list methods."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime
from itertools import islice
from typing import Any, Callable

Row = dict[str, Any]
PAGE = 50
_PREFIX = re.compile(r"^(>=|<=|!@|=%|!=|[><@%=!])?(.+)$")


def matches(row: Row, wish: Row) -> bool:
    return all(_holds(row, key, value) for key, value in wish.items())


def ordered(rows: list[Row], order: Row, default: str) -> list[Row]:
    for name, way in reversed(list(order.items()) or [(default, "ASC")]):
        key = _name(rows, name)
        rows = sorted(rows, key=lambda row: _sortable(row.get(key)), reverse=str(way).upper() == "DESC")
    return rows


def selected(row: Row, select: list[str]) -> Row:
    if not select or "*" in select:
        return dict(row)
    wanted = {name.upper() for name in select}
    return {name: value for name, value in row.items() if name.upper() in wanted or name in ("ID", "id")}


def narrowed(rows: list[Row], wish: Row) -> list[Row]:
    """Where ids are listed, only those rows: the rest of the filter need not look at all."""
    lists = (value for key, value in wish.items() if key.lower() in ("@id", "id") and isinstance(value, (list, dict)))
    listed = next(lists, None)
    if listed is None or not rows:
        return rows
    name = _name(rows, "ID")
    wanted = {str(one) for one in (listed.values() if isinstance(listed, dict) else listed)}
    return [row for row in rows if str(row[name]) in wanted]


def next_rows(rows: list[Row], wish: Row, order: Row, default: str) -> list[Row] | None:
    """The first page behind an id, in the order of ids, without a look at the others. None: not what is asked."""
    by = next(iter(order.items()), (default, "ASC"))
    after = next((key for key in wish if key.lower() == ">id"), None)
    if after is None or by[0].lower() != "id" or str(by[1]).upper() == "DESC" or not str(wish[after] or "0").isdigit():
        return None
    name = _name(rows, "ID")
    rows = sorted(rows, key=lambda row: int(row[name]))
    first = bisect_right(rows, int(wish[after] or 0), key=lambda row: int(row[name]))
    others = {key: value for key, value in wish.items() if key != after}
    return list(islice((row for row in islice(rows, first, None) if matches(row, others)), PAGE))


def page(rows: list[Row], start: int) -> tuple[list[Row], int | None, int]:
    """Rows of the page, offset of the next one, and the total. start = -1: no counting."""
    if start == -1:
        return rows[:PAGE], None, 0
    following = start + PAGE if start + PAGE < len(rows) else None
    return rows[start : start + PAGE], following, len(rows)


def _name(rows: list[Row], wanted: str) -> str:
    """Requests name fields in any case; tasks are even asked in CAPITALS_WITH_LINES for camelCase."""
    flat = wanted.replace("_", "").lower()
    for name in rows[0] if rows else []:
        if name.replace("_", "").lower() == flat:
            return name
    return wanted


def _holds(row: Row, key: str, value: Any) -> bool:
    match = _PREFIX.match(key)
    assert match
    prefix, name = match[1] or "", match[2]
    name = "status" if name.upper() == "REAL_STATUS" else _name([row], name)
    if name not in row:
        return True  # the portal ignores a filter by a field it does not know
    have = row[name]
    if prefix in ("@", "!@") or isinstance(value, (list, dict)):
        values = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
        return (prefix not in ("!", "!@")) == any(_compare(have, one) == 0 for one in values)
    if prefix in ("%", "=%"):
        return str(value).strip("%").lower() in str(have or "").lower()
    sign = _compare(have, value)
    tests: dict[str, Callable[[int], bool]] = {
        "": lambda s: s == 0, "=": lambda s: s == 0, "!": lambda s: s != 0, "!=": lambda s: s != 0,
        ">": lambda s: s > 0, ">=": lambda s: s >= 0, "<": lambda s: s < 0, "<=": lambda s: s <= 0,
    }
    if have in (None, "") and prefix in (">", ">=", "<", "<="):
        return False
    return tests[prefix](sign)


def _compare(have: Any, wish: Any) -> int:
    if isinstance(wish, bool) or isinstance(have, bool):
        return 0 if _flag(have) == _flag(wish) else 1
    left, right = str("" if have is None else have), str("" if wish is None else wish)
    for convert in (float, lambda text: datetime.fromisoformat(text).timestamp()):
        try:
            first, second = convert(left), convert(right)
            return (first > second) - (first < second)
        except (ValueError, TypeError):
            continue
    return (left > right) - (left < right)


def _flag(value: Any) -> bool:
    return str(value).lower() in ("true", "y", "1")


def _sortable(value: Any) -> tuple[int, Any]:
    try:
        return 0, float(value)
    except (TypeError, ValueError):
        return 1, str(value or "")
