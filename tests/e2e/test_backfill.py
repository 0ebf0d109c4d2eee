#!/usr/bin/env python3
"""A portal's history is read by `kpistream backfill`: whole, after a kill, and while its life goes on.

SEED repeats a run.
"""

from __future__ import annotations

import backfills
from harness import World, main
from weeks import BitrixWeek


class Backfill(backfills.Backfill):
    week = BitrixWeek
    first_day = "2026-09-13"
    installed = "2026-09-20T21:50:00+05:00"
    halfway = "2026-09-17T15:00"

    def test_a_list_that_the_portal_refuses_is_told_and_the_others_are_read(self) -> None:
        text = self.path.read_text(encoding="utf-8").replace("now 2026", "set scopes=crm,task,user\nnow 2026", 1)
        self.path.write_text(text, encoding="utf-8")
        with World(self.path, known_since=self.installed) as world:
            world.fake.control("play", deliver="no")
            self.told_as_not_read(world, "voximplant.statistic.get")

    def test_what_cannot_be_done_is_told(self) -> None:
        with World(self.path, known_since=self.installed) as world:
            for arguments, words in ((("--from", "yesterday"), "from: "),
                                     (("--portal", "nobody", "--from", self.first_day), "'nobody' is not configured")):
                ran = world.daemon.run("backfill", *arguments)
                self.assertEqual(ran.returncode, 1)
                self.assertIn(words, ran.stderr)
            self.assertIn("no backfill was asked for", self.backfill(world).stdout)
            world.daemon.stop()
            ran = self.backfill(world, "--from", self.first_day)
            self.assertIn("no daemon answers", ran.stderr)


if __name__ == "__main__":
    main()
