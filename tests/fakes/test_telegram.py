#!/usr/bin/env python3
"""The fake Bot API: what it takes and what it refuses."""

from __future__ import annotations

import json
import sys
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from kit.telegram import Telegram  # noqa: E402

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
CHAT = -1001234567890


class BotApi(unittest.TestCase):
    def setUp(self) -> None:
        self.telegram = Telegram(TOKEN, {str(CHAT): CHAT, "@sales": CHAT})
        self.addCleanup(self.telegram.stop)

    def send(self, wish: dict[str, object], token: str = TOKEN, method: str = "sendMessage") -> tuple[int, str]:
        request = urllib.request.Request(f"{self.telegram.url}/bot{token}/{method}", json.dumps(wish).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)["result"]["text"]
        except urllib.error.HTTPError as error:
            told = json.load(error)
            self.assertEqual((False, error.code), (told["ok"], told["error_code"]))
            return error.code, told["description"]

    def test_a_message_is_kept(self) -> None:
        for name in (CHAT, str(CHAT), "@sales"):
            self.assertEqual((200, "неделя"), self.send({"chat_id": name, "text": " неделя\n"}))
        self.assertEqual([(CHAT, "неделя")] * 3, self.telegram.sent)

    def test_refusals(self) -> None:
        most = "\U0001f4c9" * 2048  # two units each
        self.assertEqual(200, self.send({"chat_id": CHAT, "text": most})[0])
        for wish, token, status, told in (
                ({"chat_id": CHAT, "text": most + "."}, TOKEN, 400, "message is too long"),
                ({"chat_id": CHAT, "text": " \n"}, TOKEN, 400, "message text is empty"),
                ({"chat_id": 5, "text": "a"}, TOKEN, 400, "chat not found"),
                ({"chat_id": CHAT, "text": "a"}, "1:x", 401, "Unauthorized"),
                ({"chat_id": CHAT, "text": "a"}, "nobody", 404, "Not Found")):
            self.assertEqual((status, True), (lambda said: (said[0], told in said[1]))(self.send(wish, token)), told)
        self.assertEqual(404, self.send({"chat_id": CHAT, "text": "a"}, method="sendNothing")[0])
        self.telegram.busy_after = 1
        self.assertEqual([200, 429], [self.send({"chat_id": CHAT, "text": "a"})[0] for _ in range(2)])
        self.telegram.left.add(CHAT)
        self.assertEqual(403, self.send({"chat_id": CHAT, "text": "a"})[0])


if __name__ == "__main__":
    unittest.main()
