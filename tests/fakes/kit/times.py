"""Times as people write them in scenarios and as the CRMs print them. Inside: Unix seconds."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

_CLOCK = re.compile(r"^(?:\+(\d+)d)?(\d{1,2}):(\d{2})(?::(\d{2}))?$")


class Zone:
    """One time zone and the day that bare times of day belong to."""

    def __init__(self, name: str, day: str = "1970-01-01") -> None:
        self.name = name
        self.info = ZoneInfo(name)
        self.day = date.fromisoformat(day)

    def parse(self, text: str) -> int:
        """`10:09`, `10:09:30` (that day), `+1d18:00` (days ahead), `2026-09-14`, or ISO with or without an offset."""
        match = _CLOCK.match(text)
        if match:
            ahead, hour, minute, second = (int(part or 0) for part in match.groups())
            moment = datetime.combine(self.day + timedelta(days=ahead), time(hour, minute, second))
        else:
            moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.info)
        return int(moment.timestamp())

    def local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at, self.info)

    def iso(self, at: int) -> str:
        """2026-09-14T10:00:03+03:00"""
        return self.local(at).isoformat(timespec="seconds")

    def plain(self, at: int) -> str:
        """2026-11-16 12:00:00"""
        return self.local(at).strftime("%Y-%m-%d %H:%M:%S")

    def midnight(self, at: int, days: int = 0) -> int:
        """The beginning of the local day of `at`, moved by whole days."""
        day = self.local(at).date() + timedelta(days=days)
        return int(datetime.combine(day, time(), self.info).timestamp())

    def monday(self, at: int) -> int:
        return self.midnight(at, -self.local(at).weekday())

    def date_only(self, day: str) -> str:
        """How Bitrix24 prints a date without a time: midnight UTC in the server's zone."""
        moment = datetime.combine(date.fromisoformat(day), time(), timezone.utc)
        return moment.astimezone(self.info).isoformat(timespec="seconds")
