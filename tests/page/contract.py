"""docs/openapi.json, held against what a daemon answers."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from jsonschema import Draft202012Validator, RefResolver
from jsonschema.exceptions import best_match

FILE = Path(__file__).resolve().parents[2] / "docs/openapi.json"
WITHOUT_BODY = {304, 405, 413, 414, 415, 431}
GATE = {400, 414, 431}  # of any address: it is malformed or too long
Json = dict[str, Any]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]  # names in small letters
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(port: int, method: str, target: str, body: bytes | None = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


class Contract:
    def __init__(self, document: Json) -> None:
        self.document = document
        self._resolver = RefResolver("", document)

    @staticmethod
    def of_the_repository() -> "Contract":
        return Contract(json.loads(FILE.read_text(encoding="utf-8")))

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        """Method, path and what is said of them."""
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def parameters(self, operation: Json) -> list[Json]:
        return [self.whole(one) for one in operation.get("parameters", [])]

    def whole(self, schema: Json) -> Json:
        """What a reference points to."""
        while "$ref" in schema:
            schema = self._resolver.resolve(schema["$ref"])[1]
        return schema

    def operation(self, method: str, path: str) -> Json:
        for known, methods in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", ".+", known), path, re.S) and method.lower() in methods:
                return methods[method.lower()]
        raise AssertionError(f"{method} {path} is not in the file")

    def breach(self, operation: Json, answer: Answer) -> str:
        """How an answer is not as the file says; empty: it is."""
        if answer.status in GATE and not answer.body:
            return ""
        said = operation["responses"].get(str(answer.status))
        if said is None:
            return f"{answer.status} is not documented: {answer.body[:300]!r}"
        said = self.whole(said)
        if "content" not in said:
            return "" if answer.status in WITHOUT_BODY or not answer.body else f"{answer.status} has a body"
        kind = answer.headers.get("content-type", "")
        if kind not in said["content"]:
            return f"{answer.status} is {kind}, not {list(said['content'])}"
        if not kind.startswith("application/json"):
            return "" if answer.body else f"{answer.status} says nothing"
        try:
            value = answer.json
        except ValueError as error:  # of bytes that are no UTF-8, too
            return f"{answer.status} is no JSON: {error}: {answer.body[:300]!r}"
        return self.mismatch(said["content"][kind]["schema"], value)

    def mismatch(self, schema: Json, value: Any) -> str:
        error = best_match(Draft202012Validator(schema, resolver=self._resolver).iter_errors(value))
        return "" if error is None else f"at {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
