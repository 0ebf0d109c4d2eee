#!/usr/bin/env python3
"""An amoCRM account that is read by an integration: a code that counts once, refresh tokens that count once, and kill -9 at
every step of a renewal.

Whatever the step, the daemon comes up again with the pair it has. Only when it dies while the answer is on its way nobody has
the next one: then it says so, and another code of the administrator's helps without a restart.
"""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import kills
from client import until
from harness import World, main
from kills import refreshed

SCENARIO = """
crm amocrm
zone Europe/Moscow
day 2026-11-16
now 16:00:00
15:50:00 create_lead 11 owner=9000101 price=5000
"""
NEW_CODE = "def502-another-authorization-code"


@contextmanager
def world() -> Iterator[World]:
    path = Path(tempfile.gettempdir()) / f"kpistream-amocrm-tokens-{os.getpid()}.scenario"
    path.write_text(SCENARIO, encoding="utf-8")
    made = World(path, application=True)
    path.unlink()
    with made:
        made.fake.control("play", deliver="no")
        yield made


def verb(made: World, line: str) -> None:
    made.fake.control("verb", line=line, deliver=False)


def state(made: World) -> str:
    return next(labels["state"] for labels, value in made.daemon.scrape().series("kpistream_application_state") if value)


def sees(made: World, count: int) -> None:
    """A refused daemon looks for another code once a minute."""
    until(f"{count} deals are seen", lambda: made.daemon.scrape().total("crm_deals_open") == count, 90)


def tokens(made: World) -> Path:
    return made.daemon.store / "tokens" / f"{made.alias}.json"


def kept(made: World) -> dict[str, Any]:
    return json.loads(tokens(made).read_text(encoding="ascii"))


def give_code(made: World) -> None:
    """The operator puts another code into the file; nobody restarts anything."""
    verb(made, f"16:00:30 show_code {NEW_CODE}")
    made.config.application["code_file"] = NEW_CODE
    made.daemon.write_config()


class Tokens(unittest.TestCase):
    def test_a_code_is_all_it_takes(self) -> None:
        with world() as made:
            sees(made, 1)
            self.assertEqual("working", state(made))
            self.assertEqual(1, refreshed(made))
            self.assertEqual(0o600, tokens(made).stat().st_mode & 0o777)
            log, page = made.daemon.log.read_text(encoding="utf-8"), made.daemon.scrape_text()
            about = made.fake.about
            secrets = [kept(made)["current"]["access"], kept(made)["current"]["refresh"], about["client_secret"],
                       about["client_id"], about["code"]]
            for secret in secrets:
                self.assertNotIn(secret, log + page)
            made.daemon.stop()
            for path in made.daemon.store.rglob("*"):
                if path.is_file() and path.parent.name != "tokens":
                    for secret in secrets:
                        self.assertNotIn(secret.encode(), path.read_bytes(), path.name)

    def test_an_access_token_is_renewed_when_it_has_ended_and_not_before(self) -> None:
        with world() as made:
            sees(made, 1)
            for number in range(12, 15):
                made.fake.control("faults", expire_token=True)
                verb(made, f"16:00:{number} create_lead {number} owner=9000101 price=1")
                sees(made, number - 10)
                self.assertEqual(number - 10, refreshed(made))
            made.daemon.stop()
            made.daemon.start()
            verb(made, "16:01:00 create_lead 15 owner=9000101 price=1")
            sees(made, 5)
            self.assertEqual(4, refreshed(made), "a restart goes on with the pair that is kept")

    def test_an_integration_that_was_switched_off_is_told_and_another_code_helps(self) -> None:
        with world() as made:
            sees(made, 1)
            verb(made, "16:00:10 disable_integration 1")
            until("it is refused", lambda: state(made) == "refused", 30)
            before = made.fake.counters()["refused"].get("oauth 401", 0)
            give_code(made)
            verb(made, "16:01:00 create_lead 12 owner=9000101 price=1")
            sees(made, 2)
            self.assertEqual("working", state(made))
            self.assertEqual(1, before, "a token that is used up is asked for once")

    def test_the_account_says_by_a_signed_get_that_the_integration_was_switched_off(self) -> None:
        with world() as made:
            sees(made, 1)
            forged = made.fake.control("verb", line="16:00:10 disable_integration 1 signature=00", deliver=True)["statuses"]
            self.assertNotIn("uninstalled", state(made))
            self.assertEqual({"200": 1}, {code: many for code, many in forged.items() if code == "200"}, "the lead alone")
            signed = made.fake.control("verb", line="16:00:20 disable_integration 1", deliver=True)["statuses"]
            self.assertEqual({"200": 1}, signed)
            until("it is known", lambda: state(made) == "uninstalled", 30)
            give_code(made)
            until("it is installed again", lambda: state(made) == "working", 90)
            self.assertEqual(1, made.daemon.scrape().total("kpistream_webhooks_total", event="application.disabled"))

    def test_a_wrong_secret_uses_nothing_up(self) -> None:
        with world() as made:
            sees(made, 1)
            made.config.application["client_secret_file"] = "wrong"
            made.daemon.write_config()
            made.daemon.stop()
            made.fake.control("faults", expire_token=True)
            made.daemon.start()
            until("it is told", lambda: state(made) == "wrong_client", 30)
            made.config.application["client_secret_file"] = made.fake.about["client_secret"]
            made.daemon.write_config()
            made.daemon.stop()
            made.daemon.start()
            verb(made, "16:01:00 create_lead 12 owner=9000101 price=1")
            sees(made, 2)


class Kill(kills.Kills):
    @contextmanager
    def at_work(self) -> Iterator[World]:
        with world() as made:
            sees(made, 1)
            yield made

    def lives_on(self, made: World) -> bool:
        """Whether another code was needed."""
        made.daemon.start()
        verb(made, "16:00:20 create_lead 12 owner=9000101 price=1")
        until("the account was asked", lambda: state(made) == "refused" or
              made.daemon.scrape().total("crm_deals_open") == 2, 30)
        helped = state(made) == "refused"
        if helped:
            give_code(made)
            made.daemon.stop()  # only to save time
            made.daemon.start()
        sees(made, 2)
        self.assertEqual("working", state(made))
        return helped


if __name__ == "__main__":
    main()
