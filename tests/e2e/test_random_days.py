#!/usr/bin/env python3
"""Random days against the fakes' truth: delivered as they happen, and twice over, shuffled, on 8 connections.

SEED repeats a run, DAYS says how many days each CRM gets. A failing day's scenario is left beside its store.
"""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

from days import AmoDay, BitrixDay, Day
from harness import World, draws, main
from figures import differences, eventually_none

DAYS = int(os.environ.get("DAYS", "2"))
WINDOWS = ("day", "day_prev", "week", "7d")


class RandomDays(unittest.TestCase):
    def days(self, kind: type[Day]) -> None:
        for number in draws(DAYS):
            path = Path(tempfile.gettempdir()) / f"kpistream-{kind.crm}-{number}.scenario"
            path.write_text(kind(number).text(), encoding="utf-8")
            good = 0
            for shuffled in (False, True):
                with self.subTest(day=number, shuffled=shuffled, scenario=str(path)), World(path) as world:
                    self.play(world, number if shuffled else None)
                    good += 1
            if good == 2:
                path.unlink()

    def play(self, world: World, shuffle: int | None) -> None:
        if shuffle is None:
            world.fake.control("play")
        else:
            world.fake.control("play", deliver="no")
            world.fake.control("deliver", order="shuffle", seed=shuffle, repeat=2, connections=8)
        world.daemon.rest()
        truth = world.truth()
        eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), 20)
        world.daemon.verify()

    def test_amocrm(self) -> None:
        self.days(AmoDay)

    def test_bitrix24(self) -> None:
        self.days(BitrixDay)


if __name__ == "__main__":
    main()
