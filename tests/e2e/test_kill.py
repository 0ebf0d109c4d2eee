#!/usr/bin/env python3
"""kill -9 at 50 random moments during deliveries. A ledger keeps what was acknowledged; a naive model counts it.

After every restart: nothing acknowledged is lost, nothing is doubled. A body that got no answer may have been taken or
not; it is sent again, as the account does, and in the end everything is there exactly once and `verify` passes.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import threading
import time
import unittest
from collections import defaultdict
from pathlib import Path

from harness import SCENARIOS, World, main, portal_config, seed
from client import HookClient
from daemon import Daemon
from exposition import Page
from kit.form import encode

KILLS = int(os.environ.get("KILLS", "50"))
CONNECTIONS = 6
CLOCK = "2026-11-16T16:00:00+03:00"
MORNING = 1794805200  # 08:00 of that day in Moscow
WON, OPEN = 142, 68000020


class Lead:
    """One lead's story, as bodies: added, priced, won, perhaps reopened."""

    def __init__(self, ident: int, chance: random.Random) -> None:
        self.id, self.owner = ident, chance.choice((9000101, 9000102))
        self.at = MORNING + chance.randrange(20000)
        self.bodies = [self._body("add", OPEN, 0)]
        price = chance.randrange(1, 500) * 1000
        if chance.random() < 0.7:
            self.bodies.append(self._body("update", OPEN, price))
        if chance.random() < 0.6:
            self.bodies.append(self._body("status", WON, price))
            if chance.random() < 0.3:
                self.bodies.append(self._body("status", OPEN, price))

    def _body(self, action: str, status: int, price: int) -> tuple[bytes, int, int, int]:
        """The body, and for the model: when, which status, which price."""
        self.at += 60
        made = MORNING - 2 * self.id  # apart from one another: what comes all at once is an import
        lead = {"id": self.id, "name": f"L{self.id}", "status_id": status, "price": price,
                "responsible_user_id": self.owner, "last_modified": self.at, "modified_user_id": self.owner,
                "created_user_id": self.owner, "date_create": made, "pipeline_id": 8100010, "account_id": 31990001,
                "created_at": made, "updated_at": self.at}
        account = {"subdomain": "demostroy", "id": 31990001, "_links": {"self": "https://demostroy.amocrm.ru"}}
        return encode({"account": account, "leads": {action: [lead]}}), self.at, status, price


class Ledger:
    """Every acknowledged body is on its own file before the sender goes on."""

    def __init__(self, path: Path, stories: list[Lead]) -> None:
        self._file = path.open("ab", buffering=0)
        self._path = path
        self.stories = {lead.id: lead for lead in stories}
        self.waiting = [(lead.id, place) for lead in stories for place in range(len(lead.bodies))]
        self.acknowledged: set[tuple[int, int]] = set()
        self.unsure: set[tuple[int, int]] = set()  # sent, no answer
        self._lock = threading.Lock()

    def take(self) -> tuple[int, int] | None:
        with self._lock:
            return self.waiting.pop(0) if self.waiting else None

    def answered(self, item: tuple[int, int], status: int) -> None:
        with self._lock:
            if status == 200:
                self._file.write(b"%d %d\n" % item)
                self.acknowledged.add(item)
            else:
                self.unsure.add(item)
                self.waiting.append(item)  # sent again later

    def model(self, maybe: bool = False) -> dict[str, float]:
        """Counted from the file alone (and, with `maybe`, from what got no answer)."""
        lines = self._path.read_bytes().decode().splitlines()
        seen = {(int(a), int(b)) for a, b in (line.split() for line in lines)} | (self.unsure if maybe else set())
        latest: dict[int, tuple[int, int, int]] = {}
        for ident, place in seen:
            _, at, status, price = self.stories[ident].bodies[place]
            latest[ident] = max(latest.get(ident, (0, 0, 0)), (at, status, price))
        table: dict[str, float] = defaultdict(float)
        for ident, (_, status, price) in latest.items():
            owner = self.stories[ident].owner
            table[f"new_leads {owner}"] += 1
            if status == WON:
                table[f"deals_won {owner}"] += 1
                table[f"revenue {owner}"] += price
        return dict(table)


