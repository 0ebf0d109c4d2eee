"""The scenario format: one line is a time, a verb and its arguments. See README.md beside the fakes."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kit.times import Zone

_TIME = re.compile(r"^(\d{4}-\d{2}-\d{2}T)?\d{1,2}:\d{2}(:\d{2})?$")
_EXPECT = re.compile(r"^(expect|expect-stepped)\s+([a-z_0-9]+)\s*(?:\{(.*)\})?\s+(\S+)$")
_PLAIN = re.compile(r"^[^\"'\\#]*$")  # no quotes, no comment
_LABEL = re.compile(r'^\s*([a-z_]+)\s*=\s*"([^"]*)"\s*$')


class ScenarioError(Exception):
    """The scenario's text is wrong. Names file and line."""


@dataclass
class Act:
    """Something happens in the CRM."""

    line: int
    text: str
    at: int
    verb: str
    id: str
    args: dict[str, str]
    day: str


@dataclass
class Expectation:
    """After the acts so far and once the daemon is at rest, a metric has a value ("absent" for none)."""

    line: int
    text: str
    metric: str
    labels: dict[str, str]
    value: str
    stepped_only: bool


@dataclass
class Scenario:
    path: str
    crm: str = ""
    zone: str = "Europe/Moscow"
    now: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    steps: list[Act | Expectation] = field(default_factory=list)

    @cached_property
    def acts(self) -> list[Act]:
        """Of a scenario that has been read whole."""
        return [step for step in self.steps if isinstance(step, Act)]


def load(path: str | Path) -> Scenario:
    return parse(Path(path).read_text(encoding="utf-8"), str(path))


def parse(text: str, name: str = "scenario") -> Scenario:
    scenario = Scenario(name)
    zone = Zone(scenario.zone)
    for number, line in _lines(text):
        try:
            zone = _take(scenario, zone, number, line)
        except (ValueError, KeyError) as error:
            raise ScenarioError(f"{name}:{number}: {error}: {line}") from error
    return scenario


def parse_act(line: str, zone: Zone, number: int = 0) -> Act:
    words = line.split() if _PLAIN.match(line) else shlex.split(line, comments=True)
    if len(words) < 2 or not _TIME.match(words[0]):
        raise ValueError("expected `time verb arguments`")
    ident, args = "", {}
    for word in words[2:]:
        key, equals, value = word.partition("=")
        if equals:
            args[key] = value
        elif not ident:
            ident = word
        else:
            raise ValueError(f"a second id: {word}")
    return Act(number, line, zone.parse(words[0]), words[1], ident, args, zone.day.isoformat())


def _lines(text: str) -> list[tuple[int, str]]:
    """Joins lines that end in a backslash; drops comments and blank lines."""
    result, held, first = [], "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        first = first if held else number
        held += raw.strip() if not held else " " + raw.strip()
        if held.endswith("\\"):
            held = held[:-1].rstrip()
            continue
        if held and not held.startswith("#"):
            result.append((first, held))
        held = ""
    return result


def _take(scenario: Scenario, zone: Zone, number: int, line: str) -> Zone:
    head, _, rest = line.partition(" ")
    if head == "crm":
        scenario.crm = rest.strip()
    elif head == "zone":
        scenario.zone = rest.strip()
        return Zone(scenario.zone, zone.day.isoformat())
    elif head == "day":
        return Zone(zone.name, rest.strip())
    elif head == "now":
        scenario.now = zone.parse(rest.strip())
    elif head == "set":
        scenario.settings.update(word.split("=", 1) for word in shlex.split(rest, comments=True))
    elif head.startswith("expect"):
        scenario.steps.append(_expectation(number, line))
    else:
        scenario.steps.append(parse_act(line, zone, number))
    return zone


def _expectation(number: int, line: str) -> Expectation:
    match = _EXPECT.match(line)
    if not match:
        raise ValueError("expected `expect metric{label=\"value\"} number`")
    kind, metric, inner, value = match.groups()
    labels = {}
    for part in filter(None, (inner or "").split(",")):
        label = _LABEL.match(part)
        if not label:
            raise ValueError(f"bad label {part!r}")
        labels[label[1]] = label[2]
    if value != "absent":
        float(value)
    return Expectation(number, line, metric, labels, value, kind == "expect-stepped")
