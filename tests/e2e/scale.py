"""A portal of many deals: its backfill, and a mass edit with today's work and another portal beside it. Measured.

Shared by test_scale.py, which asks for bounds, and tests/bench/portal, which prints.
"""

from __future__ import annotations

import math
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client import until
from harness import World, portal_config
from kit.program import Fake

PAGE, BATCH = 50, 50
HISTORY_FROM = "2026-09-13"
INSTALLED = "2026-09-20T10:00:00+03:00"  # healing begins here; edits and today's work come later
EDIT_FROM, TODAY_FROM = 10 * 60 + 30, 12 * 60  # minutes of the last day
QUIET = "2026-09-20T10:00"
EDITED = "2026-09-20T11:59:59"
BESIDE = "beside"
SHOWS_WITHIN = 120.0


@dataclass
class Backfill:
    deals: int
    requests: int
    least: int  # full pages, full batches
    seconds: float
    memory: int  # MiB, the most while it lasted

    @property
    def ratio(self) -> float:
        return self.requests / self.least


@dataclass
class MassEdit:
    edits: int
    acknowledged: float = 0  # seconds until all were
    refused: int = 0
    drained: float = 0  # seconds until all were read
    requests: int = 0
    memory: int = 0  # MiB, the most while it lasted
    fresh: list[float] = field(default_factory=list)  # seconds until a deal of today, made or won, showed
    beside: list[float] = field(default_factory=list)  # ... of the other portal


def write_scenario(path: Path, deals: int, edits: int) -> None:
    """Deals made over six days before today; today the first of them are edited within a minute or so."""
    lines = ["crm bitrix24", "zone Europe/Moscow", "now 2026-09-20T23:00:00"]
    for number in range(1, deals + 1):
        day, minute = divmod(number * 6 * 24 * 60 // (deals + 1), 24 * 60)
        lines.append(f"2026-09-{14 + day}T{_clock(minute * 60)} create_deal {number} owner=7 amount=100")
    for number in range(1, edits + 1):
        at = EDIT_FROM * 60 + number * 60 // (edits + 1)
        lines.append(f"2026-09-20T{_clock(at)} update_deal {number} amount=200")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


class BigPortal:
    """The world of one test: the big portal, and another one that only has today's work."""

    def __init__(self, deals: int, edits: int) -> None:
        self.deals, self.edits = deals, min(deals, edits)
        self._folder = Path(tempfile.mkdtemp(prefix="kpistream-scale-"))
        big, beside = self._folder / "big.scenario", self._folder / "beside.scenario"
        write_scenario(big, deals, self.edits)
        beside.write_text("crm bitrix24\nzone Europe/Moscow\nnow 2026-09-20T12:00:00\n", encoding="utf-8")
        self.world = World(big, known_since=INSTALLED, poll="1m")
        self.beside = Fake("bitrix24", beside)
        config = portal_config("bitrix24", "Europe/Moscow", f"{HISTORY_FROM}T00:00:00+03:00", self.beside.about["rest"])
        config.alias = BESIDE
        self.world.daemon.portals[BESIDE] = config
        self.world.daemon.write_config()
        self._made = {self.world.alias: deals, BESIDE: 0}

    def __enter__(self) -> "BigPortal":
        self.world.__enter__()
        self.beside.control("target", url=self.world.daemon.hook_url(BESIDE))
        return self

    def __exit__(self, *error: Any) -> None:
        self.beside.stop()
        self.world.__exit__(*error)

    def backfill(self) -> Backfill:
        self.world.fake.control("play", until=QUIET, deliver="no")
        self.world.fake.control("deliver", drop=1.0)  # nobody listened then
        self.world.daemon.rest()
        self._forget_peak()
        before, began = self._requests(), time.monotonic()
        ran = self.world.daemon.run("backfill", "--portal", self.world.alias, "--from", HISTORY_FROM, seconds=1800)
        assert ran.returncode == 0, ran.stderr
        taken = time.monotonic() - began
        used = self._requests() - before
        self.world.daemon.rest(600)
        pages = 2 * math.ceil(self.deals / PAGE)  # deals and their stage history
        return Backfill(self.deals, used, math.ceil(pages / BATCH), taken, self._peak())

    def counted(self) -> float:
        """Deals that the figures of this week have."""
        return self.world.daemon.scrape().total("crm_window_new_deals", portal=self.world.alias, window="week")

    def mass_edit(self) -> MassEdit:
        self.world.fake.control("play", until=EDITED, deliver="no")
        self._forget_peak()
        result = MassEdit(self.edits)
        before, began = self._requests(), time.monotonic()

        def send() -> None:
            statuses = self.world.fake.control("deliver", connections=16)["statuses"]
            result.acknowledged = time.monotonic() - began
            result.refused = sum(count for status, count in statuses.items() if status != "200")

        sending = threading.Thread(target=send)
        sending.start()
        probe = 0
        while sending.is_alive() or not self._at_rest() or probe < 2:
            result.beside.append(self._shows(self.beside, BESIDE, probe))
            result.fresh.append(self._shows(self.world.fake, self.world.alias, probe))
            probe += 1
        sending.join()
        result.drained = time.monotonic() - began
        result.requests = self._requests() - before
        result.memory = self._peak()
        return result

    def overrun(self) -> bool:
        return bool(self.world.fake.counters()["overrun"] or self.beside.counters()["overrun"])

    def _shows(self, fake: Fake, alias: str, probe: int) -> float:
        """A deal of today is made, or the one before is won: seconds until the figures have it."""
        at, won = _clock(TODAY_FROM * 60 + probe), probe % 2 == 1
        if not won:
            self._made[alias] += 1
        act = f"win_deal {self._made[alias]}" if won else f"create_deal {self._made[alias]} owner=9 amount=700"
        metric = "crm_window_deals_won" if won else "crm_window_new_deals"
        began = time.monotonic()
        fake.control("verb", line=f"2026-09-20T{at} {act}")
        wanted = probe // 2 + 1
        until(f"{alias} shows what happened today",
              lambda: self.world.daemon.scrape().total(metric, portal=alias, window="day") == wanted, SHOWS_WITHIN, 0.1)
        return time.monotonic() - began

    def _at_rest(self) -> bool:
        page = self.world.daemon.scrape()
        return page.total("kpistream_log_unprocessed_events") == 0 and page.total("kpistream_enrichment_queue") == 0

    def _requests(self) -> int:
        return int(self.world.fake.counters()["requests"])

    def _proc(self, name: str) -> Path:
        return Path(f"/proc/{self.world.daemon.pid}/{name}")

    def _forget_peak(self) -> None:
        self._proc("clear_refs").write_text("5", encoding="ascii")

    def _peak(self) -> int:
        lines = self._proc("status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024
