"""REST v4 over HTTP: tokens, limits, lists and single records, problems, faults."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

from amocrm import lists, pages
from amocrm.account import Base, Row
from amocrm.oauth import Refused
from amocrm.pages import Listing
from amocrm.views import Views
from amocrm.webhooks import BadHook
from kit import form
from kit.bucket import Penalty, SlidingSecond
from kit.http import Request, Response, json_response

TITLES = {400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
          405: "Method Not Allowed", 429: "Too Many Requests", 502: "Bad Gateway", 504: "Gateway Timeout"}
PROBLEM, HAL = "application/problem+json", "application/hal+json"
PAGING = re.compile(r"(?:^|&)(?:page|limit)=\d*")
EVENT_IDS_MOST = 10  # authors and records in one filter of events


class Problem(Exception):
    def __init__(self, status: int, detail: str = "", wrong: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.wrong = status, detail, wrong

    def response(self) -> Response:
        body: Row = {"title": TITLES[self.status], "type": f"https://httpstatus.es/{self.status}",
                     "status": self.status, "detail": self.detail}
        if self.wrong:
            body["validation-errors"] = [{"request_id": "0", "errors": [
                {"code": "NotSupportedChoice", "path": self.wrong, "detail": "The value is not valid."}]}]
        return json_response(body, self.status, PROBLEM)


class Rest:
    def __init__(self, account: Base, limited: bool = True) -> None:
        self.account = account
        self.views = Views(account)
        self.limit = SlidingSecond() if limited else SlidingSecond(1_000_000)
        self.penalty = Penalty()
        self.requests = 0
        self.seen: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.bad_gateways = 0
        self.stalls: list[float] = []
        self.oauth: Row = {"before": 0, "after": 0, "lost": 0}
        self.unpaid = False
        self.denied: list[str] = []
        self.page_most = 0  # rows of a page that can be answered in time; 0: any number

    def faults(self, wish: Row) -> None:
        """{"bad_gateway": n, "stall": [seconds, ...]}

        `"expire_token": true`: access tokens given so far are over. `"revoke": true`: so is the refresh token. `"oauth":
        {"before": s, "after": s, "lost": n}`: the server that gives tokens is silent for so long before it exchanges
        one, and before it answers; so many answers get lost. `"unpaid": true`: 402 to all. `"denied": ["tasks", ...]`:
        403 for addresses that begin so. `"page_most": n`: 504 for larger pages. `"penalty": {"most": n, "seconds": s}`:
        after so many refusals within ten seconds 403 for so long.
        """
        self.bad_gateways += int(wish.get("bad_gateway", 0))
        self.stalls += [float(seconds) for seconds in wish.get("stall", [])]
        self.oauth.update(wish.get("oauth", {}))
        self.unpaid = bool(wish.get("unpaid", self.unpaid))
        self.denied = [str(path) for path in wish.get("denied", self.denied)]
        self.page_most = int(wish.get("page_most", self.page_most))
        self.penalty.set(wish.get("penalty", {}))
        if wish.get("expire_token"):
            self.account.tokens.expire()
        if wish.get("revoke"):
            self.account.tokens.revoke()

    def counters(self) -> Row:
        return {"requests": self.requests, "methods": dict(self.seen), "refused": dict(self.refused),
                "second_peak": self.limit.peak, "overrun": self.refused["429"] > 0,
                "refreshed": self.account.tokens.exchanged}

    async def answer(self, request: Request) -> Response:
        """With the account's clock, as every web server tells it."""
        response = await self._answered(request)
        response.headers["Date"] = formatdate(self.account.now, usegmt=True)
        return response

    async def _answered(self, request: Request) -> Response:
        self.requests += 1
        if self.stalls:
            await asyncio.sleep(self.stalls.pop(0))
        try:
            if self.bad_gateways > 0:
                self.bad_gateways -= 1
                raise Problem(502)
            if request.path == "/oauth2/access_token":
                return await self._exchange(request)
            return self._answer(request)
        except Problem as problem:
            self.refused[str(problem.status)] += 1
            return problem.response()
        except Refused as refused:
            self.refused[f"oauth {refused.status}"] += 1
            return json_response(refused.body(), refused.status, PROBLEM)

    async def _exchange(self, request: Request) -> Response:
        """Not of the limit: another host in life."""
        if request.method != "POST":
            raise Problem(405)
        try:
            wish = request.json()
        except ValueError as error:
            raise Refused(400, "Check the `grant_type` parameter") from error
        await asyncio.sleep(self.oauth["before"])
        pair = self.account.tokens.exchange(wish, self.account.now)
        await asyncio.sleep(self.oauth["after"])
        if self.oauth["lost"] > 0:
            self.oauth["lost"] -= 1
            return Response(abort=True)
        return json_response(pair)

    def _answer(self, request: Request) -> Response:
        self._admit(request)
        if not request.path.startswith("/api/v4/"):
            raise Problem(404)
        path = request.path[len("/api/v4/"):].strip("/")
        parts = path.split("/")
        self.seen["/".join("*" if part.isdigit() else part for part in parts)] += 1
        if any(path == denied or path.startswith(denied + "/") for denied in self.denied):
            raise Problem(403)
        params = form.decode(request.query)
        if parts == ["webhooks"]:
            return self._webhooks(request, params)
        if request.method != "GET":
            raise Problem(405)
        body = self._account(params) if parts == ["account"] else self._one(parts, params)
        if body is None:
            found = lists.listing(self.account, self.views, parts, _with(params))
            if found is None:
                raise Problem(404)
            body = self._page(found, request, params)
        return Response(204) if body is None else json_response(body, 200, HAL)

    def _admit(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = token == self.account.settings["token"] or self.account.tokens.admits(token, self.account.now)
        if scheme != "Bearer" or not known:
            raise Problem(401)
        if self.penalty.shut():
            raise Problem(403, "Too many requests")
        if not self.limit.take():
            self.penalty.refused()
            raise Problem(429)
        if self.unpaid:
            raise Problem(402)

    def _account(self, params: Row) -> Row:
        account, wanted = dict(self.account.directories.account), _with(params)
        held = account.pop("_embedded")
        if wanted & set(held):
            account["_embedded"] = {name: value for name, value in held.items() if name in wanted}
        if "is_api_filter_enabled" in wanted:
            account["is_api_filter_enabled"] = self.account.settings["api_filter"] == "yes"
        return account

    def _webhooks(self, request: Request, params: Row) -> Response:
        if self.account.settings["admin"] != "yes":
            raise Problem(403)
        hooks, now = self.account.webhooks, self.account.now
        if request.method == "GET":
            rows = hooks.listed(str(_filter(params).get("destination", "")))
            held = {"_total_items": len(rows), "_embedded": {"webhooks": rows}}
            return json_response(held, 200, HAL) if rows else Response(204)
        try:
            wish = request.json()
        except ValueError as error:
            raise Problem(400) from error
        if request.method == "DELETE":
            if not hooks.drop(str(wish.get("destination", ""))):
                raise Problem(404)
            return Response(204)
        if request.method != "POST":
            raise Problem(405)
        try:
            row = hooks.put(wish, now)
        except BadHook as wrong:
            raise Problem(400, "Request validation failed", str(wrong)) from wrong
        created = 200 if "kommo" in self.account.settings["host"] else 201
        return json_response({**row, "_links": self.views.link("webhooks")}, created, HAL)

    def _one(self, parts: list[str], params: Row) -> Row | None:
        """A single record; None: the address is that of a list."""
        if len(parts) < 2 or not (parts[-1].isdigit() or parts[0] == "events") or parts == ["events", "types"]:
            return None
        found = lists.listing(self.account, self.views, parts[:-1], _with(params))
        row = found.rows.get(int(parts[-1]) if parts[-1].isdigit() else parts[-1]) if found else None
        if found is None or row is None or found.only is not None and not found.only(row):
            raise Problem(404)
        return found.show(row)

    def _page(self, found: Listing, request: Request, params: Row) -> Row | None:
        wish = _filter(params)
        if found.name == "events":
            _check_events(wish)
        if found.name == "leads" and self.account.settings["api_filter"] != "yes":
            wish = {}
        number, limit = max(1, int(params.get("page", 1))), int(params.get("limit", 50))
        if self.page_most and limit > self.page_most:
            raise Problem(504)
        limit = max(1, min(limit, found.most) if found.numbered else len(found.rows))
        part, more = pages.page(pages.chosen(found, wish, params.get("order")), number, limit)
        if not part:
            return None
        answer: Row = {"_total_items": len(found.rows)} if found.total else {}
        return {**answer, **self._links(found, request, number, limit, more),
                "_embedded": {found.name: [found.show(row) for row in part]}}

    def _links(self, found: Listing, request: Request, number: int, limit: int, more: bool) -> Row:
        link = f"{self.views.base}{request.path}"
        if not found.numbered:
            return {"_links": {"self": {"href": link}}}
        kept = "" if found.plain else PAGING.sub("", unquote(request.query)).lstrip("&")
        link += "?" + (kept + "&" if kept else "")
        links = {"self": {"href": f"{link}page={number}&limit={limit}"}}
        if more:
            links["next"] = {"href": f"{link}page={number + 1}&limit={limit}"}
        count = {"_page_count": -(-len(found.rows) // limit)} if found.pages else {}
        return {"_page": number, **count, "_links": links}


def _with(params: Row) -> set[str]:
    return {name for name in str(params.get("with", "")).split(",") if name}


def _filter(params: Row) -> Row:
    wish = params.get("filter")
    return wish if isinstance(wish, dict) else {}


def _check_events(wish: Row) -> None:
    for name in ("created_by", "entity_id"):
        if name in wish and len(pages.values(wish[name])) > EVENT_IDS_MOST:
            raise Problem(400, wrong=f"filter[{name}]")
    if "entity_id" in wish and len(pages.values(wish.get("entity", []))) != 1:
        raise Problem(400, wrong="filter[entity]")
    kinds = pages.values(wish["type"]) if "type" in wish else []
    alone = re.compile(r"custom_field_\d+_value_changed")
    if len(kinds) > 1 and any(alone.fullmatch(kind) for kind in kinds):
        raise Problem(400, wrong="filter[type]")
