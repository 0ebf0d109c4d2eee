#!/usr/bin/env python3
"""Every metric, with its type and its label names, against tests/e2e/metrics.golden: as the two sample days show them,
a portal with an application, and a department with weeks of history and a plan.

A change of the list is a change for users: `UPDATE=1 tests/e2e/test_golden.py` writes it anew, to be read and committed.
"""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

from exposition import Page
from habit import QUIET, department, live_until
from harness import SCENARIOS, World, main

GOLDEN = Path(__file__).with_name("metrics.golden")


class Golden(unittest.TestCase):
    def test_metrics_types_and_labels_are_those_of_the_list(self) -> None:
        shown: dict[tuple[str, str], set[str]] = {}
        for crm, application in (("bitrix24", False), ("amocrm", False), ("bitrix24", True)):
            with World(SCENARIOS / f"{crm}_sample_day.scenario", application=application) as world:
                world.fake.control("play")
                take(shown, world.daemon.rest())
        with tempfile.TemporaryDirectory() as folder, department(Path(folder)) as world:
            live_until(world, QUIET)
            live_until(world, QUIET)  # what insight tells is a minute old at most: with a fresh look
            take(shown, world.daemon.rest())
        lines = [f"{name} {kind} {{{','.join(sorted(labels))}}}" for (name, kind), labels in sorted(shown.items())]
        if os.environ.get("UPDATE"):
            GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.assertEqual(GOLDEN.read_text(encoding="utf-8").splitlines(), lines)


def take(shown: dict[tuple[str, str], set[str]], page: Page) -> None:
    for family in page.families.values():
        labels = {name for _, own, _ in family.samples for name, _ in own} - {"le"}
        shown.setdefault((family.name, family.type), set()).update(labels)


if __name__ == "__main__":
    main()
