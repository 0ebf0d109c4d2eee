"""REST over HTTP: addresses, secrets, envelopes, limits, batches and faults."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from bitrix24 import app_methods, methods
from bitrix24.methods import Answer, RestError
from bitrix24.oauth import Refused
from bitrix24.portal import Base, Row
from kit import form
from kit.bucket import LeakyBucket, Operating
from kit.http import Request, Response, json_response

_PATH = re.compile(r"^/rest/([^/]+)/([^/]+)/([A-Za-z0-9_.]+?)(?:\.json)?/?$")
_APP_PATH = re.compile(r"^/rest/([A-Za-z0-9_.]+?)(?:\.json)?/?$")
_REFERENCE = re.compile(r"\$result((?:\[[^\]]+\])+)")
HTML_502 = Response(502, b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body>\r\n</html>\r\n",
                    "text/html")
BATCH_MOST = 50


class Rest:
    def __init__(self, portal: Base, limited: bool = True) -> None:
        self.portal = portal
        self.bucket = LeakyBucket() if limited else LeakyBucket(1e9, 1e9)
        self.seen: Counter[str] = Counter()  # commands, those inside a batch too
        self.requests = 0
        self.refused: Counter[str] = Counter()
        self.bad_gateways = 0  # so many requests will get HTML
        self.stalls: list[float] = []  # seconds of silence before the next answers
        self.operating = Operating()
        self._by_app = False  # the request at hand
        self.moved_to = ""  # "http://host:port" of a renamed portal
        self.silent: dict[str, float] = {}
        self.held = 0  # requests that are kept waiting so
        self.oauth: Row = {"before": 0, "after": 0, "lost": 0}  # see faults()

    def faults(self, wish: Row) -> None:
        """{"bad_gateway": n, "stall": [seconds, ...], "operating": {method: seconds}, "renamed": "http://host:port"}

        `"cost": {method: seconds}`: execution time of each call from now on. `"expire_token": true`: the application's
        access token is over now. `"oauth": {"before": s, "after": s, "lost": n}`: the server that gives tokens is silent
        for so long before it exchanges one, and before it answers; so many answers get lost. `"silent": {method: s}`:
        requests with that method are silent for so long, before it when it deletes, else after it. `"denied": ["crm.deal", ...]`: what the caller has no right to see. `"scopes": ["crm", ...]`: all that it has.
        """
        if "denied" in wish:
            self.portal.rights.denied = {str(name).lower() for name in wish["denied"]}
        if "scopes" in wish:
            self.portal.rights.scopes = [str(name) for name in wish["scopes"]]
        if wish.get("expire_token"):
            self.portal.tokens.expire()
        if "silent" in wish:
            self.silent = {method: float(seconds) for method, seconds in wish["silent"].items()}
        self.oauth.update(wish.get("oauth", {}))
        self.moved_to = str(wish.get("renamed", self.moved_to)).rstrip("/")
        self.bad_gateways += int(wish.get("bad_gateway", 0))
        self.stalls += [float(seconds) for seconds in wish.get("stall", [])]
        for method, seconds in wish.get("operating", {}).items():
            self.operating.block(method.lower(), float(seconds))
        for method, seconds in wish.get("cost", {}).items():
            self.operating.cost[method.lower()] = float(seconds)

    def counters(self) -> Row:
        return {"requests": self.requests, "methods": dict(self.seen), "refused": dict(self.refused),
                "bucket_peak": self.bucket.peak, "overrun": self.refused["QUERY_LIMIT_EXCEEDED"] > 0,
                "refreshed": self.portal.tokens.refreshed, "offline": len(self.portal.offline.rows),
                "reserved": self.portal.offline.reserved, "held": self.held, "bound": sorted(self.portal.offline.bound)}

    async def answer(self, request: Request) -> Response:
        self.requests += 1
        if self.stalls:
            await asyncio.sleep(self.stalls.pop(0))
        if self.bad_gateways > 0:
            self.bad_gateways -= 1
            self.refused["502"] += 1
            return HTML_502
        if moved := self._moved(request):
            self.refused["302"] += 1
            return moved
        try:
            if request.path.rstrip("/") == "/oauth/token":
                return await self._exchange(request)
            await self._keep_silent(request, "event.offline.clear")
            response = json_response(self._answer(request))
            await self._keep_silent(request, "event.offline.get")
            return response
        except (RestError, Refused) as error:
            self.refused[str(error.code or "not found")] += 1
            return json_response({"error": error.code, "error_description": error.text}, error.status)

    async def _keep_silent(self, request: Request, method: str) -> None:
        seconds = self.silent.get(method, 0)
        if not seconds or method not in request.body.decode("utf-8", "replace"):
            return
        self.held += 1
        await asyncio.sleep(seconds)
        self.held -= 1
        if not self.silent:  # the fault was taken back meanwhile: whoever asked is gone
            raise RestError(503, "OVERLOAD_LIMIT", "")

    async def _exchange(self, request: Request) -> Response:
        """Another host in life: not of the bucket."""
        await asyncio.sleep(self.oauth["before"])
        pair = self.portal.tokens.exchange(_parameters(request), self.portal.now)
        await asyncio.sleep(self.oauth["after"])
        if self.oauth["lost"] > 0:
            self.oauth["lost"] -= 1
            return Response(abort=True)
        return json_response(pair)

    def _moved(self, request: Request) -> Response | None:
        """A renamed portal sends everybody who comes by the old name to the new one."""
        if not self.moved_to or request.headers.get("host", "") == urlsplit(self.moved_to).netloc:
            return None
        query = f"?{request.query}" if request.query else ""
        return Response(302, b"", "text/html", {"Location": f"{self.moved_to}{request.path}{query}"})

    def _answer(self, request: Request) -> Row:
        params = _parameters(request)
        method, self._by_app = self._who(request.path, params)
        if not self.bucket.take():
            raise RestError(503, "QUERY_LIMIT_EXCEEDED", "Too many requests")
        if method.lower() == "batch":
            return {"result": self._batch(params), "time": self._time("")}
        return self._envelope(method, self._call(method, params))

    def _who(self, path: str, params: Row) -> tuple[str, bool]:
        """The method, and whether an application asks for it."""
        settings = self.portal.settings
        if match := _APP_PATH.match(path):
            self.portal.tokens.check(str(params.pop("auth", "")), self.portal.now)
            return match[1], True
        match = _PATH.match(path)
        if not match or (match[1], match[2]) != (settings["rest_user"], settings["rest_secret"]):
            raise RestError(401, "INVALID_CREDENTIALS", "Invalid request credentials")
        return match[3], False

    def _call(self, method: str, params: Row) -> Answer:
        self.seen[method] += 1
        if not self.operating.spend(method.lower()):
            raise RestError(429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.")
        return (app_methods if self._by_app else methods).call(self.portal, method, params)

    def _envelope(self, method: str, answer: Answer) -> Row:
        envelope: Row = {"result": answer.result}
        if answer.next is not None:
            envelope["next"] = answer.next
        if answer.total is not None:
            envelope["total"] = answer.total
        return {**envelope, "time": self._time(method)}

    def _time(self, method: str) -> Row:
        now, method = self.portal.now, method.lower()
        stamp = self.portal.server.iso(now)
        return {"start": now, "finish": now + 0.0842, "duration": 0.0842, "processing": 0, "date_start": stamp,
                "date_finish": stamp, "operating_reset_at": now + self.operating.left(method),
                "operating": round(self.operating.used.get(method, 0), 3)}

    def _batch(self, params: Row) -> Row:
        commands = params.get("cmd", {})
        numbered = isinstance(commands, list)
        pairs = list(enumerate(commands)) if numbered else list(commands.items())
        halt = str(params.get("halt", "0")).lower() in ("1", "true", "y")
        parts: dict[str, Row] = {name: {} for name in ("result", "error", "total", "next", "time")}
        for place, (key, command) in enumerate(pairs):
            try:
                if place >= BATCH_MOST:
                    raise RestError(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
                self._batched(parts, str(key), command)
            except RestError as error:
                parts["error"][str(key)] = {"error": error.code, "error_description": error.text}
                if halt:
                    break
        names = {name: "result" if name == "result" else f"result_{name}" for name in parts}
        return {names[name]: _php(part) for name, part in parts.items()}

    def _batched(self, parts: dict[str, Row], key: str, command: str) -> None:
        method, _, query = _refer(command, parts["result"]).partition("?")
        if method.lower() == "batch":
            raise RestError(400, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage")
        answer = self._call(method, form.decode(query))
        parts["result"][key] = answer.result
        parts["time"][key] = self._time(method)
        if answer.total is not None:
            parts["total"][key] = answer.total
        if answer.next is not None:
            parts["next"][key] = answer.next


def _php(part: Row) -> Any:
    """PHP's JSON: an empty array is [], keys 0..n-1 make a list."""
    if list(part) == [str(i) for i in range(len(part))]:
        return list(part.values())
    return part


def _refer(command: str, results: Row) -> str:
    def value(match: re.Match[str]) -> str:
        node: Any = results
        for name in match[1][1:-1].split("]["):
            if isinstance(node, list):
                node = node[int(name)] if int(name) < len(node) else ""
            else:
                node = node.get(name, "") if isinstance(node, dict) else ""
        return str(node)

    return _REFERENCE.sub(value, command)


def _parameters(request: Request) -> Row:
    params = form.decode(request.query)
    if request.method == "POST" and request.body:
        kind = request.headers.get("content-type", "")
        body = request.json() if kind.startswith("application/json") else form.decode(request.body.decode())
        params.update(body if isinstance(body, dict) else {})
    return params
