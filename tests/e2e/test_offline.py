#!/usr/bin/env python3
"""Events that wait in the portal for its application: fetched without any webhook, and deleted there only when the
journal has them.

The list of deals, which would find them as well, is blocked here, so that what is seen came from the queue.
"""

from __future__ import annotations

import unittest

from client import until
from harness import main
from test_application import comes_to, install, sees, verb, world

LONG = "1h"


def waiting(made) -> int:
    return int(made.fake.counters()["offline"])


def emptied(made) -> None:
    until("the queue is empty", lambda: waiting(made) == 0, 30)


def begin(made, lists: bool = False) -> None:
    install(made)
    sees(made, 1)
    if not lists:
        made.fake.control("faults", operating={"crm.deal.list": 36000, "crm.stagehistory.list": 36000})
    until("events are bound", lambda: "ONCRMDEALADD" in made.fake.counters()["bound"], 30)


class Offline(unittest.TestCase):
    def test_events_are_fetched_when_the_portal_tells_that_some_wait(self) -> None:
        with world(poll=LONG) as made:
            begin(made)
            verb(made, "16:01:00 create_deal 12 owner=7 amount=1")
            sees(made, 2)
            emptied(made)
            verb(made, "16:02:00 win_deal 12")
            until("the sale is seen", lambda: made.daemon.scrape().total("crm_deals_won_total") == 1, 30)
            verb(made, "16:03:00 call c1 direction=out owner=7 start=16:02 seconds=30")
            until("the call is seen", lambda: made.daemon.scrape().total("crm_calls_total") == 1, 30)
            emptied(made)
            self.assertGreaterEqual(made.daemon.scrape().total("kpistream_offline_events_total"), 3)
            made.daemon.verify()

    def test_what_waited_while_nobody_listened_comes_with_the_start(self) -> None:
        with world(poll=LONG) as made:
            begin(made, lists=True)
            made.daemon.stop()
            for number in range(120):
                verb(made, f"16:{number // 60 + 1:02}:{number % 60:02} create_deal {number + 20} owner=7 amount=1")
            self.assertEqual(120, waiting(made))
            made.daemon.start()
            emptied(made)
            self.assertEqual(120, made.daemon.scrape().total("kpistream_offline_events_total"))
            sees(made, 121)

    def test_a_kill_between_the_journal_and_the_deletion_costs_nothing(self) -> None:
        with world(poll=LONG) as made:
            begin(made)
            made.daemon.stop()
            verb(made, "16:01:00 create_deal 12 owner=7 amount=1")
            made.fake.control("faults", silent={"event.offline.clear": 5})
            made.daemon.start()
            until("rows are reserved", lambda: made.fake.counters()["reserved"] == 1, 30)
            until("it is about to delete them", lambda: made.fake.counters()["held"] == 1, 30)
            made.daemon.kill()
            made.fake.control("faults", silent={})
            self.assertEqual(1, waiting(made))
            made.daemon.start()
            sees(made, 2)
            emptied(made)

    def test_a_kill_before_the_answer_comes_costs_nothing(self) -> None:
        with world(poll=LONG) as made:
            begin(made)
            made.daemon.stop()
            verb(made, "16:01:00 create_deal 12 owner=7 amount=1")
            made.fake.control("faults", silent={"event.offline.get": 5})
            made.daemon.start()
            until("the answer is on its way", lambda: made.fake.counters()["reserved"] == 1, 30)
            made.daemon.kill()
            made.fake.control("faults", silent={})
            made.daemon.start()
            sees(made, 2)
            emptied(made)

    def test_where_the_plan_does_not_allow_to_reserve_reading_deletes(self) -> None:
        with world("set offline_extended=no\n", poll=LONG) as made:
            begin(made)
            for number in (12, 13):
                verb(made, f"16:01:{number} create_deal {number} owner=7 amount=1")
            sees(made, 3)
            emptied(made)

    def test_a_new_installation_binds_anew(self) -> None:
        with world(poll=LONG) as made:
            begin(made)
            verb(made, "16:01:00 uninstall_app")
            comes_to(made, "uninstalled")
            self.assertEqual([], made.fake.counters()["bound"])
            install(made, at="16:02:00")
            until("events are bound", lambda: "ONCRMDEALADD" in made.fake.counters()["bound"], 30)
            verb(made, "16:03:00 create_deal 12 owner=7 amount=1")
            sees(made, 2)


if __name__ == "__main__":
    main()
