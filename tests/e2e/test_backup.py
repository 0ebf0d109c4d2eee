#!/usr/bin/env python3
"""The drill: a backup beside the running daemon, more work, the machine lost; the backup is put back elsewhere, proved,
served, and what came after it is read from the CRM again. A damaged one is refused.

Of a backup amid webhooks the figures are exactly those of another daemon that got as many of them as the backup holds."""

from __future__ import annotations

import json
import random
import shutil
import threading
import unittest
from pathlib import Path

from client import until
from figures import differences, eventually_none
from harness import SCENARIOS, World, main, seed
from test_kill import Lead

WINDOWS = ("day", "week")
AGE = "kpistream_backup_last_success_timestamp_seconds"


LEADS = 400


class Sender(threading.Thread):
    """One connection, one body after the other: the journal has them in this order."""

    def __init__(self, world: World, bodies: list[bytes]) -> None:
        super().__init__()
        self.bodies, self.acknowledged, self.refused = bodies, 0, 0
        self._client = world.daemon.client(world.alias)

    def run(self) -> None:
        for body in self.bodies:
            if self._client.post(body) != 200:
                self.refused += 1
                return
            self.acknowledged += 1


def figures(world: World) -> list[str]:
    """All about sales; not about the moment of looking."""
    lines = world.daemon.scrape_text().splitlines()
    return sorted(line for line in lines if line.startswith("crm_") and not line.startswith("crm_snapshot_"))


