#!/usr/bin/env python3
"""Webhooks that stay away are told by the portal's own habit, which outlives the daemon."""

from __future__ import annotations

import unittest

from client import until
from harness import SCENARIOS, World, main

# A start of the daemon each, and how many webhooks come then: the first tells from when on hours are known.
PAST = [("2026-08-25T09:30:00+03:00", 1), ("2026-08-31T11:10:00+03:00", 24), ("2026-09-07T11:10:00+03:00", 16)]
WITHIN = 30.0


class Silence(unittest.TestCase):
    def test_a_silent_hook_is_told(self) -> None:
        with World(SCENARIOS / "bitrix24_sample_day.scenario", rest=False) as world:
            world.fake.control("play", deliver="no")
            self._body = world.fake.bodies()[0]
            world.daemon.stop()
            for clock, count in PAST:
                self._start(world, clock)
                self._send(world, count)
            self._start(world, "2026-09-14T10:50:00+03:00")  # nothing is expected at this hour
            self._send(world, 1)
            self.assertEqual(0, self._silent(world))
            self._start(world, "2026-09-14T11:29:00+03:00")  # 20 an hour are usual from 11:00 to 12:00
            self.assertEqual(0, self._silent(world))
            self._start(world, "2026-09-14T11:30:01+03:00")
            self.assertEqual(1, self._silent(world))
            self._send(world, 1)
            until("the hook is heard again", lambda: self._silent(world) == 0, WITHIN)
            world.daemon.verify()

    @staticmethod
    def _start(world: World, clock: str) -> None:
        world.daemon.stop()
        world.daemon.clock = clock
        world.daemon.start()

    def _send(self, world: World, count: int) -> None:
        client = world.daemon.client(world.alias)
        for _ in range(count):
            self.assertEqual(200, client.post(self._body))
        client.close()
        until("all are processed", lambda: world.daemon.scrape().total("kpistream_log_unprocessed_events") == 0, WITHIN)

    @staticmethod
    def _silent(world: World) -> float:
        (_, value), = world.daemon.scrape().series("kpistream_hook_silent", portal=world.alias)
        return value


if __name__ == "__main__":
    main()
