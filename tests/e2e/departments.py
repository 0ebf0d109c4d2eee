"""A department's days in words of no CRM, and how each CRM would have seen them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Callable

ZONE = "Europe/Moscow"
MONDAY = 16  # of November 2026
MONTH = "2026-11-"
DAYS = 3
END = f"{MONTH}{MONDAY + DAYS - 1}T18:30:00"
ACTS = 130
EDGE = range(505, 516)  # minutes after nine: an hour before the end, and what the daemon's clock goes on meanwhile

# Name: in Bitrix24, in amoCRM.
PEOPLE = {"anna": ("101", "9000201"), "boris": ("102", "9000202"), "vera": ("103", "9000203"), "gleb": ("104", "9000204")}
HEAD = ("1", "9000103")
FUNNELS = {"sales": ("0", "8100010"), "service": ("5", "8100020")}
STAGES = {("sales", "new"): ("NEW", "68000020"), ("sales", "work"): ("EXECUTING", "68000030"),
          ("sales", "quoted"): ("PREPARATION", "68000040"),
          ("service", "new"): ("C5:NEW", "68000120"), ("service", "work"): ("C5:EXECUTING", "68000130"),
          ("sales", "won"): ("WON", "142"), ("sales", "lost"): ("LOSE", "143"),
          ("service", "won"): ("C5:WON", "142"), ("service", "lost"): ("C5:LOSE", "143")}
REASONS = {"price": ("45", "15200001"), "rival": ("46", "15200002")}
LIVE = ("new", "work", "quoted", "won", "lost")
SOURCES = ("WEB", "CALL", "PARTNER")


@dataclass
class Happening:
    at: str
    what: str
    id: int
    about: dict[str, str] = field(default_factory=dict)


@dataclass
class Deal:
    funnel: str
    owner: str
    client: int
    stage: str = "new"
    quoted: bool = False  # amoCRM knows one quote of a deal


class Department:
    """Draws what happens: `script` in the order of time."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.script: list[Happening] = []
        self.deals: dict[int, Deal] = {}
        self.open: dict[str, list[int]] = {}
        self._count = 0
        for moment in self._moments():
            self._at = moment
            self._draw()

    def _moments(self) -> list[str]:
        """Within working days, never two in one minute, none where a window of hours before the end begins."""
        minutes = sorted(self.chance.sample([minute for minute in range(DAYS * 540) if minute % 540 not in EDGE], ACTS))
        return [f"{MONTH}{MONDAY + minute // 540}T{9 + minute % 540 // 60:02}:{minute % 60:02}:{self.chance.randrange(60):02}"
                for minute in minutes]

    def _draw(self) -> None:
        choices: list[tuple[float, Callable[[], None]]] = [(4, self._inquiry), (1, self._task)]
        if any(deal.stage in LIVE for deal in self.deals.values()):
            choices += [(3, self._call), (2, self._wrote), (1, self._asked), (1, self._comment), (2, self._task),
                        (2, self._meeting), (1, self._repriced), (1, self._reassigned), (1.5, self._invoice)]
        for stages, weight, act in ((("new",), 3, self._work), (("work",), 2, self._quote), (("work", "quoted"), 3, self._won),
                                    (("new", "work", "quoted"), 1.5, self._lost), (("won", "lost"), 0.7, self._reopened),
                                    (("new", "work"), 0.3, self._deleted)):
            if any(deal.stage in stages for deal in self.deals.values()):
                choices.append((weight, act))
        for kind, weight, act in (("bin", 0.5, self._restored), ("invoice", 1.5, self._paid), ("task", 2, self._task_act),
                                  ("meeting", 2, self._meeting_act)):
            if self.open.get(kind):
                choices.append((weight, act))
        self.chance.choices([act for _, act in choices], [weight for weight, _ in choices])[0]()

    def _tell(self, what: str, ident: int, **about: object) -> None:
        self.script.append(Happening(self._at, what, ident, {name: str(value) for name, value in about.items()}))

    def _new(self, kind: str = "") -> int:
        self._count += 1
        if kind:
            self.open.setdefault(kind, []).append(self._count)
        return self._count

    def _someone(self) -> str:
        return self.chance.choice(list(PEOPLE))

    def _some_deal(self, *stages: str) -> tuple[int, Deal]:
        """Of those that are not in the bin."""
        return self.chance.choice([(ident, deal) for ident, deal in self.deals.items() if deal.stage in (stages or LIVE)])

    def _one_of(self, kind: str, take: bool) -> int:
        ident = self.chance.choice(self.open[kind])
        if take:
            self.open[kind].remove(ident)
        return ident

    def _ahead(self, least: int = 0) -> str:
        """A whole hour of one of the days that follow, or of today's evening."""
        day = int(self._at[8:10]) + self.chance.randrange(least, 4)
        return f"{MONTH}{day:02}T{19 if day == int(self._at[8:10]) else self.chance.randrange(9, 19):02}:00"

    # Deals

    def _inquiry(self) -> None:
        ident, funnel, owner = self._new(), self.chance.choice(list(FUNNELS)), self._someone()
        clients = {deal.client for deal in self.deals.values()}
        client = self.chance.choice(sorted(clients)) if clients and self.chance.random() < 0.3 else 500 + ident
        self.deals[ident] = Deal(funnel, owner, client)
        self._tell("inquiry", ident, funnel=funnel, owner=owner, client=client, source=self.chance.choice(SOURCES),
                   amount=self.chance.randrange(1, 900) * 100)

    def _move(self, what: str, stage: str, *stages: str, **about: object) -> None:
        ident, deal = self._some_deal(*stages)
        deal.stage = stage
        self._tell(what, ident, funnel=deal.funnel, stage=stage, by=deal.owner, **about)

    def _work(self) -> None:
        self._move("moved", "work", "new")

    def _won(self) -> None:
        self._move("moved", "won", "work", "quoted")

    def _lost(self) -> None:
        self._move("moved", "lost", "new", "work", "quoted", reason=self.chance.choice(list(REASONS)))

    def _reopened(self) -> None:
        self._move("moved", "work", "won", "lost")

    def _quote(self) -> None:
        ident, deal = self._some_deal("work")
        if deal.funnel == "sales" and not deal.quoted:
            deal.stage, deal.quoted = "quoted", True
            self._tell("quote", self._new(), deal=ident, owner=deal.owner, amount=self.chance.randrange(1, 900) * 100)

    def _repriced(self) -> None:
        ident, deal = self._some_deal()
        self._tell("repriced", ident, amount=self.chance.randrange(1, 900) * 100, by=deal.owner)

    def _reassigned(self) -> None:
        ident, deal = self._some_deal()
        deal.owner = self._someone()
        self._tell("reassigned", ident, owner=deal.owner)

    def _deleted(self) -> None:
        ident, _ = self._some_deal("new", "work")
        self.deals[ident].stage += " binned"
        self.open.setdefault("bin", []).append(ident)
        self._tell("deleted", ident)

    def _restored(self) -> None:
        ident = self._one_of("bin", True)
        self.deals[ident].stage = self.deals[ident].stage.split()[0]
        self._tell("restored", ident)

    # Money

    def _invoice(self) -> None:
        ident, deal = self._some_deal()
        self._tell("invoice", self._new("invoice"), deal=ident, owner=deal.owner, amount=self.chance.randrange(1, 900) * 100)

    def _paid(self) -> None:
        self._tell("paid", self._one_of("invoice", True))

    # Acts

    def _call(self) -> None:
        ident, deal = self._some_deal()
        self._tell("call", self._new(), deal=ident, owner=self._someone(), direction=self.chance.choice(("in", "out")),
                   seconds=self.chance.choice((0, 5, 50, 300)), phone=79000000000 + deal.client)

    def _wrote(self) -> None:
        self._tell("wrote", self._new(), deal=self._some_deal()[0], owner=self._someone())

    def _asked(self) -> None:
        ident, deal = self._some_deal()
        self._tell("asked", self._new(), deal=ident, owner=deal.owner)

    def _comment(self) -> None:
        self._tell("comment", self._new(), deal=self._some_deal()[0], owner=self._someone())

    def _task(self) -> None:
        owner = self._someone()
        free = not any(deal.stage in LIVE for deal in self.deals.values()) or self.chance.random() < 0.3
        deal = {} if free else {"deal": self._some_deal()[0]}
        self._tell("task", self._new("task"), owner=owner, due=self._ahead(), **deal)

    def _task_act(self) -> None:
        what = self.chance.choice(("done", "done", "postponed", "delegated", "dropped"))
        ident = self._one_of("task", what in ("done", "dropped"))
        about = {"postponed": {"due": self._ahead(1)}, "delegated": {"owner": self._someone()}}.get(what, {})
        self._tell(f"task {what}", ident, **about)

    def _meeting(self) -> None:
        ident, deal = self._some_deal()
        self._tell("meeting", self._new("meeting"), deal=ident, owner=deal.owner, due=self._ahead())

    def _meeting_act(self) -> None:
        what = self.chance.choice(("held", "held", "postponed", "cancelled"))
        ident = self._one_of("meeting", what != "postponed")
        self._tell(f"meeting {what}", ident, **({"due": self._ahead(1)} if what == "postponed" else {}))


