"""The account's database, its event log and its webhook bodies. What can happen is in leads.py and acts.py."""

from __future__ import annotations

import hashlib
from typing import Any, Callable

from amocrm.directories import Directories
from amocrm.oauth import Tokens
from amocrm.webhooks import Webhooks
from kit.chronicle import Chronicle
from kit.form import encode
from kit.scenario import Act
from kit.timeline import Timeline
from kit.times import Zone

Row = dict[str, Any]
Hooks = list[tuple[str, str, Row]]  # section, action, record

DEFAULTS = {
    "subdomain": "demostroy",
    "host": "https://demostroy.amocrm.ru",
    "account_id": "31990001",
    "token": "eyJ0eXAiOiJKV1QifQ.demo-long-lived-token",
    "quote_stages": "68000040",
    "quote_field": "701001",
    "pairs": "separate",  # one change of status or owner: separate, joined, single (no update) or update (no status)
    "account": "first",  # where the account block stands in a body: first or last
    "links": "",  # base of REST links; empty: the address the fake listens on
    "client_id": "0c9a4f1e-5d2b-4e7a-9f3c-6b8d1a2e4f70", "client_secret": "demo-client-secret",  # the integration's
    "redirect_uri": "https://kpi.example/oauth", "code": "def502-demo-authorization-code",
    "admin": "yes",  # whether the token is an administrator's
    "api_filter": "yes",  # whether leads can be filtered (is_api_filter_enabled)
    "webhooks": "one",  # none: an account without any hook
    "events": "few",  # whole: every kind of change is in the event log
    "no_price": "0",  # a price of nothing in webhooks: 0, empty or absent
    "old_status": "told",  # of a status hook: told, empty or missing
    "transactions": "",  # payments: purchases of customers count as such
}
PLURALS = {"lead": "leads", "contact": "contacts", "company": "companies", "customer": "customers", "task": "tasks",
           "talk": "talks"}
ELEMENTS = {"contact": 1, "lead": 2, "company": 3, "customer": 12}  # element_type
WON, LOST = 142, 143  # in every pipeline
TIMES = ("updated_at", "created_at")


