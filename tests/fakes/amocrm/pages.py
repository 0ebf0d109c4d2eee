"""Filters, orders and pages of the lists."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, Callable, Iterator

from kit.timeline import Row, Timeline

ALIASES = {"entity": "entity_type", "task_type": "task_type_id"}
LAST = 1 << 62


@dataclass
class Listing:
    """A list of the API: its rows, and how its page looks."""

    name: str  # where its rows stand in `_embedded`
    rows: Timeline
    show: Callable[[Row], Row] = lambda row: row
    most: int = 250
    total: bool = False  # `_total_items`
    pages: bool = False  # `_page_count`
    plain: bool = False  # its link to itself forgets filters
    numbered: bool = True  # `_page`; else it comes whole
    order: str = "id"  # by default; "": as the rows stand
    downwards: bool = False
    only: Callable[[Row], bool] | None = None  # those of another record


def chosen(listing: Listing, wish: Any, order: Any) -> Iterator[Row]:
    """The rows that are wished for, in their order."""
    wish = dict(wish) if isinstance(wish, dict) else {}
    name, downwards = listing.order, listing.downwards
    if isinstance(order, dict) and order:
        name, way = next(iter(order.items()))
        downwards = way == "desc"
    keys = _keys(listing.rows, wish, name)
    if downwards:
        keys = keys[::-1]
    found = (listing.rows[key] for key in keys)
    if listing.only is not None:
        found = filter(listing.only, found)
    return filter(lambda row: matches(row, wish), found) if wish else found


def page(rows: Iterator[Row], number: int, limit: int) -> tuple[list[Row], bool]:
    """The rows of a page, and whether there is another."""
    found = list(islice(rows, (number - 1) * limit, number * limit + 1))
    return found[:limit], len(found) > limit


def _keys(rows: Timeline, wish: Row, order: str) -> list[Any]:
    """Narrowed by an index; what the index has answered is taken out of the wish."""
    if "id" in wish:
        wanted = {_text(one) for one in values(wish.pop("id"))}
        keys = [key for key in (_key(rows, one) for one in wanted) if key is not None]
        return _sorted(rows, keys, order)
    for name in [order, *wish]:
        if name in wish and rows.has_order(name) and (bounds := between(name, wish[name])):
            del wish[name]
            keys = rows.by_time(name, *bounds)
            return keys if name == order else _sorted(rows, keys, order)
    if rows.has_order(order) and len(keys := rows.by_time(order)) == len(rows):
        return keys
    return rows.by_id() if order == "id" else _sorted(rows, list(rows), order)


def _key(rows: Timeline, text: str) -> Any:
    for key in (text, int(text) if text.isdigit() else text):
        if key in rows:
            return key
    return None


def _sorted(rows: Timeline, keys: list[Any], order: str) -> list[Any]:
    if not order:
        return keys
    if order == "id":
        return sorted(keys)
    return sorted(keys, key=lambda key: (rows[key].get(order) or 0, key))


def between(name: str, wish: Any) -> tuple[int, int] | None:
    """Both ends of a range of times; None: it asks for certain values. A single number is a lower bound."""
    if isinstance(wish, str) and "," in wish and name.endswith("_at"):
        wish = dict(zip(("from", "to"), wish.split(",")))
    if isinstance(wish, dict) and wish and set(wish) <= {"from", "to"}:
        return int(wish.get("from") or 0), int(wish.get("to") or LAST)
    if name in ("updated_at", "created_at") and isinstance(wish, str):
        return int(wish), LAST
    return None


def values(wish: Any) -> list[Any]:
    """Of a filter that may hold one, several with commas, or several by number."""
    if isinstance(wish, dict):
        return list(wish.values())
    return wish if isinstance(wish, list) else str(wish).split(",")


def matches(row: Row, wish: Row) -> bool:
    return all(_holds(row, name, value) for name, value in wish.items())


def _holds(row: Row, name: str, wish: Any) -> bool:
    if name == "statuses":
        pairs = [(str(pair["pipeline_id"]), str(pair["status_id"])) for pair in values(wish)]
        return (str(row["pipeline_id"]), str(row["status_id"])) in pairs
    if name in ("value_after", "value_before"):
        return _value_holds(row.get(name) or [], wish)
    name = ALIASES.get(name, name)
    if name not in row:
        return True
    have = row[name]
    if bounds := between(name, wish):
        return have is not None and bounds[0] <= have <= bounds[1]
    return _text(have) in [_text(one) for one in values(wish)]


def _value_holds(have: list[Row], wish: Row) -> bool:
    """Of events: statuses, or the one who is responsible."""
    for value in have:
        status, user = value.get("lead_status"), value.get("responsible_user")
        for pair in values(wish.get("leads_statuses", [])):
            if status and all(str(pair.get(name)) in ("None", str(status[key]))
                              for name, key in (("pipeline_id", "pipeline_id"), ("status_id", "id"))):
                return True
        if user and str(user["id"]) in [str(one) for one in values(wish.get("responsible_user_id", []))]:
            return True
    return False


def _text(value: Any) -> str:
    return {"true": "1", "false": "0"}.get(str(value).lower(), str(value))