class Teller:
    """The script as a scenario of one CRM. `place` is that of the CRM in the tables above."""

    crm, place = "", 0

    def __init__(self, script: list[Happening]) -> None:
        self.funnels: dict[str, str] = {}  # by deal
        self.owners: dict[str, str] = {}  # of tasks and meetings: whoever acts on them is their owner
        self.touched: list[str] = [""] * len(PEOPLE)  # by act: what it changes
        self.lines = [f"crm {self.crm}", f"zone {ZONE}", f"now {END}", *self.settings()]
        self.lines += [f"{MONTH}{MONDAY}T08:0{n}:00 user {names[self.place]} name={name} last_name={name}"
                       for n, (name, names) in enumerate(PEOPLE.items())]
        for happening in script:
            told = getattr(self, happening.what.replace(" ", "_"))(happening.id, happening.about)
            for line in [told] if isinstance(told, str) else told:
                self.lines.append(f"{happening.at} {line}")
                self.touched.append(happening.about.get("deal", str(happening.id)))

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def settings(self) -> list[str]:
        return []

    def person(self, name: str) -> str:
        return PEOPLE[name][self.place]

    def funnel(self, name: str) -> str:
        return FUNNELS[name][self.place]

    def stage(self, funnel: str, name: str) -> str:
        return STAGES[funnel, name][self.place]


