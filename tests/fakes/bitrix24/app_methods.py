"""REST methods that only an application may call: events, and the queue of offline ones."""

from __future__ import annotations

from typing import Any, Callable

from bitrix24 import methods
from bitrix24.methods import Answer, RestError
from bitrix24.portal import Base, Row


def call(portal: Base, method: str, params: Row) -> Answer:
    handler = METHODS.get(method.lower())
    if handler is None:
        return methods.call(portal, method, params)
    return handler(portal, {key.lower(): value for key, value in params.items()})


def _bind(portal: Base, params: Row) -> Answer:
    event = str(params.get("event", "")).upper()
    if not event:
        raise RestError(400, "ERROR_EVENT_NOT_FOUND", "Event not found")
    if str(params.get("event_type", "online")).lower() == "offline":
        portal.offline.bind(event)
    else:
        portal.subscriptions.setdefault(event, 700 + len(portal.subscriptions))
    return Answer(True)


def _get(portal: Base, params: Row) -> Answer:
    clear = str(params.get("clear", "1")).lower() not in ("0", "n", "false")
    if not clear and portal.settings.get("offline_extended", "yes") != "yes":
        raise RestError(403, "WRONG_LICENSE", "Feature rest_offline_extended is not available")
    conditions = params.get("filter") or {}
    last = int(conditions.get("<=ID", 0)) if isinstance(conditions, dict) else 0
    limit = int(params.get("limit") or 50)
    return Answer(portal.offline.get(limit, clear, str(params.get("process_id") or ""), last))


def _list(portal: Base, params: Row) -> Answer:
    conditions = params.get("filter") or {}
    reserved = isinstance(conditions, dict) and "!PROCESS_ID" in conditions
    return Answer(portal.offline.list(reserved, int(params.get("start") or 0)))


def _clear(portal: Base, params: Row) -> Answer:
    process = str(params.get("process_id") or "")
    if not process:
        raise RestError(400, "PROCESS_ID_NOT_FOUND", "process_id is required")
    portal.offline.clear(process, _names(params.get("id")), _names(params.get("message_id")))
    return Answer(True)


def _names(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return [str(one) for one in values]


METHODS: dict[str, Callable[[Base, Row], Answer]] = {
    "event.bind": _bind,
    "event.offline.get": _get,
    "event.offline.clear": _clear,
    "event.offline.list": _list,
}