def shown(page: Page) -> dict[str, float]:
    table: dict[str, float] = {}
    for figure in ("new_leads", "deals_won", "revenue"):
        for labels, value in page.series(f"crm_manager_window_{figure}", window="day"):
            if value:
                table[f"{figure} {labels['manager']}"] = value
    return table


class Kill(unittest.TestCase):
    def setUp(self) -> None:
        self.chance = random.Random(seed())
        self.folder = Path(tempfile.mkdtemp(prefix="kpistream-kill-"))

    def test_nothing_acknowledged_is_lost_and_nothing_counted_twice(self) -> None:
        config = portal_config("amocrm", "Europe/Moscow", "2026-11-16T00:00:00+03:00")
        daemon = Daemon(self.folder, [config], CLOCK)
        ledger = Ledger(self.folder / "ledger", [Lead(ident, self.chance) for ident in range(1, 12 * KILLS + 1)])
        try:
            for number in range(KILLS):
                self.cycle(daemon, ledger, number)
            daemon.start()
            while ledger.waiting:
                self.deliver(daemon, ledger, None)
            page = daemon.rest()
            self.assertEqual(ledger.model(), shown(page))
            won = page.total("crm_deals_won_total") - page.total("crm_deals_won_retracted_total")
            self.assertEqual(page.total("crm_window_deals_won", window="day"), won)
            print(f"{KILLS} kills, {len(ledger.acknowledged)} bodies, {len(ledger.unsure)} without an answer at first")
            daemon.verify()
        except BaseException:
            print(f"left for inspection: {self.folder}\n{daemon.tail()}")
            raise
        finally:
            daemon.kill()
        shutil.rmtree(self.folder)

    def cycle(self, daemon: Daemon, ledger: Ledger, number: int) -> None:
        if self.chance.random() < 0.15:  # in the middle of a start or recovery
            daemon.start(wait=False)
            time.sleep(self.chance.random() * 0.3)
            daemon.kill()
        daemon.start()
        if number:
            self.check(daemon, ledger)
        killer = threading.Timer(self.chance.random() * 0.25, daemon.kill)
        killer.start()
        self.deliver(daemon, ledger, killer)
        killer.join()

    def check(self, daemon: Daemon, ledger: Ledger) -> None:
        """Between two kills: what was acknowledged is counted; what had no answer may be."""
        actual = shown(daemon.rest())
        least, most = ledger.model(), ledger.model(maybe=True)
        for name in {*least, *most, *actual}:
            if name.startswith("new_leads"):
                self.assertTrue(least.get(name, 0) <= actual.get(name, 0) <= most.get(name, 0),
                                f"{name}: {actual.get(name, 0)}, not in {least.get(name, 0)}..{most.get(name, 0)}")
        if not ledger.unsure - ledger.acknowledged:
            self.assertEqual(least, actual)

    def deliver(self, daemon: Daemon, ledger: Ledger, killer: threading.Timer | None) -> None:
        """Until the daemon is killed, or all is delivered."""

        def send() -> None:
            client: HookClient = daemon.client("demostroy")
            while item := ledger.take():
                status = client.post(ledger.stories[item[0]].bodies[item[1]][0])
                ledger.answered(item, status)
                if status == 0 or (killer and not killer.is_alive()):
                    break
                if killer and len(ledger.acknowledged) % 7 == 0:
                    time.sleep(0.004)  # so that a day lasts for all the kills
            client.close()

        threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


class KillBetweenReadings(unittest.TestCase):
    def test_wishes_outlive_kills(self) -> None:
        """Bitrix24's thin events: the daemon dies again and again between an event and its reading."""
        chance = random.Random(seed())
        with World(SCENARIOS / "bitrix24_sample_day.scenario") as world:
            from figures import differences, eventually_none

            world.fake.control("play", deliver="no")
            for body in world.fake.bodies():
                client, status = world.daemon.client("acme"), 0
                while status != 200:
                    status = client.post(body)
                client.close()
                time.sleep(chance.random() * 0.05)
                world.daemon.kill()
                world.daemon.start()
            world.daemon.rest()
            truth = world.truth()
            eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, ("day", "week")), 30)
            world.daemon.verify()


if __name__ == "__main__":
    main()
