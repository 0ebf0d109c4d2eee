#!/usr/bin/env python3
"""A company moves from amoCRM to Bitrix24 and reads one table all the way: both at once, a mapping that is corrected, the
old account switched off."""

from __future__ import annotations

import json
import shutil
import tempfile
import unittest
from pathlib import Path

from harness import ALIAS, main, portal_config
from client import until
from daemon import Daemon
from exposition import Page
from kit.program import Fake

CLOCK, LONG_AGO = "2026-11-16T16:30:00+03:00", "2026-10-01T00:00:00+03:00"
OLD, NEW = ALIAS["amocrm"], ALIAS["bitrix24"]
ANNA_THERE, BORIS_THERE = "9000101", "9000102"
BORIS_NAME = "Борис Образцов"
ANNA, BORIS, TOMORROW = "7", "9", {"due": "tomorrow"}

IN_THE_OLD = f"""
crm amocrm
zone Europe/Moscow
day 2026-11-16
now 16:30:00
09:00:00 create_lead 501 owner={ANNA_THERE} price=100000
09:20:00 call 70100001 on=lead:501 direction=out owner={ANNA_THERE} seconds=120 phone=79000000001 uniq=1.1
10:00:00 win_lead 501
10:30:00 create_lead 502 owner={BORIS_THERE} price=50000
11:00:00 win_lead 502
11:10:00 create_lead 503 owner={ANNA_THERE} price=70000
11:20:00 task 60100001 on=lead:503 owner={ANNA_THERE} till=+1d12:00 text="Call"
# Tidied up after it was carried over
14:30:00 lose_lead 503 reason=15200001
"""

# Numbers that mean something else in the old account.
IN_THE_NEW = f"""
crm bitrix24
zone Europe/Moscow
set mode=2
day 2026-11-16
now 16:30:00
12:30:00 create_deal 501 owner={ANNA} amount=70000
12:40:00 task 4001 owner={ANNA} deal=501 title="Call" deadline=+1d12:00
13:00:00 create_deal 502 owner={BORIS} amount=30000
13:30:00 win_deal 502
14:00:00 win_deal 501
"""


