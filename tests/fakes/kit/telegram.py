"""Telegram's Bot API, as far as sendMessage goes: keeps what bots have sent, and refuses what Telegram refuses.

Source: core.telegram.org/bots/api, "Making requests" and "sendMessage"; the descriptions are those of the real server."""

from __future__ import annotations

import json
import re
from typing import Any

from kit.http import Request, Response, ThreadedServer, json_response

UNITS_MAX = 4096  # UTF-16 units of a message


class Telegram:
    def __init__(self, token: str, chats: dict[str, int]) -> None:
        """`chats`: by what a bot may call them, their number or @name, the number."""
        self.token, self.chats = token, chats
        self.sent: list[tuple[int, str]] = []  # chat and text
        self.left: set[int] = set()  # chats that the bot is not in
        self.busy_after = -1  # so many messages more are taken; -1: any number
        server = ThreadedServer(self._take)
        self.url, self.stop = server.url, server.stop

    def texts(self) -> list[str]:
        return [text for _, text in self.sent]

    async def _take(self, request: Request) -> Response:
        found = re.fullmatch(r"/bot(\d+:[\w-]+)/(\w+)", request.path)
        if not found:
            return refusal(404, "Not Found")
        if found[1] != self.token:
            return refusal(401, "Unauthorized")
        if found[2].lower() != "sendmessage":
            return refusal(404, "Not Found")
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return refusal(400, "Bad Request: message text is empty")  # forms are taken too, but nobody here sends one
        return self._send(request.json())

    def _send(self, wish: dict[str, Any]) -> Response:
        text = str(wish.get("text", "")).strip()
        chat = self.chats.get(str(wish.get("chat_id", "")))
        if chat is None:
            return refusal(400, "Bad Request: chat not found" if wish.get("chat_id") else "Bad Request: chat_id is empty")
        if chat in self.left:
            return refusal(403, "Forbidden: bot was kicked from the supergroup chat")
        if not text:
            return refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > UNITS_MAX:
            return refusal(400, "Bad Request: message is too long")
        if self.busy_after == 0:
            return refusal(429, "Too Many Requests: retry after 30", {"retry_after": 30})
        self.busy_after -= self.busy_after > 0
        self.sent.append((chat, text))
        return json_response({"ok": True, "result": {"message_id": len(self.sent), "date": 1_700_000_000, "text": text,
                                                     "chat": {"id": chat, "type": "supergroup", "title": "KPI"}}},
                             content_type="application/json")


def refusal(status: int, description: str, parameters: dict[str, int] | None = None) -> Response:
    told: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        told["parameters"] = parameters
    return Response(status, json.dumps(told).encode(), "application/json")
