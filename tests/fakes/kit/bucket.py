"""The CRMs' request limits, on real time."""

from __future__ import annotations

import time
from collections import deque


class LeakyBucket:
    """Bitrix24: holds `size` requests and drains `drain` a second."""

    def __init__(self, size: float = 50, drain: float = 2) -> None:
        self.size, self.drain = size, drain
        self.level = self.peak = 0.0
        self._at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.level = max(0.0, self.level - (now - self._at) * self.drain)
        self._at = now
        if self.level + 1 > self.size:
            return False
        self.level += 1
        self.peak = max(self.peak, self.level)
        return True


class SlidingSecond:
    """amoCRM: at most `most` requests within any second."""

    def __init__(self, most: int = 7) -> None:
        self.most = most
        self.peak = 0
        self._times: deque[float] = deque()

    def take(self) -> bool:
        now = time.monotonic()
        while self._times and now - self._times[0] >= 1.0:
            self._times.popleft()
        if len(self._times) >= self.most:
            return False
        self._times.append(now)
        self.peak = max(self.peak, len(self._times))
        return True


class Penalty:
    """amoCRM: whoever goes on asking over the limit is shut out for a while."""

    within = 10.0

    def __init__(self) -> None:
        self.most, self.seconds = 50, 60.0
        self._until = 0.0
        self._times: deque[float] = deque()

    def set(self, wish: dict[str, float]) -> None:
        self.most, self.seconds = int(wish.get("most", self.most)), float(wish.get("seconds", self.seconds))

    def refused(self) -> None:
        """The limit refused somebody."""
        now = time.monotonic()
        self._times.append(now)
        while now - self._times[0] > self.within:
            self._times.popleft()
        if len(self._times) >= self.most:
            self._until = now + self.seconds
            self._times.clear()

    def shut(self) -> bool:
        return time.monotonic() < self._until


class Operating:
    """Bitrix24: execution time of each method within ten minutes. Too much of it blocks that method alone."""

    limit = 480.0
    window = 600.0

    def __init__(self) -> None:
        self.cost: dict[str, float] = {}  # seconds that a call takes, by method; 0.12 for others
        self.used: dict[str, float] = {}
        self._until: dict[str, float] = {}

    def block(self, method: str, seconds: float) -> None:
        self.used[method] = self.limit
        self._until[method] = time.monotonic() + seconds

    def spend(self, method: str) -> bool:
        """False: blocked. The call that crosses the line is still answered."""
        now = time.monotonic()
        if now >= self._until.get(method, 0.0):
            self.used[method] = 0.0
            self._until[method] = now + self.window
        if self.used[method] >= self.limit:
            return False
        self.used[method] += self.cost.get(method, 0.12)
        return True

    def left(self, method: str) -> int:
        """Seconds until it begins anew."""
        return max(0, round(self._until.get(method, 0.0) - time.monotonic()))
