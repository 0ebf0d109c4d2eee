"""Eleven weeks of one sales department, as an amoCRM account would have lived them: what dashboards are tried on.

Drawn from a fixed seed, with habits that a head of sales should see: Глеб does half of what he did, Дарья far less than
the others, more came in last week than went out, and some calls were missed. Beside it, as a second portal, the
sample day of Bitrix24.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from client import until
from harness import ALIAS, SCENARIOS, World, portal_config
from kit.program import Fake
from kit.scenario import load

FIRST, LAST = date(2026, 6, 29), date(2026, 9, 14)  # both Mondays
NOW = datetime(2026, 9, 14, 16, 30)  # as in the sample day of Bitrix24
KNOWN_SINCE = f"{FIRST}T00:00:00+03:00"
TEAM = "sales"
PIPELINES = {8100010: (68000020, 68000030, 68000040), 8100020: (68000120, 68000130, 68000130)}
SOURCES = ("yandex", "site", "partner", "exhibition")
REASONS = (15200001, 15200002)


@dataclass
class Manager:
    id: int
    name: str
    share: float  # of the leads
    zeal: float  # of acts on each
    luck: float  # of winning


PEOPLE = (Manager(9000101, "", 0.22, 1.0, 0.42), Manager(9000102, "", 0.2, 0.9, 0.36),
          Manager(9000104, "Вера Скоробогатова", 0.2, 1.1, 0.4), Manager(9000105, "Глеб Южин", 0.18, 1.0, 0.3),
          Manager(9000106, "Дарья Полевая", 0.08, 0.4, 0.25), Manager(9000107, "Егор Дальний", 0.12, 0.8, 0.33))
HEAD = 9000103
COVERED_WITHIN = 60.0


class Season:
    """`lines`: the scenario's acts in the order of time."""

    def __init__(self, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        self._acts: list[tuple[datetime, int, str]] = []
        self._count = 0
        self._contacts: list[int] = []
        for manager in PEOPLE:
            if manager.name:
                self._at(datetime.combine(FIRST, datetime.min.time()), f'user {manager.id} name="{manager.name}"')
        day = FIRST
        while day <= LAST:
            if day.weekday() < 5:
                self._day(day)
            day += timedelta(days=1)
        self.lines = [f"{at:%Y-%m-%dT%H:%M:%S} {line}" for at, _, line in sorted(self._acts) if at < NOW]

    def _at(self, moment: datetime, line: str) -> None:
        self._acts.append((moment, len(self._acts), line))

    def _id(self) -> int:
        self._count += 1
        return self._count

    def _day(self, day: date) -> None:
        usual = 15 + (day - FIRST).days // 14  # the department grows slowly
        if LAST - timedelta(days=7) <= day < LAST:
            usual = int(usual * 1.5)
        for _ in range(usual + self.chance.randrange(-3, 4)):
            self._lead(datetime.combine(day, datetime.min.time()) + timedelta(minutes=self.chance.randrange(545, 1075)))
        for manager in PEOPLE:
            self._tasks(day, manager)

    def _lead(self, came: datetime) -> None:
        manager = self.chance.choices(PEOPLE, [one.share for one in PEOPLE])[0]
        lead, pipeline = self._id() + 1000, self.chance.choices(list(PIPELINES), (4, 1))[0]
        new, work, quoted = PIPELINES[pipeline]
        repeat = self._contacts and self.chance.random() < 0.25
        contact = self.chance.choice(self._contacts) if repeat else 50200000 + lead
        self._contacts.append(contact)
        price = self.chance.choice((40, 60, 85, 120, 180, 260, 480)) * 1000
        self._at(came, f"create_lead {lead} owner={manager.id} by={HEAD} pipeline={pipeline} status={new} "
                       f"contact={contact} f701006={self.chance.choices(SOURCES, (4, 3, 2, 1))[0]} price={price}")
        answered = self._workday(came + timedelta(minutes=self.chance.choice((1, 3, 5, 8, 12, 25, 70, 200))))
        if self.chance.random() < 0.95:
            self._calls(answered, lead, manager)
            self._at(answered + timedelta(minutes=2), f"update_lead {lead} status={work} by={manager.id}")
        self._end(answered, lead, manager, quoted, price)

    def _end(self, answered: datetime, lead: int, manager: Manager, quoted: int, price: int) -> None:
        moment = answered
        for _ in range(round(manager.zeal * self.chance.randrange(2, 7))):
            moment = self._workday(moment + timedelta(hours=self.chance.randrange(3, 30)))
            self._act(moment, lead, manager)
        if self.chance.random() < 0.55:
            moment = self._workday(moment + timedelta(hours=self.chance.randrange(1, 20)))
            self._at(moment, f"update_lead {lead} status={quoted} f701001={price} by={manager.id}")
        if self.chance.random() < 0.07:
            return  # nobody comes back on it
        moment = self._workday(moment + timedelta(hours=self.chance.randrange(2, 90)))
        if self.chance.random() < manager.luck:
            invoice = self._id() + 80200000
            self._at(moment - timedelta(minutes=9), f"invoice {invoice} owner={manager.id} lead={lead} price={price}")
            self._at(moment - timedelta(minutes=4), f"pay_invoice {invoice}")
            self._at(moment, f"win_lead {lead} by={manager.id}")
        else:
            reason = self.chance.choices(REASONS, (3, 1))[0]
            self._at(moment, f"lose_lead {lead} reason={reason} by={manager.id}")

    def _calls(self, at: datetime, lead: int, manager: Manager) -> None:
        talks = (0, 30, 95, 180, 420)
        if self.chance.random() < 0.35:
            missed = self.chance.random() < 0.25
            self._call(at - timedelta(minutes=1), lead, manager, "in", 0 if missed else self.chance.randrange(20, 400))
            if missed and self.chance.random() < 0.3:
                return  # nobody comes back on it
            if missed:
                at, talks = at + timedelta(minutes=self.chance.randrange(3, 40)), talks[1:]
        self._call(at, lead, manager, "out", self.chance.choice(talks))

    def _call(self, at: datetime, lead: int, manager: Manager, direction: str, seconds: int) -> None:
        self._at(at, f"call {self._id() + 700000} on=lead:{lead} direction={direction} owner={manager.id} seconds={seconds} "
                     f"phone={79000000000 + lead}")

    def _tired(self, at: datetime, manager: Manager) -> bool:
        return manager.name.startswith("Глеб") and at.date() >= LAST - timedelta(days=7) and self.chance.random() < 0.75

    def _act(self, at: datetime, lead: int, manager: Manager) -> None:
        if self._tired(at, manager):
            return
        kind = self.chance.choices(("call", "message", "note", "meeting", "task"), (4, 3, 2, 1, 2))[0]
        if kind == "call":
            self._calls(at, lead, manager)
        elif kind == "message":
            self._at(at, f"message_out m-{self._id()} lead={lead} user={manager.id}")
        elif kind == "note":
            self._at(at, f"note {self._id() + 700000} on=lead:{lead} owner={manager.id} text=x")
        else:
            self._appointment(at, kind, lead, manager)

    def _appointment(self, at: datetime, kind: str, lead: int, manager: Manager) -> None:
        ident, due = self._id() + 60200000, self._workday(at + timedelta(days=1))
        self._at(at, f"{kind} {ident} on=lead:{lead} owner={manager.id} till={due:%Y-%m-%dT%H:%M}")
        if self.chance.random() < 0.97:
            self._at(due + timedelta(minutes=30), f"complete_task {ident} by={manager.id}")

    def _tasks(self, day: date, manager: Manager) -> None:
        for hour in self.chance.sample(range(9, 17), max(1, round(3 * manager.zeal))):
            at = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour, minutes=self.chance.randrange(60))
            if self._tired(at, manager):
                continue
            ident, due = self._id() + 60200000, self._workday(at + timedelta(days=1))
            self._at(at, f"task {ident} owner={manager.id} till={due:%Y-%m-%dT%H:%M}")
            if self.chance.random() < 0.99:
                self._at(due - timedelta(hours=1), f"complete_task {ident} by={manager.id}")

    def _workday(self, moment: datetime) -> datetime:
        """That moment, or the next one at which somebody works."""
        if moment.hour >= 18:
            moment = datetime.combine(moment.date() + timedelta(days=1), datetime.min.time())
        if moment.hour < 9:
            moment = moment.replace(hour=9, minute=self.chance.randrange(5, 55))
        while moment.weekday() >= 5:
            moment += timedelta(days=1)
        return moment


