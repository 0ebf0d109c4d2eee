#!/usr/bin/env python3
"""Every metric that some worlds show, with its type and its label names, against tests/e2e/metrics.golden: the two
sample days, one of them with its history read, a portal with an application, and a department with weeks of history and
a plan. And against docs/metrics.md, which tells of these and of those that no such world shows.

A change of the list is a change for users: `UPDATE=1 tests/e2e/test_golden.py` writes it anew, and in the reference what
the daemon's parts tell of themselves, to be read and committed. The other rows of the reference are those of
tests/unit/exporters/reference_test.cpp.
"""

from __future__ import annotations

import os
import tempfile
import unittest
import urllib.request
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from client import get
from exposition import Page
from habit import QUIET, department, live_until
from harness import SCENARIOS, World, main
from reference import OF_THE_DAEMON, REFERENCE, Row, Rows, rewritten, rows_in

GOLDEN = Path(__file__).with_name("metrics.golden")
GROUPS = ("process", "daemon", "portals", "insight", "windows", "totals", "managers", "cohorts", "sources")
Shown = dict[str, Rows]  # by the group that a scrape may choose


class Golden(unittest.TestCase):
    def test_metrics_are_those_of_the_list_and_of_the_reference(self) -> None:
        shown: Shown = {group: {} for group in GROUPS}
        for crm, application in (("bitrix24", False), ("amocrm", False), ("bitrix24", True)):
            with World(SCENARIOS / f"{crm}_sample_day.scenario", application=application) as world:
                world.fake.control("play")
                if crm == "amocrm":
                    self.read_history(world)
                take(shown, world)
        with tempfile.TemporaryDirectory() as folder, backed_up(department(Path(folder))) as world:
            live_until(world, QUIET)
            live_until(world, QUIET)  # what insight tells is a minute old at most: with a fresh look
            take(shown, world)
        self.are_of_the_list(shown)
        self.are_of_the_reference(shown)

    def read_history(self, world: World) -> None:
        ran = world.daemon.run("backfill", "--portal", world.alias, "--from", world.now[:10])
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def are_of_the_list(self, shown: Shown) -> None:
        lines = sorted(f"{name} {row.type} {{{','.join(sorted(row.labels))}}}"
                       for rows in shown.values() for name, row in rows.items())
        if os.environ.get("UPDATE"):
            GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.assertEqual(GOLDEN.read_text(encoding="utf-8").splitlines(), lines)

    def are_of_the_reference(self, shown: Shown) -> None:
        own = {group: {name: row for name, row in rows.items() if name.startswith(OF_THE_DAEMON)}
               for group, rows in shown.items()}
        wanted = rewritten(REFERENCE.read_text(encoding="utf-8"), own)
        if os.environ.get("UPDATE"):
            REFERENCE.write_text(wanted, encoding="utf-8")
        self.assertEqual(REFERENCE.read_text(encoding="utf-8"), wanted, "UPDATE=1 writes it anew")
        known = rows_in(wanted)
        for name, row in ((name, row) for rows in shown.values() for name, row in rows.items()):
            self.assertIn(name, known)
            self.assertEqual((known[name].type, known[name].unit, known[name].help), (row.type, row.unit, row.help), name)
            self.assertLessEqual(row.labels, known[name].labels, name)


def backed_up(world: World) -> World:
    """It shows when the newest backup was made."""
    world.daemon.more.append(f"backup: {{path: {world.folder / 'backups'}}}")
    world.daemon.write_config()
    return world


def take(shown: Shown, world: World) -> None:
    world.daemon.rest()
    units = units_of(world)
    for group, rows in shown.items():
        status, text = get(f"http://127.0.0.1:{world.daemon.admin}/metrics?collect[]={group}")
        assert status == 200, text
        for family in Page(text).families.values():
            row = rows.setdefault(family.name, Row(family.type, units.get(family.name, ""), help=family.help))
            row.labels |= {name for _, own, _ in family.samples for name, _ in own} - {"le"}


def units_of(world: World) -> dict[str, str]:
    """As OpenMetrics tells them, by the names of the text format."""
    request = urllib.request.Request(f"http://127.0.0.1:{world.daemon.admin}/metrics",
                                     headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {family.name + ("_total" if family.type == "counter" else ""): family.unit for family in families}


if __name__ == "__main__":
    main()
