"""The KPI truth, counted by plain loops over the chronicle. Shares no code with the daemon, on purpose.

A figure belongs to the day of the business event. A deal is won once: at its latest entry into a success stage, for
the one who owned it then, with the amount it has now; if it has left that stage or is deleted it is not won at all.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Iterator

from kit.chronicle import Chronicle, Story
from kit.times import Zone

# (figure, time, manager, pipeline, amount): figures that carry a sum have it under "<figure>_amount" too.
Fact = tuple[str, int, str, str, float]

AFTER_CLOSING = 30 * 86400  # seconds for which a closed deal is still what its client is called about
LIVE_CALL = 60  # seconds around the birth of an inquiry in which an answered call is what brought it
STATES = ("overdue", "today", "tomorrow", "later", "none")


def truth(chronicle: Chronicle, zone: Zone, now: int) -> dict[str, Any]:
    windows = _windows(zone, now)
    portal: dict[str, dict[str, float]] = {name: defaultdict(float) for name in windows}
    managers: dict[str, dict[str, dict[str, float]]] = {name: {} for name in windows}
    pipelines: dict[str, dict[str, dict[str, float]]] = {name: {} for name in windows}
    for figure, at, manager, pipeline, amount in facts(chronicle):
        for name, (begin, end) in windows.items():
            if begin <= at < end:
                portal[name][figure] += amount
                _add(managers[name], manager, figure, amount)
                _add(pipelines[name], pipeline, figure, amount)
    return {
        "now": zone.iso(now),
        "zone": zone.name,
        "portal": portal,
        "manager": managers,
        "pipeline": pipelines,
        "state": _states(chronicle, zone, now),
    }


def facts(chronicle: Chronicle) -> Iterator[Fact]:
    for kind, new in (("lead", "new_leads"), ("deal", "new_deals")):
        for story in chronicle.of(kind):
            yield from _new(story, new)
    for story in chronicle.of("lead"):
        yield from _closed(story, "won", "leads_converted", "")
        yield from _closed(story, "lost", "leads_lost", "")
    for story in chronicle.of("deal"):
        yield from _closed(story, "won", "deals_won", "revenue")
        yield from _closed(story, "lost", "deals_lost", "deals_lost_amount")
        yield from _cycle(story)
        yield from _quoted_stage(story)
    for story in chronicle.of("quote"):
        yield from _first(story, "quotes_sent", lambda values: values["outcome"] != "open")
    for story in chronicle.of("invoice"):
        yield from _closed(story, "won", "payments", "payments_amount")
    for story in chronicle.of("meeting"):
        if story.last["done"]:
            yield "meetings_held", story.last["done_at"], story.last["owner"], "", 1
    for story in chronicle.of("complaint"):
        yield "complaints", story.born, story.last["owner"], "", 1
    for story in chronicle.of("call"):
        yield from _call(story)
    yield from _responses(chronicle)


def _new(story: Story, figure: str) -> Iterator[Fact]:
    accepted = [moment for moment in story.moments if moment.values["outcome"] != "incoming"]
    if accepted:
        first = accepted[0].values
        yield figure, story.born, first["owner"], first["pipeline"], 1
        if first.get("inquiry"):
            yield "new_leads", story.born, first["owner"], first["pipeline"], 1


def _entered(story: Story, outcome: str) -> Any:
    """The moment of the latest entry into an outcome that still holds."""
    entry = None
    for moment in reversed(story.moments):
        if moment.values["outcome"] != outcome:
            break
        entry = moment
    return entry


def _closed(story: Story, outcome: str, figure: str, amount: str) -> Iterator[Fact]:
    entry = _entered(story, outcome)
    if entry is None:
        return
    owner, pipeline = entry.values["owner"], entry.values["pipeline"]
    yield figure, entry.at, owner, pipeline, 1
    if amount:
        yield amount, entry.at, owner, pipeline, story.last["amount"]


def _cycle(story: Story) -> Iterator[Fact]:
    for result in ("won", "lost"):
        entry = _entered(story, result)
        if entry is not None:
            owner, pipeline = entry.values["owner"], entry.values["pipeline"]
            yield f"deal_cycles|{result}", entry.at, owner, pipeline, 1
            yield f"deal_cycle_seconds|{result}", entry.at, owner, pipeline, entry.at - story.born


def _first(story: Story, figure: str, test: Any) -> Iterator[Fact]:
    for moment in story.moments:
        if test(moment.values):
            owner, pipeline = moment.values["owner"], moment.values["pipeline"]
            yield figure, moment.at, owner, pipeline, 1
            yield f"{figure}_amount", moment.at, owner, pipeline, story.last["amount"]  # corrections count
            return


def _quoted_stage(story: Story) -> Iterator[Fact]:
    """amoCRM: a quote is sent when the deal first enters one of the stages that say so."""
    sent = [moment for moment in story.moments if moment.values.get("quote_stage")]
    if sent:
        owner, pipeline = sent[0].values["owner"], sent[0].values["pipeline"]
        yield "quotes_sent", sent[0].at, owner, pipeline, 1
        # Its own field counts as it stands now, as the sum of a Bitrix24 quote does; without it the price of the stage.
        amount = story.last["quote_field"] or sent[-1].values["amount"]
        yield "quotes_sent_amount", sent[0].at, owner, pipeline, amount


def _call(story: Story) -> Iterator[Fact]:
    call = story.last
    yield f"calls|{call['direction']}|{call['outcome']}", call["start"], call["owner"], "", 1
    if call["outcome"] in ("talk", "short") and call["seconds"]:
        yield f"call_talk_seconds|{call['direction']}", call["start"], call["owner"], "", call["seconds"]


def _responses(chronicle: Chronicle) -> Iterator[Fact]:
    """From the birth of an inquiry to the first outbound act of a person towards it; told of the first who owned it.
    An inquiry that a call brought was answered at once."""
    deals = [story for story in chronicle.of("deal") if story.moments[0].values.get("inquiry")]
    acts_of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for act in [story.last for story in chronicle.of("contact")] + list(_meetings(chronicle)):
        for target in targets(chronicle, act):
            acts_of[target].append(act)
    for inquiry in chronicle.of("lead") + deals:
        acts = acts_of[f"{inquiry.kind}:{inquiry.id}"]
        waits = [wait for act in sorted(acts, key=lambda act: act["at"])
                 if (wait := _wait(act, inquiry.born)) is not None]
        accepted = [moment for moment in inquiry.moments if moment.values["outcome"] != "incoming"]
        if waits and accepted:
            at, owner = inquiry.born + waits[0], accepted[0].values["owner"]
            yield "first_responses", at, owner, "", 1
            yield "first_response_seconds", at, owner, "", waits[0]


def _meetings(chronicle: Chronicle) -> Iterator[dict[str, Any]]:
    """Those that were held, as outbound acts: when they began, or before that."""
    for meeting in chronicle.of("meeting"):
        held = meeting.last
        if held["done"] and held["target"]:
            yield {"at": min(held["start"] or held["done_at"], held["done_at"]), "owner": held["owner"],
                   "target": held["target"], "live": False}


def targets(chronicle: Chronicle, act: dict[str, Any]) -> list[str]:
    """Of an act on a contact or company: its newest deal that was open then, else the newest closed not long before.
    A call that the client made is also about the deal that was made just after it."""
    kind, _, card = act["target"].partition(":")
    if kind != "card":
        return [act["target"]]
    held = sorted((deal for deal in chronicle.of("deal") if card in deal.last.get("cards", ())), key=lambda deal: deal.born)
    begun = [deal for deal in held if deal.born <= act["at"]]
    open_ = [deal for deal in begun if _closed_at(deal) is None or _closed_at(deal) >= act["at"]]
    late = [deal for deal in begun if deal not in open_ and act["at"] - _closed_at(deal) <= AFTER_CLOSING]
    just_made = [deal for deal in held if act["live"] and 0 < deal.born - act["at"] <= LIVE_CALL]
    return [f"deal:{deal.id}" for deal in (just_made or open_ or late)[-1:]]


def _closed_at(deal: Story) -> int | None:
    """Since when it is closed; None: it is open now."""
    entry = _entered(deal, deal.last["outcome"])
    return entry.at if deal.last["outcome"] in ("won", "lost") else None


def _wait(act: dict[str, Any], born: int) -> int | None:
    """How long the inquiry waited for this act; None: it is no answer to it."""
    if act["live"]:
        return 0 if abs(act["at"] - born) <= LIVE_CALL else None
    return act["at"] - born if act["at"] >= born else None


def _states(chronicle: Chronicle, zone: Zone, now: int) -> dict[str, Any]:
    """Open tasks and meetings by the day they are due."""
    result: dict[str, Any] = {"tasks_due": {}, "meetings_scheduled": {}}
    for figure, kind, moment in (("tasks_due", "task", "deadline"), ("meetings_scheduled", "meeting", "start")):
        for story in chronicle.of(kind):
            if not story.last["done"]:
                due = _due(zone, now, story.last[moment])
                if kind == "meeting" and due == "overdue" and story.last[moment] >= zone.midnight(now):
                    due = "today"  # a meeting is due the whole day
                _add(result[figure], due, story.last["owner"], 1)
    return result


def _due(zone: Zone, now: int, at: int) -> str:
    if not at:
        return "none"
    if at < zone.midnight(now, 1):
        return "overdue" if at < now else "today"
    return "tomorrow" if at < zone.midnight(now, 2) else "later"


def _windows(zone: Zone, now: int) -> dict[str, tuple[int, int]]:
    later = zone.midnight(now, 1)
    return {
        "1h": (now - 3600, now + 1),
        "24h": (now - 86400, now + 1),
        "7d": (now - 7 * 86400, now + 1),
        "day": (zone.midnight(now), later),
        "day_prev": (zone.midnight(now, -1), zone.midnight(now)),
        "week": (zone.monday(now), later),
    }


def _add(table: dict[str, dict[str, float]], row: str, column: str, amount: float) -> None:
    cells = table.setdefault(row, {})
    cells[column] = cells.get(column, 0) + amount
