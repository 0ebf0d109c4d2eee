"""Filters, orders, selections and pages of the list methods."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Callable

from kit.table import flat

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


def by_id(order: Row, default: str) -> bool:
    """The order of ids, upwards."""
    name, way = next(iter(order.items()), (default, "ASC"))
    return name.lower() == "id" and str(way).upper() != "DESC"


def page(rows: list[Row], start: int) -> tuple[list[Row], int | None, int]:
    """Rows of the page, offset of the next one, and the total."""
    following = start + PAGE if start + PAGE < len(rows) else None
    return rows[start : start + PAGE], following, len(rows)


def _name(rows: list[Row], wanted: str) -> str:
    for name in rows[0] if rows else []:
        if flat(name) == flat(wanted):
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
