"""How queued bodies reach the target: in order or shuffled, repeated, on many connections, some of them lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any, Callable, Iterable

from kit.sender import Headers, Sender

Report = Callable[[bytes, int], None]


@dataclass
class Plan:
    order: str = "as is"  # or "shuffle"
    seed: int = 0
    repeat: int = 1
    connections: int = 1
    drop: float = 0.0  # share of the bodies that never leave
    keep_alive: bool = True

    @staticmethod
    def of(wish: dict[str, Any]) -> "Plan":
        return Plan(**wish)

    def arrange(self, bodies: Iterable[bytes]) -> list[bytes]:
        chance = random.Random(self.seed)
        result = [body for body in bodies if chance.random() >= self.drop] * self.repeat
        if self.order == "shuffle":
            chance.shuffle(result)
        return result


async def deliver(target: str, headers: Headers, bodies: Iterable[bytes], plan: Plan, report: Report,
                  timeout: float = 10.0, enabled: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Sends all, or those up to the moment the CRM gives up, and tells how often each status came back."""
    waiting = plan.arrange(bodies)[::-1]
    seen: Counter[str] = Counter()

    async def work() -> None:
        sender = Sender(target, headers, timeout, plan.keep_alive)
        while waiting and enabled():
            body = waiting.pop()
            status = await sender.post(body)
            seen[str(status)] += 1
            report(body, status)
        sender.close()

    await asyncio.gather(*(work() for _ in range(plan.connections)))
    return dict(seen)
