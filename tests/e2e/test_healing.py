#!/usr/bin/env python3
"""A week of a department of twenty whose webhooks are lost, doubled and late, while REST fails and the daemon is killed.

After healing every figure equals the portal's own truth, and the portal was never asked more than it allows.
SEED repeats a run, WEEKS says how many.
"""

from __future__ import annotations

import os
import random
import tempfile
import unittest
from pathlib import Path

from figures import differences, eventually_none
from harness import World, main, seed
from test_random_days import BitrixDay

WEEKS = int(os.environ.get("WEEKS", "20"))
ACTS = 600
SLICES = 14
WINDOWS = ("day", "day_prev", "week", "7d")
HEALED_WITHIN = 60.0


class BitrixWeek(BitrixDay):
    """Twenty managers, Monday to Sunday, working hours and some nights."""

    users = tuple(str(number) for number in range(101, 121))

    def text(self) -> str:
        lines = ["crm bitrix24", "zone Asia/Yekaterinburg", "now 2026-09-20T22:00:00"]
        lines += [f"2026-09-14T00:01:{n:02} user {user} name=N last_name=L" for n, user in enumerate(self.users)]
        seconds = sorted(self.chance.randrange(600, 7 * 86400 - 8000) for _ in range(ACTS))
        for at in seconds:
            day, second = divmod(at, 86400)
            self.stamp = f"2026-09-{14 + day}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            choices = self.choices()
            act = self.chance.choices([draw for _, draw in choices], [weight for weight, _ in choices])[0]()
            lines.append(f"{self.stamp} {act}")
        return "\n".join(lines) + "\n"


class Healing(unittest.TestCase):
    def test_a_bad_week_is_counted_right(self) -> None:
        chance = random.Random(seed())
        for number in [chance.randrange(1 << 31) for _ in range(WEEKS)]:
            path = Path(tempfile.gettempdir()) / f"kpistream-week-{number}.scenario"
            path.write_text(BitrixWeek(number).text(), encoding="utf-8")
            with self.subTest(week=number, scenario=str(path)), World(path) as world:
                self._live(world, random.Random(number))
                path.unlink()

    def _live(self, world: World, chance: random.Random) -> None:
        kills = set(chance.sample(range(SLICES), 3))
        outages = set(chance.sample(range(SLICES), 2))
        for part in range(SLICES):
            if part in outages:
                world.fake.control("faults", bad_gateway=2)  # each makes the reader pause twice as long
            until = f"2026-09-{14 + part // 2}T{'12:00' if part % 2 == 0 else '23:59:59'}"
            world.fake.control("play", until=until, deliver="no")
            if part in kills:
                world.daemon.kill()  # what is sent meanwhile is lost for good
            world.fake.control("deliver", order="shuffle" if chance.random() < 0.5 else "as is", drop=0.05,
                               seed=chance.randrange(1 << 31), connections=4)
            if part in kills:
                world.daemon.start()
                world.aim()
        world.fake.control("play", deliver="no")
        world.fake.control("deliver", drop=0.05, seed=chance.randrange(1 << 31))
        world.fake.control("deliver", everything=True, drop=0.95, order="shuffle", seed=chance.randrange(1 << 31))
        truth = world.truth()
        eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), HEALED_WITHIN)
        self.assertFalse(world.fake.counters()["overrun"], "the portal's bucket was overrun")
        world.daemon.rest()
        world.daemon.verify()


if __name__ == "__main__":
    main()
