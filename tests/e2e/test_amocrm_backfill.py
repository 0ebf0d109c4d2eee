#!/usr/bin/env python3
"""An amoCRM account's history is read by `kpistream backfill`: whole, with hardly a request more than its rows need, after a
kill, and while its life goes on.

SEED repeats a run.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from client import until
from daemon import BINARY
from figures import differences, eventually_none
from harness import World, main, seed
from weeks import WINDOWS, AmoWeek

FIRST_DAY = "2026-11-15"
INSTALLED = "2026-11-22T21:50:00+05:00"  # healing begins here, at the end of the week
LISTS = 9  # each has at least one page, and a log that is read by the week two beginnings
PAGE = 100  # rows of the smallest pages


class Backfill(unittest.TestCase):
    def setUp(self) -> None:
        chance = random.Random(seed())
        self.path = Path(tempfile.mkdtemp(prefix="kpistream-e2e-")) / "week.scenario"
        self.path.write_text(AmoWeek(chance.randrange(1 << 31)).text(), encoding="utf-8")

    def right(self, world: World) -> None:
        truth = world.truth()
        eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), 60)
        self.assertFalse(world.fake.counters()["overrun"], "the account's limit was overrun")
        world.daemon.rest()
        world.daemon.verify()

    def backfill(self, world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
        return world.daemon.run("backfill", "--portal", world.alias, *arguments)

    def rows(self, world: World) -> int:
        backfills = json.loads(world.daemon.ask("/api/v1/backfill")[1])["backfills"]
        return int(backfills[0]["rows"])

    def test_history_is_read_whole_and_figures_are_known_since_then(self) -> None:
        with World(self.path, known_since=INSTALLED) as world:
            world.fake.control("play", deliver="no")
            self.assertFalse(world.daemon.scrape().series("crm_window_new_deals", window="week"))
            ran = self.backfill(world, "--from", FIRST_DAY)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            done = re.fullmatch(r"done: (\d+) rows by (\d+) requests\n", ran.stdout)
            assert done is not None, ran.stdout
            rows, requests = int(done[1]), int(done[2])
            self.assertGreater(rows, 500)
            self.assertLessEqual(requests, rows // PAGE + 1 + LISTS)
            print(f"{rows} rows by {requests} requests")
            self.right(world)

    def test_it_goes_on_after_a_kill(self) -> None:
        with World(self.path, known_since=INSTALLED) as world:
            world.fake.control("play", deliver="no")
            world.daemon.rest()
            world.fake.control("faults", stall=[0.3] * 40)
            command = [str(BINARY), "backfill", "--config.file", str(world.daemon.config), "--from", FIRST_DAY]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as watching:
                until("some of it is read", lambda: self.rows(world) > 0, 20)
                world.daemon.kill()
                self.assertEqual(watching.wait(20), 1)  # nobody answers any more
            world.daemon.start()
            ran = self.backfill(world)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.right(world)

    def test_history_and_life_agree_at_the_seam(self) -> None:
        with World(self.path, known_since=INSTALLED) as world:
            world.fake.control("play", until="2026-11-19T15:00", deliver="no")
            world.fake.control("faults", stall=[0.2] * 20)
            command = [str(BINARY), "backfill", "--config.file", str(world.daemon.config), "--from", FIRST_DAY]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
                world.fake.control("play")
                self.assertEqual(running.wait(60), 0)
            self.right(world)

    def test_a_list_that_the_account_refuses_is_told_and_the_others_are_read(self) -> None:
        with World(self.path, known_since=INSTALLED) as world:
            world.fake.control("play", deliver="no")
            world.fake.control("faults", denied=["companies/notes"])
            ran = self.backfill(world, "--from", FIRST_DAY)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertIn("not read: companies/notes;", ran.stdout)
            won = world.truth()["portal"]["week"]["deals_won"]
            eventually_none(lambda: [] if world.daemon.scrape().total("crm_window_deals_won", window="week") == won
                            else ["sales of the week"], 20)


if __name__ == "__main__":
    main()
