"""Weeks of a department of twenty that go badly, of either CRM: what is drawn, and how such a week is lived through."""

from __future__ import annotations

import os
import random
import tempfile
import unittest
from pathlib import Path
from typing import Any

from client import until
from days import AmoDay, BitrixDay, Choice, Day
from figures import differences, eventually_none
from harness import World, draws

ACTS = 600
SLICES = 14  # half days
WINDOWS = ("day", "day_prev", "week", "7d")
HEALED_WITHIN = 60.0
COVERED_WITHIN = 60.0
HOURS = 3600


class Week(Day):
    """Monday to Sunday, at all hours."""

    def text(self) -> str:
        lines = self.head(6, "22:00:00") + self.settings()
        lines += [f"{self.first}T00:01:{n:02} {self.employee(user)}" for n, user in enumerate(self.users)]
        seconds = sorted(self.chance.randrange(600, 7 * 86400 - 8000) for _ in range(ACTS))
        return "\n".join(lines + [self.act(at) for at in seconds]) + "\n"

    def settings(self) -> list[str]:
        return []

    def employee(self, user: str) -> str:
        raise NotImplementedError


class BitrixWeek(Week, BitrixDay):
    users = tuple(str(number) for number in range(101, 121))

    def employee(self, user: str) -> str:
        return f"user {user} name=N last_name=L"


class AmoWeek(Week, AmoDay):
    """Clicks that come as they may, statuses that are dropped, acts on contacts, incoming leads of every kind."""

    users = tuple(str(number) for number in range(9000201, 9000221))

    def settings(self) -> list[str]:
        return ["set events=whole"]

    def employee(self, user: str) -> str:
        return f"user {user} name=N"

    def shape(self) -> str:
        """How one click arrives."""
        one = self.one
        return (f"pairs={one('separate', 'joined', 'single', 'update')} old={one('told', 'told', 'empty', 'missing')} "
                f"account={one('first', 'last')} indices={one('dense', 'sparse')}")

    def choices(self) -> list[Choice]:
        number, one, drawn = self.chance.randrange, self.one, super().choices()
        drawn += [
            (1, lambda: f"create_lead {self.many('lead')} owner={self.user} price={number(1000)}"),
            (1, lambda: f"incoming {self.new('chat')} category={one('sip', 'mail', 'forms')} owner={self.user} by=0"),
        ]
        if self.has("chat"):
            drawn.append((0.5, lambda: f"decline {self.last('chat')}"))
        if self.has("lead"):
            lead = self.some("lead")
            drawn += [
                (2, lambda: f"update_lead {lead} contact={self.new('contact')},7 {self.shape()}"),
                (1, lambda: f"update_lead {lead} status={one(68000020, 68000030)} {self.shape()}"),
                (1, lambda: f"update_lead {self.moved('lead', 'service')} pipeline=8100020 status=68000120 {self.shape()}"),
                (0.5, lambda: f"delete_lead {self.moved('lead', 'bin')}"),
                (0.5, lambda: f"update_lead {lead} owner={self.user} by=9000103 join=next"),
                (1, lambda: f"message_in m-{self.new('message')} lead={lead} bare={one('yes', 'no')}"),
                (0.5, lambda: f"talk {lead}"),
                (1, lambda: f"invoice {self.new('invoice')} owner={self.user} lead={lead} price={number(1000)}"),
            ]
        if self.has("invoice"):
            bill = self.some("invoice")
            drawn.append((2, lambda: f"{one('pay_invoice', 'pay_invoice', 'unpay_invoice')} {bill} price={number(1000)}"))
        if self.has("contact"):
            drawn.append((2, lambda: f"call {self.new('call')} on=contact:{one(self.some('contact'), 7)} "
                                     f"direction={one('in', 'out')} owner={self.user} seconds={one(0, 5, 50)}"))
        if self.has("bin"):
            drawn.append((0.5, lambda: f"restore_lead {self.moved('bin', 'lead')}"))
        if self.has("service"):
            served = self.some("service")
            drawn += [(1, lambda: f"{one('win_lead', 'lose_lead')} {served} {self.shape()}"),
                      (0.5, lambda: f"update_lead {served} price={number(1000)} owner={self.user} by=9000103 {self.shape()}"),
                      (0.5, lambda: f"update_lead {self.moved('service', 'lead')} pipeline=8100010 status=68000020 "
                                    f"{self.shape()}")]
        if self.has("task"):
            task = self.some("task")
            drawn += [(1, lambda: f"update_task {task} owner={self.user} till={self.ahead} level={one('plain', 'extra')} "
                                  f"times={one('epochs', 'text')}"),
                      (0.5, lambda: f"delete_task {self.last('task')}")]
        return drawn

    def many(self, kind: str) -> str:
        first, last = self.new(kind), [self.new(kind) for _ in range(3)][-1]
        return f"{first}..{last}"

    def moved(self, kind: str, other: str) -> int:
        lead = self.last(kind)
        self.open.setdefault(other, []).append(lead)
        return lead


