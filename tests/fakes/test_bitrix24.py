#!/usr/bin/env python3
"""The fake portal against the sample day: every body byte for byte, every REST answer value for value."""

from __future__ import annotations

import asyncio
import json
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bitrix24_portal import Portal  # noqa: E402
from kit.form import decode, encode  # noqa: E402
from kit.http import Request, Response  # noqa: E402
from kit.player import Player  # noqa: E402
from kit.scenario import load  # noqa: E402
from kit.truth import truth  # noqa: E402

TESTS = Path(__file__).resolve().parents[1]
DATA = TESTS / "data" / "bitrix24"
DAY = TESTS / "scenarios" / "bitrix24_sample_day.scenario"
SECRET = "/rest/1/a1b2c3d4e5f6g7h8/"


def player(limited: bool = False) -> Player:
    scenario = load(DAY)
    return Player(Portal(scenario, limited), scenario, "")


def ask(crm: Player, method: str, params: dict[str, Any], how: str = "json") -> tuple[int, Any]:
    """One call, by JSON, form or query."""
    text = encode(_wire(params)).decode()
    body, kind = b"", ""
    if how == "json":
        body, kind = json.dumps(params).encode(), "application/json"
    elif how == "form":
        body, kind = text.encode(), "application/x-www-form-urlencoded"
    request = Request("GET" if how == "get" else "POST", SECRET + method, text if how == "get" else "",
                      {"content-type": kind}, body)
    response: Response = asyncio.run(crm.crm.rest(request))
    return response.status, json.loads(response.body)


def _wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _wire(inner) for name, inner in value.items()}
    return "true" if value is True else value


def timeless(value: Any) -> Any:
    """Without the numbers of `time`, wherever it stands."""
    if isinstance(value, dict):
        return {name: sorted(inner) if name in ("time", "result_time") else timeless(inner)
                for name, inner in value.items()}
    return [timeless(inner) for inner in value] if isinstance(value, list) else value


def exchanges() -> list[dict[str, Any]]:
    found = []
    for path in sorted(DATA.glob("rest.*.json")):
        found += json.loads(path.read_text(encoding="utf-8"))["exchanges"]
    return [one for one in found if not one["method"].startswith("(")]


class SampleDay(unittest.TestCase):
    maxDiff = None

    def test_bodies_equal_the_samples_byte_for_byte(self) -> None:
        crm = player()
        crm.play()
        samples = [path.read_bytes() for path in sorted(DATA.glob("*.form"))]
        self.assertEqual(len(samples), len(crm.bodies))
        for sample, body in zip(samples, crm.bodies):
            self.assertEqual(sample, body)

    def test_rest_answers_equal_the_samples_at_their_moment(self) -> None:
        compared = 0
        for exchange in exchanges():
            sample = exchange["answers"][0]
            crm = player()
            moment = sample["body"].get("time", {}).get("date_start")
            if moment:
                crm.play(crm.crm.zone.parse(moment))
            elif exchange["from_step"]:
                crm.play()
            for how in ("json", "form", "get"):
                with self.subTest(method=exchange["method"], params=exchange["params"], how=how):
                    status, body = ask(crm, exchange["method"], exchange["params"], how)
                    self.assertEqual(sample["status"], status)
                    self.assertEqual(timeless(sample["body"]), timeless(body))
                    compared += 1
        self.assertGreater(compared, 90)

    def test_truth_equals_the_table(self) -> None:
        crm = player()
        crm.play()
        day = truth(crm.crm.chronicle, crm.crm.zone, crm.scenario.now)
        anna, boris = day["manager"]["day"]["7"], day["manager"]["day"]["9"]
        self.assertEqual(anna, {
            "new_leads": 1, "leads_converted": 1, "new_deals": 1, "deals_won": 1, "revenue": 250000,
            "deal_cycles|won": 1, "deal_cycle_seconds|won": 16914, "calls|out|talk": 1, "call_talk_seconds|out": 185,
            "quotes_sent": 1, "quotes_sent_amount": 250000, "payments": 1, "payments_amount": 250000,
            "first_responses": 1, "first_response_seconds": 567})
        self.assertEqual(boris, {
            "deals_lost": 1, "deals_lost_amount": 80000, "deal_cycles|lost": 1, "deal_cycle_seconds|lost": 1135843,
            "calls|in|missed": 1, "meetings_held": 1})
        self.assertEqual(day["state"], {"tasks_due": {"tomorrow": {"9": 1}},
                                        "meetings_scheduled": {"tomorrow": {"7": 1}}})


