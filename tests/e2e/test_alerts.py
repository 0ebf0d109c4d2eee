#!/usr/bin/env python3
"""The whole way of an alert: the portal's webhooks, the daemon, the real Prometheus with the shipped rules, the real
Alertmanager with the shipped sample, and a chat of Telegram. A week as usual says nothing; a morning without leads is told.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unittest
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import yaml

from alertmanager import Alertmanager
from client import until
from daemon import ROOT
from habit import DROP, LEADS_A_DAY, NOON, QUIET, department, live_until, moment, working_days
from harness import World, main
from mail_server import MailServer
from prometheus import Prometheus

RULES = ROOT / "deploy/prometheus"
TOLD = ("<b>Предупреждение: Показатель намного ниже обычного для этой части дня.</b>\n"
        f"Новые лиды, портал demostroy, с начала дня: 1 при обычных {LEADS_A_DAY} "
        "к этому времени этого дня недели (7.143%).\n"
        "<a href=\"https://github.com/kpistream/kpistream/blob/main/docs/runbooks/ru/CrmKpiDayBelowUsual.md\">Что делать</a>")
FRIDAY, EVENING = QUIET + timedelta(days=4), "17:30:00"


class Alerts(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kpistream-alerts-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.mails = MailServer(self.folder)
        self.addCleanup(self.mails.stop)
        self.alertmanager = Alertmanager(self.folder, self.mails)
        self.addCleanup(self.alertmanager.stop)

    def test_a_quiet_week_says_nothing_and_a_morning_without_leads_is_told(self) -> None:
        with department(self.folder) as world:
            live_until(world, QUIET)
            self.write_rules(world)
            with Prometheus(self.folder, world.daemon.admin, f"{self.folder}/rules/*.yaml",
                            self.alertmanager.port) as sees:
                for day, time in [(day, NOON) for day in working_days(QUIET, FRIDAY)] + [(FRIDAY, EVENING)]:
                    self.look(world, sees, day, time)
                    self.assertEqual({"Watchdog"}, sees.firing(), f"{day} {time}")
                self.assertEqual([], self.alertmanager.telegram.texts())
                self.assertEqual({"Watchdog"}, fired(sees), "nor at any moment in between")

                self.look(world, sees, DROP, NOON)
                told = until("the chat is told", self.alertmanager.telegram.texts, 60)
                self.assertEqual({"Watchdog", "CrmKpiDayBelowUsual"}, fired(sees))
                self.assertIn(TOLD, "\n".join(told))
            self.back_test_agrees(world)

    def write_rules(self, world: World) -> None:
        """As an operator would; those about sales need not hold for long, since the daemon stays at a moment."""
        rules = self.folder / "rules"
        rules.mkdir()
        for path in [*(RULES / "rules").glob("*.yaml"), *(RULES / "alerts").glob("*.yaml")]:
            shutil.copy(path, rules)
        ran = world.daemon.run("rules", "--out", str(rules / "thresholds.yaml"))
        self.assertEqual(0, ran.returncode, ran.stderr)
        self.assertEqual(0, world.daemon.run("rules", "--check", str(rules / "thresholds.yaml")).returncode)
        self.assertEqual(1, world.daemon.run("rules", "--check", str(RULES / "rules/thresholds.yaml")).returncode,
                         "those shipped do not know our portal")
        sales = rules / "sales.yaml"
        sales.write_text(re.sub(r"for: \d+[mhd]", "for: 1s", sales.read_text(encoding="utf-8")), encoding="utf-8")

    def look(self, world: World, sees: Prometheus, day: date, time: str) -> None:
        """Prometheus sees the daemon once all of that moment is in its figures, and judges them."""
        live_until(world, day, time)
        world.daemon.stop()  # what insight tells is a minute old at most: begin with a fresh look
        world.daemon.start()
        until("insight is there", lambda: world.daemon.scrape().series("crm_kpi_day_actual"))
        sees.aim(world.daemon.admin)
        at = world.daemon.scrape().total("crm_new_leads_total")
        until("it is scraped", lambda: sees.query("sum(crm_new_leads_total)") == [({}, at)] and sees.up(), 60)
        sees.evaluate(4)

    def back_test_agrees(self, world: World) -> None:
        """What was told live the past says too, and nothing of the quiet week: by the same thresholds."""
        ran = world.daemon.run("rules", "backtest", "--json", "--from", str(QUIET), "--clock.start", moment(DROP))
        self.assertEqual(0, ran.returncode, ran.stderr)
        portal, = json.loads(ran.stdout)["portals"]
        self.assertEqual({("CrmKpiHourBelowUsual", "actions"),  # at eleven, when nobody looked
                          ("CrmKpiDayBelowUsual", "actions"), ("CrmKpiDayBelowUsual", "new_leads")},
                         {(one["alert"], one["of"]) for one in portal["firings"]})
        self.assertEqual({str(DROP)}, {one["day"] for one in portal["firings"]})
        self.assertEqual(6, portal["working_days"])
        text = world.daemon.run("rules", "backtest", "--from", str(QUIET), "--clock.start", moment(DROP)).stdout
        self.assertRegex(text, rf"{DROP}  CrmKpiDayBelowUsual +new_leads +11:45  12:30 +0\.08\n")
        stricter = world.daemon.config.read_text(encoding="utf-8").replace(
            "    targets:", "    alerts: {drop_volume: 50}\n    targets:")
        world.daemon.config.write_text(stricter, encoding="utf-8")
        self.assertIn("no alert would have fired",
                      world.daemon.run("rules", "backtest", "--from", str(QUIET), "--clock.start", moment(DROP)).stdout)

    def test_the_back_test_holds_as_long_as_the_rules(self) -> None:
        with department(self.folder) as world:
            said = json.loads(world.daemon.run("rules", "--json").stdout)
        groups = yaml.safe_load((RULES / "alerts/sales.yaml").read_text(encoding="utf-8"))["groups"]
        holds = {rule["alert"]: rule.get("for", "0m") for group in groups for rule in group["rules"]}
        for name, seconds in said["hold_seconds"].items():
            self.assertEqual(seconds, int(holds[name][:-1]) * {"m": 60, "h": 3600}[holds[name][-1]], name)

    def test_a_silent_portal_is_told_and_not_what_falls_for_it(self) -> None:
        labels = {"severity": "critical", "team": "sales", "alertname": "CrmMissedCallsHigh"}
        self.post([{"alertname": "KpistreamPortalSilent", "portal": "acme", "severity": "critical", "team": "ops"}])
        until("it is told", lambda: self.told("KpistreamPortalSilent"), 60)
        self.post([labels | {"portal": "acme"}, labels | {"portal": "beta"}])
        until("another portal's is told", lambda: self.told("CrmMissedCallsHigh of beta"), 60)
        self.assertFalse(self.told("CrmMissedCallsHigh of acme"))

    def test_a_table_is_not_told_to_fall_for_a_portal_that_counts_in_it(self) -> None:
        labels = {"severity": "critical", "team": "sales", "alertname": "CrmMissedCallsHigh"}
        self.post([{"alertname": "KpistreamTableBehind", "portal": "acme", "severity": "info", "team": "ops"}])
        self.post([labels | {"portal": "acme"}, labels | {"portal": "beta"}])
        until("another table's is told", lambda: self.told("CrmMissedCallsHigh of beta"), 60)
        self.assertFalse(self.told("CrmMissedCallsHigh of acme"))
        self.assertFalse(self.told("KpistreamTableBehind"), "it calls nobody")

    def told(self, what: str) -> bool:
        return any(what in text for text in self.alertmanager.telegram.texts())

    def post(self, alerts: list[dict[str, str]]) -> None:
        texts = {key: f"{key}." for key in ("summary", "summary_ru", "runbook_url", "runbook_url_ru")}
        body = []
        for one in alerts:
            words = f"{one['alertname']} of {one['portal']}"
            body.append({"labels": one, "annotations": texts | {"description": words, "description_ru": words}})
        request = urllib.request.Request(f"http://127.0.0.1:{self.alertmanager.port}/api/v2/alerts",
                                         json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            self.assertEqual(200, answer.status)


def fired(sees: Prometheus) -> set[str]:
    """Every alert that fired since Prometheus is there."""
    return {labels["alertname"] for labels, _ in sees.query('max_over_time(ALERTS{alertstate="firing"}[1h])')}


if __name__ == "__main__":
    main()
