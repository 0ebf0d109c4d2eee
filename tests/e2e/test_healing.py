#!/usr/bin/env python3
"""A week of a department of twenty whose webhooks are lost, doubled and up to hours late, while REST fails and the daemon is killed.

After healing every figure equals the portal's own truth, and the portal was never asked more than it allows.
SEED repeats a run, WEEKS says how many.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from client import until
from figures import differences, eventually_none
from harness import World, main
from weeks import COVERED_WITHIN, HEALED_WITHIN, WINDOWS, BadWeeks, BitrixWeek, coverage

WEEKS = int(os.environ.get("WEEKS", "20"))
MANY = 1_000_000
# Of the webhooks of an evening none comes before the night is over.
EVENING = """
crm bitrix24
zone Europe/Moscow
set hooks_late=1 hooks_delay=10800-21600 hooks_seed=5
day 2026-09-14
now 2026-09-15T06:30:00
19:55:00 create_lead 21 owner=7
20:10:00 create_deal 11 owner=7 amount=5000 lead=21
21:00:00 call evening-1 direction=out owner=7 start=20:58:00 seconds=90 deal=11
22:15:00 update_deal 11 stage=EXECUTING amount=5500
22:30:00 win_deal 11
23:20:00 task 31 owner=9 deadline=+1d12:00
23:40:00 create_deal 12 owner=9 amount=800
23:52:00 call evening-2 direction=in owner=9 start=23:50:00 seconds=40
23:58:00 lose_deal 12
"""
OUTAGE = """
crm bitrix24
zone Europe/Moscow
day 2026-09-14
now 16:00:00
15:59:00 create_deal 11 owner=7 amount=5000
"""


class Healing(BadWeeks):
    def test_a_bad_week_is_counted_right(self) -> None:
        self.live_weeks(BitrixWeek, WEEKS)

    def test_webhooks_of_an_evening_that_come_after_midnight(self) -> None:
        path = Path(tempfile.gettempdir()) / f"kpistream-evening-{os.getpid()}.scenario"
        path.write_text(EVENING, encoding="utf-8")
        evening, morning = "2026-09-14T23:59:30+03:00", "2026-09-15T06:30:00+03:00"
        with World(path, clock=evening) as world:
            path.unlink()
            state = world.fake.control("play", until="2026-09-14T23:59:30")
            self.assertEqual((0, state["caused"]), (state["queued"], state["held"]))
            truth = world.truth(evening)
            eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), HEALED_WITHIN)
            self._restart(world, morning)
            state = world.fake.control("play")
            self.assertEqual((0, {"200": state["caused"]}), (state["held"], state["statuses"]))
            world.daemon.rest()
            truth = world.truth(morning)
            self.assertEqual((1, 0), (truth["portal"]["day_prev"]["deals_won"],
                                      truth["portal"]["day"].get("deals_won", 0)))
            eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), HEALED_WITHIN)
            world.daemon.verify()

    def test_coverage_falls_while_rest_is_out_and_comes_back(self) -> None:
        path = Path(tempfile.gettempdir()) / f"kpistream-outage-{os.getpid()}.scenario"
        path.write_text(OUTAGE, encoding="utf-8")
        with World(path) as world:
            path.unlink()
            world.fake.control("play")
            until("all is covered", lambda: coverage(world, "1h") == 1.0, COVERED_WITHIN)
            page = world.daemon.scrape()
            self.assertGreater(page.total("kpistream_sync_verified_timestamp_seconds", list="crm.deal.list"), 1.7e9)
            self.assertEqual(0, page.total("kpistream_sync_failing"))
            self._restart(world, "2026-09-14T18:00:00+03:00", bad_gateway=MANY)
            until("the list fails", lambda: world.daemon.scrape().total("kpistream_sync_failing",
                                                                        list="crm.deal.list") == 1, COVERED_WITHIN)
            self.assertEqual(0.0, coverage(world, "1h"))
            self.assertAlmostEqual(22 / 24, coverage(world, "24h"), delta=0.01)
            world.fake.control("verb", line="18:00:01 create_deal 12 owner=7 amount=700 hook=lost")
            self.assertEqual(0, world.daemon.scrape().total("kpistream_gaps_healed_total"))
            world.fake.control("faults", bad_gateway=-MANY)
            self._restart(world, "2026-09-14T18:00:30+03:00")
            until("all is covered again", lambda: coverage(world, "1h") == 1.0, COVERED_WITHIN)
            page = world.daemon.rest()
            self.assertEqual(1.0, coverage(world, "24h"))
            self.assertEqual(1, page.total("kpistream_gaps_detected_total"))
            self.assertEqual(1, page.total("kpistream_gaps_healed_total"))
            self.assertEqual(0, page.total("kpistream_sync_failing", list="crm.deal.list"))
            self.assertEqual(2, page.total("crm_window_new_deals", window="day"))
            world.daemon.verify()

    @staticmethod
    def _restart(world: World, clock: str, **faults: int) -> None:
        """At another time of day."""
        world.daemon.stop()
        world.fake.control("faults", **faults)
        world.daemon.clock = clock
        world.daemon.start()
        world.aim()


if __name__ == "__main__":
    main()
