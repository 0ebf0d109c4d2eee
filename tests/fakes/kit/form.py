"""application/x-www-form-urlencoded as PHP writes and reads it: nested keys in brackets, a space as a plus."""

from __future__ import annotations

from typing import Any, Iterator
from urllib.parse import quote_plus, unquote_plus


def encode(fields: dict[str, Any]) -> bytes:
    """Keeps the order of the keys; None is dropped, an empty string stays, booleans are 1 and 0."""
    return "&".join(f"{_escape(key)}={_escape(value)}" for key, value in _leaves(fields)).encode("ascii")


def decode(text: str) -> dict[str, Any]:
    """The nested form of a query or body. Keys 0..n-1 become a list, as in PHP's JSON."""
    root: dict[str, Any] = {}
    for pair in text.split("&"):
        if not pair:
            continue
        key, _, value = pair.partition("=")
        _put(root, _path(unquote_plus(key)), unquote_plus(value))
    return _lists(root)


def _escape(text: str) -> str:
    return quote_plus(text, safe="").replace("~", "%7E")


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in items:
            yield from _leaves(inner, f"{key}[{name}]" if key else str(name))
    elif isinstance(value, bool):
        yield key, "1" if value else "0"
    else:
        yield key, str(value)


def _path(key: str) -> list[str]:
    head, bracket, rest = key.partition("[")
    return [head] + (rest[:-1].split("][") if bracket and rest.endswith("]") else [])


def _put(root: dict[str, Any], path: list[str], value: str) -> None:
    node = root
    for name in path[:-1]:
        inner = node.setdefault(name or str(len(node)), {})
        if not isinstance(inner, dict):
            return
        node = inner
    node[path[-1] or str(len(node))] = value


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {name: _lists(value) for name, value in node.items()}
    if inner and list(inner) == [str(i) for i in range(len(inner))]:
        return list(inner.values())
    return inner
