#!/usr/bin/env python3
"""amoCRM waits two seconds for an answer. While the disk takes longer it hears 503, tries again, and all counts once."""

from __future__ import annotations

import os
import unittest
from pathlib import Path

from harness import SCENARIOS, World, main

LIBRARY = Path(os.environ.get("SLOW_DISK", Path(__file__).resolve().parents[2] / "build/release/tests/disk/libslow_disk.so"))


class SlowDisk(unittest.TestCase):
    def test_an_answer_does_not_wait_for_the_disk(self) -> None:
        with World(SCENARIOS / "amocrm_sample_day.scenario", rest=False) as world:
            world.daemon.stop()
            held = world.folder / "held"
            world.daemon.environment = {"LD_PRELOAD": str(LIBRARY), "SLOW_DISK_HOLD": str(held)}
            world.daemon.start()
            world.fake.control("play", deliver="no")
            bodies = world.fake.bodies()
            client = world.daemon.client(world.alias)
            held.touch()
            self.assertEqual([503, 503, 503], [client.post(body) for body in bodies[:3]], "no sync ends meanwhile")
            self.assertEqual(3, world.daemon.scrape().total("kpistream_webhook_requests_total", result="unavailable"))
            held.unlink()
            self.assertEqual({200}, {client.post(body) for body in bodies})
            page = world.daemon.rest()
            twice = page.total("kpistream_webhook_requests_total", result="accepted")
            self.assertEqual(len(bodies), twice)
            self.assertEqual(len(bodies) + 3, page.total("kpistream_journal_records_total"), "what was late is kept too")
            slow = self._figures(world)
            client.close()
            world.daemon.verify()
        with World(SCENARIOS / "amocrm_sample_day.scenario", rest=False) as world:
            world.fake.control("play")
            world.daemon.rest()
            self.assertEqual(self._figures(world), slow)

    @staticmethod
    def _figures(world: World) -> list[str]:
        lines = world.daemon.scrape_text().splitlines()
        return sorted(line for line in lines if line.startswith("crm_") and not line.startswith("crm_snapshot_"))


if __name__ == "__main__":
    main()
