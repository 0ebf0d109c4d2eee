"""amoCRM sends again after a failure, by its schedule, and gives up on a hook that keeps failing."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Awaitable, Callable

DELAYS = (300, 900, 900, 3600)  # before attempts 2 to 5
LATE_ATTEMPTS = 3  # from here on only for 499 and 5xx
DISABLE_AFTER, WITHIN = 100, 7200


class Retry:
    """`speed`: how many seconds of the schedule pass in a real one. `post` sends once and gives the status."""

    def __init__(self, speed: float, post: Callable[[bytes], Awaitable[int]]) -> None:
        self._speed, self._post = speed, post
        self._failures: deque[float] = deque()
        self._waiting: set[asyncio.Task[None]] = set()
        self.disabled = False
        self.attempts = 0
        self.lost = 0
        self.disablings = 0

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def first(self, body: bytes, status: int) -> None:
        """The first attempt has ended with this status."""
        self.attempts += 1
        self._judge(status)
        if not success(status):
            task = asyncio.get_running_loop().create_task(self._again(body, status))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _again(self, body: bytes, status: int) -> None:
        for place, delay in enumerate(DELAYS):
            if place + 2 > LATE_ATTEMPTS and not (status == 499 or 500 <= status <= 599):
                break
            await asyncio.sleep(delay / self._speed)
            if self.disabled:
                break
            self.attempts += 1
            status = await self._post(body)
            self._judge(status)
            if success(status):
                return
        self.lost += 1

    def _judge(self, status: int) -> None:
        now = time.monotonic() * self._speed
        if success(status):
            return
        self._failures.append(now)
        while now - self._failures[0] > WITHIN:
            self._failures.popleft()
        if len(self._failures) > DISABLE_AFTER and not self.disabled:
            self.disabled = True
            self.disablings += 1

    def enable(self) -> None:
        self.disabled = False
        self._failures.clear()


def success(status: int) -> bool:
    return 100 <= status <= 299
