"""Random days of either CRM: acts drawn one after the other, as lines of a scenario."""

from __future__ import annotations

import random
from typing import Callable

ACTS = 160
Choice = tuple[float, Callable[[], str]]


class Day:
    """Draws acts one after the other over three days, the times rising."""

    crm, first, users = "", "", ("", "")

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.at, self.count = 0, 0
        self.open: dict[str, list[int]] = {}  # ids by kind

    def text(self) -> str:
        lines = self.head(2, "23:00:00")
        for _ in range(ACTS):
            self.at += self.chance.randrange(2, 1500)
            if self.at >= 3 * 86400:
                break
            lines.append(self.act(self.at))
        return "\n".join(lines) + "\n"

    def head(self, days: int, end: str) -> list[str]:
        return [f"crm {self.crm}", "zone Asia/Yekaterinburg", f"now {self.date(days)}T{end}"]

    def date(self, days: int) -> str:
        """So many days after the first."""
        return f"{self.first[:8]}{int(self.first[8:]) + days:02}"

    def act(self, at: int) -> str:
        """One that could be then, so many seconds after the first midnight."""
        days, second = divmod(at, 86400)
        self.stamp = f"{self.date(days)}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        choices = self.choices()
        act = self.chance.choices([draw for _, draw in choices], [weight for weight, _ in choices])[0]()
        return f"{self.stamp} {act}"

    def choices(self) -> list[Choice]:
        raise NotImplementedError

    def new(self, kind: str) -> int:
        self.count += 1
        self.open.setdefault(kind, []).append(self.count)
        return self.count

    def some(self, kind: str) -> int:
        return self.chance.choice(self.open[kind])

    def last(self, kind: str) -> int:
        return self.open[kind].pop()

    def has(self, kind: str) -> bool:
        return bool(self.open.get(kind))

    def one(self, *words: object) -> object:
        return self.chance.choice(words)

    @property
    def user(self) -> str:
        return self.chance.choice(self.users)

    @property
    def ahead(self) -> str:
        return f"{self.date(self.chance.randrange(1, 6))}T12:00"


class AmoDay(Day):
    crm, first, users = "amocrm", "2026-11-16", ("9000101", "9000102")

    def choices(self) -> list[Choice]:
        number, one = self.chance.randrange, self.one
        drawn: list[Choice] = [
            (3, lambda: f"create_lead {self.new('lead')} owner={self.user} price={number(1000)} again={one(1, 1, 2)}"),
            (1, lambda: f"chat_lead {self.new('chat')} owner={self.user} by=0 source=4400001"),
        ]
        if self.has("chat"):
            drawn.append((1, self.accept))
        if self.has("lead"):
            pairs = f"pairs={one('separate', 'joined', 'single', 'update')}"
            lead = self.some("lead")
            drawn += [
                (2, lambda: f"update_lead {lead} price={number(1000)} {pairs}"),
                (1, lambda: f"update_lead {lead} owner={self.user} by=9000103 {pairs}"),
                (2, lambda: f"win_lead {lead} {pairs}"),
                (1, lambda: f"lose_lead {lead} reason={one(15200001, 15200002)} {pairs}"),
                (2, lambda: f"update_lead {lead} status={one(68000020, 68000030, 68000040)} f701001={number(1000)} {pairs}"),
                (1, lambda: f"call {self.new('call')} on=lead:{lead} direction={one('in', 'out')} owner={self.user} "
                            f"seconds={one(0, 5, 50)} {one('', 'hook=lost')}"),
                (1, lambda: f"message_out m-{self.new('message')} lead={lead} user={self.user}"),
                (1, lambda: f"{one('task', 'meeting')} {self.new('task')} on=lead:{lead} owner={self.user} "
                            f"till={self.ahead}"),
            ]
        if self.has("task"):
            drawn.append((1, lambda: f"complete_task {self.last('task')}"))
        return drawn

    def accept(self) -> str:
        lead = self.last("chat")
        self.open.setdefault("lead", []).append(lead)
        return f"accept {lead} by={self.user}"


class BitrixDay(Day):
    """Without new owners: thin events cannot tell who owned a deal before."""

    crm, first, users = "bitrix24", "2026-09-14", ("7", "9")

    def choices(self) -> list[Choice]:
        number, one = self.chance.randrange, self.one
        drawn: list[Choice] = [
            (2, lambda: f"create_deal {self.new('deal')} owner={self.user} category={one(0, 5)} "
                        f"amount={number(99999) / 100}"),
            (2, lambda: f"create_lead {self.new('lead')} owner={self.user}"),
            (1, lambda: f"task {self.new('task')} owner={self.user} deadline={self.ahead}"),
            (1, lambda: f"invoice {self.new('invoice')} owner={self.user} amount={number(1000)}"),
        ]
        if self.has("lead"):
            lead = self.some("lead")
            status = one("NEW", "IN_PROCESS", "CONVERTED", "JUNK")
            drawn += [
                (1, lambda: f"update_lead {lead} status={status}"),
                (2, lambda: f"call c-{self.count} direction={one('in', 'out')} owner={self.user} lead={lead} "
                            f"seconds={one(5, 50)} start={self.stamp} activity={self.new('call')}"),
                (1, lambda: f"email {self.new('email')} owner={self.user} lead={lead}"),
            ]
        if self.has("deal"):
            deal = self.some("deal")
            drawn += [
                (2, lambda: f"update_deal {deal} amount={number(1000)}"),
                (2, lambda: f"win_deal {deal} robots={one(0, 1)}"),
                (1, lambda: f"lose_deal {deal} reason=45"),
                (1, lambda: f"reopen_deal {deal}"),
                (1, lambda: f"meeting {self.new('meeting')} owner={self.user} deal={deal} start={self.ahead}"),
            ]
        if self.has("meeting"):
            drawn.append((1, lambda: f"{one('complete_activity', 'delete_activity')} {self.last('meeting')}"))
        if self.has("task"):
            drawn.append((1, lambda: f"{one('complete_task', 'delete_task')} {self.last('task')}"))
        if self.has("invoice"):
            invoice = self.some("invoice")
            drawn.append((1, lambda: str(one(f"pay_invoice {invoice}", f"update_invoice {invoice} stage=DT31_3:S"))))
        return drawn
