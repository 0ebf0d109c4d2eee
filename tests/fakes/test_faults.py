#!/usr/bin/env python3
"""What goes wrong on purpose: webhooks on their way, and REST of a portal."""

from __future__ import annotations

import asyncio
import json
import sys
import unittest
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from kit.faults import HookFaults  # noqa: E402
from kit.http import Request  # noqa: E402
from kit.program import Fake  # noqa: E402
from test_bitrix24 import DAY, SECRET, ask, player  # noqa: E402
from test_programs import Sink  # noqa: E402

BODIES = [str(number).encode() for number in range(1000)]


class Hooks(unittest.TestCase):
    def test_shares_hold_about_and_a_seed_repeats_itself(self) -> None:
        wish = {"lost": 0.05, "doubled": 0.05, "seed": 7}
        first, second = (HookFaults(wish).take(list(BODIES), 0) for _ in range(2))
        self.assertEqual(first, second)
        self.assertNotEqual(first, HookFaults({**wish, "seed": 8}).take(list(BODIES), 0))
        times = Counter(first)
        self.assertTrue(20 < sum(times[body] == 0 for body in BODIES) < 90)
        self.assertTrue(20 < sum(times[body] == 2 for body in BODIES) < 90)
        self.assertEqual(list(BODIES), HookFaults().take(list(BODIES), 0))

    def test_late_ones_come_when_they_are_due_in_the_order_of_that(self) -> None:
        faults = HookFaults({"late": 1, "delay": (10, 30), "seed": 1})
        self.assertEqual([], faults.take(BODIES[:50], 100))
        self.assertEqual([], faults.due(109))
        some = faults.take([], 120)
        self.assertTrue(0 < len(some) < 50, len(some))
        rest = faults.due(130)
        self.assertEqual(0, faults.held)
        self.assertEqual(sorted(BODIES[:50]), sorted(some + rest))
        self.assertNotEqual(BODIES[:50], some + rest)
        faults.take(BODIES[:3], 200)
        self.assertEqual(BODIES[:3], sorted(faults.due(None)))

    def test_a_scenario_tells_its_faults(self) -> None:
        faults = HookFaults.of({"hooks_lost": "1", "hooks_seed": "3", "zone": "x"})
        self.assertEqual([], faults.take(list(BODIES), 0))
        self.assertEqual({"lost": 1000}, dict(faults.counts))
        late = HookFaults.of({"hooks_late": "1", "hooks_delay": "3600-3600"})
        late.take(BODIES[:1], 0)
        self.assertEqual(([], BODIES[:1]), (late.due(3599), late.due(3600)))

    def test_a_played_day_delivers_all_but_the_lost_and_counts_them(self) -> None:
        sink = Sink()
        with Fake("bitrix24", DAY, sink.url) as fake:
            fake.control("faults", hooks={"lost": 0.3, "doubled": 0.3, "late": 0.5, "delay": [60, 7200], "seed": 5})
            fake.control("play", until="2026-09-14T12:00:00")
            held = fake.control("state")["held"]
            fake.control("play")
            counts, caused = fake.counters()["hook_faults"], fake.bodies()
            got = Counter(request.body for request in sink.seen)
        self.assertGreater(held, 0)
        self.assertEqual(len(caused) - counts["lost"] + counts["doubled"], sum(got.values()))
        self.assertEqual(counts["lost"], sum(got[body] == 0 for body in caused))
        self.assertNotEqual(caused, [request.body for request in sink.seen])


class RestFaults(unittest.TestCase):
    def test_a_renamed_portal_sends_to_its_new_host(self) -> None:
        crm = player()
        crm.crm.faults({"renamed": "http://new.example:81/"})
        old = Request("POST", SECRET + "crm.settings.mode.get", "a=1", {"host": "old.example"}, b"")
        response = asyncio.run(crm.crm.rest(old))
        self.assertEqual((302, f"http://new.example:81{SECRET}crm.settings.mode.get?a=1"),
                         (response.status, response.headers["Location"]))
        new = Request("POST", SECRET + "crm.settings.mode.get", "", {"host": "new.example:81"}, b"")
        self.assertEqual(1, json.loads(asyncio.run(crm.crm.rest(new)).body)["result"])
        self.assertEqual({"302": 1}, crm.crm.counters()["refused"])

    def test_execution_time_adds_up_by_method_and_blocks_that_one_alone(self) -> None:
        crm = player()
        crm.crm.faults({"cost": {"crm.deal.list": 200}})
        used = [ask(crm, "crm.deal.list", {})[1]["time"]["operating"] for _ in range(3)]
        self.assertEqual([200, 400, 600], used)
        status, body = ask(crm, "crm.deal.list", {})
        self.assertEqual((429, "OPERATION_TIME_LIMIT"), (status, body["error"]))
        batch = ask(crm, "batch", {"cmd": {"a": "crm.deal.list", "b": "crm.lead.list"}})[1]["result"]
        self.assertEqual((["a"], ["b"]), (list(batch["result_error"]), list(batch["result"])))
        self.assertEqual(600, batch["result_time"]["b"]["operating_reset_at"] - crm.crm.now)

    def test_without_a_right_records_are_denied_and_lists_are_only_empty(self) -> None:
        crm = player()
        crm.play()
        crm.crm.faults({"denied": ["crm.deal", "crm.item"]})
        self.assertEqual((400, {"error": "", "error_description": "Access denied"}), ask(crm, "crm.deal.get", {"id": 701}))
        self.assertEqual(([], 0), _shown(ask(crm, "crm.deal.list", {})))
        self.assertEqual(({"items": []}, 0), _shown(ask(crm, "crm.item.list", {"entityTypeId": 31})))
        self.assertEqual("501", ask(crm, "crm.lead.get", {"id": 501})[1]["result"]["ID"])
        crm.crm.faults({"denied": []})
        self.assertEqual("701", ask(crm, "crm.deal.get", {"id": 701})[1]["result"]["ID"])

    def test_a_scope_that_is_missing_is_told_apart(self) -> None:
        crm = player()
        crm.crm.rights.scopes = ["crm"]
        self.assertEqual(["crm"], ask(crm, "scope", {})[1]["result"])
        status, body = ask(crm, "tasks.task.list", {})
        self.assertEqual((401, "insufficient_scope"), (status, body["error"]))
        self.assertEqual(200, ask(crm, "crm.deal.list", {})[0])
        self.assertEqual(True, ask(crm, "profile", {})[1]["result"]["ADMIN"])

    def test_an_overrun_of_the_bucket_is_counted(self) -> None:
        crm = player(limited=True)
        for _ in range(40):
            ask(crm, "crm.settings.mode.get", {})
        self.assertFalse(crm.crm.counters()["overrun"])
        for _ in range(20):
            ask(crm, "crm.settings.mode.get", {})
        counters = crm.crm.counters()
        self.assertTrue(counters["overrun"])
        self.assertGreater(counters["refused"]["QUERY_LIMIT_EXCEEDED"], 0)


def _shown(answer: tuple[int, Any]) -> tuple[Any, int]:
    return answer[1]["result"], answer[1]["total"]


if __name__ == "__main__":
    unittest.main()
