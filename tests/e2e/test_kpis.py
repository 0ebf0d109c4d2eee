#!/usr/bin/env python3
"""KPIs that come and change while the daemon runs: with their history, held until released, and never half-built."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
import unittest
from pathlib import Path

from harness import ALIAS, main, portal_config
from client import until
from daemon import Daemon
from exposition import Page
from leads import CLOCK, KNOWN_SINCE, MANAGERS, NOW, WEEK, Lead, hook

PORTAL = ALIAS["amocrm"]
BIG = 500_000
SMALL = 20_000
KPI = """
kpis:
  big_deals:
    facts: deal_won
    where: {{amount: {{min: {least}}}}}
    measure: money
    title: {{ru: Крупные сделки, en: Big deals}}
"""


class World(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="kpistream-kpis-"))
        self.addCleanup(shutil.rmtree, folder)
        self.daemon = Daemon(folder, [portal_config("amocrm", "Europe/Moscow", KNOWN_SINCE)], CLOCK)
        self.addCleanup(self.daemon.kill)
        self.kpis = self.daemon.config.parent / "kpis.yml"
        self.ids = iter(range(1, 1_000_000))
        self.reloads = 0

    def define(self, least: int | None, hold: bool = False) -> None:
        """The KPI counts deals of so much and more; None: there is no such KPI."""
        self.kpis.write_text("kpis: {}\n" if least is None else KPI.format(least=least), encoding="utf-8")
        self.daemon.more = ["kpis:", f"  file: {self.kpis}", f"  hold: {str(hold).lower()}"]
        self.daemon.write_config()

    def reload(self) -> None:
        self.reloads += 1
        self.daemon.reload()
        line = "configuration reloaded"
        until(line, lambda: self.daemon.log.read_text(encoding="utf-8").count(line) == self.reloads)

    def won(self, *prices: int, created: int = NOW - 3600) -> list[Lead]:
        return [Lead(next(self.ids), price, created=created) for price in prices]

    def post(self, leads: list[Lead]) -> None:
        client = self.daemon.client(PORTAL)
        self.addCleanup(client.close)
        self.assertEqual(200, client.post(hook(leads)))

    def built(self) -> Page:
        """The scrape that shows the new definition, once it is there."""
        pages: list[Page] = []

        def there() -> bool:
            pages[:] = [self.daemon.scrape()]
            return bool(pages[0].series("crm_window_big_deals", window="day")) and not rebuilding(pages[0])

        until("the KPI is shown", there)
        return pages[0]

    def api(self, path: str) -> dict:
        status, text = self.daemon.ask(path)
        self.assertEqual(200, status, text)
        return json.loads(text)

    def facts(self, *more: str, days: str = "from=2026-11-16") -> list[dict]:
        query = "&".join(("portal=" + PORTAL, "kpi=big_deals", days) + more)
        return self.api("/api/v1/facts?" + query)["facts"]


def rebuilding(page: Page) -> bool:
    return page.total("kpistream_rebuild_active") != 0


def day(page: Page, name: str, **labels: str) -> float:
    return page.total(name, window="day", **labels)


class NewKpi(World):
    def test_six_lines_and_a_reload_show_it_with_its_history(self) -> None:
        self.define(None)
        self.daemon.start()
        before = self.won(700_000, 600_000, SMALL, BIG)
        last_week = self.won(900_000, created=NOW - WEEK)
        self.post(before + last_week)
        self.assertEqual([], self.daemon.rest().series("crm_window_big_deals"))
        self.define(BIG)
        self.reload()
        page = self.built()
        self.assertEqual(3, day(page, "crm_window_big_deals"))
        self.assertEqual(1_800_000, day(page, "crm_window_big_deals_amount"))
        self.assertEqual(1, page.total("crm_window_big_deals", window="week_prev"))
        self.assertEqual(4, page.total("crm_big_deals_total"))
        for manager in MANAGERS:
            wanted = sum(lead.price for lead in before if lead.owner == manager and lead.price >= BIG)
            self.assertEqual(wanted, day(page, "crm_manager_window_big_deals_amount", manager=str(manager)))
        self.post(self.won(800_000))
        self.assertEqual(4, day(self.daemon.rest(), "crm_window_big_deals"))
        self.assertEqual(4, len(self.facts()))
        self.daemon.verify()

    def test_it_goes_when_it_is_taken_out_and_the_others_stay(self) -> None:
        self.define(BIG)
        self.daemon.start()
        self.post(self.won(BIG, SMALL))
        self.assertEqual(1, day(self.daemon.rest(), "crm_window_big_deals"))
        self.define(None)
        self.reload()
        until("it is gone", lambda: not self.daemon.scrape().series("crm_window_big_deals"))
        self.assertEqual(2, day(self.daemon.rest(), "crm_window_deals_won"))
        self.daemon.verify()


class DrillDown(World):
    def setUp(self) -> None:
        super().setUp()
        self.define(BIG)
        self.daemon.start()
        self.leads = self.won(700_000, 600_000, SMALL, BIG)
        self.post(self.leads + self.won(900_000, created=NOW - WEEK))
        self.daemon.rest()

    def test_a_figure_leads_to_its_records(self) -> None:
        wanted = [(str(lead.id), str(lead.owner), lead.price * 100) for lead in self.leads if lead.price >= BIG]
        self.assertEqual(wanted, sorted((fact["id"], fact["manager"], fact["amount_minor"]) for fact in self.facts()))
        first = str(MANAGERS[0])
        self.assertEqual([row for row in wanted if row[1] == first],
                         [(fact["id"], fact["manager"], fact["amount_minor"]) for fact in self.facts("m%61nager=" + first)])
        self.assertEqual(4, len(self.facts("from=2026-11-09", "to=2026-11-16", days="")))
        command = ("facts", "--portal", PORTAL, "--kpi", "big_deals", "--from", "2026-11-16")
        self.assertEqual(self.facts(), json.loads(self.daemon.run(*command, "--json").stdout)["facts"])
        self.assertIn("3 fact(s)", self.daemon.run(*command).stdout)

    def test_they_are_those_of_the_definition_in_force(self) -> None:
        self.define(SMALL, hold=True)
        self.reload()
        until("it is held", lambda: self.daemon.scrape().total("kpistream_rebuild_held") == 1)
        self.assertEqual(3, len(self.facts()))
        self.define(SMALL)
        self.reload()
        until("it is let in", lambda: len(self.facts()) == 4)

    def test_what_is_wrong_with_a_question_is_said(self) -> None:
        for query, word in (("portal=nobody&kpi=big_deals", "portal"), (f"portal={PORTAL}&kpi=nothing", "kpi"),
                            (f"portal={PORTAL}&kpi=big_deals&from=yesterday", "from"), ("", "portal")):
            status, text = self.daemon.ask("/api/v1/facts?" + query)
            self.assertEqual(400, status)
            self.assertIn(word, json.loads(text)["error"])
        done = self.daemon.run("facts", "--portal", PORTAL, "--kpi", "nothing")
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertIn("nothing", done.stderr)


class Held(World):
    def test_the_old_figures_stay_until_the_new_ones_are_let_in(self) -> None:
        self.define(BIG)
        self.daemon.start()
        self.post(self.won(700_000, 300_000, SMALL))
        self.daemon.rest()
        self.define(100_000, hold=True)
        self.reload()
        until("it is held", lambda: self.daemon.scrape().total("kpistream_rebuild_held") == 1)
        self.assertEqual(1, day(self.daemon.rest(), "crm_window_big_deals"))
        self.post(self.won(400_000, 900_000))
        self.assertEqual(2, day(self.daemon.rest(), "crm_window_big_deals"), "the old definition counts on")
        self.assert_diff(old=(2, 160_000_000), new=(4, 230_000_000))
        self.define(100_000)
        self.reload()
        page = until("it is let in", lambda: self.if_day(4))
        self.assertEqual(2_300_000, day(page, "crm_window_big_deals_amount"))
        self.assertIn("no KPI is being rebuilt", self.daemon.run("kpis", "diff").stdout)
        self.daemon.verify()

    def if_day(self, wanted: float) -> Page | None:
        page = self.daemon.scrape()
        return page if day(page, "crm_window_big_deals") == wanted else None

    def assert_diff(self, old: tuple[int, int], new: tuple[int, int]) -> None:
        """What the command prints of this week, over all managers, in minor units."""
        done = self.daemon.run("kpis", "diff", "--clock.start", CLOCK)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn(f"big_deals in {PORTAL}: changed", done.stdout)
        sums = [0, 0, 0, 0]
        for line in done.stdout.splitlines():
            word = line.split()
            if word[:2] == ["week", "2026-11-16"]:
                sums = [have + int(more) for have, more in zip(sums, (word[4], word[6], word[8], word[10]))]
        self.assertEqual([old[0], new[0], old[1], new[1]], sums, done.stdout)


class UnderLoad(World):
    """Each webhook tells of one big and one small deal, so that on one page, whatever the moment, the big ones are half
    of all. Anything else is a figure that was half-built when it was shown."""

    HISTORY = 12_000  # deals; six slices of rebuilding
    SWAPS = 4  # at least
    FED = 300  # webhooks meanwhile, at least
    DURING = 10  # scrapes that fell into a rebuilding, at least
    SECONDS = 120.0  # until all of that must have come

    def feed(self, stop: threading.Event) -> None:
        client = self.daemon.client(PORTAL)
        while not stop.is_set() and client.post(hook(self.won(BIG, SMALL))) == 200:
            self.fed += 1
        client.close()

    def test_a_change_never_shows_a_figure_that_is_neither_old_nor_new(self) -> None:
        self.define(BIG)
        self.daemon.start()
        for _ in range(self.HISTORY // 100):
            self.post(self.won(*[BIG, SMALL] * 50))
        self.daemon.rest()
        self.fed = self.during = 0
        stop = threading.Event()
        feeder = threading.Thread(target=self.feed, args=(stop,))
        feeder.start()
        try:
            self.swap_again_and_again()
        finally:
            stop.set()
            feeder.join()
        page = self.daemon.rest()
        self.assertEqual(self.HISTORY + 2 * self.fed, day(page, "crm_window_deals_won"))
        self.daemon.verify()

    def swap_again_and_again(self) -> None:
        deadline, swaps = time.monotonic() + self.SECONDS, 0
        while swaps < self.SWAPS or self.fed < self.FED or self.during < self.DURING:
            if time.monotonic() > deadline:
                self.fail(f"only {swaps} changes, {self.fed} webhooks and {self.during} scrapes during a rebuilding")
            self.swap(*((SMALL, 1), (BIG, 2))[swaps % 2])
            swaps += 1

    def swap(self, least: int, wanted: int) -> None:
        """Changes the definition and looks without a pause until the new one shows."""
        self.define(least)
        self.daemon.reload()
        shares: set[int] = set()
        while shares != {wanted}:
            page = self.daemon.scrape()
            self.during += rebuilding(page)
            shares = {self.assert_whole(page, *names) for names in (
                ("crm_window_big_deals", "crm_window_deals_won"), ("crm_big_deals_total", "crm_deals_won_total"))}

    def assert_whole(self, page: Page, name: str, of: str) -> int:
        labels = {"window": "day"} if "window" in name else {}
        part, all_of_them = page.total(name, **labels), page.total(of, **labels)
        self.assertIn(part, (all_of_them / 2, all_of_them), f"{name}: neither the old figure nor the new one")
        return round(all_of_them / part)


if __name__ == "__main__":
    main()
