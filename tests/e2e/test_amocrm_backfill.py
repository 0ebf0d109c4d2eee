#!/usr/bin/env python3
"""An amoCRM account's history is read by `kpistream backfill`: whole, with hardly a request more than its rows need, after a
kill, and while its life goes on.

SEED repeats a run.
"""

from __future__ import annotations

import backfills
from harness import World, main
from weeks import AmoWeek

LISTS = 9  # each has at least one page, and a log that is read by the week two beginnings
PAGE = 100  # rows of the smallest pages


class Backfill(backfills.Backfill):
    week = AmoWeek
    first_day = "2026-11-15"
    installed = "2026-11-22T21:50:00+05:00"
    halfway = "2026-11-19T15:00"

    def cheap(self, rows: int, requests: int) -> None:
        self.assertGreater(rows, 500)
        self.assertLessEqual(requests, rows // PAGE + 1 + LISTS)
        print(f"{rows} rows by {requests} requests")

    def test_a_list_that_the_account_refuses_is_told_and_the_others_are_read(self) -> None:
        with World(self.path, known_since=self.installed) as world:
            world.fake.control("play", deliver="no")
            world.fake.control("faults", denied=["companies/notes"])
            self.told_as_not_read(world, "companies/notes")


if __name__ == "__main__":
    main()
