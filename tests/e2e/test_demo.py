#!/usr/bin/env python3
"""`kpistream demo`: without any CRM there is something to see at once, every planted story among it, and it goes on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from client import get, until
from daemon import BINARY
from exposition import Page
from harness import main

NOW = "2026-11-26T16:30:00+03:00"  # a Thursday, near its end: then tasks for tomorrow are asked for
TABLED = "2026-11-16"  # the week of the last weekly table
BIG = 385_000_000  # of the deal that was sold and is not after all, in minor units
READY_WITHIN = 60.0  # as we promise whoever tries it
STORIES = {"demo": ["clot/portal", "activity_halved/manager:14", "activity_under_team/manager:15", "slow_first_response/manager:16",
                    "missed_calls_high/portal", "quotes_silent/portal", "source_only_refusals/source:UC_RADIO",
                    "refusals_up/reason:RIVAL", "no_tasks_tomorrow/manager:18", "no_meetings_set/manager:18", "target_too_easy/portal/meetings_held/week"],
           "demo2": ["lead_shortage/portal"]}


class Demo(unittest.TestCase):
    process: subprocess.Popen[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="kpistream-demo-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        began = time.monotonic()
        cls.process = cls.start(str(cls.folder))
        cls.addClassCleanup(cls.process.kill)
        cls.page = cls.page_of(cls.process)
        took = time.monotonic() - began
        print(f"the demo was ready after {took:.1f} s", flush=True)
        assert took < READY_WITHIN, took
        cls.config = str(cls.folder / "demo.yml")

    @staticmethod
    def start(folder: str) -> subprocess.Popen[str]:
        command = [str(BINARY), "demo", "--storage.path", folder, "--clock.start", NOW, "--hook.listen-address", "127.0.0.1:0",
                   "--web.listen-address", "127.0.0.1:0"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    @staticmethod
    def page_of(process: subprocess.Popen[str]) -> str:
        """The address it says first, once it is ready."""
        assert process.stdout
        word, address = process.stdout.readline().split()
        assert word == "page", word
        return address

    def scrape(self) -> Page:
        status, text = get(self.page + "metrics")
        self.assertEqual(200, status)
        return Page(text)

    def run_command(self, *arguments: str) -> str:
        done = subprocess.run([str(BINARY), *arguments, "--config.file", self.config], capture_output=True, text=True, timeout=60,
                              check=True)
        return done.stdout

    def test_every_story_is_told(self) -> None:
        cards = json.loads(self.run_command("advice", "--json", "--clock.start", NOW))["cards"]
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
        tables = json.loads(self.run_command("tables", "--portal", "demo", "--schedule", "weekly", "--json"))["tables"]
        self.assertEqual(13, len(tables))
        table = self.run_command("tables", "--portal", "demo", "--schedule", "weekly", "--period", TABLED)
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
        cls.process.send_signal(signal.SIGTERM)
        code = cls.process.wait(20)
        if cls.process.stdout:
            cls.process.stdout.close()
        assert code == 0, code
        # Nothing that it journaled is counted otherwise by a replay.
        subprocess.run([str(BINARY), "verify", "--config.file", cls.config], check=True, stdout=subprocess.DEVNULL, timeout=120)


if __name__ == "__main__":
    main()
