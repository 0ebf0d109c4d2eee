#!/usr/bin/env python3
"""The fake account against the sample day, and its manners: paging, limits, retries, giving up."""

from __future__ import annotations

import asyncio
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from amocrm.retry import Retry  # noqa: E402
from amocrm_player import DATA, act, ask, player  # noqa: E402
from kit.form import decode  # noqa: E402
from kit.truth import truth  # noqa: E402


class SampleDay(unittest.TestCase):
    maxDiff = None

    def test_bodies_equal_the_samples_byte_for_byte(self) -> None:
        crm = player()
        crm.play()
        samples = [path.read_bytes() for path in DATA.glob("*.form")]
        self.assertEqual(sorted(samples), sorted(crm.bodies))

    def test_rest_lists_equal_the_samples(self) -> None:
        crm = player()
        crm.play()
        for path in sorted(DATA.glob("1[789]-*.json")) + sorted(DATA.glob("20-*.json")):
            held = json.loads(path.read_text(encoding="utf-8"))
            for one in held if isinstance(held, list) else [held]:
                with self.subTest(request=one["request"]):
                    self.assertEqual((one["status"], one["body"]), ask(crm, one["request"].split(" ", 1)[1]))

    def test_dictionaries_equal_the_samples(self) -> None:
        crm = player()
        crm.play()
        for request, body in json.loads((DATA / "16-rest-dictionaries.json").read_text(encoding="utf-8")).items():
            with self.subTest(request=request):
                self.assertEqual((200, body), ask(crm, request.split(" ", 1)[1]))

    def test_truth_equals_the_readme(self) -> None:
        crm = player()
        crm.play()
        day = truth(crm.crm.chronicle, crm.crm.zone, crm.scenario.now)
        self.assertEqual(day["manager"]["day"], {
            "9000101": {
                "new_leads": 1, "new_deals": 1, "deals_won": 1, "revenue": 480000, "deal_cycles|won": 1,
                "deal_cycle_seconds|won": 18590, "quotes_sent": 1, "quotes_sent_amount": 480000, "payments": 1,
                "payments_amount": 480000, "calls|in|talk": 1, "call_talk_seconds|in": 184, "meetings_held": 1,
                "first_responses": 1, "first_response_seconds": 14090},
            "9000102": {
                "new_leads": 1, "new_deals": 1, "deals_lost": 1, "deals_lost_amount": 95000, "deal_cycles|lost": 1,
                "deal_cycle_seconds|lost": 21180, "calls|in|missed": 1, "calls|out|talk": 1,
                "call_talk_seconds|out": 65, "first_responses": 1, "first_response_seconds": 450}})
        self.assertEqual(day["state"], {"tasks_due": {"tomorrow": {"9000102": 1}},
                                        "meetings_scheduled": {"tomorrow": {"9000101": 1}}})


class Bodies(unittest.TestCase):
    def test_one_click_can_come_as_a_pair_or_together_or_without_its_status(self) -> None:
        shapes = {}
        for pairs in ("separate", "joined", "single", "update"):
            crm = player(pairs=pairs)
            act(crm, "10:00:00 create_lead 1 owner=9000101")
            shapes[pairs] = [list(decode(body.decode())["leads"]) for body in act(crm, "10:05:00 win_lead 1")]
        self.assertEqual(shapes, {"separate": [["status"], ["update"]], "joined": [["status", "update"]],
                                  "single": [["status"]], "update": [["update"]]})

    def test_fifty_leads_in_one_body(self) -> None:
        crm = player()
        (body,) = act(crm, "10:00:00 create_lead 1..50 owner=9000101")
        self.assertEqual([str(i) for i in range(1, 51)], [lead["id"] for lead in decode(body.decode())["leads"]["add"]])

    def test_account_can_come_last(self) -> None:
        crm = player(account="last")
        (body,) = act(crm, "10:00:00 create_lead 1 owner=9000101")
        self.assertTrue(body.startswith(b"leads%5Badd%5D"))


