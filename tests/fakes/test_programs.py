#!/usr/bin/env python3
"""The fakes as programs: what they print, how they deliver, what they answer over HTTP."""

from __future__ import annotations

import json
import sys
import unittest
import urllib.request
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from kit.program import Fake  # noqa: E402
from kit.sink import Sink  # noqa: E402

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


class Programs(unittest.TestCase):
    def test_a_portal_sends_its_day_with_the_vendors_headers(self) -> None:
        sink = Sink()
        with Fake("bitrix24", SCENARIOS / "bitrix24_sample_day.scenario", sink.url) as fake:
            self.assertEqual({"200": 15}, fake.control("play")["statuses"])
            self.assertEqual(fake.bodies(), [request.body for request in sink.seen])
            first = sink.seen[0]
            self.assertEqual(("POST", "/hook/x"), (first.method, first.path))
            self.assertEqual("Bitrix24 Webhook Engine", first.headers["user-agent"])
            self.assertEqual("application/x-www-form-urlencoded", first.headers["content-type"])
            with urllib.request.urlopen(fake.about["rest"] + "crm.deal.get.json?id=701") as answer:
                self.assertEqual("C5:WON", json.load(answer)["result"]["STAGE_ID"])
            self.assertEqual({"crm.deal.get": 1}, fake.counters()["methods"])

    def test_a_plan_shuffles_repeats_and_spreads(self) -> None:
        sink = Sink()
        with Fake("amocrm", SCENARIOS / "amocrm_sample_day.scenario", sink.url) as fake:
            fake.control("play", deliver="no")
            sent = fake.control("deliver", order="shuffle", seed=7, repeat=3, connections=20)
            self.assertEqual({"200": 45}, sent["statuses"])
            got = [request.body for request in sink.seen]
            self.assertEqual(Counter(fake.bodies() * 3), Counter(got))
            self.assertNotEqual(fake.bodies() * 3, got)
            half = fake.control("deliver", everything=True, drop=0.5, seed=1, keep_alive=False)["statuses"]["200"]
            self.assertTrue(2 < half < 13, half)
            ids = [request.headers["x-amocrm-requestid"] for request in sink.seen]
            self.assertEqual(len(ids), len(set(ids)))

    def test_a_portal_never_sends_again_but_an_account_does(self) -> None:
        sink = Sink(503, 200)
        with Fake("bitrix24", SCENARIOS / "bitrix24_sample_day.scenario", sink.url) as fake:
            self.assertEqual({"503": 1, "200": 14}, fake.control("play")["statuses"])
            self.assertEqual(15, len(sink.seen))
        sink = Sink(503, 503, 200)
        with Fake("amocrm", SCENARIOS / "amocrm_sample_day.scenario", sink.url, "--retry-speed", "10000") as fake:
            fake.control("play")
            for _ in range(200):
                if fake.counters()["waiting"] == 0:
                    break
            self.assertEqual(17, len(sink.seen))

    def test_an_account_drops_what_it_has_for_a_hook_it_gave_up(self) -> None:
        sink = Sink(*[404] * 200)
        with Fake("amocrm", SCENARIOS / "amocrm_sample_day.scenario", sink.url) as fake:
            fake.control("play", deliver="no")
            sent = fake.control("deliver", everything=True, repeat=10)["statuses"]
            self.assertEqual({"404": 101}, sent)
            self.assertEqual((True, 1), tuple(fake.counters()[name] for name in ("disabled", "disablings")))
            self.assertEqual({}, fake.control("deliver", everything=True)["statuses"])

    def test_a_step_plays_one_act(self) -> None:
        with Fake("bitrix24", SCENARIOS / "bitrix24_sample_day.scenario") as fake:
            self.assertIn("create_deal 702", fake.control("step")["act"])
            state = fake.control("play", until="2026-09-14T10:30:00", deliver="no")
            self.assertEqual(5, state["caused"])
            fake.control("verb", line="10:31:00 create_lead 555 owner=9")
            self.assertEqual({"9": {"new_leads": 1}}, {"9": fake.truth("2026-09-14T11:00")["manager"]["1h"]["9"]})


if __name__ == "__main__":
    unittest.main()
