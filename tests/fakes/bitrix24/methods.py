"""The REST methods: parameters in, result out, in the shapes of the classic and the newer dialect."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any, Callable

from bitrix24 import filters
from bitrix24.directories import LOSS_REASON
from bitrix24.portal import Base, Row
from kit.table import Table


NO_PAYMENT = 200640400001  # the shop's errors are numbers


class RestError(Exception):
    def __init__(self, status: int, code: str | int, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


@dataclass
class Answer:
    result: Any
    next: int | None = None
    total: int | None = None  # None: the method has no total


def call(portal: Base, method: str, params: Row) -> Answer:
    handler = METHODS.get(method.lower())
    if handler is None:
        raise RestError(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
    if not portal.rights.in_scope(method):
        raise RestError(401, "insufficient_scope",
                        "The request requires higher privileges than provided by the webhook token")
    answer = handler(portal, {key.lower(): value for key, value in params.items()})
    return answer if portal.rights.sees(method) else _unseen(answer)


def _unseen(answer: Answer) -> Answer:
    """Of what the employee has no right to see."""
    if isinstance(answer.result, list):
        return Answer([], None, 0)
    if isinstance(answer.result, dict) and any(isinstance(inner, list) for inner in answer.result.values()) \
            and len(answer.result) == 1:
        return Answer({name: [] for name in answer.result}, None, 0)
    raise RestError(400, "", "Access denied")


def _ident(params: Row, name: str = "id") -> int:
    try:
        return int(params[name])
    except (KeyError, ValueError, TypeError):
        raise RestError(400, "", "ID is not defined or invalid.") from None


def _start(params: Row) -> int:
    return int(params.get("start") or 0)


def _wish(params: Row, name: str) -> Row:
    value = params.get(name)
    return value if isinstance(value, dict) else {}


def _list(params: Row, name: str) -> list[str]:
    value = params.get(name)
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _rows(rows: Table | list[Row], params: Row, default: str = "ID") -> tuple[list[Row], int | None, int]:
    """start = -1: no counting."""
    wish, order, start = _wish(params, "filter"), _wish(params, "order"), _start(params)
    narrowed, rest = rows.narrowed(wish) if isinstance(rows, Table) else (iter(rows), wish)
    found = (row for row in narrowed if filters.matches(row, rest))
    sorted_already = isinstance(rows, Table) and filters.by_id(order, default)
    if start == -1:
        page = list(islice(found if sorted_already else filters.ordered(list(found), order, default), filters.PAGE))
        following, total = None, 0
    else:
        whole = list(found) if sorted_already else filters.ordered(list(found), order, default)
        page, following, total = filters.page(whole, start)
    return [filters.selected(row, _list(params, "select")) for row in page], following, total


def _get(table: str, missing: str, code: str | int = "", inside: str = "") -> Callable[[Base, Row], Answer]:
    def method(portal: Base, params: Row) -> Answer:
        row = portal.tables[table].get(_ident(params))
        if row is None:
            raise RestError(400, code, missing)
        return Answer({inside: deepcopy(row)} if inside else deepcopy(row))

    return method


def _list_of(table: str, hidden: tuple[str, ...] = (), default: str = "ID") -> Callable[[Base, Row], Answer]:
    def method(portal: Base, params: Row) -> Answer:
        rows, following, total = _rows(portal.tables[table], params, default)
        select = _list(params, "select")
        shown = [{name: value for name, value in row.items() if name not in hidden or name in select} for row in rows]
        return Answer(shown, following, total)

    return method


def _inner_list(table: str, name: str) -> Callable[[Base, Row], Answer]:
    def method(portal: Base, params: Row) -> Answer:
        rows, following, total = _rows(portal.tables[table], params, "id")
        return Answer({name: rows}, following, total)

    return method


def _item_table(portal: Base, params: Row) -> str:
    kind = _ident(params, "entitytypeid")
    if kind == 5:
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Тип не поддерживается")
    table = "invoice" if kind == 31 else f"item {kind}"
    if table not in portal.tables:
        raise RestError(400, "NOT_FOUND", "Смарт-процесс не найден")
    return table


def _item_get(portal: Base, params: Row) -> Answer:
    row = portal.tables[_item_table(portal, params)].get(_ident(params))
    if row is None:
        raise RestError(400, "NOT_FOUND", "Элемент не найден")
    return Answer({"item": deepcopy(row)})


def _item_list(portal: Base, params: Row) -> Answer:
    rows, following, total = _rows(portal.tables[_item_table(portal, params)], params, "id")
    return Answer({"items": rows}, following, total)


def _task_get(portal: Base, params: Row) -> Answer:
    row = portal.tables["task"].get(_ident(params, "taskid"))
    return Answer({"task": _task(row, _list(params, "select"))} if row else [])


def _task_list(portal: Base, params: Row) -> Answer:
    rows, following, total = _rows(portal.tables["task"], {**params, "select": []}, "id")
    return Answer({"tasks": [_task(row, _list(params, "select")) for row in rows]}, following, total)


def _task(row: Row, select: list[str]) -> Row:
    shown = dict(row)
    if "UF_CRM_TASK" not in select:
        del shown["ufCrmTask"]
    return shown


def _calls(portal: Base, params: Row) -> Answer:
    order = {str(params.get("sort", "ID")): params.get("order", "ASC")}
    rows, following, total = _rows(portal.tables["call"], {**params, "order": order})
    return Answer(rows, following, total)


def _history(portal: Base, params: Row) -> Answer:
    rows, following, total = _rows(portal.history.get(_ident(params, "entitytypeid"), []), params)
    return Answer({"items": rows}, following, total)


def _statuses(portal: Base, params: Row) -> Answer:
    found = [row for row in portal.directories.statuses if filters.matches(row, _wish(params, "filter"))]
    found = filters.ordered(found, _wish(params, "order"), "SORT")
    return Answer(deepcopy(found), None, len(found))


def _categories(portal: Base, params: Row) -> Answer:
    rows = portal.directories.categories.get(_ident(params, "entitytypeid"), [])
    return Answer({"categories": deepcopy(rows)}, None, len(rows))


def _users(portal: Base, params: Row) -> Answer:
    wish = _wish(params, "filter") or {name.upper(): params[name] for name in ("id", "active") if name in params}
    rows, following, total = _rows(portal.directories.users, {"filter": wish, "start": params.get("start")})
    return Answer(rows, following, total)


def _departments(portal: Base, params: Row) -> Answer:
    rows, following, total = _rows(portal.directories.departments, params)
    return Answer(rows, following, total)


def _no_events(portal: Base, params: Row) -> Answer:
    raise RestError(403, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method")


def _profile(portal: Base, params: Row) -> Answer:
    user = portal.directories.user(portal.settings["rest_user"])
    return Answer({"ID": user["ID"], "ADMIN": portal.settings.get("admin", "yes") == "yes", "NAME": user["NAME"],
                   "LAST_NAME": user["LAST_NAME"], "PERSONAL_GENDER": "", "TIME_ZONE": portal.server.name})


def _types(portal: Base, params: Row) -> Answer:
    """Smart processes."""
    kinds = sorted(int(table.split()[1]) for table in portal.tables if table.startswith("item "))
    types = [{"id": place, "title": f"Смарт-процесс {kind}", "entityTypeId": kind} for place, kind in enumerate(kinds, 1)]
    return Answer({"types": types}, None, len(types))


def _fields(table: str) -> Callable[[Base, Row], Answer]:
    """The custom ones: those of the setting `fields=UF_CRM_COST:Cost`, and those that records have. Of the reason of a
    refusal the choices too."""
    def method(portal: Base, params: Row) -> Answer:
        named = dict(part.split(":") for part in portal.settings.get("fields", "").split(",") if part)
        used = {name for row in portal.tables[table].values() for name in row if name.startswith("UF_CRM_")}
        fields = {code: {"type": "string", "title": code, "formLabel": named.get(code, code)} for code in sorted(used | set(named))}
        if LOSS_REASON in fields:
            fields[LOSS_REASON].update(type="enumeration", items=deepcopy(portal.directories.loss_reasons))
        return Answer(fields)

    return method


METHODS: dict[str, Callable[[Base, Row], Answer]] = {
    "crm.lead.get": _get("lead", "Not found"),
    "crm.lead.list": _list_of("lead", ("PHONE", "EMAIL", "IM")),
    "crm.deal.get": _get("deal", "Not found"),
    "crm.deal.list": _list_of("deal"),
    "crm.deal.fields": _fields("deal"),
    "crm.lead.fields": _fields("lead"),
    "crm.quote.fields": _fields("quote"),
    "crm.quote.get": _get("quote", "Not found"),
    "crm.quote.list": _list_of("quote"),
    "crm.activity.get": _get("activity", ""),
    "crm.activity.list": _list_of("activity", (), "START_TIME"),
    "crm.timeline.comment.get": _get("comment", "Not found."),
    "crm.timeline.comment.list": _list_of("comment"),
    "crm.item.get": _item_get,
    "crm.item.list": _item_list,
    "crm.invoice.get": _get("old_invoice", "Not found"),
    "crm.invoice.list": _list_of("old_invoice"),
    "crm.contact.get": _get("contact", "Not found"),
    "crm.contact.list": _list_of("contact"),
    "crm.company.get": _get("company", "Not found"),
    "crm.company.list": _list_of("company"),
    "crm.documentgenerator.document.get": _get("document", "Документ не найден", "NOT_FOUND", "document"),
    "crm.documentgenerator.document.list": _inner_list("document", "documents"),
    "sale.payment.get": _get("payment", "payment is not exists", NO_PAYMENT, "payment"),
    "sale.payment.list": _inner_list("payment", "payments"),
    "calendar.event.getbyid": _get("entry", "Событие не найдено", "ERROR_EVENT_NOT_FOUND"),
    "tasks.task.get": _task_get,
    "tasks.task.list": _task_list,
    "voximplant.statistic.get": _calls,
    "crm.stagehistory.list": _history,
    "crm.status.list": _statuses,
    "crm.category.list": _categories,
    "crm.currency.list": lambda portal, params: Answer(deepcopy(portal.directories.currencies), None, 0),
    "crm.settings.mode.get": lambda portal, params: Answer(int(portal.settings["mode"])),
    "crm.type.list": _types,
    "profile": _profile,
    "scope": lambda portal, params: Answer(list(portal.rights.scopes)),
    "user.get": _users,
    "department.get": _departments,
    "event.bind": _no_events,
    "event.offline.get": _no_events,
}
