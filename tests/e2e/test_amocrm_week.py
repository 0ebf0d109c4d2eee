#!/usr/bin/env python3
"""A week of a department of twenty on amoCRM: webhooks lost, doubled, up to 14 hours late and out of order, statuses dropped
while their updates come, REST out, the daemon killed, and the hook disabled until an administrator saves it again.

After healing every figure equals the account's own truth, and the account was never asked more than it allows.
SEED repeats a run, DRAW one week, WEEKS says how many.
"""

from __future__ import annotations

import os
import random

from harness import World, main
from weeks import SLICES, AmoWeek, BadWeeks, Trouble

WEEKS = int(os.environ.get("WEEKS", "20"))
RETRIES = ("--retry-speed", "5000")  # the account's 95 minutes of them take a second
SILENT = 4  # half days for which nobody answers: more than the hundred failures that the account bears


class AmoTrouble(Trouble):
    """Besides: the daemon is away for two days, so that its hook is given up."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.away = chance.randrange(1, SLICES - SILENT - 2)
        self.kills -= set(range(self.away, self.away + SILENT))

    def begin(self, world: World, part: int) -> None:
        super().begin(world, part)
        if part == self.away:
            world.daemon.kill()

    def end(self, world: World, part: int) -> None:
        if part == self.away + SILENT - 1:
            world.daemon.start()
            world.aim()
        if part == self.away + SILENT:
            save_hook(world)


def save_hook(world: World) -> None:
    """An administrator saves the hook again; all that happened since it was disabled is lost."""
    counters = world.fake.counters()
    assert counters["disabled"] and counters["disablings"] == 1, counters
    now = world.fake.control("state")["now"][:19]  # local, without the offset
    world.fake.control("verb", line=f"{now} save_hook", deliver=False)
    assert not world.fake.counters()["disabled"]


class Healing(BadWeeks):
    def test_a_bad_week_is_counted_right(self) -> None:
        self.live_weeks(AmoWeek, WEEKS, AmoTrouble, fake=RETRIES)


if __name__ == "__main__":
    main()