class Base:
    def __init__(self, zone: str, settings: dict[str, str]) -> None:
        self.zone = Zone(zone)
        self.now = 0
        self.settings = {**DEFAULTS, **settings}
        self.account_id = int(self.settings["account_id"])
        self.directories = Directories()
        self.chronicle = Chronicle()
        admin = int(self.directories.account["current_user_id"])
        hooks = [] if self.settings["webhooks"] == "none" else self.directories.webhooks
        self.webhooks = Webhooks(hooks, self.account_id, admin, "kommo" in self.settings["host"])
        self.tokens = Tokens(self.settings, self.now)
        self.outbox: list[bytes] = []
        self.leads = Timeline(*TIMES, "closed_at")
        self.cards = {"leads": self.leads, **{kind: Timeline(*TIMES) for kind in ("contacts", "companies", "customers")}}
        self.bins = {kind: Timeline(*TIMES) for kind in self.cards}
        self.fields: dict[int, dict[int, Any]] = {}  # custom fields of leads
        self.tasks = Timeline(*TIMES)
        self.tasks_of: dict[int, set[int]] = {}  # by lead
        self.notes = {kind: Timeline(*TIMES) for kind in self.cards}
        self.invoices = Timeline(*TIMES)
        self.bills: dict[int, set[int]] = {}  # of the invoices, by lead
        self.transactions = Timeline(*TIMES)
        self.talks = Timeline(*TIMES)
        self.unsorted = Timeline("created_at")  # by uid; those not yet accepted or declined
        self.events = Timeline("created_at")
        self.chats: dict[str, Row] = {}  # by lead: what its messages have in common
        self._holders: dict[str, dict[int, set[int]]] = {"contact": {}, "company": {}}  # leads by what they hold
        self._held: dict[tuple[str, int], list[int]] = {}  # and what they hold
        self._bulk: Hooks | None = None
        self._joined: Hooks = []  # they go with the next body
        self._next = 79000000

    def act(self, act: Act) -> None:
        verb = getattr(self, f"do_{act.verb}", None)
        if verb is None:
            raise ValueError(f"line {act.line}: an amoCRM account has no verb {act.verb}")
        self.now = act.at
        self.zone.day = self.zone.local(act.at).date()
        try:
            if ".." in act.id:
                self._act_on_all(act, verb)
            else:
                verb(act)
        except (KeyError, IndexError, StopIteration) as error:
            raise ValueError(f"line {act.line}: {act.text}: {error!r}") from error

    def _act_on_all(self, act: Act, verb: Callable[[Act], None]) -> None:
        """`1..50`: the same act on many entities, in one body."""
        first, last = (int(part) for part in act.id.split(".."))
        self._bulk = []
        for ident in range(first, last + 1):
            verb(Act(act.line, act.text, act.at, act.verb, str(ident), dict(act.args), act.day))
        hooks, self._bulk = self._bulk, None
        self._queue(act, hooks)

    def emit(self, act: Act, *hooks: tuple[str, str, Row]) -> None:
        """Queues one body with all of these, unless nobody is told of it (`hook=lost`). `join=next`: in the next body."""
        if act.args.get("hook") == "lost":
            return
        if self._bulk is not None:
            self._bulk += hooks
        elif act.args.get("join") == "next":
            self._joined += hooks
        else:
            self._queue(act, list(hooks))

    def emit_pair(self, act: Act, special: Hooks, update: tuple[str, str, Row]) -> None:
        """What one click causes: its own actions, and the update that it is too."""
        pairs = act.args.get("pairs", self.settings["pairs"])
        if not special or pairs == "update":
            self.emit(act, update)
        elif pairs == "joined":
            self.emit(act, *special, update)
        else:
            for one in special if pairs == "single" else [*special, update]:
                self.emit(act, one)

    def _queue(self, act: Act, hooks: Hooks) -> None:
        hooks, self._joined = self._joined + hooks, []
        sections: dict[str, Any] = {}
        for section, action, record in hooks:
            if not self.webhooks.told(section, action, record):
                continue
            # Some messages come without their section: add[0][...]
            actions = sections.setdefault(section, {}) if section else sections
            actions.setdefault(action, []).append(record)
        if not sections:
            return
        if act.args.get("indices") == "sparse":
            sections = {section: {action: {3 * place + 1: record for place, record in enumerate(records)}
                                  for action, records in actions.items()} for section, actions in sections.items()}
        block = {"account": {"subdomain": self.settings["subdomain"], "id": self.account_id,
                             "_links": {"self": self.settings["host"]}}}
        first = act.args.get("account", self.settings["account"]) == "first"
        body = encode({**block, **sections} if first else {**sections, **block})
        self.outbox += [body] * int(act.args.get("again", "1"))

    def log_more(self, act: Act, kind: str, entity: str, ident: int, by: int, after: list[Row], before: list[Row]) -> None:
        """A row that only a whole log has."""
        if self.settings["events"] == "whole" and act.args.get("event") != "none":
            held, act.args["event"] = act.args.get("event", ""), ""
            self.log(act, kind, entity, ident, by, after, before)
            act.args["event"] = held

    def log(self, act: Act, kind: str, entity: str, ident: int, by: int, after: list[Row], before: list[Row]) -> None:
        """One row of the event log; `event=` names its id, `event=none` leaves it out."""
        given = act.args.get("event", "")
        if given == "none":
            return
        name, _, rest = given.partition(",")
        act.args["event"] = rest
        number = name or self._event_id(f"{kind} {ident} {len(self.events)}")
        self.events[number] = {
            "id": number, "type": kind, "entity_id": ident, "entity_type": entity, "created_by": by,
            "created_at": self.now, "value_after": after, "value_before": before, "account_id": self.account_id,
        }

    def hold(self, kind: str, lead: int, ids: list[int]) -> None:
        """The lead holds these contacts, or this company, from now on."""
        for ident in self._held.get((kind, lead), []):
            self._holders[kind][ident].discard(lead)
        self._held[kind, lead] = list(ids)
        for ident in ids:
            self._holders[kind].setdefault(ident, set()).add(lead)

    def leads_of(self, kind: str, ident: int) -> list[int]:
        """Those in the bin are not among them."""
        return sorted(self._holders.get(kind, {}).get(ident, set()) & self.leads.keys())

    def bills_of(self, lead: int) -> list[Row]:
        return [self.invoices[bill] for bill in sorted(self.bills.get(lead, set())) if bill in self.invoices]

    def name_of(self, kind: str, ident: int) -> str:
        """Of a record that an event tells of."""
        rows = self.invoices if kind.startswith("catalog_") else self.cards.get(PLURALS.get(kind, ""), {})
        return str(rows[ident]["name"]) if ident in rows else ""

    def number(self, act: Act, name: str) -> int:
        """An id given by the scenario, or the next one."""
        self._next += 1
        return int(act.args.get(name) or self._next)

    def _event_id(self, seed: str) -> str:
        """26 characters that sort by time, as the account's own do."""
        alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
        value, head = self.now * 1000, ""
        for _ in range(10):
            value, digit = divmod(value, 32)
            head = alphabet[digit] + head
        tail = hashlib.sha256(seed.encode()).digest()
        return head + f"{len(self.events):04d}" + "".join(alphabet[byte % 32] for byte in tail[:12])

