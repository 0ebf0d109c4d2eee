#!/usr/bin/env python3
"""Every query of every dashboard, asked of the real Prometheus that scrapes the real daemon after a season of work: none
fails, and none is empty, whatever is chosen in the variables."""

from __future__ import annotations

import time
import unittest
from pathlib import Path

import grafana
from harness import main
from prometheus import Prometheus
from season import NOW, Department

RULES = Path(__file__).resolve().parents[2] / "deploy/prometheus"
SCRAPE = 1  # second
SPAN = 600  # seconds that the panels show; what is older than the test has no samples, and need not have
WARM = 5  # seconds of samples before and after something happens
# A panel may be empty for a good reason only: (dashboard, panel, query): why.
MAY_BE_EMPTY: dict[tuple[str, str, str], str] = {}


class Dashboards(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.department = Department().__enter__()
        cls.addClassCleanup(cls.department.__exit__, None, None, None)
        cls.department.live_until(NOW)
        rules = cls.department.folder / "rules"
        rules.mkdir()
        for path in [*RULES.glob("rules/*.yaml"), *RULES.glob("alerts/*.yaml")]:
            (rules / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        cls.prometheus = Prometheus(cls.department.folder, cls.department.world.daemon.admin, f"{rules}/*.yaml")
        cls.addClassCleanup(cls.prometheus.stop)
        cls.prometheus.evaluate(WARM)
        cls.department.stir(NOW)  # while it is scraped, so that counters are seen to grow
        cls.prometheus.evaluate(WARM)
        cls.dashboards = grafana.load("en")

    def span(self) -> grafana.Span:
        now = time.time()
        return grafana.Span(now - SPAN, now, 5, SCRAPE)

    def ask(self, target: grafana.Json, values: dict[str, str]) -> int:
        """How many series have a number."""
        return grafana.answers(self.prometheus, target, values, self.span())

    def empty(self, name: str, values: dict[str, str]) -> set[tuple[str, str, str]]:
        found = set()
        for panel, target in grafana.targets(self.dashboards[name]):
            where = (name, panel["title"], target["refId"])
            try:
                if self.ask(target, values) == 0:
                    found.add(where)
            except Exception as error:  # noqa: BLE001 - of whatever kind, it is told with its place
                self.fail(f"{where}: {error}\n{target['expr']}")
        return found

    def test_no_query_is_empty_as_a_dashboard_opens(self) -> None:
        for name, dashboard in self.dashboards.items():
            with self.subTest(name):
                empty = self.empty(name, grafana.everything(dashboard))
                self.assertEqual({where for where in MAY_BE_EMPTY if where[0] == name}, empty)

    def test_every_variable_has_options_and_each_can_be_chosen(self) -> None:
        for name, dashboard in self.dashboards.items():
            everything = grafana.everything(dashboard)
            for variable in dashboard["templating"]["list"]:
                if variable["type"] == "datasource":
                    continue
                with self.subTest(name, variable=variable["name"]):
                    options = grafana.options(variable, self.prometheus.query, everything)
                    self.assertTrue(options, "nothing can be chosen")
                    for text, value in options:
                        self.assertTrue(text and value)
                    if variable["name"] in ("portal", "window"):
                        for _, value in options:
                            self.empty(name, everything | {variable["name"]: grafana.choice([value])})

    def test_two_portals_can_be_chosen_at_once(self) -> None:
        both = {"portal": grafana.choice(["acme", "demostroy"])}
        for name, dashboard in self.dashboards.items():
            with self.subTest(name):
                self.assertEqual(self.empty(name, grafana.everything(dashboard)),
                                 self.empty(name, grafana.everything(dashboard) | both))

    def test_managers_are_chosen_by_name(self) -> None:
        dashboard = self.dashboards["managers"]
        variable = next(one for one in dashboard["templating"]["list"] if one["name"] == "manager")
        options = grafana.options(variable, self.prometheus.query, grafana.everything(dashboard))
        self.assertIn(("Глеб Южин", "9000105"), options)

    def test_both_languages_ask_the_same(self) -> None:
        russian = grafana.load("ru")
        self.assertEqual(list(self.dashboards), list(russian))
        for name, dashboard in self.dashboards.items():
            self.assertEqual([target["expr"] for _, target in grafana.targets(dashboard)],
                             [target["expr"] for _, target in grafana.targets(russian[name])])


if __name__ == "__main__":
    main()
