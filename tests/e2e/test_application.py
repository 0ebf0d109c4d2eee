#!/usr/bin/env python3
"""A Bitrix24 portal that is read by an application: its tokens come, are renewed, get lost and come back.

The fake's refresh tokens can be used once, and it takes nobody in who comes with a used one.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any, Iterator
from contextlib import contextmanager

from client import until
from harness import World, main
from kills import refreshed
from kit.form import decode, encode

SCENARIO = """
crm bitrix24
zone Europe/Moscow
subscribe_none
day 2026-09-14
now 16:00:00
10:00:00 create_deal 11 owner=7 amount=5000
"""
APP_TOKEN = "9d2f61c8ab7044e5b0d3f7a16c25e98b"
MEMBER = "5f0c2a9e7b3d41c68e1f2a3b4c5d6e7f"


@contextmanager
def world(more: str = "", poll: str = "") -> Iterator[World]:
    path = Path(tempfile.gettempdir()) / f"kpistream-application-{os.getpid()}.scenario"
    path.write_text(SCENARIO.replace("subscribe_none\n", more), encoding="utf-8")
    made = World(path, application=True)
    path.unlink()
    if poll:
        made.daemon.poll = poll
        made.daemon.write_config()
    with made:
        yield made


def verb(made: World, line: str) -> None:
    made.fake.control("verb", line=line)


def state(made: World) -> str:
    return next(labels["state"] for labels, value in made.daemon.scrape().series("kpistream_application_state") if value)


def comes_to(made: World, wanted: str) -> None:
    until(f"the application is {wanted}", lambda: state(made) == wanted, 30)


def install(made: World, more: str = "", at: str = "16:00:00") -> None:
    made.fake.control("play", deliver="no")
    verb(made, f"{at} install_app {more}")
    comes_to(made, "working")


def deals(made: World) -> float:
    return made.daemon.scrape().total("crm_deals_open")


def post(made: World, event: str, auth: dict[str, Any], data: dict[str, Any], ts: int = 1789390900) -> int:
    client = made.daemon.client("acme")
    try:
        return client.post(encode({"event": event, "data": data, "ts": ts, "auth": auth}))
    finally:
        client.close()


def exchanges(made: World, result: str) -> float:
    return made.daemon.scrape().total("kpistream_token_exchanges_total", result=result)


def sees(made: World, count: int) -> None:
    until(f"{count} deals are seen", lambda: deals(made) == count, 30)


def kept(made: World) -> dict[str, Any]:
    return json.loads(tokens(made).read_text(encoding="ascii"))


def tokens(made: World) -> Path:
    return made.daemon.store / "tokens" / "acme.json"


class Application(unittest.TestCase):
    def test_an_installation_is_all_it_takes(self) -> None:
        with world() as made:
            self.assertEqual("waiting", state(made))
            install(made)
            sees(made, 1)
            self.assertEqual(0o600, tokens(made).stat().st_mode & 0o777)
            self.assertEqual(0o700, tokens(made).parent.stat().st_mode & 0o777)
            self.assertEqual([APP_TOKEN], kept(made)["application_tokens"])
            log, page = made.daemon.log.read_text(encoding="utf-8"), made.daemon.scrape_text()
            for secret in (kept(made)["current"]["access"], kept(made)["current"]["refresh"], APP_TOKEN,
                           made.fake.about["client_secret"], made.fake.about["client_id"]):
                self.assertNotIn(secret, log + page)
            verb(made, "16:01:00 create_deal 12 owner=7 amount=1")
            sees(made, 2)
            made.daemon.stop()
            secrets = {secret for body in made.fake.bodies() for name, secret in decode(body.decode())["auth"].items()
                       if name in ("access_token", "refresh_token", "application_token")}
            self.assertIn(APP_TOKEN, secrets)
            for path in made.daemon.store.rglob("*"):
                if path.is_file() and path.parent.name != "tokens":
                    for secret in secrets | {kept(made)["current"]["access"], kept(made)["current"]["refresh"]}:
                        self.assertNotIn(secret.encode(), path.read_bytes(), path.name)

    def test_an_access_token_is_renewed_when_it_has_ended_and_not_before(self) -> None:
        with world() as made:
            install(made)
            sees(made, 1)
            before = refreshed(made)
            for number in range(12, 15):
                made.fake.control("faults", expire_token=True)
                verb(made, f"16:00:{number} create_deal {number} owner=7 amount=1")
                sees(made, number - 10)
                self.assertEqual(before + number - 11, refreshed(made))
            made.daemon.stop()
            made.daemon.start()
            made.aim()
            verb(made, "16:01:00 create_deal 15 owner=7 amount=1")
            sees(made, 5)
            self.assertEqual(before + 3, refreshed(made), "a restart goes on with the pair that is kept")

    def test_the_first_pair_may_come_from_a_file(self) -> None:
        with world() as made:
            made.fake.control("play", deliver="no")
            made.fake.control("target", url="")
            verb(made, "16:00:00 install_app")
            made.daemon.stop()
            made.config.application["refresh_token_file"] = _auth(made)["refresh_token"]
            made.daemon.write_config()
            made.daemon.start()
            comes_to(made, "working")
            sees(made, 1)
            made.daemon.stop()
            made.daemon.start()
            comes_to(made, "working")
            self.assertEqual(1, refreshed(made), "what is in the file was used once")

    def test_a_forged_installation_changes_nothing(self) -> None:
        with world() as made:
            auth = {"application_token": "forged", "member_id": MEMBER, "access_token": "a", "refresh_token": "forged",
                    "client_endpoint": "http://127.0.0.1:1/rest/", "server_endpoint": "http://127.0.0.1:1/"}
            self.assertEqual(403, post(made, "ONAPPINSTALL", auth, {"VERSION": 1}))
            until("it was refused", lambda: exchanges(made, "refused") == 1, 30)
            self.assertEqual("waiting", state(made))
            self.assertEqual([], kept(made)["application_tokens"])
            self.assertEqual(403, post(made, "ONCRMDEALADD", auth, {"FIELDS": {"ID": 11}}))
            self.assertEqual(403, post(made, "ONAPPUNINSTALL", auth, {"CLEAN": 1}))
            install(made)
            self.assertEqual(403, post(made, "ONAPPUNINSTALL", auth, {"CLEAN": 1}))
            auth["refresh_token"] = "forged-too"
            self.assertEqual(403, post(made, "ONAPPUPDATE", auth, {"VERSION": 1}))
            sees(made, 1)
            self.assertEqual([APP_TOKEN], kept(made)["application_tokens"])

    def test_an_employee_who_is_no_administrator_cannot_install(self) -> None:
        with world("set admin=no\n") as made:
            made.fake.control("play", deliver="no")
            verb(made, "16:00:00 install_app")
            comes_to(made, "no_admin")
            self.assertEqual([], kept(made)["application_tokens"])

    def test_a_pair_of_another_portal_is_not_used(self) -> None:
        with world("set client_endpoint=https://other.bitrix24.example/rest/\n") as made:
            made.fake.control("play", deliver="no")
            verb(made, "16:00:00 install_app")
            comes_to(made, "foreign")
            self.assertNotIn("current", kept(made))

    def test_an_uninstalled_application_is_silent_and_a_new_installation_works(self) -> None:
        with world() as made:
            install(made)
            sees(made, 1)
            verb(made, "16:01:00 uninstall_app")
            comes_to(made, "uninstalled")
            asked = made.fake.counters()["requests"]
            verb(made, "16:02:00 create_deal 12 owner=7 amount=1")
            made.daemon.stop()
            made.daemon.start()
            made.aim()
            self.assertEqual("uninstalled", state(made))
            self.assertLessEqual(made.fake.counters()["requests"], asked + 1, "one may have been under way")
            install(made, "app_token=0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "16:03:00")
            sees(made, 2)
            self.assertEqual("0a" * 16, kept(made)["application_tokens"][0])
            late = {"application_token": APP_TOKEN, "member_id": MEMBER}
            self.assertEqual(200, post(made, "ONAPPUNINSTALL", late, {"CLEAN": 1}, 1789390860), "of the one before")
            verb(made, "16:04:00 create_deal 13 owner=7 amount=1")
            sees(made, 3)

    def test_an_update_brings_another_token_for_events(self) -> None:
        with world() as made:
            install(made)
            verb(made, "16:01:00 update_app app_token=0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b")
            until("its token is known", lambda: kept(made)["application_tokens"] == ["0b" * 16, APP_TOKEN], 30)
            self.assertEqual("working", state(made))

    def test_an_answer_that_got_lost_is_made_up_for_by_the_next_event(self) -> None:
        with world() as made:
            install(made)
            sees(made, 1)
            made.fake.control("faults", expire_token=True, oauth={"lost": 1})
            comes_to(made, "refused")
            verb(made, "16:01:00 install_app")
            comes_to(made, "working")
            verb(made, "16:02:00 create_deal 12 owner=7 amount=1")
            sees(made, 2)

    def test_the_doctor_says_what_is_wrong_and_what_to_do(self) -> None:
        with world() as made:
            said = self.doctor(made)
            self.assertIn("application  wrong: the application is not yet installed in the portal; cure: install", said)
            self.assertIn("/hook/bitrix24/acme", said)
            self.assertIn("rest  wrong: without tokens the portal cannot be asked", said)
            install(made)
            sees(made, 1)
            said = self.doctor(made)
            self.assertIn("application  ok", said)
            self.assertIn("rest  ok: REST answers", said)
            before = refreshed(made)
            made.daemon.kill()
            made.fake.control("faults", expire_token=True)
            self.assertIn("rest  ok: the access token has ended; the daemon will renew it", self.doctor(made))
            self.assertEqual(before, refreshed(made), "the doctor never does")
            made.daemon.start()
            made.aim()
            verb(made, "16:05:00 uninstall_app")
            comes_to(made, "uninstalled")
            self.assertIn("application  wrong: the application was removed from the portal", self.doctor(made))

    def doctor(self, made: World) -> str:
        return re.sub(r" {2,}", "  ", made.daemon.run("doctor", "--lang", "en", "--clock.start", made.now).stdout)


def _auth(made: World) -> dict[str, str]:
    """What the last event brought."""
    return decode(made.fake.bodies()[-1].decode())["auth"]


if __name__ == "__main__":
    main()
