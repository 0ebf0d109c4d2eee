#!/usr/bin/env python3
"""Holds deploy/grafana to what it promises: fresh, of Grafana's own schema, clean by its linter's rules and by ours.

Prints a line for every breach and ends with 1 if there is any. An argument is another root (for its test).
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator

import jsonschema
import yaml
from alerts import WINDOWED, forbidden
from dashboard_lint import Exclusions, findings

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
GRAFANA = ROOT / "deploy/grafana"
SCHEMA = Path(__file__).with_name("grafana.schema.json")
LANGUAGES = ("en", "ru")
FIRST_SCREEN = 24  # rows of 38 pixels that 1920x1080 shows under the bars of Grafana and of the browser
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
MAGIC = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "1d"}
Json = dict[str, Any]


def schema_breaches(dashboard: Json) -> Iterator[str]:
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for error in validator.iter_errors(dashboard):
        yield told(error, dashboard)


def told(error: jsonschema.ValidationError, dashboard: Json) -> str:
    """Of a panel: what keeps it from being one of its own type."""
    place = list(error.absolute_path)
    if error.context and place[:1] == ["panels"]:
        branches: dict[Any, list[jsonschema.ValidationError]] = {}
        for one in error.context:
            branches.setdefault(one.schema_path[0], []).append(one)
        own = [found for found in branches.values() if not any(list(one.path) == ["type"] for one in found)]
        error = (own or list(branches.values()))[0][0]
        place += list(error.relative_path)
    return f"schema: {'.'.join(map(str, place))}: {error.message[:200]}"


def structure_breaches(dashboard: Json, name: str, language: str) -> Iterator[str]:
    if dashboard["uid"] != f"kpistream-{name}-{language}" or "id" in dashboard:
        yield f"uid {dashboard['uid']}, or an id"
    if dashboard["schemaVersion"] != 39:
        yield f"schemaVersion {dashboard['schemaVersion']}"
    by_tag = [link for link in dashboard["links"] if link["type"] == "dashboards"]
    if not by_tag or not all(link["keepTime"] and link["includeVars"] for link in dashboard["links"]):
        yield "is not linked by tag with time and variables"
    if len({panel["id"] for panel in dashboard["panels"]}) != len(dashboard["panels"]):
        yield "a panel id is there twice"
    yield from place_breaches(dashboard)
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query" and (found := forbidden(variable["query"]["query"])):
            yield f"variable {variable['name']} uses {found}, which is not in both Prometheus 2.42 and 3"
    if name == "overview":
        yield from first_screen_breaches(dashboard)
    for panel in dashboard["panels"]:
        for text in (panel["title"], panel.get("description", "")):
            plain = re.sub(r"\$\{[^}]*\}", "", text)
            if text and bool(CYRILLIC.search(plain)) != (language == "ru"):
                yield f"'{text}' is in the other language"


def place_breaches(dashboard: Json) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        if at["x"] + at["w"] > 24:
            yield f"'{panel['title']}' is wider than the grid"
        for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            if cell in taken:
                yield f"'{panel['title']}' lies over '{taken[cell]}'"
                break
            taken[cell] = panel["title"]


def first_screen_breaches(dashboard: Json) -> Iterator[str]:
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            return
        if panel["gridPos"]["y"] + panel["gridPos"]["h"] > FIRST_SCREEN:
            yield f"'{panel['title']}' is not on the first screen"


def panel_breaches(panel: Json) -> Iterator[str]:
    title, ids = panel["title"], [target["refId"] for target in panel["targets"]]
    if len(set(ids)) != len(ids):
        yield f"'{title}': a refId is there twice"
    if panel["type"] in ("stat", "bargauge") and not panel["options"]["reduceOptions"]["calcs"]:
        yield f"'{title}' does not say which value it shows"
    custom = panel["fieldConfig"]["defaults"].get("custom", {})
    if custom.get("stacking", {}).get("mode", "none") != "none":
        yield f"'{title}' is stacked"
    for target in panel["targets"]:
        query = target["expr"]
        for metric, labels in WINDOWED.findall(query):
            if not re.search('window="', labels):
                yield f"'{title}' asks {metric} without a window"
        if found := forbidden(query):
            yield f"'{title}' uses {found}, which is not in both Prometheus 2.42 and 3"
        if re.search(r"\bincrease\s*\([^()]*\[(?!\$__(rate_interval|range)\])", query):
            yield f"'{title}': increase over a time that is neither $__rate_interval nor $__range"


def syntax_breaches(dashboards: dict[str, Json]) -> Iterator[str]:
    """target-promql-rule: the real parser reads every query, as a recording rule."""
    rules, where = [], {}
    for name, dashboard in dashboards.items():
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                query = target["expr"]
                for word, value in MAGIC.items():
                    query = query.replace(word, value)
                query = re.sub(r'"\$\{?\w+\}?"', '"x"', query)
                rules.append({"record": f"check:query:{len(rules)}", "expr": query})
                where[rules[-1]["record"]] = f"{name}: '{panel['title']}' {target['refId']}"
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}, file)
        file.flush()
        done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        for line in (done.stdout + done.stderr).splitlines():
            if found := re.search(r"check:query:\d+", line):
                yield f"target-promql-rule: {where[found[0]]}: {line.strip()}"
        if not re.search(r"check:query:\d+", done.stdout + done.stderr):
            yield f"target-promql-rule: {done.stderr.strip() or done.stdout.strip()}"


def provisioning_breaches() -> Iterator[str]:
    """Each folder of dashboards has a provider that keeps it as it is, and the data source is of the type they ask for."""
    providers = yaml.safe_load((GRAFANA / "provisioning/dashboards/kpistream.yml").read_text(encoding="utf-8"))["providers"]
    if [Path(one["options"]["path"]).name for one in providers] != list(LANGUAGES):
        yield "provisioning: the providers are not those of the languages"
    if any(one["type"] != "file" or one["allowUiUpdates"] for one in providers):
        yield "provisioning: a provider lets dashboards be changed in Grafana"
    sources = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text(encoding="utf-8"))["datasources"]
    if [one["type"] for one in sources] != ["prometheus"]:
        yield "provisioning: the data source is no Prometheus"


def breaches(dashboards: dict[str, Json], exclusions: Exclusions) -> list[str]:
    """Of dashboards by language/name."""
    found = []
    for name, dashboard in dashboards.items():
        language, _, plain = name.partition("/")
        texts = list(schema_breaches(dashboard)) + list(structure_breaches(dashboard, plain, language))
        texts += [text for panel in dashboard["panels"] if panel["type"] != "row" for text in panel_breaches(panel)]
        found += [f"{name}.json: {text}" for text in texts]
        found += [str(finding) for finding in findings(dashboard) if not exclusions.excuse(finding)]
    return found + list(syntax_breaches(dashboards))


def main() -> int:
    found = []
    done = subprocess.run([sys.executable, str(GRAFANA / "generate"), "--check"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        found += (done.stdout + done.stderr).splitlines()
    exclusions = Exclusions(GRAFANA / "dashboards/.lint")
    dashboards = {f"{language}/{path.stem}": json.loads(path.read_text(encoding="utf-8"))
                  for language in LANGUAGES for path in sorted((GRAFANA / "dashboards" / language).glob("*.json"))}
    found += breaches(dashboards, exclusions) + exclusions.breaches() + list(provisioning_breaches())
    queries = sum(len(panel.get("targets", [])) for dashboard in dashboards.values() for panel in dashboard["panels"])
    print("\n".join(found) or f"{len(dashboards)} dashboards with {queries} queries keep the rules")
    return 1 if found or not dashboards else 0


if __name__ == "__main__":
    sys.exit(main())
