"""What holds for the backfill of either CRM: a history that is read whole, after a kill, and while its life goes on."""

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
from harness import World, seed
from weeks import WINDOWS, Week


class Backfill(unittest.TestCase):
    """To be derived from, for a CRM's week."""

    week: type[Week]
    first_day = ""
    installed = ""  # healing begins here, at the end of the week
    halfway = ""

    def setUp(self) -> None:
        chance = random.Random(seed())
        self.path = Path(tempfile.mkdtemp(prefix="kpistream-e2e-")) / "week.scenario"
        self.path.write_text(self.week(chance.randrange(1 << 31)).text(), encoding="utf-8")

    def right(self, world: World) -> None:
        truth = world.truth()
        eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), 60)
        self.assertFalse(world.fake.counters()["overrun"], "the CRM's limit was overrun")
        world.daemon.rest()
        world.daemon.verify()

    def backfill(self, world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
        return world.daemon.run("backfill", "--portal", world.alias, *arguments)

    def read_whole(self, world: World) -> str:
        """What the command says at its end."""
        ran = self.backfill(world, "--from", self.first_day)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def command(self, world: World) -> list[str]:
        return [str(BINARY), "backfill", "--config.file", str(world.daemon.config), "--from", self.first_day]

    def test_history_is_read_whole_and_figures_are_known_since_then(self) -> None:
        with World(self.path, known_since=self.installed) as world:
            world.fake.control("play", deliver="no")
            self.assertFalse(world.daemon.scrape().series("crm_window_new_deals", window="week"))
            said = self.read_whole(world)
            self.assertRegex(said, r"^done: [1-9]\d* rows by [1-9]\d* requests\n$")
            self.cheap(*(int(word) for word in said.split() if word.isdigit()))
            self.right(world)

    def cheap(self, rows: int, requests: int) -> None:
        """Whether that is few requests for so many rows."""

    def test_it_goes_on_after_a_kill(self) -> None:
        with World(self.path, known_since=self.installed) as world:
            world.fake.control("play", deliver="no")
            world.daemon.rest()
            world.fake.control("faults", stall=[0.3] * 40)
            with subprocess.Popen(self.command(world), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as watching:
                until("some of it is read", lambda: _rows(world) > 0, 20)
                world.daemon.kill()
                self.assertEqual(watching.wait(20), 1)  # nobody answers any more
            world.daemon.start()
            ran = self.backfill(world)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.right(world)

    def test_history_and_life_agree_at_the_seam(self) -> None:
        with World(self.path, known_since=self.installed) as world:
            world.fake.control("play", until=self.halfway, deliver="no")
            world.fake.control("faults", stall=[0.2] * 20)
            with subprocess.Popen(self.command(world), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
                world.fake.control("play")
                self.assertEqual(running.wait(60), 0)
            self.right(world)

    def told_as_not_read(self, world: World, name: str) -> None:
        """A list that the CRM refuses; all others are read."""
        self.assertIn(f"not read: {name};", self.read_whole(world))
        won = world.truth()["portal"]["week"]["deals_won"]
        eventually_none(lambda: [] if world.daemon.scrape().total("crm_window_deals_won", window="week") == won
                        else ["sales of the week"], 20)


def _rows(world: World) -> int:
    return int(json.loads(world.daemon.ask("/api/v1/backfill")[1])["backfills"][0]["rows"])
