#!/usr/bin/env python3
"""kill -9 at every step of a renewal of tokens that can be used once, of the real binary before the real protocol.

A system call is picked with strace: the process dies as it enters it. Whatever the step, the daemon comes up again with
the pair it has, or, when the answer had been on its way, with the next one that an event brings.
"""

from __future__ import annotations

import shutil
import unittest

from client import until
from harness import World, main
from kills import STEPS, kill_at
from test_application import install, kept, refreshed, sees, state, verb, world

class Kill(unittest.TestCase):
    def test_at_every_step(self) -> None:
        if shutil.which("strace") is None:
            self.skipTest("there is no strace")
        helped = []
        for call, time in STEPS:
            with self.subTest(call=call, time=time), world() as made:
                install(made)
                sees(made, 1)
                before = refreshed(made)
                kill_at(made, call, time)
                asked = refreshed(made) > before
                self.assertEqual(time == 2, asked, "the server is asked when the file has been written once")
                written = call == "folder"  # in its place already, though not for good
                if self.lives_on(made):
                    helped.append((call, time))
                self.assertEqual(asked and not written, (call, time) in helped)
        print(f"{len(STEPS)} kills, {len(helped)} of them while an answer was on its way")

    def test_while_the_server_is_silent(self) -> None:
        for when in ("before", "after"):
            with self.subTest(when=when), world() as made:
                install(made)
                sees(made, 1)
                before = refreshed(made)
                made.fake.control("faults", expire_token=True, oauth={when: 2})
                until("it is about to be asked", lambda: kept(made)["asked"] != "", 30)
                if when == "after":
                    until("it was asked", lambda: refreshed(made) > before, 30)
                made.daemon.kill()
                made.fake.control("faults", oauth={"before": 0, "after": 0})
                self.lives_on(made)

    def test_a_stop_waits_for_an_answer_that_is_on_its_way(self) -> None:
        with world() as made:
            install(made)
            sees(made, 1)
            before = refreshed(made)
            made.fake.control("faults", expire_token=True, oauth={"after": 1.5})
            until("it was asked", lambda: refreshed(made) > before, 30)
            made.daemon.stop()
            made.fake.control("faults", oauth={"after": 0})
            self.assertFalse(self.lives_on(made))

    def lives_on(self, made: World) -> bool:
        """Whether it took another pair, which an event brought. Nobody installs anything again."""
        before = kept(made)["installed"]
        made.daemon.start()
        made.aim()
        verb(made, "16:01:00 create_deal 12 owner=7 amount=1")
        until("the portal was asked", lambda: state(made) == "refused" or _deals(made) == 2, 30)
        if state(made) == "refused":
            verb(made, "16:02:00 update_deal 12 amount=2")  # the event before came before the daemon knew
        sees(made, 2)
        return kept(made)["installed"] != before


def _deals(made: World) -> float:
    return made.daemon.scrape().total("crm_deals_open")


if __name__ == "__main__":
    main()
