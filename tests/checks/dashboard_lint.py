"""The rules of Grafana's dashboard-linter, under their own names: what it would say of a dashboard and its queries.

Made after the linter's documentation (github.com/grafana/dashboard-linter, docs/rules). Where its text leaves room we are
the stricter ones: units of overrides count too. Queries are parsed by promtool, in dashboards.py.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator

import yaml

Json = dict[str, Any]
DATASOURCE = "${datasource}"
# Of those that @grafana/data has: what we use. A currency of one's own is currency:financial:<symbol>:<place>.
UNITS = {"none", "short", "locale", "percentunit", "s", "dthms", "dtdhms", "dtdurations", "bytes", "reqps", "cps", "dateTimeAsLocal",
         "currencyUSD", "currencyEUR", "currencyRUB"}
OWN_CURRENCY = re.compile(r"currency:financial:[^:]+:(prefix|suffix)")
FUNCTIONS = {"label_names", "label_values", "metrics", "query_result"}
# A metric with its matchers, or bare: the names that ours and Prometheus's own begin with.
SELECTOR = re.compile(r'\b((?:crm_|kpistream_|process_|ALERTS|up\b)[\w:]*)\s*(\{(?:"[^"]*"|[^"}])*\})?')


@dataclass
class Finding:
    rule: str
    dashboard: str
    panel: str
    target: int
    message: str

    def __str__(self) -> str:
        where = f"{self.dashboard}: {self.panel}" if self.panel else self.dashboard
        return f"{self.rule}: {where}: {self.message}"


class Exclusions:
    """The .lint file beside the dashboards. An entry without a reason, and one that excuses nothing, is itself a breach."""

    def __init__(self, path: Path) -> None:
        self._rules: Json = (yaml.safe_load(path.read_text(encoding="utf-8")) or {})["exclusions"]
        self._used: set[tuple[str, int]] = set()

    def excuse(self, finding: Finding) -> bool:
        rule = self._rules.get(finding.rule)
        if rule is None:
            return False
        for number, entry in enumerate(rule.get("entries") or [{}]):
            if (entry.get("dashboard", finding.dashboard) == finding.dashboard and entry.get("panel", finding.panel) == finding.panel
                    and entry.get("targetIdx", finding.target) == finding.target):
                self._used.add((finding.rule, number))
                return True
        return False

    def breaches(self) -> list[str]:
        found = [f".lint: {rule} has no reason" for rule, about in self._rules.items() if not (about or {}).get("reason")]
        return found + [f".lint: {rule} excuses nothing at {entry or 'all'}" for rule, about in self._rules.items()
                        for number, entry in enumerate(about.get("entries") or [{}]) if (rule, number) not in self._used]


def variables(dashboard: Json) -> list[Json]:
    return dashboard["templating"]["list"]


def template_datasource(dashboard: Json) -> Iterator[str]:
    found = [one for one in variables(dashboard) if one["type"] == "datasource"]
    if not found:
        yield "has no templated data source"
    for one in found:
        if one["name"] not in ("datasource", f"{one['query']}_datasource"):
            yield f"the data source variable is named {one['name']}"
        if one["label"] not in ("Data source", f"{one['query'].title()} data source"):
            yield f"the data source variable is labelled {one['label']}"


def template_of(dashboard: Json, name: str) -> Iterator[str]:
    one = next((one for one in variables(dashboard) if one["name"] == name), None)
    if one is None:
        yield f"has no variable {name}"
        return
    if one["label"] not in (name, name.title()):
        yield f"variable {name} is labelled {one['label']}"
    if one.get("datasource", {}).get("uid") != DATASOURCE:
        yield f"variable {name} does not use the templated data source"
    if one["type"] != "query" or not one["multi"] or one.get("allValue") != ".+":
        yield f"variable {name} is no query of several values with .+ for all"


def template_job(dashboard: Json) -> Iterator[str]:
    return template_of(dashboard, "job")


def template_instance(dashboard: Json) -> Iterator[str]:
    return template_of(dashboard, "instance")


def template_label_promql(dashboard: Json) -> Iterator[str]:
    for one in variables(dashboard):
        if one["type"] == "query":
            match = re.fullmatch(r"([a-z_]+)\((.+)\)", one["query"]["query"])
            if not match or match[1] not in FUNCTIONS:
                yield f"variable {one['name']} asks {one['query']['query']}"


def template_on_time_change(dashboard: Json) -> Iterator[str]:
    for one in variables(dashboard):
        if one["type"] == "query" and one["refresh"] != 2:
            yield f"variable {one['name']} is not read anew when the time range changes"


def uneditable(dashboard: Json) -> Iterator[str]:
    if dashboard["editable"] is not False:
        yield "is editable"


def panel_datasource(panel: Json) -> Iterator[str]:
    for place, one in [("panel", panel), *((target["refId"], target) for target in panel["targets"])]:
        if one.get("datasource", {}).get("uid") != DATASOURCE:
            yield f"{place} does not use the templated data source"


def panel_title_description(panel: Json) -> Iterator[str]:
    if not panel.get("title") or not panel.get("description"):
        yield "has no title or no description"


def panel_units(panel: Json) -> Iterator[str]:
    units = [panel["fieldConfig"]["defaults"].get("unit", "")]
    units += [one["value"] for override in panel["fieldConfig"]["overrides"] for one in override["properties"] if one["id"] == "unit"]
    for unit in units:
        if unit not in UNITS and not OWN_CURRENCY.fullmatch(unit):
            yield f"unit '{unit}'"


def panel_no_targets(panel: Json) -> Iterator[str]:
    if not panel["targets"]:
        yield "asks nothing"


def target_rate_interval(query: str) -> Iterator[str]:
    for function, inner in re.findall(r"\b(rate|irate)\s*\(([^()]*)\)", query):
        if "[$__rate_interval]" not in inner:
            yield f"{function} without $__rate_interval"


def target_counter_agg(query: str) -> Iterator[str]:
    for found in re.finditer(r"\b([a-zA-Z_:][\w:]*_total)\b", query):
        before = query[:found.start()]
        if not re.search(r"\b(rate|irate|increase)\s*\(\s*$", before):
            yield f"{found[1]} is not within rate, irate or increase"


def matcher(query: str, label: str) -> Iterator[str]:
    for name, labels in SELECTOR.findall(query):
        if name and f'{label}=~"${label}"' not in labels:
            yield f"{name} has no matcher of {label}"


def target_job(query: str) -> Iterator[str]:
    return matcher(query, "job")


def target_instance(query: str) -> Iterator[str]:
    return matcher(query, "instance")


OF_DASHBOARDS: dict[str, Callable[[Json], Iterator[str]]] = {
    "template-datasource-rule": template_datasource, "template-job-rule": template_job, "template-instance-rule": template_instance,
    "template-label-promql-rule": template_label_promql, "template-on-time-change-reload-rule": template_on_time_change,
    "uneditable-dashboard": uneditable}
OF_PANELS: dict[str, Callable[[Json], Iterator[str]]] = {
    "panel-datasource-rule": panel_datasource, "panel-title-description-rule": panel_title_description,
    "panel-units-rule": panel_units, "panel-no-targets-rule": panel_no_targets}
OF_TARGETS: dict[str, Callable[[str], Iterator[str]]] = {
    "target-rate-interval-rule": target_rate_interval, "target-counter-agg-rule": target_counter_agg, "target-job-rule": target_job,
    "target-instance-rule": target_instance}


def findings(dashboard: Json) -> Iterator[Finding]:
    title = dashboard["title"]
    for rule, check in OF_DASHBOARDS.items():
        yield from (Finding(rule, title, "", 0, text) for text in check(dashboard))
    for panel in (one for one in dashboard["panels"] if one["type"] != "row"):
        for rule, check in OF_PANELS.items():
            yield from (Finding(rule, title, panel["title"], 0, text) for text in check(panel))
        for number, target in enumerate(panel["targets"]):
            for rule, asked in OF_TARGETS.items():
                yield from (Finding(rule, title, panel["title"], number, text) for text in asked(target["expr"]))
