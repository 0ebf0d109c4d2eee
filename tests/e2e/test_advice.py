#!/usr/bin/env python3
"""Advice from the figures to the head of sales and back: what became of it is kept, shown, and its effect measured."""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
import unittest
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from harness import ALIAS, main, portal_config
from client import until
from daemon import Daemon
from leads import CLOCK, KNOWN_SINCE, NOW, OPEN, WEEK, WON, Lead, hook

PORTAL = ALIAS["amocrm"]
CARD = "clot/portal/2026-11-09"  # more came in last week than went out
CAME_IN = 60


class Advice(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="kpistream-advice-"))
        self.addCleanup(shutil.rmtree, folder)
        self.daemon = Daemon(folder, [portal_config("amocrm", "Europe/Moscow", KNOWN_SINCE)], CLOCK)
        self.addCleanup(self.daemon.kill)
        self.daemon.start()
        self.tell([Lead(ident, status=OPEN, created=NOW - WEEK) for ident in range(1, CAME_IN + 1)])
        self.daemon.rest()
        self.daemon.kill()  # what insight tells is a minute old at most: begin with a fresh look
        self.daemon.start()
        until("the advice is there", lambda: CARD in self.cards())

    def tell(self, leads: list[Lead], action: str = "add") -> None:
        client = self.daemon.client(PORTAL)
        self.assertEqual(200, client.post(hook(leads, action)))
        client.close()

    def cards(self, query: str = "") -> dict[str, dict]:
        status, text = self.daemon.ask("/api/v1/advice" + query)
        self.assertEqual(200, status)
        return {card["id"]: card for card in json.loads(text)["cards"]}

    def post(self, body: object, card: str = CARD, portal: str = PORTAL, kind: str = "application/json",
             path: str = "/api/v1/advice/") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.admin, timeout=15)
        raw = body if isinstance(body, str) else json.dumps(body)
        connection.request("POST", f"{path}{quote(card)}?portal={portal}", raw, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def status(self, card: str = CARD) -> str:
        return self.cards()[card]["status"]

    def command(self, *arguments: str) -> tuple[int, str]:
        done = self.daemon.run("advice", *arguments)
        return done.returncode, done.stdout + done.stderr

    def test_a_card_begins_new(self) -> None:
        card = self.cards()[CARD]
        self.assertEqual(("new", True, None, []), (card["status"], card["current"], card["changed"], card["effect"]))
        self.assertEqual((CAME_IN, 0), (card["value"], card["base"]))
        self.assertEqual(len(self.cards()), self.daemon.scrape().total("crm_advice_cards", status="new"))
        self.assertEqual({}, self.cards("?portal=another"))
        self.assertIn(CARD, self.cards("?portal=" + PORTAL))

    def test_it_is_accepted_then_done_and_outlives_a_kill(self) -> None:
        self.assertEqual(200, self.post({"status": "accepted", "owner": "9000101", "due": "2026-11-20"})[0])
        card = self.cards()[CARD]
        self.assertEqual(("accepted", "9000101"), (card["status"], card["owner"]))
        self.assertEqual("2026-11-21T00:00:00+03:00", moscow(card["due"]))
        self.assertLess(abs(card["accepted"] - NOW), 600)
        self.assertEqual([{"weeks": 0, "value": CAME_IN, "base": 0}], card["effect"])
        self.assertEqual(1, self.daemon.scrape().total("crm_advice_cards", status="accepted"))
        self.daemon.kill()
        self.daemon.start()
        until("it is there again", lambda: CARD in self.cards())
        self.assertEqual({**card, "effect": []}, {**self.cards()[CARD], "effect": []})
        self.assertEqual(200, self.post({"status": "done"})[0])
        self.assertEqual(("done", "9000101"), (self.status(), self.cards()[CARD]["owner"]), "the owner stays")
        self.daemon.verify()

    def test_what_is_declined_is_not_active_any_more(self) -> None:
        self.assertEqual(1, self.daemon.scrape().total("crm_advice_active", rule="clot"))
        self.assertEqual(200, self.post({"status": "declined"})[0])
        self.assertEqual("declined", self.status())
        page = self.daemon.scrape()
        self.assertEqual(0, page.total("crm_advice_active", rule="clot"))
        self.assertEqual(1, page.total("crm_advice_cards", status="declined"))

    def test_its_effect_is_measured_a_week_later(self) -> None:
        self.post({"status": "accepted"})
        self.tell([Lead(ident, status=OPEN, created=NOW) for ident in range(1001, 1031)])
        self.tell([Lead(ident, status=WON, created=NOW) for ident in range(1, 21)], "status")
        self.daemon.rest()
        self.daemon.kill()
        self.daemon.clock = "2026-11-24T12:00:00+03:00"
        self.daemon.start()
        effect = until("it is measured", lambda: self.measured(2))
        self.assertEqual([{"weeks": 0, "value": CAME_IN, "base": 0}, {"weeks": 1, "value": 30, "base": 20}], effect)
        self.assertFalse(self.cards()[CARD]["current"], "it is of another week")
        code, text = self.command("--clock.start", self.daemon.clock)
        self.assertEqual(0, code, text)
        self.assertIn("after 1 week 30 to 20", text)
        self.daemon.verify()

    def measured(self, moments: int) -> list[dict] | None:
        effect = self.cards().get(CARD, {}).get("effect", [])
        return effect if len(effect) == moments else None

    def test_the_command_lists_and_changes(self) -> None:
        self.assertIn(f"{CARD}  [new]", self.command("--clock.start", CLOCK)[1])
        self.assertEqual((0, f"{CARD}: accepted\n"),
                         self.command("accept", CARD, "--owner", "9000102", "--due", "2026-11-20"))
        self.assertEqual(("accepted", "9000102"), (self.status(), self.cards()[CARD]["owner"]))
        text = self.command("--clock.start", CLOCK)[1]
        self.assertIn("accepted on 2026-11-16, by manager 9000102, until 2026-11-20]", text)
        self.assertEqual((0, f"{CARD}: done\n"), self.command("done", CARD, "--portal", PORTAL))
        self.assertEqual("done", self.status())
        code, text = self.command("decline", CARD)
        self.assertEqual(1, code)
        self.assertIn("what is done cannot be declined", text)
        cards = json.loads(self.command("--json", "--clock.start", CLOCK)[1])["cards"]
        self.assertEqual({CARD: "done"}, {card["id"]: card["status"] for card in cards if card["id"] == CARD})
        self.daemon.stop()
        code, text = self.command("accept", CARD)
        self.assertEqual(1, code)
        self.assertIn("no daemon answers", text)

    def test_a_wrong_request_changes_nothing_and_says_why(self) -> None:
        good = {"status": "accepted"}
        for wanted, word, status, text in (
                (409, "accepted", *self.post({"status": "done"})),
                (400, "status", *self.post({"status": "new"})),
                (400, "status", *self.post({"owner": "7"})),
                (400, "owner", *self.post({"status": "accepted", "owner": "<b>"})),
                (400, "due", *self.post({"status": "accepted", "due": "tomorrow"})),
                (400, "object", *self.post("status=accepted")),
                (404, "nothing/portal", *self.post(good, card="nothing/portal")),
                (404, "another", *self.post(good, portal="another"))):
            self.assertEqual(wanted, status, text)
            self.assertIn(word, json.loads(text)["error"])
        for kind in ("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            self.assertEqual(415, self.post(good, kind=kind)[0], "what a page of another site could send")
        self.assertEqual(413, self.post({**good, "more": "x" * 5000})[0])
        self.assertEqual(405, self.post(good, path="/metrics/")[0])
        self.assertEqual(405, self.post(good, card="")[0])
        self.assertEqual("new", self.status())


def moscow(at: int) -> str:
    return datetime.fromtimestamp(at, ZoneInfo("Europe/Moscow")).isoformat()


if __name__ == "__main__":
    main()
