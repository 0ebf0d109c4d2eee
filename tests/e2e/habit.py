"""A department with a habit: weeks of working days that are all alike, then a day of which most is missing.

For what compares today with the past: baselines, alerts and their back-test. An amoCRM account without REST, told by
webhooks alone; managers of one team, with a plan.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from harness import World

HISTORY = date(2026, 9, 28)  # a Monday, and six weeks to learn from
QUIET = date(2026, 11, 9)  # the week that is as usual
DROP = date(2026, 11, 16)  # the Monday without leads
NOON = "12:30:00"
LEADS_A_DAY = 14
MANAGERS = (9000101, 9000102, 9000103, 9000104)
TEAM = "sales"
KNOWN_SINCE = f"{HISTORY}T00:00:00+03:00"


def working_days(first: date, last: date) -> list[date]:
    """Both included."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def moment(day: date, time: str = NOON) -> str:
    return f"{day}T{time}+03:00"


def write_scenario(path: Path) -> None:
    """Each lead of the morning is called within minutes, and won or lost within the hour."""
    lines = ["crm amocrm", "zone Europe/Moscow", "set pairs=single", f"now {DROP}T{NOON}"]
    ident = 0
    for day in working_days(HISTORY, DROP):
        lines.append(f"day {day}")
        acts = []
        for number in range(LEADS_A_DAY if day != DROP else 1):
            ident += 1
            minute, owner = 9 * 60 + 5 + number * 13, MANAGERS[number % len(MANAGERS)]
            end = f"win_lead {ident} by={owner}" if number % 2 else f"lose_lead {ident} by={owner} reason=15200001"
            acts += [(minute, f"create_lead {ident} owner={owner} by={owner} price=1000 status=68000020"),
                     (minute + 3, f"call {700000 + ident} on=lead:{ident} direction=out owner={owner} seconds=60"),
                     (minute + 20, end)]
        lines += [f"{minute // 60:02}:{minute % 60:02}:00 {act}" for minute, act in sorted(acts)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def department(folder: Path, day: date = QUIET) -> World:
    """Its world on the noon of a day; nothing is played yet."""
    scenario = folder / "habit.scenario"
    write_scenario(scenario)
    world = World(scenario, clock=moment(day), rest=False, known_since=KNOWN_SINCE)
    people = ", ".join(f'"{manager}": {{team: {TEAM}}}' for manager in MANAGERS)
    world.config.more += [f"managers: {{{people}}}",
                          f"targets: [{{kpi: deals_won, period: month, value: 140}}, "
                          f"{{kpi: deals_won, team: {TEAM}, period: month, value: 140}}]"]
    world.daemon.write_config()
    return world


def live_until(world: World, day: date, time: str = NOON) -> None:
    """The daemon runs on at that moment, and has heard of everything up to then."""
    world.daemon.stop()
    world.daemon.clock = moment(day, time)
    world.daemon.start()
    world.aim()
    world.fake.control("play", until=f"{day}T{time}")
    world.daemon.rest()
