#!/usr/bin/env python3
"""Tables of closed periods: what was known when they were taken stays, and what came later is listed beside it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from harness import ALIAS, main, portal_config
from client import until
from daemon import Daemon
from leads import CLOCK, KNOWN_SINCE, NOW, WEEK, Lead, hook

PORTAL = ALIAS["amocrm"]
BEFORE_DUE = "2026-11-16T08:30:00+03:00"  # the table of the week before is due at 09:00
PRICE = 100_000
ONE = f"/api/v1/tables?portal={PORTAL}&schedule=weekly&period=2026-11-09"


class Tables(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="kpistream-tables-"))
        self.addCleanup(shutil.rmtree, folder)
        self.daemon = Daemon(folder, [portal_config("amocrm", "Europe/Moscow", KNOWN_SINCE)], BEFORE_DUE)
        self.addCleanup(self.daemon.kill)
        self.plan("weekly")
        self.daemon.start()
        self.won(1, 2, 3)
        self.daemon.kill()
        self.daemon.clock = CLOCK
        self.daemon.start()
        until("the table is taken", self.weeks)

    def plan(self, schedule: str) -> None:
        self.daemon.more = ["periods:", f"  {schedule}: {{schedule: {schedule}}}"]
        self.daemon.write_config()

    def won(self, *ids: int) -> None:
        """Deals of the closed week."""
        client = self.daemon.client(PORTAL)
        self.assertEqual(200, client.post(hook([Lead(ident, PRICE, created=NOW - WEEK) for ident in ids])))
        client.close()
        self.daemon.rest()

    def api(self, path: str = "/api/v1/tables") -> dict:
        status, text = self.daemon.ask(path)
        self.assertEqual(200, status, text)
        return json.loads(text)

    def weeks(self) -> list[dict]:
        """Those of the closed week: an older one may be due as well."""
        return [table for table in self.api()["tables"] if table["period"] == "2026-11-09"]

    def test_a_closed_week_has_its_table(self) -> None:
        (week,) = self.weeks()
        self.assertEqual((PORTAL, "weekly", "week"), (week["portal"], week["schedule"], week["of"]))
        self.assertEqual(WEEK, week["to"] - week["from"])
        self.assertEqual((True, False, 0), (week["intact"], week["in_time"], week["correction_count"]))
        self.assertRegex(week["sha256"], "^[0-9a-f]{64}$")
        table = self.api(ONE)
        self.assertEqual(week, {key: table[key] for key in week})
        self.assertEqual({("", ""): (3, 3 * PRICE * 100), ("manager", "9000101"): (1, PRICE * 100),
                          ("manager", "9000102"): (2, 2 * PRICE * 100), ("pipeline", "8100010"): (3, 3 * PRICE * 100)},
                         {place: figures for place, figures in won_in(table).items() if place[0] != "source"})
        self.assertFalse(kpi_of(table, "tasks_due")["known"], "what stood then nobody knows any more")
        self.assertEqual([], table["corrections"])

    def test_what_comes_later_stands_beside_it_and_the_table_stays(self) -> None:
        before = self.api(ONE)
        self.won(4)
        after = self.api(ONE)
        for key in ("sha256", "kpis", "taken", "position"):
            self.assertEqual(before[key], after[key], key)
        (late,) = [each for each in after["corrections"] if each["kpi"] == "deals_won"]
        self.assertEqual((1, PRICE * 100, "9000101"), (late["count"], late["sum"], late["manager"]))
        self.assertEqual(NOW - WEEK + 60, late["at"])
        self.assertEqual(len(after["corrections"]), after["correction_count"])
        page = self.daemon.scrape()
        self.assertEqual(after["correction_count"], page.total("crm_snapshot_corrections", schedule="weekly"))
        self.assertEqual(4, page.total("crm_window_deals_won", window="week_prev"))
        self.daemon.stop()
        done = self.daemon.run("verify")
        self.assertEqual(0, done.returncode, done.stdout)
        self.assertIn(", 2 tables", done.stdout)

    def test_the_command_says_the_same(self) -> None:
        self.won(4)
        arguments = ("tables", "--portal", PORTAL, "--schedule", "weekly", "--period", "2026-11-09")
        self.assertEqual(self.api(ONE), json.loads(self.daemon.run(*arguments, "--json").stdout))
        self.assertEqual(self.api(), json.loads(self.daemon.run("tables", "--json").stdout))
        text = self.daemon.run(*arguments).stdout
        self.assertRegex(text, r"deals_won +everybody +count +3 +sum +30000000\n")
        self.assertRegex(text, r"changed since:\n(.*\n)* +deals_won +2026-11-09T16:01 .*count +\+1 +sum +\+10000000\n")
        sha256 = re.escape(self.weeks()[0]["sha256"])
        self.assertRegex(self.daemon.run("tables").stdout, rf"(?m)^{PORTAL} +weekly +week +2026-11-09 .*sha256 {sha256}$")

    def test_tables_stay_when_their_schedule_goes(self) -> None:
        (week,) = self.weeks()
        self.daemon.kill()
        self.plan("monthly")
        self.daemon.start()
        self.assertEqual([week], self.weeks())
        self.assertIn("2026-11-09", self.daemon.run("tables", "--schedule", "weekly").stdout)
        self.daemon.verify()

    def test_what_is_wrong_with_a_question_is_said(self) -> None:
        for query, word in (("portal=nobody", "nobody"), ("period=2026-11-09", "schedule"),
                            (f"portal={PORTAL}&schedule=weekly&period=2026-11-10", "no such table"),
                            (f"portal={PORTAL}&schedule=weekly&due=1", "no such table")):
            status, text = self.daemon.ask("/api/v1/tables?" + query)
            self.assertEqual(400, status)
            self.assertIn(word, json.loads(text)["error"])
        self.assertEqual({"tables": []}, self.api("/api/v1/tables?schedule=daily"))
        done = self.daemon.run("tables", "--portal", "nobody")
        self.assertEqual((1, ""), (done.returncode, done.stdout))


def kpi_of(table: dict, name: str) -> dict:
    (kpi,) = [kpi for kpi in table["kpis"] if kpi["id"] == name]
    return kpi


def won_in(table: dict) -> dict[tuple[str, str], tuple[int, int]]:
    return {(row["by"], row["of"]): (row["count"], row["sum"]) for row in kpi_of(table, "deals_won")["rows"]}


if __name__ == "__main__":
    main()