class Trouble:
    """What happens to the daemon and to the CRM in the half days of one week."""

    def __init__(self, chance: random.Random) -> None:
        self.kills = set(chance.sample(range(SLICES), 3))
        self.outages = set(chance.sample(range(SLICES), 2))

    def begin(self, world: World, part: int) -> None:
        if part in self.outages:
            world.fake.control("faults", bad_gateway=2)  # each makes the reader pause twice as long

    def end(self, world: World, part: int) -> None:
        pass


class BadWeeks(unittest.TestCase):
    """Of each of `number` weeks, drawn from the seed, every figure equals the fake's truth in the end."""

    def live_weeks(self, kind: type[Week], number: int, trouble: type[Trouble] = Trouble, **world: Any) -> None:
        for week in draws(number):
            path = Path(tempfile.gettempdir()) / f"kpistream-week-{kind.crm}-{week}-{os.getpid()}.scenario"
            path.write_text(kind(week).text(), encoding="utf-8")
            with self.subTest(week=week, scenario=str(path)), World(path, **world) as living:
                drawn = random.Random(week)
                self._live(living, drawn, trouble(drawn), kind)
                path.unlink()

    def _live(self, world: World, chance: random.Random, trouble: Trouble, kind: type[Week]) -> None:
        world.fake.control("faults", hooks={"late": 0.1, "delay": [HOURS, 14 * HOURS], "seed": chance.randrange(1 << 31)})
        month, first = kind.first[:8], int(kind.first[8:])
        for part in range(SLICES):
            trouble.begin(world, part)
            moment = f"{month}{first + part // 2:02}T{'12:00' if part % 2 == 0 else '23:59:59'}"
            world.fake.control("play", until=moment, deliver="no")
            if part in trouble.kills:
                world.daemon.kill()  # what is sent meanwhile is lost for good
            world.fake.control("deliver", order="shuffle" if chance.random() < 0.5 else "as is", drop=0.05,
                               seed=chance.randrange(1 << 31), connections=4)
            trouble.end(world, part)
            if part in trouble.kills:
                world.daemon.start()
                world.aim()
        world.fake.control("play", deliver="no")
        world.fake.control("deliver", drop=0.05, seed=chance.randrange(1 << 31))
        world.fake.control("deliver", everything=True, drop=0.95, order="shuffle", seed=chance.randrange(1 << 31))
        self.healed(world)

    def healed(self, world: World) -> None:
        truth = world.truth()
        eventually_none(lambda: differences(world.daemon.scrape(), truth, world.alias, WINDOWS), HEALED_WITHIN)
        until("the week is covered", lambda: coverage(world, "7d") == 1.0, COVERED_WITHIN)
        counters = world.fake.counters()
        self.assertFalse(counters["overrun"], "the CRM's limit was overrun")
        self.assertGreater(counters["hook_faults"]["late"], 0)
        world.daemon.rest()
        world.daemon.verify()


def coverage(world: World, window: str) -> float:
    return world.daemon.scrape().total("crm_coverage_ratio", window=window)
