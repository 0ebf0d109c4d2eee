#!/usr/bin/env python3
"""deploy/mixin.libsonnet has every rule, alert and dashboard, as the files have them; addresses can be set."""
import json
import subprocess
import unittest
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
PARTS = "{alerts: mixin.prometheusAlerts, rules: mixin.prometheusRules, dashboards: mixin.grafanaDashboards}"


def evaluate(more: str = "{}") -> dict[str, Any]:
    ran = subprocess.run(["jsonnet", "-e", f"local mixin = (import '{DEPLOY}/mixin.libsonnet') + {more}; {PARTS}"],
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def groups_in(folder: str) -> list[Any]:
    return [group for path in sorted((DEPLOY / "prometheus" / folder).glob("*.yaml"))
            for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]


class Mixin(unittest.TestCase):
    def test_it_is_what_the_files_are(self) -> None:
        mixin = evaluate()
        self.assertEqual(groups_in("alerts"), mixin["alerts"]["groups"])
        self.assertEqual(groups_in("rules"), mixin["rules"]["groups"])
        dashboards = [json.loads(path.read_text(encoding="utf-8")) for path in (DEPLOY / "grafana/dashboards").glob("*/*.json")]
        self.assertEqual({f"{one['uid']}.json": one for one in dashboards}, mixin["dashboards"])

    def test_addresses_are_set_in_one_place(self) -> None:
        mixin = evaluate("{_config+:: {grafanaUrl: 'https://g.example.org', runbookUrl: 'https://r.example.org'}}")
        for group in mixin["alerts"]["groups"]:
            for rule in group["rules"]:
                for key, text in rule["annotations"].items():
                    if key.startswith("dashboard_url"):
                        self.assertTrue(text.startswith("https://g.example.org/d/"), text)
                    if key.startswith("runbook_url"):
                        self.assertTrue(text.startswith("https://r.example.org/"), text)


if __name__ == "__main__":
    unittest.main()
