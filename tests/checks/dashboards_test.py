#!/usr/bin/env python3
"""The check of the dashboards finds what it is for: each breach is made in a copy, and must be told."""
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Callable

from dashboard_lint import Exclusions
from dashboards import breaches

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


def panel(board: Json, kind: str) -> Json:
    return next(one for one in board["panels"] if one["type"] == kind)


def variable(board: Json, name: str) -> Json:
    return next(one for one in board["templating"]["list"] if one["name"] == name)


def replace(board: Json, old: str, new: str) -> None:
    for one in board["panels"]:
        for target in one.get("targets", []):
            target["expr"] = target["expr"].replace(old, new)


BREACHES: list[tuple[str, Callable[[Json], Any]]] = [  # what is said then, and what was done to Overview
    ("schema: panels.0.options.colorMode", lambda board: panel(board, "stat")["options"].update(colorMode="loud")),
    ("schema: ", lambda board: board.update(timezone=3)),
    ("('colour' was unexpected)", lambda board: panel(board, "table")["options"].update(colour="red")),
    ("uid overview, or an id", lambda board: board.update(uid="overview")),
    ("or an id", lambda board: board.update(id=7)),
    ("schemaVersion 41", lambda board: board.update(schemaVersion=41)),
    ("variable portal uses info, which", lambda board: variable(board, "portal")["query"].update(query="query_result(info(up))")),
    ("is not linked by tag", lambda board: board["links"][0].update(keepTime=False)),
    ("a panel id is there twice", lambda board: panel(board, "table").update(id=1)),
    ("is wider than the grid", lambda board: panel(board, "table")["gridPos"].update(w=25)),
    ("lies over 'Revenue", lambda board: board["panels"][1]["gridPos"].update(x=2)),
    ("is not on the first screen", lambda board: panel(board, "bargauge")["gridPos"].update(h=7)),
    ("is in the other language", lambda board: panel(board, "stat").update(title="Выручка")),
    ("a refId is there twice", lambda board: panel(board, "table")["targets"][1].update(refId="A")),
    ("does not say which value it shows", lambda board: panel(board, "stat")["options"]["reduceOptions"].update(calcs=[])),
    ("is stacked", lambda board: panel(board, "timeseries")["fieldConfig"]["defaults"]["custom"]["stacking"].update(mode="normal")),
    ("asks crm_window_new_leads without a window", lambda board: replace(board, ',window="$window"', "")),
    ("uses holt_winters", lambda board: replace(board, "sum(crm_window_new", "holt_winters(crm_window_new")),
    ("neither $__rate_interval nor $__range", lambda board: replace(board, "sum(crm_tasks_due", "increase(crm_tasks_total[1d]) + sum(crm_tasks_due")),
    ("target-promql-rule", lambda board: replace(board, "sum(crm_window_new_leads", "sum((crm_window_new_leads")),
    ("template-datasource-rule", lambda board: variable(board, "datasource").update(label="Source")),
    ("template-datasource-rule", lambda board: variable(board, "datasource").update(name="prom")),
    ("template-job-rule", lambda board: variable(board, "job").update(allValue=".*")),
    ("template-label-promql-rule", lambda board: variable(board, "portal")["query"].update(query="values(x, portal)")),
    ("template-on-time-change-reload-rule", lambda board: variable(board, "portal").update(refresh=1)),
    ("uneditable-dashboard", lambda board: board.update(editable=True)),
    ("panel-datasource-rule", lambda board: panel(board, "stat").update(datasource={"type": "prometheus", "uid": "x"})),
    ("panel-title-description-rule", lambda board: panel(board, "stat").update(description="")),
    ("panel-units-rule", lambda board: panel(board, "stat")["fieldConfig"]["defaults"].update(unit="roubles")),
    ("panel-no-targets-rule", lambda board: panel(board, "stat").update(targets=[])),
    ("target-rate-interval-rule", lambda board: replace(board, "sum(crm_tasks_due", "rate(crm_tasks_total[5m]) + sum(crm_tasks_due")),
    ("target-counter-agg-rule", lambda board: replace(board, "sum(crm_tasks_due", "crm_tasks_total + sum(crm_tasks_due")),
    ("target-job-rule", lambda board: replace(board, "sum(crm_leads_waiting", "crm_leads_overdue + sum(crm_leads_waiting")),
    ("target-job-rule", lambda board: replace(board, 'crm_window_new_leads{job=~"$job",', "crm_window_new_leads{")),
]


class Dashboards(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        shutil.copytree(ROOT / "deploy/grafana", self.root / "deploy/grafana")
        self.boards = self.root / "deploy/grafana/dashboards"

    def check(self) -> tuple[int, str]:
        ran = subprocess.run([sys.executable, str(Path(__file__).with_name("dashboards.py")), str(self.root)],
                             capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout + ran.stderr

    def test_what_is_right_passes(self) -> None:
        self.assertEqual(0, self.check()[0], self.check()[1])

    def test_what_was_not_generated_is_told(self) -> None:
        (self.boards / "en/overview.json").write_text("{}")
        (self.boards / "en/other.json").write_text((self.boards / "en/calls.json").read_text(encoding="utf-8"))
        ran = subprocess.run([sys.executable, str(self.root / "deploy/grafana/generate"), "--check"],
                             capture_output=True, text=True, check=False)
        self.assertEqual(1, ran.returncode)
        for name in ("overview", "other"):
            self.assertIn(f"dashboards/en/{name}.json is not what deploy/grafana/generate writes", ran.stdout)

    def test_each_breach_is_told(self) -> None:
        whole = (self.boards / "en/overview.json").read_text(encoding="utf-8")
        for message, change in BREACHES:
            with self.subTest(message):
                board = json.loads(whole)
                change(board)
                told = breaches({"en/overview": board}, Exclusions(self.boards / ".lint"))
                self.assertTrue([line for line in told if message in line], told)

    def test_an_exception_needs_a_reason_and_a_use(self) -> None:
        lint = self.boards / ".lint"
        whole = lint.read_text(encoding="utf-8")
        for old, new, message in (("    reason: The label is in Russian.\n", "", "has no reason"),
                                  ("- panel: Alerts firing", "- panel: Alerts asleep", "excuses nothing"),
                                  ("  target-instance-rule:\n    reason: As above; ", "  none:\n    reason: ", "target-instance-rule: kpistream")):
            self.assertIn(old, whole)
            lint.write_text(whole.replace(old, new), encoding="utf-8")
            code, told = self.check()
            self.assertEqual(1, code, message)
            self.assertIn(message, told)

    def test_provisioning_keeps_dashboards_as_they_are(self) -> None:
        path = self.root / "deploy/grafana/provisioning/dashboards/kpistream.yml"
        path.write_text(path.read_text(encoding="utf-8").replace("allowUiUpdates: false", "allowUiUpdates: true", 1), encoding="utf-8")
        code, told = self.check()
        self.assertEqual(1, code)
        self.assertIn("lets dashboards be changed in Grafana", told)


if __name__ == "__main__":
    unittest.main()
