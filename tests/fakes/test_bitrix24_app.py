#!/usr/bin/env python3
"""The fake portal towards an application: tokens, and events that wait for it."""

from __future__ import annotations

import asyncio
import json
import sys
import unittest
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))

from kit.form import decode  # noqa: E402
from kit.http import Request  # noqa: E402
from kit.player import Player  # noqa: E402
from kit.scenario import parse_act  # noqa: E402
from test_bitrix24 import ask  # noqa: E402
from test_bitrix24_more import player, told  # noqa: E402


def installed() -> tuple[Player, dict[str, str]]:
    """A portal with an application, and the `auth` that it was given."""
    crm = player()
    (body,) = crm.act(parse_act("2026-09-14T09:00:00 install_app", crm.crm.zone))
    return crm, decode(body.decode())["auth"]


def call(crm: Player, token: str, method: str, **params: Any) -> tuple[int, Any]:
    request = Request("POST", f"/rest/{method}.json", "", {"content-type": "application/json"},
                      json.dumps({**params, "auth": token}).encode())
    response = asyncio.run(crm.crm.rest(request))
    return response.status, json.loads(response.body)


def refresh(crm: Player, token: str, **other: str) -> tuple[int, Any]:
    query = {"grant_type": "refresh_token", "client_id": crm.crm.settings["client_id"],
             "client_secret": crm.crm.settings["client_secret"], "refresh_token": token, **other}
    response = asyncio.run(crm.crm.rest(Request("GET", "/oauth/token/", urlencode(query), {}, b"")))
    return response.status, json.loads(response.body)


