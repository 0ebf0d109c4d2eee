#!/usr/bin/env python3
"""The sample days three times over, shuffled, on 20 connections at once: the same figures and a verified state."""

from __future__ import annotations

import os
import unittest

from harness import SCENARIOS, World, draws, main
from figures import differences, eventually_none

SEEDS = int(os.environ.get("SEEDS", "5"))


class Disorder(unittest.TestCase):
    def day(self, crm: str) -> None:
        for number in draws(SEEDS):
            with self.subTest(shuffle=number), World(SCENARIOS / f"{crm}_sample_day.scenario") as world:
                print(f"  {crm}, shuffle {number}", flush=True)
                world.fake.control("play", deliver="no")
                sent = world.fake.control("deliver", order="shuffle", seed=number, repeat=3, connections=20)
                self.assertEqual({"200": 45}, sent["statuses"])
                world.daemon.rest()
                truth = world.truth()
                eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, ("day", "week")), 20)
                self.totals(world)
                self.assertFalse(world.fake.counters()["overrun"])
                world.daemon.verify()

    def totals(self, world: World) -> None:
        """What was booked minus what was taken back is what there is."""
        page, day = world.daemon.rest(), world.truth()["portal"]["week"]
        for figure in ("new_leads", "new_deals", "deals_won", "revenue", "deals_lost", "payments", "quotes_sent"):
            if figure == "new_deals" or not page.series(f"crm_{figure}_total"):
                continue  # deals older than the week are new to us too
            net = page.total(f"crm_{figure}_total") - page.total(f"crm_{figure}_retracted_total")
            if world.crm == "bitrix24" or figure != "new_leads":
                self.assertEqual(day.get(figure, 0), net, figure)

    def test_bitrix24(self) -> None:
        self.day("bitrix24")

    def test_amocrm(self) -> None:
        self.day("amocrm")


if __name__ == "__main__":
    main()
