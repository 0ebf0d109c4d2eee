#!/usr/bin/env python3
"""Whatever is asked of the API, it answers as docs/openapi.json says, and the daemon lives. REQUESTS and SEED repeat a run."""

from __future__ import annotations

import json
import os
import random
import unittest
from typing import Any
from urllib.parse import quote_from_bytes

from office import LARGE, SMALL, TODAY, WEEK, WEEK_BEFORE, Office
from contract import Answer, Contract, Json, ask
from harness import main, seed

REQUESTS = int(os.environ.get("REQUESTS", "1500"))
SELDOM = {"/api/v1/backup": 0.02}  # each makes files
ENDLESS = {"/api/v1/stream"}  # has a test of its own
HOSTILE = [b"", b"\0", b"%", b"%zz", b"'", b'"', b"\\", b"<script>", b"../../etc/passwd", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80",
           "Юлия".encode(), "🙂".encode(), b"\r\nX: y", b"&", b"=", b"[]", b"null", b"-1", b"0", b"1e9", b"NaN", b"9" * 40,
           b"18446744073709551616", b"-9223372036854775808", b"0000-00-00", b"9999-12-31", b"2026-02-30", b"2026-11-2",
           b"9999-99-99", b"0000-00-00..9999-99-99", b"2026-11-26..2020-01-01", b"0001-01-01..9999-12-31", b"..", b"a" * 300,
           b"x" * 3000, b"%s%n", b"{}", b"deals_won.sum@won", b"@", b".sum", b"deal_cycle.p50@"]


class Fuzz(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.office = cls.enterClassContext(Office())
        cls.port = cls.office.daemon.admin
        cls.contract = Contract.of_the_repository()
        cls.chance = random.Random(seed())
        cls.known = cls.what_there_is()

    @classmethod
    def what_there_is(cls) -> dict[str, list[str]]:
        """Values that mean something, by the names of parameters."""
        table = ask(cls.port, "GET", f"/api/v1/table?portal={LARGE}").json
        choices = {name: [one["id"] for one in table["choices"][name]] for name in table["choices"]}
        tables = ask(cls.port, "GET", "/api/v1/tables").json["tables"]
        return {"portal": [LARGE, SMALL], "line": choices["lines"], "sort": choices["lines"], "manager": choices["managers"],
                "pipeline": choices["pipelines"], "source": choices["sources"], "kpi": [one["kpi"] for one in table["choices"]["lines"]],
                "column": [one["first"] for one in table["columns"]] + [f"{WEEK_BEFORE}..{TODAY}"], "at": [WEEK, WEEK_BEFORE],
                "period": [one["period"] for one in tables] + ["day", "10m"], "schedule": [one["schedule"] for one in tables],
                "due": [str(one["due"]) for one in tables], "from": [WEEK, "2026-01-01"], "to": [TODAY], "until": [WEEK_BEFORE],
                "card": [card["id"] for card in ask(cls.port, "GET", "/api/v1/advice").json["cards"]] or ["clot/portal/x"]}

    def value(self, parameter: Json) -> bytes:
        """One that means something, one that its schema allows, or one that somebody evil sends."""
        kind = self.chance.random()
        if kind < 0.5 and self.known.get(parameter["name"]):
            return self.chance.choice(self.known[parameter["name"]]).encode()
        if kind < 0.75:
            return str(self.of_schema(parameter["schema"])).encode()
        if kind < 0.95:
            return self.chance.choice(HOSTILE)
        return self.chance.randbytes(self.chance.randrange(40))

    def of_schema(self, schema: Json) -> Any:
        schema = self.contract.whole(schema)
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        kind = schema.get("type", "string")
        if kind == "array":
            return self.of_schema(schema["items"])
        if kind == "integer":
            return self.chance.randint(schema.get("minimum", -5), schema.get("maximum", 1 << 40))
        if kind == "object":
            return {name: self.of_schema(inner) for name, inner in schema.get("properties", {}).items() if self.chance.random() < 0.8}
        if schema.get("format") == "date":
            return f"{self.chance.randrange(1900, 2100)}-{self.chance.randrange(1, 13):02}-{self.chance.randrange(1, 32):02}"
        return "".join(self.chance.choice("abc019_.@- ") for _ in range(self.chance.randrange(12)))

    def target(self, path: str, parameters: list[Json]) -> str:
        query = []
        for one in parameters:
            if one["in"] == "path":
                path = path.replace("{%s}" % one["name"], quote_from_bytes(self.value(one) or b"x"))
                continue
            chosen = one.get("required") or self.chance.random() < 0.4
            times = 0 if not chosen or self.chance.random() < 0.05 else self.chance.choice((1, 1, 1, 1, 2, 3, 70))
            query += [f"{one['name']}={quote_from_bytes(self.value(one), safe='')}" for _ in range(times)]
        if self.chance.random() < 0.05:
            query += [f"{quote_from_bytes(self.chance.choice(HOSTILE))}=1"] * self.chance.choice((1, 200))
        self.chance.shuffle(query)
        return path + ("?" + "&".join(query) if query else "")

    def body(self, operation: Json) -> bytes | None:
        if "requestBody" not in operation:
            return None
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        value: Any = self.of_schema({"type": "object", **self.contract.whole(schema)})
        kind = self.chance.random()
        if kind < 0.4:
            return json.dumps(value).encode()
        if kind < 0.6:
            value = {name: self.chance.choice((None, 1, -1.5, [], {}, True, "x" * 2000, "\0", "\ud800")) for name in value}
            return json.dumps(value).encode()
        if kind < 0.9:
            return self.chance.choice([b"", b"[" * 4000, b"{" * 4000, b'{"status":', b"null", b"[]", b"1", b'"', b"\xff\xfe{}",
                                       b'{"status":"accepted","status":"done"}', b'{"from":"\\ud800"}', b" " * 5000])
        return self.chance.randbytes(self.chance.randrange(200))

    def ask(self, method: str, path: str, operation: Json) -> tuple[str, Answer]:
        target, body = self.target(path, self.contract.parameters(operation)), self.body(operation)
        headers = {"Content_Type": "application/json"} if body is not None else {}
        if self.chance.random() < 0.2:
            headers["If_None_Match"] = self.chance.choice(('*', '""', '"0000000000000000"', '"' * 50))
        return f"{method} {target} {body!r} {headers}", ask(self.port, method, target, body, **headers)

    def test_it_keeps_what_it_says(self) -> None:
        operations = [one for one in self.contract.operations() if one[1] not in ENDLESS]
        statuses: dict[int, int] = {}
        for _ in range(REQUESTS):
            method, path, operation = self.chance.choice(operations)
            if self.chance.random() > SELDOM.get(path, 1):
                continue
            question, answer = self.ask(method, path, operation)
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            self.assertLess(answer.status, 500, question)
            self.assertEqual("", self.contract.breach(operation, answer), question[:2000])
        print(f"answers: {dict(sorted(statuses.items()))}", flush=True)
        self.assertGreater(statuses[200], REQUESTS / 10, "hardly anything was asked that means something")
        self.assertIsNone(self.office.daemon.ended())
        self.assertEqual(200, ask(self.port, "GET", "/-/healthy").status)
        self.office.daemon.stop()


if __name__ == "__main__":
    main()
