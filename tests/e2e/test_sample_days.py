#!/usr/bin/env python3
"""Both sample days over HTTP, scraped by the real Prometheus: its query API gives the tables of the two READMEs."""

from __future__ import annotations

import unittest
from typing import Any

from harness import SCENARIOS, World, main
from figures import differences, eventually_none
from prometheus import Prometheus

# The READMEs' tables, word for word: (metric, labels, {manager: value}); managers not named have 0.
Table = list[tuple[str, dict[str, str], dict[str, float]]]
DAY = {"window": "day"}
MONDAY = {"bitrix24": "2026-09-14T00:00:00+03:00", "amocrm": "2026-11-16T00:00:00+03:00"}

BITRIX24: Table = [
    ("new_leads", DAY, {"7": 1}),
    ("leads_converted", DAY, {"7": 1}),
    ("new_deals", DAY, {"7": 1}),
    ("deals_won", DAY, {"7": 1}),
    ("revenue", DAY, {"7": 250000}),
    ("deals_lost", DAY, {"9": 1}),
    ("deals_lost_amount", DAY, {"9": 80000}),
    ("calls", {**DAY, "direction": "out", "outcome": "talk"}, {"7": 1}),
    ("call_talk_seconds", {**DAY, "direction": "out"}, {"7": 185}),
    ("calls", {**DAY, "direction": "in", "outcome": "missed"}, {"9": 1}),
    ("quotes_sent", DAY, {"7": 1}),
    ("quotes_sent_amount", DAY, {"7": 250000}),
    ("payments", DAY, {"7": 1}),
    ("payments_amount", DAY, {"7": 250000}),
    ("tasks_due", {"due": "tomorrow"}, {"9": 1}),
    ("meetings_held", DAY, {"9": 1}),
    ("meetings_scheduled", {"due": "tomorrow"}, {"7": 1}),
    ("first_responses", DAY, {"7": 1}),
    ("first_response_seconds", DAY, {"7": 567}),
    ("deal_cycle_seconds", {**DAY, "result": "won"}, {"7": 16914}),
]

ANNA, BORIS = "9000101", "9000102"
AMOCRM: Table = [
    ("new_leads", DAY, {ANNA: 1, BORIS: 1}),
    ("deals_won", DAY, {ANNA: 1}),
    ("revenue", DAY, {ANNA: 480000}),
    ("deal_cycle_seconds", {**DAY, "result": "won"}, {ANNA: 18590}),
    ("deals_lost", DAY, {BORIS: 1}),
    ("deals_lost_amount", DAY, {BORIS: 95000}),
    ("quotes_sent", DAY, {ANNA: 1}),
    ("quotes_sent_amount", DAY, {ANNA: 480000}),
    ("payments", DAY, {ANNA: 1}),
    ("payments_amount", DAY, {ANNA: 480000}),
    ("calls", {**DAY, "direction": "in", "outcome": "talk"}, {ANNA: 1}),
    ("call_talk_seconds", {**DAY, "direction": "in"}, {ANNA: 184}),
    ("calls", {**DAY, "direction": "in", "outcome": "missed"}, {BORIS: 1}),
    ("calls", {**DAY, "direction": "out", "outcome": "talk"}, {BORIS: 1}),
    ("call_talk_seconds", {**DAY, "direction": "out"}, {BORIS: 65}),
    ("meetings_held", DAY, {ANNA: 1}),
    ("meetings_scheduled", {"due": "tomorrow"}, {ANNA: 1}),
    ("tasks_due", {"due": "tomorrow"}, {BORIS: 1}),
    ("first_responses", DAY, {ANNA: 1, BORIS: 1}),
    ("first_response_seconds", DAY, {ANNA: 14090, BORIS: 450}),
]


def wrong(prometheus: Prometheus, table: Table, portal: str) -> list[str]:
    found = []
    for metric, labels, expected in table:
        windowed = "window" in labels
        own = prometheus.series(f"crm_manager_{'window_' if windowed else ''}{metric}", portal=portal, **labels)
        actual = {have["manager"]: value for have, value in own if value}
        if actual != expected:
            found.append(f"{metric} {labels}: expected {expected}, is {actual}")
        inner = ",".join(f'{name}="{value}"' for name, value in {"portal": portal, **labels}.items())
        name = f"crm_{'window_' if windowed else ''}{metric}"
        whole: Any = prometheus.query(f"sum({name}{{{inner}}})")
        if [value for _, value in whole] != [sum(expected.values())]:
            found.append(f"{name} {labels}: expected {sum(expected.values())} in all, is {whole}")
    return found


class SampleDays(unittest.TestCase):
    def day(self, crm: str, table: Table, count: int) -> None:
        with World(SCENARIOS / f"{crm}_sample_day.scenario", known_since=MONDAY[crm]) as world, \
                Prometheus(world.folder, world.daemon.admin) as prometheus:
            played = world.fake.control("play")
            self.assertEqual({"200": count}, played["statuses"])
            world.daemon.rest()
            eventually_none(lambda: wrong(prometheus, table, world.alias), 60)
            # And nothing else is shown: every figure of every manager, by the fake's own truth.
            self.assertEqual([], differences(prometheus, world.truth(), world.alias, ("day", "week")))
            self.assertEqual([], prometheus.series("crm_window_new_leads", window="7d"), "seven days ago nobody knew")
            counters = world.fake.counters()
            self.assertFalse(counters["overrun"], counters)
            world.daemon.verify()

    def test_bitrix24(self) -> None:
        self.day("bitrix24", BITRIX24, 15)

    def test_amocrm(self) -> None:
        self.day("amocrm", AMOCRM, 15)

    def test_loss_reason_is_known(self) -> None:
        """Only REST tells why an amoCRM deal was lost."""
        for crm, reason in (("bitrix24", "45"), ("amocrm", "15200001")):
            with self.subTest(crm=crm), World(SCENARIOS / f"{crm}_sample_day.scenario") as world:
                world.fake.control("play")
                world.daemon.rest()

                def lost() -> list[str]:
                    scrape = world.daemon.scrape()
                    reasons = {labels["loss_reason"] for labels, _ in scrape.series("crm_deals_lost_total")}
                    shown = {name: scrape.total("crm_deals_lost_total", loss_reason=name)
                             - scrape.total("crm_deals_lost_retracted_total", loss_reason=name) for name in reasons}
                    net = {name: value for name, value in shown.items() if value}
                    return [] if net == {reason: 1} else [f"expected {{{reason}: 1}}, is {net}"]

                eventually_none(lost, 30)

    def test_an_answer_is_in_time_by_the_portals_limit(self) -> None:
        """The only one of that day took 567 seconds, by a call; another limit reaches back to it."""
        with World(SCENARIOS / "bitrix24_sample_day.scenario", known_since=MONDAY["bitrix24"]) as world:
            world.fake.control("play")
            portal = world.daemon.portals[world.alias]
            usual = portal.more
            for limit, in_time in (("15m", 1), ("9m", 0), ("10m", 1)):
                world.daemon.stop()
                portal.more = [*usual, f"limits: {{response: {limit}}}"]
                world.daemon.write_config()
                world.daemon.start()
                world.aim()
                page = world.daemon.rest()
                self.assertEqual(in_time, page.total("crm_window_first_responses_in_time", window="day"), limit)
            self.assertEqual(1, page.total("crm_first_response_seconds_count", channel="call"))
            self.assertEqual(1, page.total("crm_first_response_seconds_count"))
            world.daemon.verify()


if __name__ == "__main__":
    main()