class Manners(unittest.TestCase):
    def test_pages_follow_links_and_end_with_204(self) -> None:
        crm = player()
        act(crm, "10:00:00 create_lead 1..120 owner=9000101")
        target, seen, pages = "/api/v4/leads?filter[id][]=1&limit=50", 0, 0
        self.assertEqual(1, len(ask(crm, target)[1]["_embedded"]["leads"]))
        target = "/api/v4/leads?order[id]=desc&limit=50"
        while target:
            status, body = ask(crm, target)
            seen, pages = seen + len(body["_embedded"]["leads"]), pages + 1
            target = body["_links"].get("next", {}).get("href", "").replace("https://demostroy.amocrm.ru", "")
        self.assertEqual((120, 3), (seen, pages))
        self.assertEqual((204, None), ask(crm, "/api/v4/leads?page=9"))

    def test_problems(self) -> None:
        crm = player(limited=True)
        self.assertEqual(401, ask(crm, "/api/v4/account", token="wrong")[1]["status"])
        self.assertEqual(404, ask(crm, "/api/v4/nothing")[0])
        self.assertEqual(405, ask(crm, "/api/v4/leads", "DELETE")[0])
        answers = [ask(crm, "/api/v4/account")[0] for _ in range(20)]
        self.assertEqual(429, answers[-1])
        self.assertTrue(crm.crm.counters()["overrun"])

    def test_leads_tell_their_company_and_contacts_the_main_one_first(self) -> None:
        crm = player()
        act(crm, "10:00:00 create_lead 1 owner=9000101 contact=61,62 company=3")
        held = ask(crm, "/api/v4/leads?with=contacts")[1]["_embedded"]["leads"][0]["_embedded"]
        self.assertEqual([3], [company["id"] for company in held["companies"]])
        self.assertEqual([(61, True), (62, False)], [(one["id"], one["is_main"]) for one in held["contacts"]])
        act(crm, "10:01:00 update_lead 1 contact=62 company=")
        held = ask(crm, "/api/v4/leads/1?with=contacts")[1]
        self.assertEqual(([], [62]), (held["_embedded"]["companies"], [one["id"] for one in held["_embedded"]["contacts"]]))
        self.assertNotIn("company", held)

    def test_comments_are_asked_for_by_their_type(self) -> None:
        crm = player()
        act(crm, "10:00:00 create_lead 1 owner=9000101")
        (body,) = act(crm, "10:01:00 note 7 on=lead:1 owner=9000102 text=x")
        note = decode(body.decode())["leads"]["note"][0]["note"]
        self.assertEqual(("4", "9000102"), (note["note_type"], note["created_by"]))
        act(crm, "10:02:00 call 8 on=lead:1 direction=in owner=9000101")
        wanted = "/api/v4/leads/notes?filter[note_type][]=common"
        self.assertEqual([7], [row["id"] for row in ask(crm, wanted)[1]["_embedded"]["notes"]])
        self.assertEqual(2, len(ask(crm, wanted + "&filter[note_type][]=call_in")[1]["_embedded"]["notes"]))

    def test_a_vote_comes_with_its_conversation(self) -> None:
        crm = player()
        act(crm, "10:00:00 create_lead 1 owner=9000101 contact=61")
        (body,) = act(crm, "10:01:00 rate 1 rate=2")
        talk = decode(body.decode())["talk"]["update"][0]
        self.assertEqual(("2", "lead", "1"), (talk["rate"], talk["entity_type"], talk["entity_id"]))

    def test_deleted_leads_lie_in_the_bin(self) -> None:
        crm = player()
        act(crm, "10:00:00 create_lead 1 owner=9000101")
        act(crm, "10:01:00 delete_lead 1")
        self.assertEqual(204, ask(crm, "/api/v4/leads")[0])
        self.assertEqual(1, ask(crm, "/api/v4/leads?with=only_deleted")[1]["_embedded"]["leads"][0]["id"])
        restored = decode(act(crm, "10:02:00 restore_lead 1")[0].decode())["leads"]["restore"][0]
        self.assertEqual(restored["created_at"], restored["last_modified"])


class Retries(unittest.TestCase):
    """The schedule runs 100,000 times as fast."""

    def attempts(self, statuses: list[int]) -> tuple[int, int]:
        """How many attempts are made when the answers are these; and how many bodies are lost."""

        async def scenario() -> tuple[int, int]:
            answers = list(statuses[1:])

            async def post(body: bytes) -> int:
                return answers.pop(0)

            retry = Retry(100_000, post)
            retry.first(b"", statuses[0])
            while retry.waiting:
                await asyncio.sleep(0.001)
            return retry.attempts, retry.lost

        return asyncio.run(scenario())

    def test_five_attempts_for_5xx_and_499_three_for_others(self) -> None:
        self.assertEqual((5, 1), self.attempts([503] * 5))
        self.assertEqual((5, 1), self.attempts([499] * 5))
        self.assertEqual((3, 1), self.attempts([404] * 5))
        self.assertEqual((3, 1), self.attempts([0] * 5))
        self.assertEqual((2, 0), self.attempts([503, 200]))
        self.assertEqual((1, 0), self.attempts([202]))

    def test_a_hook_that_keeps_failing_is_given_up(self) -> None:
        async def scenario() -> list[bool]:
            retry = Retry(1, lambda body: never())
            seen = []
            for _ in range(102):
                retry.first(b"", 500)
                seen.append(retry.disabled)
            return seen

        async def never() -> int:
            return 500

        seen = asyncio.run(scenario())
        self.assertEqual([False] * 100 + [True, True], seen)


if __name__ == "__main__":
    unittest.main()
