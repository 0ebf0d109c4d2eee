"""What Grafana makes of a dashboard before it asks Prometheus: variables with their options, and whole queries."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator

from prometheus import Prometheus

DASHBOARDS = Path(__file__).resolve().parents[2] / "deploy/grafana/dashboards"
LABEL_VALUES = re.compile(r"label_values\((?:(.+), *)?(\w+)\)$")
QUERY_RESULT = re.compile(r"query_result\((.+)\)$")
Series = tuple[dict[str, str], float]
Json = dict[str, Any]


@dataclass
class Span:
    """The range of time that is looked at, in seconds."""

    begin: float
    end: float
    step: int
    scrape: int  # between two scrapes, as the data source is told

    @property
    def rate_interval(self) -> int:
        return max(self.step + self.scrape, 4 * self.scrape)


def load(language: str) -> dict[str, Json]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((DASHBOARDS / language).glob("*.json"))}


def targets(dashboard: Json) -> Iterator[tuple[Json, Json]]:
    """Every panel with each of its queries."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel, target


def options(variable: Json, query: Callable[[str], list[Series]], values: dict[str, str]) -> list[tuple[str, str]]:
    """Text and value of each option of a query variable, or of a custom one."""
    if variable["type"] == "custom":
        return [(text.strip(), value.strip()) for text, _, value in
                (part.partition(" : ") for part in variable["query"].split(","))]
    asked = substitute(variable["query"]["query"], values)
    if match := LABEL_VALUES.match(asked):
        found = {(labels[match[2]], labels[match[2]]) for labels, _ in query(match[1]) if match[2] in labels}
        return sorted(found)
    match = QUERY_RESULT.match(asked)
    assert match, asked
    pattern = re.compile(variable["regex"].strip("/").replace("(?<", "(?P<"))
    lines = [pattern.search(line(labels, value)) for labels, value in query(match[1])]
    return sorted({(found["text"], found["value"]) for found in lines if found})


def line(labels: dict[str, str], value: float) -> str:
    """A series as query_result shows it."""
    inner = ",".join(f'{key}="{text}"' for key, text in sorted(labels.items()) if key != "__name__")
    return f"{labels.get('__name__', '')}{{{inner}}} {value:g} 0"


def choice(values: list[str]) -> str:
    """Chosen values of a variable of several, as the data source of Prometheus writes them into a query."""
    escaped = [re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\\\1", value) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def everything(dashboard: Json) -> dict[str, str]:
    """The values with which a dashboard opens."""
    return {variable["name"]: variable.get("allValue") or variable["current"].get("value", "")
            for variable in dashboard["templating"]["list"] if variable["type"] != "datasource"}


def answers(prometheus: Prometheus, target: Json, values: dict[str, str], span: Span) -> int:
    """How many series of a panel's query have a number."""
    query = substitute(target["expr"], values, span)
    if target["instant"]:
        return sum(not math.isnan(value) for _, value in prometheus.query(query))
    series = prometheus.query_range(query, span.begin, span.end, span.step)
    return sum(any(not math.isnan(value) for _, value in points) for _, points in series)


def substitute(text: str, values: dict[str, str], span: Span | None = None) -> str:
    """Fails for a variable that has no value, which Grafana would leave as it stands; so it does with $1 of a pattern."""
    inner = dict(values)
    if span:
        inner |= {"__rate_interval": f"{span.rate_interval}s", "__interval": f"{span.step}s",
                  "__range": f"{int(span.end - span.begin)}s"}
    return re.sub(r"\$(?:\{(\w+)(?::\w+)?\}|([a-z_]\w*))", lambda found: inner[found[1] or found[2]], text)
