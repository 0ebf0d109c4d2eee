#!/usr/bin/env python3
"""Every scenario of tests/scenarios, told act by act (the daemon sees each state) and all at once (the bodies in order,
but REST is at the end already). `test_scenarios.py name ...` runs some of them."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

from harness import SCENARIOS, World, main
from exposition import Page
from figures import differences, eventually_none
from kit.scenario import Act, Expectation, load

WINDOWS = ("day", "day_prev", "week", "7d")


def miss(page: Page, alias: str, wish: Expectation) -> list[str]:
    """Empty when the expectation holds. Series that differ in labels not named are added up."""
    found = page.series(wish.metric, portal=alias, **wish.labels)
    shown = f"{sum(value for _, value in found):g}" if found else "absent"
    if wish.value == "absent":
        return [] if not found else [f"line {wish.line}: {wish.text}: is {shown}"]
    is_right = float(wish.value) == sum(value for _, value in found)
    return [] if is_right else [f"line {wish.line}: {wish.text}: is {shown}"]


class Scenarios(unittest.TestCase):
    def told(self, path: Path, stepped: bool) -> None:
        with World(path, known_since=_setting(path, "known_since")) as world:
            if stepped:
                self.step_by_step(world)
            else:
                world.fake.control("play", deliver="after")
                wishes = [step for step in world.scenario.steps[_last_act(world):] if isinstance(step, Expectation)]
                self.expect(world, [wish for wish in wishes if not wish.stepped_only])
            # A Bitrix24 event tells nothing but an id: told at once, what happened in between is partly lost.
            told_all = stepped or world.crm == "amocrm"
            if world.scenario.settings.get("truth", "yes" if told_all else "no") == "yes":
                truth = world.truth()
                eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), 15)
            self.assertFalse(world.fake.counters()["overrun"])
            world.daemon.verify()

    def step_by_step(self, world: World) -> None:
        waiting: list[Expectation] = []
        for step in world.scenario.steps:
            if isinstance(step, Act):
                self.expect(world, waiting)
                waiting = []
                sent = world.fake.control("step")["statuses"]
                self.assertEqual(set(), set(sent) - {"200"}, step.text)
                world.daemon.rest()
            else:
                waiting.append(step)
        self.expect(world, waiting)

    def expect(self, world: World, wishes: list[Expectation]) -> None:
        if not wishes:
            return

        def missed() -> list[str]:
            page = world.daemon.rest()
            return [text for wish in wishes for text in miss(page, world.alias, wish)]

        eventually_none(missed, 10)


def _last_act(world: World) -> int:
    return max(place for place, step in enumerate(world.scenario.steps) if isinstance(step, Act))


def _setting(path: Path, name: str) -> str:
    return load(path).settings.get(name, "")


def _add(path: Path, stepped: bool) -> None:
    def test(self: Scenarios) -> None:
        self.told(path, stepped)

    setattr(Scenarios, f"test_{path.stem}_{'act_by_act' if stepped else 'at_once'}", test)


_wanted = [name for name in sys.argv[1:] if not name.startswith("-")]
sys.argv[1:] = [name for name in sys.argv[1:] if name.startswith("-")]
for _path in sorted(SCENARIOS.glob("*.scenario")):
    # The sample days begin before anybody told us anything; test_sample_days.py holds them to what can be known.
    if _path.stem.endswith("_sample_day"):
        continue
    if not _wanted or any(name in _path.stem for name in _wanted):
        _add(_path, True)
        _add(_path, False)


if __name__ == "__main__":
    main()
