#!/usr/bin/env python3
"""Midnight passes with no event: day, day_prev, tasks and meetings move by the clock alone, in every zone.

Two of the days are those of a change of clocks in Brazil, when midnight did not exist, and when it came an hour late.
"""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from harness import World, main
from client import until
from figures import differences, eventually_none
from kit.times import Zone

SECONDS_BEFORE = 15

# What happens on a day D, told at 23:59 of it. {D-1} and so on are dates.
BITRIX24 = """
crm bitrix24
zone {zone}
day {D-1}
11:00:00 create_lead 1 owner=9
12:00:00 create_deal 11 owner=9 amount=7000
13:00:00 win_deal 11
15:00:00 call night-1 direction=in owner=9 seconds=90
day {D}
now 23:59:59
00:00:30 create_lead 2 owner=7
00:01:00 call night-2 direction=in owner=7 code=304 start=00:00:10
22:00:00 create_deal 12 owner=7 amount=5000
23:58:00 win_deal 12
23:58:30 task 21 owner=7 deadline={D}T23:59:59
23:58:31 task 22 owner=7 deadline=+1d10:00
23:58:32 task 23 owner=9 deadline=+2d10:00
23:58:33 task 24 owner=9 deadline=+3d10:00
23:58:34 meeting 31 owner=7 start=+1d11:00 end=+1d12:00
23:58:35 meeting 32 owner=9 start=+2d11:00 end=+2d12:00
"""

AMOCRM = """
crm amocrm
zone {zone}
day {D-1}
11:00:00 create_lead 1 owner=9000102 price=7000
13:00:00 win_lead 1
15:00:00 call 501 on=lead:1 direction=in owner=9000102 seconds=90
day {D}
now 23:59:59
00:00:30 create_lead 2 owner=9000101 price=5000
00:01:00 call 502 on=lead:2 direction=in owner=9000101
23:58:00 win_lead 2
23:58:30 task 21 owner=9000101 till={D}T23:59:59
23:58:31 task 22 owner=9000101 till=+1d10:00
23:58:32 task 23 owner=9000102 till=+2d10:00
23:58:33 task 24 owner=9000102 till=+3d10:00
23:58:34 meeting 31 owner=9000101 till=+1d11:00
23:58:35 meeting 32 owner=9000102 till=+2d11:00
"""

# zone, D-1, D
DAYS = [
    ("Europe/Moscow", "2026-09-15", "2026-09-16"),
    ("Asia/Kamchatka", "2026-09-15", "2026-09-16"),
    ("America/Sao_Paulo", "2026-09-15", "2026-09-16"),
    ("America/Sao_Paulo", "2018-11-02", "2018-11-03"),  # the clocks jump from 00:00 to 01:00
    ("America/Sao_Paulo", "2018-02-16", "2018-02-17"),  # 24:00 is 23:00 again
]


class Midnight(unittest.TestCase):
    def pass_midnight(self, text: str, zone_name: str, before: str, day: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            scenario = Path(folder) / "night.scenario"
            filled = text.replace("{zone}", zone_name).replace("{D-1}", before).replace("{D}", day)
            scenario.write_text(filled, encoding="utf-8")
            zone = Zone(zone_name, day)
            midnight = zone.midnight(zone.parse("12:00"), 1)
            clock = zone.iso(midnight - SECONDS_BEFORE)
            with World(scenario, clock) as world:
                world.fake.control("play")
                world.daemon.rest(SECONDS_BEFORE - 2)
                self.same(world, clock, 5)
                # Nothing more is said. `today` of the truth moves with the clock.
                after = zone.iso(midnight + 1)
                until("midnight has passed", lambda: self.differ(world, clock), SECONDS_BEFORE + 10, 0.2)
                self.same(world, after, 10)
                world.daemon.verify()

    def differ(self, world: World, now: str) -> list[str]:
        return differences(world.daemon.scrape(), world.truth(now), world.alias, ("day", "day_prev", "week", "7d"))

    def same(self, world: World, now: str, seconds: float) -> None:
        eventually_none(lambda: self.differ(world, now), seconds)


def _add(text: str, crm: str, zone: str, before: str, day: str) -> None:
    def test(self: Midnight) -> None:
        self.pass_midnight(text, zone, before, day)

    setattr(Midnight, f"test_{crm}_{zone.replace('/', '_')}_{day}".replace("-", "_"), test)


for _zone, _before, _day in DAYS:
    _add(BITRIX24, "bitrix24", _zone, _before, _day)
_add(AMOCRM, "amocrm", *DAYS[0])
_add(AMOCRM, "amocrm", *DAYS[3])


if __name__ == "__main__":
    main()