class RestManners(unittest.TestCase):
    def test_shapes_of_refusals(self) -> None:
        crm = player(limited=True)
        shapes = {"(any, rate limit)": None, "(any, operating limit)": None, "(any, wrong secret)": None}
        for path in DATA.glob("rest.*.json"):
            for one in json.loads(path.read_text(encoding="utf-8"))["exchanges"]:
                if one["method"] in shapes:
                    shapes[one["method"]] = (one["answers"][0]["status"], one["answers"][0]["body"])
        crm.crm.faults({"operating": {"crm.deal.get": 60}})
        self.assertEqual(shapes["(any, operating limit)"], ask(crm, "crm.deal.get", {"id": 1}))
        wrong = Request("GET", "/rest/1/wrong/crm.deal.get", "id=1", {}, b"")
        response = asyncio.run(crm.crm.rest(wrong))
        self.assertEqual(shapes["(any, wrong secret)"], (response.status, json.loads(response.body)))
        answers = [ask(crm, "crm.settings.mode.get", {}) for _ in range(60)]
        self.assertEqual(shapes["(any, rate limit)"], answers[-1])
        self.assertTrue(crm.crm.counters()["overrun"])
        self.assertGreaterEqual([status for status, _ in answers].count(200), 45)

    def test_html_when_the_front_end_fails(self) -> None:
        crm = player()
        crm.crm.faults({"bad_gateway": 1})
        request = Request("GET", SECRET + "crm.deal.get", "id=702", {}, b"")
        first, second = asyncio.run(crm.crm.rest(request)), asyncio.run(crm.crm.rest(request))
        self.assertEqual((502, "text/html"), (first.status, first.content_type))
        self.assertEqual(400, second.status)  # nothing has happened yet

    def test_batch_of_nothing_found_and_of_numbered_keys(self) -> None:
        crm = player()
        crm.play()
        commands = {"0": "crm.deal.get?id=701", "1": "crm.deal.get?id=$result[0][ID]"}
        _, body = ask(crm, "batch", {"cmd": commands}, "form")
        self.assertEqual(["701", "701"], [deal["ID"] for deal in body["result"]["result"]])
        _, body = ask(crm, "batch", {"halt": 1, "cmd": {"a": "crm.deal.get?id=704", "b": "crm.deal.get?id=701"}})
        self.assertEqual([], body["result"]["result"])
        _, body = ask(crm, "batch", {"cmd": {f"k{i}": "crm.settings.mode.get" for i in range(52)}})
        self.assertEqual(["k50", "k51"], list(body["result"]["result_error"]))

    def test_stage_history_vanishes_with_its_deal(self) -> None:
        crm = player()
        crm.play()
        wish = {"entityTypeId": 2, "filter": {"OWNER_ID": 701}}
        self.assertEqual(3, len(ask(crm, "crm.stagehistory.list", wish)[1]["result"]["items"]))
        crm.act(_act(crm, "17:00:00 delete_deal 701"))
        crm.act(_act(crm, "17:01:00 restore_deal 701"))
        self.assertEqual([], ask(crm, "crm.stagehistory.list", wish)[1]["result"]["items"])
        self.assertEqual("C5:WON", ask(crm, "crm.deal.get", {"id": 701})[1]["result"]["STAGE_ID"])

    def test_comments_are_read_after_their_events_and_missing_in_their_own_words(self) -> None:
        crm = player()
        crm.crm.subscriptions.update(ONCRMTIMELINECOMMENTADD=35, ONCRMTIMELINECOMMENTDELETE=37)
        crm.act(_act(crm, "2026-09-14T10:00:00 create_deal 1 owner=7"))
        (body,) = crm.act(_act(crm, '2026-09-14T10:05:00 comment 5 by=7 deal=1 text="Просит скидку"'))
        told = decode(body.decode())
        self.assertEqual(("ONCRMTIMELINECOMMENTADD", {"FIELDS": {"ID": "5"}}), (told["event"], told["data"]))
        self.assertEqual(ask(crm, "crm.timeline.comment.get", {"id": 5})[1]["result"], {
            "ID": "5", "ENTITY_ID": "1", "ENTITY_TYPE": "deal", "CREATED": "2026-09-14T10:05:00+03:00",
            "COMMENT": "Просит скидку", "AUTHOR_ID": "7", "FILES": []})
        crm.act(_act(crm, "2026-09-14T10:06:00 delete_comment 5"))
        self.assertEqual((400, {"error": "", "error_description": "Not found."}),
                         ask(crm, "crm.timeline.comment.get", {"id": 5}))

    def test_rows_tell_who_did_it_for_whom_and_hold_own_fields(self) -> None:
        crm = player()
        crm.act(_act(crm, "10:00:00 create_lead 1 owner=7 contact=61 repeat=Y"))
        crm.act(_act(crm, "10:01:00 create_deal 2 owner=7 lead=1 company=3 contact=61 repeat=Y UF_CRM_5=[45,46]"))
        crm.act(_act(crm, "10:02:00 win_deal 2 by=9"))
        crm.act(_act(crm, "10:03:00 update_deal 2 by=1 UF_CRM_6=null"))
        lead, deal = (ask(crm, f"crm.{name}.get", {"id": ident})[1]["result"] for name, ident in (("lead", 1), ("deal", 2)))
        self.assertEqual(("61", "Y"), (lead["CONTACT_ID"], lead["IS_RETURN_CUSTOMER"]))
        names = ("LEAD_ID", "COMPANY_ID", "CONTACT_ID", "IS_RETURN_CUSTOMER", "MOVED_BY_ID", "MODIFY_BY_ID", "UF_CRM_5")
        self.assertEqual(["1", "3", "61", "Y", "9", "1", [45, 46]], [deal[name] for name in names])
        self.assertIsNone(deal["UF_CRM_6"])
        crm.act(_act(crm, "10:04:00 chat 8 owner=7 deal=2"))
        chat = ask(crm, "crm.activity.get", {"id": 8})[1]["result"]
        self.assertEqual(("IMOPENLINES_SESSION", "Y", "7", "2"),
                         (chat["PROVIDER_ID"], chat["COMPLETED"], chat["AUTHOR_ID"], chat["DIRECTION"]))

    def test_pages_of_fifty(self) -> None:
        crm = player()
        for number in range(1, 121):
            crm.act(_act(crm, f"10:00:00 create_deal {number} owner=7 amount=1"))
        _, body = ask(crm, "crm.deal.list", {"order": {"ID": "ASC"}, "select": ["ID"]})
        self.assertEqual((50, 50, 120), (len(body["result"]), body["next"], body["total"]))
        _, body = ask(crm, "crm.deal.list", {"order": {"ID": "ASC"}, "start": 100})
        self.assertEqual((20, False, "101"), (len(body["result"]), "next" in body, body["result"][0]["ID"]))
        _, body = ask(crm, "crm.deal.list", {"filter": {">ID": 100}, "order": {"ID": "ASC"}, "start": -1}, "form")
        self.assertEqual((20, 0, "101"), (len(body["result"]), body["total"], body["result"][0]["ID"]))


def _act(crm: Player, line: str) -> Any:
    from kit.scenario import parse_act

    return parse_act(line, crm.crm.zone)


class Form(unittest.TestCase):
    def test_decode_undoes_encode(self) -> None:
        fields = {"a": {"b": [{"c": "1 +/:~"}, {"c": "Ж"}], "d": ""}, "e": "x"}
        self.assertEqual(fields, decode(encode(fields).decode()))


if __name__ == "__main__":
    unittest.main()
