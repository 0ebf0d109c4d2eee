#!/usr/bin/env python3
"""Two commands show it all: `kpistream demo`, the real Prometheus with the shipped rules and the real Alertmanager with the
shipped sample. Within a minute an alert is told in Russian, by Telegram and by mail; no panel of any dashboard is empty.

Prometheus has a minute of data, so what is asked of a range is short. test_dashboards.py has weeks behind it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
import unittest
from pathlib import Path

import yaml

import grafana
from alertmanager import SAMPLE, Alertmanager
from client import until
from daemon import ROOT
from demo_program import NOW, DemoProgram
from harness import main
from mail_server import MailServer
from prometheus import Prometheus

RULES = ROOT / "deploy/prometheus"
GRAFANA = "https://grafana.example.org"
PATIENCE = 300  # seconds: a busy machine is no failure
SPAN = 300  # seconds that the panels show
START = 20  # seconds of the minute that the demo may take for its thirteen weeks; the others are those of the shipped waits
CLOT = re.compile(
    r"<b>Предупреждение: За прошлую неделю обращений пришло больше, чем вышло из воронки\.</b>\n"
    r"Портал demo: на каждое вышедшее обращение пришло (\d+\.\d\d); воронка забивается\. Сначала ускорить работу, обучить или нанять, "
    r"потом покупать новые лиды\.\n"
    r'<a href="https://github\.com/kpistream/kpistream/blob/main/docs/runbooks/ru/CrmFlowClot\.md">Что делать</a> · '
    rf'<a href="{re.escape(GRAFANA)}/d/kpistream-funnel-ru\?var-portal=demo">Посмотреть показатели</a>')
FIRING = {("CrmFlowClot", "demo"), ("CrmLeadShortage", "demo2"), ("CrmManagerFarUnderTeam", "demo"), ("Watchdog", "")}
NOT_READ = "the demo's portals are invented: there is no CRM to be asked"
NOT_ANSWERED = "its webhooks are invented too, and enter at the journal: nobody waits for an answer"
MAY_BE_EMPTY = {
    ("ingest", "Time to acknowledge", "A"): NOT_ANSWERED,
    ("ingest", "Time to acknowledge", "B"): NOT_ANSWERED,
    ("ingest", "Waiting to be read", "A"): NOT_READ,
    ("ingest", "Request budget left", "A"): NOT_READ,
    ("ingest", "Requests to the CRMs", "A"): NOT_READ,
    ("ingest", "Oldest record to be read", "A"): NOT_READ,
    ("ingest", "Lists of the CRMs", "A"): NOT_READ,
    ("ingest", "Lists of the CRMs", "B"): NOT_READ}


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


class Monitoring(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="kpistream-monitoring-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        (cls.folder / "rules").mkdir()
        for path in [*RULES.glob("rules/*.yaml"), *RULES.glob("alerts/*.yaml")]:
            shutil.copy(path, cls.folder / "rules")
        cls.mails = MailServer(cls.folder)
        cls.addClassCleanup(cls.mails.stop)
        cls.alertmanager = Alertmanager(cls.folder, cls.mails, waits=True)
        cls.addClassCleanup(cls.alertmanager.stop)
        began = time.monotonic()
        cls.demo = cls.enterClassContext(DemoProgram(cls.folder / "demo"))
        cls.demo.wait_ready()
        cls.prometheus = Prometheus(cls.folder, cls.demo.admin, f"{cls.folder}/rules/*.yaml", cls.alertmanager.port,
                                    labels={"grafana_url": GRAFANA})
        cls.addClassCleanup(cls.prometheus.stop)
        until("the chat is told of the clot", lambda: CLOT.search("\n".join(cls.alertmanager.telegram.texts())), PATIENCE)
        print(f"the alert was told {time.monotonic() - began:.1f} s after the first command", flush=True)
        until("a webhook has come", lambda: cls.prometheus.query("kpistream_webhooks_total"), PATIENCE)
        cls.prometheus.evaluate(5)

    def test_the_intervals_that_are_shipped_leave_it_within_a_minute(self) -> None:
        prometheus = yaml.safe_load((ROOT / "deploy/compose/prometheus.yml").read_text(encoding="utf-8"))["global"]
        sample = yaml.safe_load((SAMPLE / "alertmanager.yml").read_text(encoding="utf-8"))["route"]["routes"]
        sales, = [route for route in sample if route["receiver"] == "sales"]
        waits = [prometheus["scrape_interval"], prometheus["evaluation_interval"], sales["group_wait"]]
        self.assertLessEqual(START + sum(map(seconds, waits)), 60, waits)

    def test_a_mail_tells_the_same_in_russian(self) -> None:
        subject = "Предупреждение: За прошлую неделю обращений пришло больше, чем вышло из воронки. (demo)"

        def clots() -> list[str]:
            return [mail.get_body().get_content() for mail in self.mails.mails() if mail["Subject"] == subject]

        body = until("a mail has come", clots)[0]
        self.assertIn('<html lang="ru">', body)
        self.assertIn("воронка забивается", body)
        self.assertIn(f'<a href="{GRAFANA}/d/kpistream-funnel-ru?var-portal=demo">Посмотреть показатели</a>', body)
        self.assertEqual({"sales@example.com"}, {mail["To"] for mail in self.mails.mails() if mail["Subject"] == subject})

    def test_what_fires_is_what_was_planted(self) -> None:
        found = {(labels["alertname"], labels.get("portal", "")) for labels, _ in self.prometheus.query('ALERTS{alertstate="firing"}')}
        self.assertEqual(FIRING, found)
        idle, = self.prometheus.series("ALERTS", alertname="CrmManagerFarUnderTeam")
        self.assertEqual("15", idle[0]["manager"])
        pending = {(labels["portal"], labels["kpi"]) for labels, _ in self.prometheus.series("ALERTS", alertname="CrmPlanBehindPace")}
        self.assertIn(("demo", "revenue"), pending)

    def test_the_past_has_fired_what_was_planted_then(self) -> None:
        told = json.loads(self.demo.run("rules", "backtest", "--json", "--clock.start", NOW))["portals"]
        fired = {(portal["portal"], one["alert"], one["of"]) for portal in told for one in portal["firings"]}
        self.assertLessEqual({("demo", "CrmManagerActivityHalved", "14"), ("demo", "CrmMissedCallsHigh", "")}, fired)

    def test_the_stories_are_in_the_metrics(self) -> None:
        def one(query: str) -> float:
            (_, value), = self.prometheus.query(query)
            return value

        self.assertLess(one('crm_manager_actions_wow_ratio{portal="demo",manager="14",window="week_prev"}'), 0.6)
        self.assertEqual(1, one('max(crm_advice_active{portal="demo",rule="source_only_refusals"})'))
        self.assertGreater(one('sum(crm_deals_won_retracted_total{portal="demo"})'), 0, "the big deal is open again")

    def test_no_panel_is_empty_but_those_of_a_crm(self) -> None:
        empty = {where for name, dashboard in grafana.load("en").items() for where in self.empty(name, dashboard)}
        self.assertEqual(set(MAY_BE_EMPTY), empty)

    def empty(self, name: str, dashboard: grafana.Json) -> set[tuple[str, str, str]]:
        now = time.time()
        span = grafana.Span(now - SPAN, now, 5, 1)
        return {(name, panel["title"], target["refId"]) for panel, target in grafana.targets(dashboard)
                if not grafana.answers(self.prometheus, target, grafana.everything(dashboard), span)}

    def test_every_variable_can_be_chosen(self) -> None:
        for name, dashboard in grafana.load("ru").items():
            for variable in dashboard["templating"]["list"]:
                if variable["type"] != "datasource":
                    self.assertTrue(grafana.options(variable, self.prometheus.query, grafana.everything(dashboard)),
                                    f"{name}: {variable['name']}")


if __name__ == "__main__":
    main()