class Department:
    """The daemon of both portals, with everything it needs, in one folder. At first nothing is played."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kpistream-season-"))
        self._stirred = 0
        scenario = self.folder / "season.scenario"
        head = ["crm amocrm", "zone Europe/Moscow", "set pairs=single", f"now {NOW:%Y-%m-%dT%H:%M:%S}"]
        scenario.write_text("\n".join([*head, *Season().lines]) + "\n", encoding="utf-8")
        self.world = World(scenario, clock=f"{LAST}T09:00:00+03:00", known_since=KNOWN_SINCE)
        people = ", ".join(f'"{one.id}": {{team: {TEAM}}}' for one in PEOPLE)
        self.world.config.more += [
            f"managers: {{{people}}}",
            "targets: [{kpi: revenue, period: month, value: 28000000}, {kpi: deals_won, period: month, value: 165}, "
            "{kpi: new_leads, period: month, value: 480}, {kpi: quotes_sent, period: month, value: 300}, "
            f"{{kpi: deals_won, team: {TEAM}, period: month, value: 165}}]"]
        day = SCENARIOS / "bitrix24_sample_day.scenario"
        self.other = Fake("bitrix24", day)
        zone = load(day).zone
        config = portal_config("bitrix24", zone, KNOWN_SINCE, self.other.about["rest"])
        self.world.daemon.portals[ALIAS["bitrix24"]] = config
        self.world.daemon.write_config()

    def live_until(self, moment: datetime) -> str:
        """The daemon runs on at that moment of the portals' zone, has heard of everything up to then, has compared it with
        the CRMs, and has thought about it. Gives the page of the process that heard; another one runs now."""
        daemon = self.world.daemon
        self._start(moment)
        for fake in (self.world.fake, self.other):
            fake.control("play", until=f"{moment:%Y-%m-%dT%H:%M:%S}", deliver="after")
        daemon.rest()
        until("this week is covered", lambda: self._covered("week") and self._covered("week_prev"), COVERED_WITHIN)
        heard = daemon.scrape_text()
        self._start(moment)  # what insight tells is a minute old at most: with a fresh look
        daemon.rest()
        return heard

    def stir(self, moment: datetime) -> None:
        """Something happens in each CRM, of which the running daemon hears: a lead that is lost at once, and a comment."""
        self._stirred += 1
        ident = 790000 + self._stirred
        for fake, act in ((self.world.fake, f"create_lead {ident} owner={HEAD} by={HEAD} pipeline=8100010 status=68000020"),
                          (self.world.fake, f"lose_lead {ident} reason={REASONS[0]} by={HEAD}"),
                          (self.other, f"comment {ident} by=7 deal=702")):
            fake.control("verb", line=f"{moment:%Y-%m-%dT%H:%M:%S} {act}")
        self.world.daemon.rest()

    def _start(self, moment: datetime) -> None:
        daemon = self.world.daemon
        daemon.stop()
        daemon.clock = f"{moment:%Y-%m-%dT%H:%M:%S}+03:00"
        daemon.start()
        self.world.aim()
        self.other.control("target", url=daemon.hook_url(ALIAS["bitrix24"]))

    def _covered(self, window: str) -> bool:
        return min(value for _, value in self.world.daemon.scrape().series("crm_coverage_ratio", window=window)) == 1

    def __enter__(self) -> "Department":
        self.world.daemon.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.world.__exit__(*error)
        self.other.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
