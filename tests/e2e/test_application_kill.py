#!/usr/bin/env python3
"""kill -9 at every step of a renewal of tokens that can be used once, of the real binary before the real protocol.

A system call is picked with strace: the process dies as it enters it. Whatever the step, the daemon comes up again with
the pair it has, or, when the answer had been on its way, with the next one that an event brings.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator

import kills
from client import until
from harness import World, main
from kills import refreshed
from test_application import install, kept, sees, state, verb, world


class Kill(kills.Kills):
    @contextmanager
    def at_work(self) -> Iterator[World]:
        with world() as made:
            install(made)
            sees(made, 1)
            yield made

    def test_while_the_server_is_silent(self) -> None:
        for when in ("before", "after"):
            with self.subTest(when=when), self.at_work() as made:
                before = refreshed(made)
                made.fake.control("faults", expire_token=True, oauth={when: 2})
                until("it is about to be asked", lambda: kept(made)["asked"] != "", 30)
                if when == "after":
                    until("it was asked", lambda: refreshed(made) > before, 30)
                made.daemon.kill()
                made.fake.control("faults", oauth={"before": 0, "after": 0})
                self.lives_on(made)

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