class ToBitrix(Teller):
    crm, place = "bitrix24", 0

    def settings(self) -> list[str]:
        return ["set mode=2"]  # without leads: a deal is an inquiry, as in amoCRM

    def inquiry(self, ident: int, about: dict[str, str]) -> str:
        owner = self.person(about["owner"])
        self.funnels[str(ident)] = about["funnel"]
        return (f"create_deal {ident} owner={owner} category={self.funnel(about['funnel'])} contact={about['client']} "
                f"source={about['source']} amount={about['amount']}")

    def moved(self, ident: int, about: dict[str, str]) -> str:
        reason = f"reason={REASONS[about['reason']][0]}" if "reason" in about else ""
        return (f"update_deal {ident} stage={self.stage(about['funnel'], about['stage'])} by={self.person(about['by'])} {reason}")

    def quote(self, ident: int, about: dict[str, str]) -> list[str]:
        owner = self.person(about["owner"])
        return [f"quote {ident} owner={owner} deal={about['deal']} amount={about['amount']} status=SENT",
                f"update_deal {about['deal']} stage={self.stage('sales', 'quoted')} by={owner}"]

    def repriced(self, ident: int, about: dict[str, str]) -> str:
        return f"update_deal {ident} amount={about['amount']} by={self.person(about['by'])}"

    def reassigned(self, ident: int, about: dict[str, str]) -> str:
        return f"update_deal {ident} owner={self.person(about['owner'])} by={HEAD[0]}"

    def deleted(self, ident: int, about: dict[str, str]) -> str:
        return f"delete_deal {ident}"

    def restored(self, ident: int, about: dict[str, str]) -> str:
        return f"restore_deal {ident}"

    def invoice(self, ident: int, about: dict[str, str]) -> str:
        return f"invoice {ident} owner={self.person(about['owner'])} deal={about['deal']} amount={about['amount']}"

    def paid(self, ident: int, about: dict[str, str]) -> str:
        return f"pay_invoice {ident}"

    def call(self, ident: int, about: dict[str, str]) -> str:
        code = "200" if about["seconds"] != "0" else "304" if about["direction"] == "in" else "603"
        return (f"call c-{ident} activity={ident} direction={about['direction']} owner={self.person(about['owner'])} "
                f"seconds={about['seconds']} code={code} deal={about['deal']} phone=+{about['phone']}")

    def wrote(self, ident: int, about: dict[str, str]) -> str:
        return f"chat {ident} direction=out owner={self.person(about['owner'])} deal={about['deal']}"

    def asked(self, ident: int, about: dict[str, str]) -> str:
        return f"chat {ident} direction=in owner={self.person(about['owner'])} deal={about['deal']}"

    def comment(self, ident: int, about: dict[str, str]) -> str:
        return f"comment {ident} by={self.person(about['owner'])} deal={about['deal']}"

    def task(self, ident: int, about: dict[str, str]) -> str:
        owner = self.owners[str(ident)] = self.person(about["owner"])
        deal = f"deal={about['deal']}" if "deal" in about else ""
        return f"task {ident} owner={owner} by={owner} deadline={about['due']} {deal}"

    def task_done(self, ident: int, about: dict[str, str]) -> str:
        return f"complete_task {ident} by={self.owners[str(ident)]}"

    def task_postponed(self, ident: int, about: dict[str, str]) -> str:
        return f"update_task {ident} deadline={about['due']}"

    def task_delegated(self, ident: int, about: dict[str, str]) -> str:
        self.owners[str(ident)] = self.person(about["owner"])
        return f"update_task {ident} owner={self.person(about['owner'])}"

    def task_dropped(self, ident: int, about: dict[str, str]) -> str:
        return f"delete_task {ident}"

    def meeting(self, ident: int, about: dict[str, str]) -> str:
        return f"meeting {ident} owner={self.person(about['owner'])} deal={about['deal']} start={about['due']}"

    def meeting_held(self, ident: int, about: dict[str, str]) -> str:
        return f"complete_activity {ident}"

    def meeting_postponed(self, ident: int, about: dict[str, str]) -> str:
        return f"update_activity {ident} start={about['due']} end={about['due']}"

    def meeting_cancelled(self, ident: int, about: dict[str, str]) -> str:
        return f"delete_activity {ident}"


