#!/usr/bin/env python3
"""Every metric, with its type and its label names, against tests/e2e/metrics.golden, and its words against
docs/metrics.md: as the two sample days show them, a portal with an application, and a department with weeks of history
and a plan.

A change of the list is a change for users: `UPDATE=1 tests/e2e/test_golden.py` writes both anew, to be read and
committed.
"""

from __future__ import annotations

import os
import tempfile
import unittest
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from client import get
from daemon import ROOT
from exposition import Page
from habit import QUIET, department, live_until
from harness import SCENARIOS, World, main

GOLDEN = Path(__file__).with_name("metrics.golden")
REFERENCE = ROOT / "docs" / "metrics.md"
# By what a scrape may choose from, in the order of what is given up last.
GROUPS = {
    "process": "The process, as every Prometheus client tells it.",
    "daemon": "The daemon itself: what comes in, what is asked, what is behind.",
    "portals": "What the others are joined with and judged by: names, how far all was compared with the CRM, closed tables.",
    "insight": "Flow balance, plan, baselines and advice.",
    "windows": "KPIs of a portal and its funnels: within windows, and as things stand now.",
    "totals": "KPIs counted since the first record.",
    "managers": "KPIs and comparisons of people.",
    "cohorts": "What became of inquiries and clients, by when they came.",
    "sources": "KPIs by where the inquiries come from.",
}
HEAD = """# Metrics

Written by `UPDATE=1 tests/e2e/test_golden.py` from what the daemon shows with the built-in KPIs; a test fails when it is stale.
KPIs of your own ([kpis.md](kpis.md)) are named in the same way. `/metrics?collect[]=managers&collect[]=portals` shows only those
groups; where `export.max_series` has no room, the last groups are left out first, which `kpistream_export_series_dropped` tells.
Both formats are there: text 0.0.4, and OpenMetrics 1.0 for who asks for it; gzip for who takes it.

Units are in the names: `_seconds`, `_bytes`, `_ratio` (1 is the whole); OpenMetrics tells them by `# UNIT`, too. Money is in the
portal's currency (`crm_portal_info`), whole units with cents. Labels are ids; names are in `crm_manager_info`,
`crm_pipeline_info` and `crm_deal_stage_info`. Never sum over `window`.
"""


@dataclass
class Shown:
    group: str
    unit: str
    help: str
    labels: set[str]


Metrics = dict[tuple[str, str], Shown]


class Golden(unittest.TestCase):
    def test_metrics_are_those_of_the_list_and_of_the_reference(self) -> None:
        shown: Metrics = {}
        for crm, application in (("bitrix24", False), ("amocrm", False), ("bitrix24", True)):
            with World(SCENARIOS / f"{crm}_sample_day.scenario", application=application) as world:
                world.fake.control("play")
                take(shown, world)
        with tempfile.TemporaryDirectory() as folder, backed_up(department(Path(folder))) as world:
            live_until(world, QUIET)
            live_until(world, QUIET)  # what insight tells is a minute old at most: with a fresh look
            take(shown, world)
        lines = [f"{name} {kind} {{{','.join(sorted(seen.labels))}}}" for (name, kind), seen in sorted(shown.items())]
        if os.environ.get("UPDATE"):
            GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")
            REFERENCE.write_text(reference(shown), encoding="utf-8")
        self.assertEqual(GOLDEN.read_text(encoding="utf-8").splitlines(), lines)
        self.assertEqual(REFERENCE.read_text(encoding="utf-8"), reference(shown), "UPDATE=1 writes it anew")


def backed_up(world: World) -> World:
    """It shows when the newest backup was made."""
    world.daemon.more.append(f"backup: {{path: {world.folder / 'backups'}}}")
    world.daemon.write_config()
    return world


def take(shown: Metrics, world: World) -> None:
    world.daemon.rest()
    units = units_of(world)
    for group in GROUPS:
        status, text = get(f"http://127.0.0.1:{world.daemon.admin}/metrics?collect[]={group}")
        assert status == 200, text
        for family in Page(text).families.values():
            labels = {name for _, own, _ in family.samples for name, _ in own} - {"le"}
            shown.setdefault((family.name, family.type), Shown(group, units.get(family.name, ""), family.help, set()))
            shown[family.name, family.type].labels.update(labels)


def units_of(world: World) -> dict[str, str]:
    """As OpenMetrics tells them, by the names of the text format."""
    request = urllib.request.Request(f"http://127.0.0.1:{world.daemon.admin}/metrics",
                                     headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {family.name + ("_total" if family.type == "counter" else ""): family.unit for family in families}


def reference(shown: Metrics) -> str:
    text = HEAD
    for group, words in GROUPS.items():
        text += f"\n## {group}\n\n{words}\n\n| metric | type | unit | labels | |\n|---|---|---|---|---|\n"
        for (name, kind), seen in sorted(shown.items()):
            if seen.group == group:
                labels = ", ".join(f"`{label}`" for label in sorted(seen.labels))
                text += f"| `{name}` | {kind} | {seen.unit} | {labels} | {seen.help} |\n"
    return text


if __name__ == "__main__":
    main()
