"""Custom fields: as scenarios write them, as REST shows them, as webhooks carry them."""

from __future__ import annotations

from typing import Any

from amocrm.directories import Directories
from kit.times import Zone

Row = dict[str, Any]


def read(directories: Directories, zone: Zone, ident: int, text: str) -> Any:
    """From a scenario: enum ids with commas, dates as dates, all else as text. Empty clears the field."""
    if not text:
        return None
    kind = directories.field(ident)["type"]
    if kind in ("select", "multiselect", "radiobutton"):
        return [int(part) for part in text.split(",")]
    return zone.parse(text) if kind in ("date", "date_time") else text


def rest(directories: Directories, values: dict[int, Any]) -> list[Row] | None:
    shown = []
    for ident, value in sorted(values.items()):
        field = directories.field(ident)
        if isinstance(value, list):
            inner = [{"value": _label(field, enum), "enum_id": enum, "enum_code": None} for enum in value]
        else:
            inner = [{"value": value}]
        shown.append({"field_id": ident, "field_name": field["name"], "field_code": field["code"],
                      "field_type": field["type"], "values": inner})
    return shown or None


def hook(directories: Directories, values: dict[int, Any]) -> list[Row] | None:
    shown = []
    for ident, value in sorted(values.items()):
        field = directories.field(ident)
        inner: list[Any]
        if isinstance(value, list):
            inner = [{"value": _label(field, enum), "enum": enum} for enum in value]
        elif field["type"] in ("date", "date_time", "birthday"):
            inner = [value]  # a scalar, not a record
        else:
            inner = [{"value": value}]
        shown.append({"id": ident, "name": field["name"], "values": inner, "code": field["code"]})
    return shown or None


def event(directories: Directories, ident: int, value: Any) -> list[Row]:
    """In the event log: one row for each value."""
    if value is None:
        return []
    field = directories.field(ident)
    held = value if isinstance(value, list) else [value]
    return [{"custom_field_value": {"field_id": ident, "field_type": 1, "enum_id": one if isinstance(value, list) else None,
                                    "text": _label(field, one) if isinstance(value, list) else str(one)}} for one in held]


def _label(field: Row, enum: int) -> str:
    return next(choice["value"] for choice in field["enums"] if choice["id"] == enum)
