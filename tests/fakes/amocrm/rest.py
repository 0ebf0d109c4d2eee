"""REST v4 over HTTP: token, limit, lists with filters, orders and pages, problems."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import unquote

from amocrm import fields
from amocrm.account import PLURALS, Base, Row
from amocrm.directories import BILL_DATE, BILL_ITEMS, BILL_PRICE, BILL_STATUS, INVOICES, PAID
from kit import form
from kit.bucket import SlidingSecond
from kit.http import Request, Response, json_response

TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
          429: "Too Many Requests", 502: "Bad Gateway", 504: "Gateway Timeout"}
PAGING = re.compile(r"(?:^|&)(?:page|limit)=\d*")


class Problem(Exception):
    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass
class Table:
    """A list of the API: its rows, and how its page looks."""

    name: str
    rows: list[Row]
    most: int = 250
    total: bool = False  # `_total_items`
    pages: bool = False  # `_page_count`
    plain: bool = False  # its link to itself forgets filters


class Rest:
    def __init__(self, account: Base, limited: bool = True) -> None:
        self.account = account
        self.limit = SlidingSecond() if limited else SlidingSecond(1_000_000)
        self.base = ""  # of links: host and scheme
        self.requests = 0
        self.seen: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.bad_gateways = 0
        self.stalls: list[float] = []
        self.hook: Callable[[str, Row], Any] = lambda method, body: None

    def faults(self, wish: Row) -> None:
        """{"bad_gateway": n, "stall": [seconds, ...]}"""
        self.bad_gateways += int(wish.get("bad_gateway", 0))
        self.stalls += [float(seconds) for seconds in wish.get("stall", [])]

    def counters(self) -> Row:
        return {"requests": self.requests, "methods": dict(self.seen), "refused": dict(self.refused),
                "second_peak": self.limit.peak, "overrun": self.refused["429"] > 0}

    async def answer(self, request: Request) -> Response:
        self.requests += 1
        if self.stalls:
            await asyncio.sleep(self.stalls.pop(0))
        try:
            body = self._answer(request)
        except Problem as problem:
            self.refused[str(problem.status)] += 1
            return json_response({"title": TITLES[problem.status], "type": f"https://httpstatus.es/{problem.status}",
                                  "status": problem.status, "detail": problem.detail}, problem.status,
                                 "application/problem+json")
        if body is None:
            return Response(204)
        return json_response(body, 200, "application/hal+json")

    def _answer(self, request: Request) -> Row | None:
        if self.bad_gateways > 0:
            self.bad_gateways -= 1
            raise Problem(502)
        if request.headers.get("authorization") != f"Bearer {self.account.settings['token']}":
            raise Problem(401)
        if not self.limit.take():
            raise Problem(429)
        if not request.path.startswith("/api/v4/"):
            raise Problem(404)
        parts = request.path[len("/api/v4/"):].strip("/").split("/")
        self.seen["/".join("*" if part.isdigit() else part for part in parts)] += 1
        params = form.decode(request.query)
        if parts == ["webhooks"]:
            return self._webhooks(request)
        if request.method != "GET":
            raise Problem(405)
        if parts == ["account"]:
            return self._account(params)
        if one := self._one(parts, params):
            return one
        return self._page(self._table(parts, params), request, params)

    def _account(self, params: Row) -> Row:
        account = {**self.account.directories.account}
        if "with" not in params:
            account.pop("_embedded")
        return account

    def _webhooks(self, request: Request) -> Row | None:
        hooks = self.account.directories.webhooks
        if request.method != "GET":
            return self.hook(request.method, request.json())
        return {"_total_items": len(hooks), "_embedded": {"webhooks": hooks}} if hooks else None

    def _one(self, parts: list[str], params: Row) -> Row | None:
        tables: dict[str, dict[int, Row]] = {"leads": self.account.leads, "tasks": self.account.tasks}
        if len(parts) != 2 or parts[0] not in tables or not parts[1].isdigit():
            return None
        row = tables[parts[0]].get(int(parts[1]))
        if row is None or row.get("is_deleted"):
            raise Problem(404)
        return self._lead(row, _with(params)) if parts[0] == "leads" else self._task(row)

    def _table(self, parts: list[str], params: Row) -> Table:
        account, known = self.account, self.account.directories
        if parts == ["leads"]:
            wanted = _with(params)
            deleted = "only_deleted" in wanted
            rows = [row for row in account.leads.values() if row["is_deleted"] == deleted]
            return Table("leads", [self._lead(row, wanted) for row in rows])
        if parts == ["tasks"]:
            return Table("tasks", [self._task(row) for row in account.tasks.values()])
        if parts == ["events"]:
            return Table("events", [self._event(row) for row in account.events], 100)
        if parts[-1] == "notes" and parts[0] in account.notes:
            rows = [self._note(parts[0], row) for row in account.notes[parts[0]].values()]
            return Table("notes", [row for row in rows if len(parts) == 2 or row["entity_id"] == int(parts[1])])
        if parts == ["catalogs", str(INVOICES), "elements"]:
            return Table("elements", [self._invoice(row) for row in account.invoices.values()], plain=True)
        directories = {
            "users": Table("users", known.users, total=True, pages=True, plain=True),
            "leads/pipelines": Table("pipelines", known.pipelines, total=True, plain=True),
            "leads/loss_reasons": Table("loss_reasons", known.loss_reasons, total=True, plain=True),
            "leads/custom_fields": Table("custom_fields", known.fields, total=True, pages=True, plain=True),
            "catalogs": Table("catalogs", known.catalogs, plain=True),
            f"catalogs/{INVOICES}/custom_fields":
                Table("custom_fields", known.catalog_fields, total=True, pages=True, plain=True),
        }
        if "/".join(parts) not in directories:
            raise Problem(404)
        return directories["/".join(parts)]

    def _page(self, table: Table, request: Request, params: Row) -> Row | None:
        rows = [row for row in table.rows if _matches(row, params.get("filter", {}))]
        rows = _ordered(rows, params.get("order", {}), table.name)
        page, limit = int(params.get("page", 1)), min(int(params.get("limit", 50)), table.most)
        part = rows[(page - 1) * limit : page * limit]
        if not part:
            return None
        answer: Row = {"_total_items": len(rows)} if table.total else {}
        link = f"{self.base}{request.path}"
        if table.name != "pipelines":
            answer["_page"] = page
            if table.pages:
                answer["_page_count"] = -(-len(rows) // limit)
            kept = "" if table.plain else PAGING.sub("", unquote(request.query)).lstrip("&")
            link += "?" + (kept + "&" if kept else "")
            answer["_links"] = {"self": {"href": f"{link}page={page}&limit={limit}"}}
            if page * limit < len(rows):
                answer["_links"]["next"] = {"href": f"{link}page={page + 1}&limit={limit}"}
        else:
            answer["_links"] = {"self": {"href": link}}
        return {**answer, "_embedded": {table.name: part}}

    def _self(self, path: str) -> Row:
        return {"self": {"href": f"{self.base}/api/v4/{path}"}}

    def _lead(self, row: Row, wanted: set[str]) -> Row:
        hidden = {"tags", "contacts", "company"} | (set() if "source_id" in wanted else {"source_id"})
        shown = {name: value for name, value in row.items() if name not in hidden}
        companies = [row["company"]] if row["company"] else []
        embedded: Row = {"tags": row["tags"], "companies": [{"id": ident, "_links": self._self(f"companies/{ident}")}
                                                            for ident in companies]}
        if "contacts" in wanted:
            embedded["contacts"] = [{"id": ident, "is_main": place == 0, "_links": self._self(f"contacts/{ident}")}
                                    for place, ident in enumerate(row["contacts"])]
        if "loss_reason" in wanted:
            known = self.account.directories.loss_reasons
            embedded["loss_reason"] = [{name: value for name, value in reason.items() if name != "_links"}
                                       for reason in known if reason["id"] == row["loss_reason_id"]]
        values = fields.rest(self.account.directories, self.account.fields[row["id"]])
        return {**shown, "custom_fields_values": values, "account_id": self.account.account_id,
                "_links": self._self(f"leads/{row['id']}"), "_embedded": embedded}

    def _task(self, row: Row) -> Row:
        return {**row, "account_id": self.account.account_id, "_links": self._self(f"tasks/{row['id']}")}

    def _note(self, kind: str, row: Row) -> Row:
        path = f"{kind}/{row['entity_id']}/notes/{row['id']}"
        return {**row, "account_id": self.account.account_id, "_links": self._self(path)}

    def _event(self, row: Row) -> Row:
        entity = {"id": row["entity_id"], "_links": self._self(f"{PLURALS[row['entity_type']]}/{row['entity_id']}")}
        return {**row, "_links": self._self(f"events/{row['id']}"), "_embedded": {"entity": entity}}

    def _invoice(self, row: Row) -> Row:
        paid = row["status"] == PAID
        value, code = ("Оплачен", "paid") if paid else ("Создан", "created")
        status = {"value": value, "enum_id": row["status"], "enum_code": code}
        items = [{"value": {**item, "unit_type": "шт"}} for item in row["items"]]
        filled = [
            (BILL_STATUS, "Статус", "BILL_STATUS", "select", [status]),
            (BILL_DATE, "Дата оплаты", "BILL_PAYMENT_DATE", "date_time", [{"value": row["paid_at"]}] if paid else []),
            (BILL_ITEMS, "Товары", "ITEMS", "items", items),
            (BILL_PRICE, "Сумма", "BILL_PRICE", "monetary", [{"value": row["price"]}]),
        ]
        names = ("id", "name", "created_by", "updated_by", "created_at", "updated_at", "is_deleted")
        values = [{"field_id": ident, "field_name": name, "field_code": code, "field_type": kind, "values": inner}
                  for ident, name, code, kind, inner in filled if inner]
        links = self._self(f"catalogs/{INVOICES}/elements/{row['id']}")
        return {**{name: row[name] for name in names}, "custom_fields_values": values, "catalog_id": INVOICES,
                "account_id": self.account.account_id, "_links": links}


def _with(params: Row) -> set[str]:
    return {name for name in str(params.get("with", "")).split(",") if name}


def _matches(row: Row, wish: Any) -> bool:
    return not isinstance(wish, dict) or all(_holds(row, name, value) for name, value in wish.items())


def _holds(row: Row, name: str, wish: Any) -> bool:
    if name == "statuses":
        pairs = [(str(pair["pipeline_id"]), str(pair["status_id"])) for pair in _values(wish)]
        return (str(row["pipeline_id"]), str(row["status_id"])) in pairs
    name = {"entity": "entity_type", "task_type": "task_type_id"}.get(name, name)
    if name not in row:
        return True
    have = row[name]
    if isinstance(wish, str) and name == "created_at" and "," in wish:
        wish = dict(zip(("from", "to"), wish.split(",")))
    if isinstance(wish, dict) and set(wish) <= {"from", "to"}:
        return have is not None and int(wish.get("from", 0)) <= have <= int(wish.get("to", 1 << 62))
    if name in ("updated_at", "created_at"):
        return have is not None and have >= int(wish)  # a single number is a lower bound
    wanted = _values(wish) if isinstance(wish, (dict, list)) else str(wish).split(",")
    return _text(have) in [_text(one) for one in wanted]


def _values(wish: Any) -> list[Any]:
    return list(wish.values()) if isinstance(wish, dict) else wish


def _text(value: Any) -> str:
    return {"true": "1", "false": "0"}.get(str(value).lower(), str(value))


def _ordered(rows: list[Row], order: Any, name: str) -> list[Row]:
    if name == "events":
        return sorted(rows, key=lambda row: row["id"], reverse=True)
    if isinstance(order, dict):
        for key, way in reversed(list(order.items())):
            rows = sorted(rows, key=lambda row: row.get(key) or 0, reverse=way == "desc")
        if order:
            return rows
    return rows if name in ("users", "pipelines", "loss_reasons", "custom_fields", "catalogs") else \
        sorted(rows, key=lambda row: row["id"])