class ToAmo(Teller):
    crm, place = "amocrm", 1

    def settings(self) -> list[str]:
        return ["set pairs=separate events=whole"]

    def inquiry(self, ident: int, about: dict[str, str]) -> str:
        funnel = about["funnel"]
        return (f"create_lead {ident} owner={self.person(about['owner'])} pipeline={self.funnel(funnel)} "
                f"status={self.stage(funnel, 'new')} contact={about['client']} f701006={about['source']} price={about['amount']}")

    def moved(self, ident: int, about: dict[str, str]) -> str:
        reason = f"reason={REASONS[about['reason']][1]}" if "reason" in about else ""
        return f"update_lead {ident} status={self.stage(about['funnel'], about['stage'])} by={self.person(about['by'])} {reason}"

    def quote(self, ident: int, about: dict[str, str]) -> str:
        return (f"update_lead {about['deal']} status={self.stage('sales', 'quoted')} f701001={about['amount']} "
                f"by={self.person(about['owner'])}")

    def repriced(self, ident: int, about: dict[str, str]) -> str:
        return f"update_lead {ident} price={about['amount']} by={self.person(about['by'])}"

    def reassigned(self, ident: int, about: dict[str, str]) -> str:
        return f"update_lead {ident} owner={self.person(about['owner'])} by={HEAD[1]}"

    def deleted(self, ident: int, about: dict[str, str]) -> str:
        return f"delete_lead {ident}"

    def restored(self, ident: int, about: dict[str, str]) -> str:
        return f"restore_lead {ident}"

    def invoice(self, ident: int, about: dict[str, str]) -> str:
        return f"invoice {ident} owner={self.person(about['owner'])} lead={about['deal']} price={about['amount']}"

    def paid(self, ident: int, about: dict[str, str]) -> str:
        return f"pay_invoice {ident}"

    def call(self, ident: int, about: dict[str, str]) -> str:
        return (f"call {ident} on=lead:{about['deal']} direction={about['direction']} owner={self.person(about['owner'])} "
                f"seconds={about['seconds']} phone={about['phone']}")

    def wrote(self, ident: int, about: dict[str, str]) -> str:
        return f"message_out m-{ident} lead={about['deal']} user={self.person(about['owner'])}"

    def asked(self, ident: int, about: dict[str, str]) -> str:
        return f"message_in m-{ident} lead={about['deal']}"

    def comment(self, ident: int, about: dict[str, str]) -> str:
        return f"note {ident} on=lead:{about['deal']} owner={self.person(about['owner'])} text=x"

    def task(self, ident: int, about: dict[str, str]) -> str:
        deal = f"on=lead:{about['deal']}" if "deal" in about else ""
        return f"task {ident} owner={self.person(about['owner'])} till={about['due']} {deal}"

    def task_done(self, ident: int, about: dict[str, str]) -> str:
        return f"complete_task {ident}"

    def task_postponed(self, ident: int, about: dict[str, str]) -> str:
        return f"update_task {ident} till={about['due']}"

    def task_delegated(self, ident: int, about: dict[str, str]) -> str:
        return f"update_task {ident} owner={self.person(about['owner'])}"

    def task_dropped(self, ident: int, about: dict[str, str]) -> str:
        return f"delete_task {ident}"

    def meeting(self, ident: int, about: dict[str, str]) -> str:
        return f"meeting {ident} on=lead:{about['deal']} owner={self.person(about['owner'])} till={about['due']}"

    def meeting_held(self, ident: int, about: dict[str, str]) -> str:
        return f"complete_task {ident}"

    def meeting_postponed(self, ident: int, about: dict[str, str]) -> str:
        return f"update_task {ident} till={about['due']}"

    def meeting_cancelled(self, ident: int, about: dict[str, str]) -> str:
        return f"delete_task {ident}"
