#!/usr/bin/env python3
"""A portal's history is read by `kpistream backfill`: whole, after a kill, and while its life goes on.

SEED repeats a run.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
import unittest
from pathlib import Path

from client import until
from daemon import BINARY
from figures import differences, eventually_none
from harness import World, main, seed
from weeks import WINDOWS, BitrixWeek

FIRST_DAY = "2026-09-13"
INSTALLED = "2026-09-20T21:50:00+05:00"  # healing begins here, at the end of the week


class Backfill(unittest.TestCase):
    def setUp(self) -> None:
        chance = random.Random(seed())
        self.path = Path(tempfile.mkdtemp(prefix="kpistream-e2e-")) / "week.scenario"
        self.path.write_text(BitrixWeek(chance.randrange(1 << 31)).text(), encoding="utf-8")

    def right(self, world: World) -> None:
        truth = world.truth()
        eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), 60)
        self.assertFalse(world.fake.counters()["overrun"], "the portal's bucket was overrun")
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
            self.assertRegex(ran.stdout, r"^done: [1-9]\d* rows by [1-9]\d* requests\n$")
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
            world.fake.control("play", until="2026-09-17T15:00", deliver="no")
            world.fake.control("faults", stall=[0.2] * 20)
            command = [str(BINARY), "backfill", "--config.file", str(world.daemon.config), "--from", FIRST_DAY]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
                world.fake.control("play")
                self.assertEqual(running.wait(60), 0)
            self.right(world)

    def test_a_list_that_the_portal_refuses_is_told_and_the_others_are_read(self) -> None:
        text = self.path.read_text(encoding="utf-8").replace("now 2026", "set scopes=crm,task,user\nnow 2026", 1)
        self.path.write_text(text, encoding="utf-8")
        with World(self.path, known_since=INSTALLED) as world:
            world.fake.control("play", deliver="no")
            ran = self.backfill(world, "--from", FIRST_DAY)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertIn("not read: voximplant.statistic.get;", ran.stdout)
            won = world.truth()["portal"]["week"]["deals_won"]
            eventually_none(lambda: [] if world.daemon.scrape().total("crm_window_deals_won", window="week") == won
                            else ["sales of the week"], 20)

    def test_what_cannot_be_done_is_told(self) -> None:
        with World(self.path, known_since=INSTALLED) as world:
            for arguments, words in ((("--from", "yesterday"), "from: "),
                                     (("--portal", "nobody", "--from", FIRST_DAY), "'nobody' is not configured")):
                ran = world.daemon.run("backfill", *arguments)
                self.assertEqual(ran.returncode, 1)
                self.assertIn(words, ran.stderr)
            self.assertIn("no backfill was asked for", self.backfill(world).stdout)
            world.daemon.stop()
            ran = self.backfill(world, "--from", FIRST_DAY)
            self.assertIn("no daemon answers", ran.stderr)


if __name__ == "__main__":
    main()
