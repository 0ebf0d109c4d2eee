"""What happens to webhooks on their way: lost, told twice, late and so out of order. On the scenario's clock."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from typing import Any


class HookFaults:
    """Shares from 0 to 1, and how late a late one is, in seconds. The same seed does the same to the same bodies."""

    def __init__(self, wish: dict[str, Any] | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._held: list[tuple[int, int, bytes]] = []  # due, number, body
        self._number = 0
        self.set(wish or {})

    @staticmethod
    def of(settings: dict[str, str]) -> "HookFaults":
        """From a scenario: `set hooks_lost=0.05 hooks_doubled=0.05 hooks_late=0.2 hooks_delay=1-30 hooks_seed=7`."""
        wish: dict[str, Any] = {name: settings[f"hooks_{name}"] for name in ("lost", "doubled", "late", "seed")
                                if f"hooks_{name}" in settings}
        if "hooks_delay" in settings:
            wish["delay"] = settings["hooks_delay"].split("-")
        return HookFaults(wish)

    def set(self, wish: dict[str, Any]) -> None:
        self._lost, self._doubled, self._late = (float(wish.get(name, 0)) for name in ("lost", "doubled", "late"))
        first, last = wish.get("delay", (1, 30))
        self._delay = int(first), int(last)
        self._chance = random.Random(int(wish.get("seed", 0)))

    def take(self, bodies: list[bytes], now: int) -> list[bytes]:
        """What leaves at this moment: those held back until now, then the new ones that nothing happens to."""
        leaving = self.due(now)
        for body in bodies:
            if self._chance.random() < self._lost:
                self.counts["lost"] += 1
                continue
            copies = 1
            if self._chance.random() < self._doubled:
                self.counts["doubled"] += 1
                copies = 2
            for _ in range(copies):
                if self._chance.random() < self._late:
                    self._hold(body, now + self._chance.randint(*self._delay))
                else:
                    leaving.append(body)
        return leaving

    def due(self, now: int | None) -> list[bytes]:
        """Those held back until now; None: all of them."""
        leaving = []
        while self._held and (now is None or self._held[0][0] <= now):
            leaving.append(heapq.heappop(self._held)[2])
        return leaving

    @property
    def held(self) -> int:
        return len(self._held)

    def _hold(self, body: bytes, due: int) -> None:
        self.counts["late"] += 1
        self._number += 1
        heapq.heappush(self._held, (due, self._number, body))