class OneTable(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="kpistream-one-table-"))
        self.addCleanup(shutil.rmtree, folder)
        self.fakes = {}
        self.config = {}
        for alias, crm, story in ((OLD, "amocrm", IN_THE_OLD), (NEW, "bitrix24", IN_THE_NEW)):
            (folder / f"{alias}.scenario").write_text(story, encoding="utf-8")
            self.fakes[alias] = Fake(crm, folder / f"{alias}.scenario")
            self.addCleanup(self.fakes[alias].stop)
            about = self.fakes[alias].about
            self.config[alias] = portal_config(crm, "Europe/Moscow", LONG_AGO, about["rest"], about.get("token", ""))
        self.config[NEW].more.append("mode: simple")
        self.own = list(self.config[OLD].more)
        self.daemon = Daemon(folder, [self.config[OLD]], CLOCK)
        self.addCleanup(self.daemon.kill)

    def start(self, *portals: str) -> None:
        self.daemon.stop()
        self.daemon.portals = {alias: self.config[alias] for alias in portals}
        self.daemon.write_config()
        self.daemon.start()

    def map(self, *lines: str, people: dict[str, str]) -> None:
        mapping = [f"  portal: {NEW}", f"  people: {json.dumps(people)}", '  pipelines: {"8100010": "0"}']
        self.config[OLD].more = self.own + ["counts_in:", *mapping, *lines]

    def play(self, alias: str, **wish: str) -> None:
        self.fakes[alias].control("target", url=self.daemon.hook_url(alias))
        self.fakes[alias].control("play", **wish)

    def shown(self, metric: str, dimension: str = "manager", portal: str = NEW, **labels: str) -> dict[str, float]:
        page = self.daemon.scrape()
        found: dict[str, float] = {}
        for have, value in page.series(metric, portal=portal, **(labels or {"window": "day"})):
            found[have[dimension]] = found.get(have[dimension], 0) + value
        return {key: value for key, value in found.items() if value}

    def becomes(self, expected: dict[str, float], metric: str, *more: str, **labels: str) -> None:
        """Also after what is read of the CRM has come."""
        try:
            until(metric, lambda: self.shown(metric, *more, **labels) == expected, 20)
        except AssertionError:
            self.assertEqual(expected, self.shown(metric, *more, **labels), metric)

    def names(self) -> dict[str, str]:
        series = self.daemon.scrape().series("crm_manager_info", portal=NEW)
        return {labels["manager"]: labels["name"] for labels, _ in series}

    def records(self, kpi: str, manager: str) -> list[tuple[str, str, str]]:
        status, text = self.daemon.ask(f"/api/v1/facts?portal={NEW}&kpi={kpi}&manager={manager}&from=2026-11-16")
        self.assertEqual(200, status, text)
        return sorted((fact["portal"], fact["id"], fact["link"]) for fact in json.loads(text)["facts"])

    def test_a_company_moves_from_one_crm_to_the_other(self) -> None:
        # Monday morning: the old account alone.
        self.daemon.start()
        self.play(OLD, until="2026-11-16T12:00")
        self.becomes({ANNA_THERE: 100000, BORIS_THERE: 50000}, "crm_manager_window_revenue", portal=OLD, window="day")

        # The new portal begins; of the people only Anna is mapped so far.
        self.map(people={ANNA_THERE: ANNA})
        self.start(NEW, OLD)
        self.play(NEW)
        self.becomes({ANNA: 170000, BORIS: 30000, f"{OLD}/{BORIS_THERE}": 50000}, "crm_manager_window_revenue")
        self.becomes({"0": 250000}, "crm_window_revenue", "pipeline")
        self.becomes({ANNA: 2}, "crm_manager_tasks_due", **TOMORROW)
        self.becomes({ANNA: 1}, "crm_manager_window_calls")
        rules = json.loads(self.daemon.run("rules", "--json").stdout)
        self.assertEqual([NEW], list(rules["portals"]), "nobody waits for figures of the other")
        page = self.daemon.rest()
        self.assertEqual([], page.series("crm_window_revenue", portal=OLD), "the old account has no table of its own")
        self.assertEqual({NEW, OLD}, {labels["portal"] for labels, _ in page.series("kpistream_events_total")})
        self.assertEqual({(NEW, NEW), (OLD, NEW)}, {(labels["portal"], labels["table"])
                                                    for labels, _ in page.series("kpistream_portal_info")})
        until("the directories are read", lambda: self.names().get(f"{OLD}/{BORIS_THERE}") == BORIS_NAME)
        self.assertNotIn(f"{OLD}/{ANNA_THERE}", self.names(), "she is one of the new portal")

        # From a figure to the records of both.
        old_place, new_place = (self.fakes[alias].base for alias in (OLD, NEW))
        links = [(NEW, "501", f"{new_place}/crm/deal/details/501/"), (OLD, "501", f"{old_place}/leads/detail/501")]
        self.assertEqual(links, self.records("deals_won", ANNA))
        text = self.daemon.run("facts", "--portal", NEW, "--kpi", "deals_won", "--manager", ANNA, "--from", "2026-11-16")
        self.assertRegex(text.stdout, rf"{OLD} deal 501 .*\n.*{NEW} deal 501 .*\n2 fact")

        # A kill and a start change nothing.
        before = self.figures(self.daemon.rest())
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(before, self.figures(self.daemon.rest()))

        # Boris is mapped too: back to the first record.
        self.map(people={ANNA_THERE: ANNA, BORIS_THERE: BORIS})
        self.start(NEW, OLD)
        self.becomes({ANNA: 170000, BORIS: 80000}, "crm_manager_window_revenue")

        # The old account is tidied up: what was carried over counts twice, until the move is said to be over.
        self.play(OLD)
        self.becomes({ANNA: 1}, "crm_manager_window_deals_lost")
        self.map("  until: 2026-11-16T12:00:00+03:00", people={ANNA_THERE: ANNA, BORIS_THERE: BORIS})
        self.start(NEW, OLD)
        self.becomes({}, "crm_manager_window_deals_lost")
        self.becomes({ANNA: 1}, "crm_manager_tasks_due", **TOMORROW)

        # It is switched off: nothing is asked, nothing is listened to, and its figures stay.
        address = self.config[OLD].rest_url
        self.config[OLD].rest_url = ""
        self.config[OLD].more += ["archived: true", f"rest_url: {address}"]
        asked = self.fakes[OLD].counters()
        self.start(NEW, OLD)
        client = self.daemon.client(OLD)
        self.addCleanup(client.close)
        self.assertIn(client.post(b"account[id]=31990001"), (403, 404))
        self.becomes({ANNA: 170000, BORIS: 80000}, "crm_manager_window_revenue")
        self.becomes({ANNA: 1}, "crm_manager_window_calls")
        self.assertEqual(links, self.records("deals_won", ANNA))
        self.assertEqual(asked, self.fakes[OLD].counters())
        page = self.daemon.rest()
        self.assertEqual([NEW], [labels["portal"] for labels, _ in page.series("kpistream_hook_silent")])
        self.assertEqual(1, page.total("crm_coverage_ratio", portal=NEW, window="day"))
        self.daemon.verify()

    def figures(self, page: Page) -> dict[str, list]:
        """All that are not 0: which funnels are shown as 0 depends on when a directory is read."""
        return {name: sorted((sorted(labels.items()), value) for labels, value in page.series(name, portal=NEW) if value)
                for name in page.names() if name.startswith(("crm_window_", "crm_manager_window_", "crm_tasks"))}



if __name__ == "__main__":
    main()