class Application(unittest.TestCase):
    def test_an_installation_brings_the_first_pair(self) -> None:
        crm, auth = installed()
        self.assertEqual((crm.crm.settings["app_token"], "3600", "L"),
                         (auth["application_token"], auth["expires_in"], auth["status"]))
        self.assertEqual((200, 1), _result(call(crm, auth["access_token"], "crm.settings.mode.get")))
        told(crm, "09:01:00 create_deal 1 owner=7")
        moved = crm.act(parse_act("2026-09-14T09:02:00 move_deal 1 category=5", crm.crm.zone))
        self.assertEqual(auth["access_token"], decode(moved[0].decode())["auth"]["access_token"])
        self.assertEqual("ONAPPUNINSTALL", told(crm, "09:03:00 uninstall_app")[0][0])
        self.assertEqual((401, "invalid_token"), _error(call(crm, auth["access_token"], "crm.settings.mode.get")))

    def test_no_token_a_wrong_one_and_one_that_is_over_are_told_apart(self) -> None:
        crm, auth = installed()
        self.assertEqual((401, "NO_AUTH_FOUND"), _error(call(crm, "", "crm.settings.mode.get")))
        self.assertEqual((401, "invalid_token"), _error(call(crm, "other", "crm.settings.mode.get")))
        crm.crm.now += 3600
        self.assertEqual((401, "expired_token"), _error(call(crm, auth["access_token"], "crm.settings.mode.get")))
        crm.crm.now -= 3600
        crm.crm.faults({"expire_token": True})
        self.assertEqual((401, "expired_token"), _error(call(crm, auth["access_token"], "crm.settings.mode.get")))

    def test_a_refresh_replaces_both_tokens_and_the_used_one_is_lost(self) -> None:
        crm, auth = installed()
        self.assertEqual((400, "invalid_client"), _error(refresh(crm, auth["refresh_token"], client_secret="x")))
        self.assertEqual((400, "invalid_grant"), _error(refresh(crm, "x")))
        status, pair = refresh(crm, auth["refresh_token"])
        self.assertEqual((200, auth["member_id"]), (status, pair["member_id"]))
        self.assertEqual((400, "invalid_grant"), _error(refresh(crm, auth["refresh_token"])))
        self.assertEqual((401, "invalid_token"), _error(call(crm, auth["access_token"], "crm.settings.mode.get")))
        self.assertEqual((200, 1), _result(call(crm, pair["access_token"], "crm.settings.mode.get")))
        self.assertEqual(1, crm.crm.counters()["refreshed"])

    def test_offline_events_wait_one_for_each_entity_until_they_are_cleared(self) -> None:
        crm, auth = installed()
        token = auth["access_token"]
        self.assertEqual((403, "WRONG_AUTH_TYPE"), _error(ask(crm, "event.offline.get", {})))
        bound = call(crm, token, "event.bind", event="onCrmDealAdd", event_type="offline")
        self.assertEqual((200, True), _result(bound))
        call(crm, token, "event.bind", event="ONCRMDEALUPDATE", event_type="offline")
        self.assertEqual(["ONOFFLINEEVENT", "ONCRMDEALADD"],
                         [event for event, _ in told(crm, "09:30:00 create_deal 1 owner=7")])
        told(crm, "09:30:01 update_deal 1 amount=1 hook=lost")
        told(crm, "09:30:02 update_deal 1 amount=2")
        self.assertEqual(2, crm.crm.counters()["offline"])
        held = call(crm, token, "event.offline.get", clear=0)[1]["result"]
        self.assertEqual([("ONCRMDEALADD", 1), ("ONCRMDEALUPDATE", 1)],
                         [(row["EVENT_NAME"], row["EVENT_DATA"]["FIELDS"]["ID"]) for row in held["events"]])
        other = call(crm, token, "event.offline.get", clear=0)[1]["result"]
        self.assertEqual([], other["events"])
        messages = [held["events"][0]["MESSAGE_ID"]]
        call(crm, token, "event.offline.clear", process_id=other["process_id"], message_id=messages)
        self.assertEqual(2, crm.crm.counters()["offline"])
        call(crm, token, "event.offline.clear", process_id=held["process_id"], message_id=messages)
        again = call(crm, token, "event.offline.get", process_id=held["process_id"], clear=0)[1]["result"]
        self.assertEqual(["ONCRMDEALUPDATE"], [row["EVENT_NAME"] for row in again["events"]])
        call(crm, token, "event.offline.clear", process_id=held["process_id"])
        self.assertEqual(0, crm.crm.counters()["offline"])

    def test_reading_offline_events_without_reserving_deletes_them(self) -> None:
        crm, auth = installed()
        call(crm, auth["access_token"], "event.bind", event="ONCRMDEALADD", event_type="offline")
        for number in range(3):
            told(crm, f"09:30:0{number} create_deal {number + 1} owner=7")
        first = call(crm, auth["access_token"], "event.offline.get", limit=2)[1]["result"]
        self.assertEqual((None, 2), (first["process_id"], len(first["events"])))
        self.assertEqual(1, len(call(crm, auth["access_token"], "event.offline.get")[1]["result"]["events"]))
        self.assertEqual(0, crm.crm.counters()["offline"])
        crm.crm.settings["offline_extended"] = "no"
        self.assertEqual((403, "WRONG_LICENSE"), _error(call(crm, auth["access_token"], "event.offline.get", clear=0)))

    def test_that_something_waits_is_told_once_a_second_and_without_data(self) -> None:
        crm, auth = installed()
        call(crm, auth["access_token"], "event.bind", event="ONCRMDEALADD", event_type="offline")
        events = told(crm, "09:30:00 create_deal 1 owner=7") + told(crm, "09:30:00 create_deal 2 owner=7")
        self.assertEqual([("ONOFFLINEEVENT", None)], [one for one in events if one[0] == "ONOFFLINEEVENT"])


def _error(answer: tuple[int, Any]) -> tuple[int, Any]:
    return answer[0], answer[1]["error"]


def _result(answer: tuple[int, Any]) -> tuple[int, Any]:
    return answer[0], answer[1]["result"]


if __name__ == "__main__":
    unittest.main()
