#!/usr/bin/env python3
"""`kpistream demo`: without any CRM there is something to see at once, every planted story among it, and it goes on."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from client import get, until
from daemon import BINARY
from demo_program import NOW, DemoProgram
from exposition import Page
from harness import main

TABLED = "2026-11-16"  # the week of the last weekly table
BIG = 385_000_000  # of the deal that was sold and is not after all, in minor units
STORIES = {"demo": ["clot/portal", "activity_halved/manager:14", "activity_under_team/manager:15", "slow_first_response/manager:16",
                    "missed_calls_high/portal", "quotes_silent/portal", "source_only_refusals/source:UC_RADIO",
                    "refusals_up/reason:RIVAL", "no_tasks_tomorrow/manager:18", "no_meetings_set/manager:18", "target_too_easy/portal/meetings_held/week"],
           "demo2": ["lead_shortage/portal"]}


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="kpistream-demo-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        began = time.monotonic()
        cls.demo = cls.enterClassContext(DemoProgram(cls.folder))
        cls.page = cls.demo.wait_ready()
        print(f"the demo was ready after {time.monotonic() - began:.1f} s", flush=True)

    def scrape(self) -> Page:
        status, text = get(self.page + "metrics")
        self.assertEqual(200, status)
        return Page(text)

    def test_every_command_that_it_names_tells_something(self) -> None:
        lines = dict(line.split(maxsplit=1) for line in self.demo.said.splitlines())
        self.assertEqual(["page", "metrics", "advice", "tables", "alerts"], list(lines))
        for name, told in (("advice", "activity_halved/manager:14"), ("tables", "2026-11-16"), ("alerts", "CrmFlowClot")):
            clock = [] if name == "tables" else ["--clock.start", NOW]  # whose moments are in the store
            done = subprocess.run([*shlex.split(lines[name]), *clock], capture_output=True, text=True, check=True)
            self.assertIn(told, done.stdout)

    def test_every_story_is_told(self) -> None:
        cards = json.loads(self.demo.run("advice", "--json", "--clock.start", NOW))["cards"]
        for portal, stories in STORIES.items():
            told = [card["id"] for card in cards if card["portal"] == portal]
            for story in stories:
                self.assertTrue(any(card.startswith(story) for card in told), f"{story} is not among {told}")

    def test_the_daemon_tells_them_too(self) -> None:
        def told() -> bool:
            page = self.scrape()
            return all(page.total("crm_advice_active", portal="demo", rule=story.split("/")[0]) > 0 for story in STORIES["demo"])

        until("advice is on the page of metrics", told)
        page = self.scrape()
        self.assertEqual(1, page.total("crm_flow_state", portal="demo", window="week_prev", state="clot"))
        self.assertEqual(1, page.total("crm_flow_state", portal="demo2", window="week_prev", state="shortage"))
        self.assertEqual(0, page.total("crm_flow_residual"))

    def test_it_is_covered(self) -> None:
        for window in ("day", "week", "week_prev", "28d", "month_prev"):
            self.assertEqual({1.0}, {value for _, value in self.scrape().series("crm_coverage_ratio", window=window)})

    def test_a_plan_is_met_and_another_is_not(self) -> None:
        until("plans are on the page of metrics", lambda: self.scrape().series("crm_plan_pace_ratio", portal="demo"))
        page = self.scrape()
        self.assertGreater(page.total("crm_plan_pace_ratio", portal="demo", kpi="meetings_held", period="week"), 1)
        self.assertLess(page.total("crm_plan_pace_ratio", portal="demo", kpi="deals_won", period="week"), 1)
        self.assertGreater(page.total("crm_tasks_due", portal="demo", due="tomorrow"), 10)
        self.assertGreater(page.total("crm_meetings_scheduled", portal="demo", due="tomorrow"), 1)

    def test_the_table_of_the_closed_week_is_corrected(self) -> None:
        tables = json.loads(self.demo.run("tables", "--portal", "demo", "--schedule", "weekly", "--json"))["tables"]
        self.assertEqual(13, len(tables))
        table = self.demo.run("tables", "--portal", "demo", "--schedule", "weekly", "--period", TABLED)
        changed = table.split("changed since:")[1]
        self.assertRegex(changed, rf"deals_won .*count +-1 +sum +-{BIG}")

    def test_it_goes_on(self) -> None:
        def moved() -> float:
            return self.scrape().total("kpistream_records_processed_total")

        first = moved()
        until("something moves", lambda: moved() > first)
        actions = self.scrape().total("crm_actions_total")
        until("somebody has done something", lambda: self.scrape().total("crm_actions_total") > actions, 60)

    def test_names_are_there(self) -> None:
        page = self.scrape()
        managers = [labels for labels, _ in page.series("crm_manager_info", portal="demo", manager="14")]
        self.assertEqual([("Глеб Вымыслов", "Отдел продаж")], [(labels["name"], labels["team"]) for labels in managers])
        funnels = [labels["name"] for labels, _ in page.series("crm_pipeline_info", portal="demo")]
        self.assertIn("Постоянные клиенты", funnels)

    def test_metrics_are_clean(self) -> None:
        _, text = get(self.page + "metrics")
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        self.assertEqual("", done.stderr + done.stdout)

    def test_another_directory_is_left_alone(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "letters"
            kept.write_text("mine")
            done = subprocess.run([str(BINARY), "demo", "--storage.path", folder], capture_output=True, text=True, check=False)
            self.assertEqual(1, done.returncode)
            self.assertIn("no demo's", done.stderr)
            self.assertEqual("mine", kept.read_text())

    @classmethod
    def tearDownClass(cls) -> None:
        cls.demo.stop()
        # Nothing that it journaled is counted otherwise by a replay.
        cls.demo.run("verify")


if __name__ == "__main__":
    main()