class UnderWork(unittest.TestCase):
    def test_it_is_one_moment_amid_webhooks(self) -> None:
        chance = random.Random(seed())
        stories = [Lead(7_000_000 + number, chance) for number in range(LEADS)]
        bodies = [body[0] for lead in stories for body in lead.bodies]
        with World(SCENARIOS / "amocrm_sample_day.scenario", rest=False) as world:
            daemon = world.daemon
            daemon.more = ["backup:", f"  path: {world.folder / 'backups'}"]
            daemon.write_config()
            daemon.stop()
            daemon.start()
            sender = Sender(world, bodies)
            sender.start()
            until("there is work", lambda: sender.acknowledged > len(bodies) // 10)
            before = sender.acknowledged
            ran = daemon.run("backup", "--json")
            after = sender.acknowledged
            self.assertEqual(0, ran.returncode, ran.stderr)
            self.assertGreater(after, before, "it was made beside the work")
            sender.join()
            self.assertEqual((0, len(bodies)), (sender.refused, sender.acknowledged))
            daemon.kill()

            daemon.store = world.folder / "elsewhere"
            daemon.write_config()
            said = daemon.run("restore", "--from", json.loads(ran.stdout)["path"])
            self.assertEqual(0, said.returncode, said.stderr)
            told = daemon.run("verify", "--json")
            self.assertEqual(0, told.returncode, told.stdout)
            daemon.start()
            held = int(daemon.rest().total("kpistream_journal_tail_position"))
            self.assertGreaterEqual(held, json.loads(ran.stdout)["position"])
            self.assertGreaterEqual(held, before, "nothing acknowledged before it is missing")
            self.assertLess(held, len(bodies), "there was work after it")
            restored = figures(world)
        with World(SCENARIOS / "amocrm_sample_day.scenario", rest=False) as other:
            fed = Sender(other, bodies[:held])
            fed.run()
            self.assertEqual(held, fed.acknowledged)
            other.daemon.rest()
            other.daemon.stop()  # a start computes at once what else is computed now and then
            other.daemon.start()
            other.daemon.rest()
            self.maxDiff = None
            self.assertEqual(restored, figures(other))
            self.assertGreater(other.daemon.scrape().total("crm_new_leads_total"), LEADS / 20)


class Drill(unittest.TestCase):
    def setUp(self) -> None:
        self.world = self.enterContext(World(SCENARIOS / "amocrm_sample_day.scenario"))
        self.backups = self.world.folder / "backups"
        self.world.daemon.more = ["backup:", f"  path: {self.backups}", "  keep: 2"]
        self.world.daemon.write_config()
        self.world.daemon.stop()
        self.world.daemon.start()
        self.world.aim()

    def backup(self) -> dict[str, object]:
        ran = self.world.daemon.run("backup", "--json")
        self.assertEqual(0, ran.returncode, ran.stderr)
        return json.loads(ran.stdout)

    def restore(self, path: object) -> str:
        ran = self.world.daemon.run("restore", "--from", str(path))
        return ran.stdout if ran.returncode == 0 else ran.stderr

    def test_a_lost_machine_is_put_back_and_healed(self) -> None:
        world, daemon = self.world, self.world.daemon
        world.fake.control("play", until="2026-11-16T12:00")
        daemon.rest()
        self.assertEqual(0, daemon.scrape().total("crm_deals_won_total"))
        made = self.backup()
        world.fake.control("play")
        daemon.rest()
        self.assertEqual(1, daemon.scrape().total("crm_deals_won_total"), "something came after it")

        daemon.kill()
        self.assertIn("is not empty", self.restore(made["path"]))
        shutil.rmtree(daemon.store)
        said = self.restore(made["path"])
        self.assertIn(f"restored {made['path']}", said)
        self.assertEqual(0, daemon.run("verify").returncode)
        told = json.loads(daemon.run("verify", "--json").stdout)
        self.assertGreaterEqual(told["position"], made["position"])
        daemon.start()
        truth = world.truth()
        eventually_none(lambda: differences(daemon.scrape(), truth, world.alias, WINDOWS), 60)
        daemon.rest()
        daemon.verify()

    def test_without_the_daemon_it_is_the_same_and_only_the_newest_stay(self) -> None:
        world, daemon = self.world, self.world.daemon
        world.fake.control("play")
        daemon.rest()
        first = self.backup()
        total = daemon.scrape().total("crm_new_leads_total")
        daemon.stop()
        second = self.backup()
        self.assertGreaterEqual(second["position"], first["position"])
        self.assertEqual("whole", daemon.run("backup", "--check", str(second["path"])).stdout.split()[0])
        old = self.backups / "2020-01-01T000000Z"
        Path(str(first["path"])).rename(old)
        daemon.start()
        third = self.backup()
        self.assertEqual(sorted([Path(str(second["path"])), Path(str(third["path"]))]), sorted(self.backups.iterdir()),
                         "two are kept")
        daemon.stop()
        shutil.rmtree(daemon.store)
        self.restore(third["path"])
        daemon.start()
        until("the figures are back", lambda: daemon.scrape().total("crm_new_leads_total") == total)

    def test_a_damaged_one_is_refused_and_nothing_is_written(self) -> None:
        daemon = self.world.daemon
        self.world.fake.control("play")
        daemon.rest()
        path = Path(str(self.backup()["path"]))
        daemon.stop()
        shutil.rmtree(daemon.store)
        table = max(path.glob("*.sst"), key=lambda file: file.stat().st_size)
        good = table.read_bytes()
        table.unlink()  # it may be shared with the store
        table.write_bytes(good[:100] + bytes([good[100] ^ 1]) + good[101:])
        self.assertIn(f"{table.name} is not as it was when the backup was made", self.restore(path))
        table.write_bytes(good[:-1])
        self.assertIn("is not as it was", self.restore(path))
        table.write_bytes(good)
        (path / "BACKUP").rename(path / "kept")
        self.assertIn("it has no file BACKUP", self.restore(path))
        text = (path / "kept").read_text(encoding="utf-8")
        (path / "BACKUP").write_text(text[:-8], encoding="utf-8")
        self.assertIn("BACKUP is damaged", self.restore(path))
        (path / "BACKUP").write_text(text.replace(table.name, "../" + table.name), encoding="utf-8")
        self.assertIn("BACKUP is damaged", self.restore(path))
        self.assertFalse(daemon.store.exists())
        (path / "BACKUP").write_text(text, encoding="utf-8")
        self.assertIn("restored", self.restore(path))

    def test_when_the_newest_was_made_is_told_also_after_a_restart(self) -> None:
        daemon = self.world.daemon
        self.assertEqual([({}, 0.0)], daemon.scrape().series(AGE), "there is none yet")
        taken = self.backup()["taken"]
        self.assertEqual([({}, taken)], daemon.scrape().series(AGE))
        daemon.stop()
        daemon.start()
        self.assertEqual([({}, taken)], daemon.scrape().series(AGE))
        for path in self.backups.iterdir():
            (path / "BACKUP").write_text("damaged", encoding="utf-8")
        self.assertEqual([({}, 0.0)], daemon.scrape().series(AGE))

    def test_nothing_is_made_where_nobody_said_where(self) -> None:
        daemon = self.world.daemon
        daemon.more = []
        daemon.write_config()
        daemon.stop()
        daemon.start()
        ran = daemon.run("backup")
        self.assertEqual(1, ran.returncode)
        self.assertIn("backup.path is not set", ran.stderr)
        self.assertEqual([], daemon.scrape().series(AGE))


if __name__ == "__main__":
    main()
