#!/usr/bin/env python3
"""Holds deploy/prometheus to what it promises: every alert explained in both languages, with a runbook and tests.

Beside that: metrics that rules and texts (tests/e2e/metrics.golden) and runbooks (docs/metrics.md) name exist, windows are
pinned, and nothing is used that Prometheus 2.42 does not know or 3 has changed. Prints file: message for every breach and
ends with 1 if there is any. An argument is another root (for its test).
"""
import json
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
RULES = ROOT / "deploy" / "prometheus"
RUNBOOKS = ROOT / "docs" / "runbooks"
DASHBOARDS = ROOT / "deploy" / "grafana" / "dashboards"
ANNOTATIONS = ["summary", "description", "summary_ru", "description_ru", "runbook_url", "runbook_url_ru", "dashboard_url",
               "dashboard_url_ru"]
GRAFANA = "{{ $externalLabels.grafana_url }}/d/"  # its address is in one place, prometheus.yml
SECTIONS = {"en": ["What it means", "How to see it", "What to do", "When it is no alarm"],
            "ru": ["Что это значит", "Как посмотреть", "Что делать", "Когда это не тревога"]}
KINDS = ["fires", "just below", "without data"]
OTHERS = {"up", "ALERTS"}  # what Prometheus itself makes
# What one of Prometheus 2.42 and 3 does not know, or reads otherwise.
FORBIDDEN = [re.compile(pattern, re.IGNORECASE) for pattern in (
    r"\b(limitk|limit_ratio)\s*(?:\(|by\b|without\b)",
    r"\b(sort_by_label|sort_by_label_desc|mad_over_time|info|holt_winters|double_exponential_smoothing)\s*\(",
    r"""\b(le\s*(?:=~?|!=|!~)\s*(["'])(?:[^"']*\|)?\d+(?:\|[^"']*)?\2)""",  # le="5" is le="5.0" in 3
)]
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
RECORD = re.compile(r"^[a-z_]+:[a-z_0-9]+:[a-z_0-9]+$")
WINDOWED = re.compile(r"\b(crm_(?:\w+_)?window_\w+|crm_coverage_ratio|crm_flow_(?:state|net|balance_ratio)"
                      r"|crm_manager_actions_wow_ratio)\b(\{[^}]*\})?")


def metrics_of(expression: str) -> set[str]:
    """The names of the series that an expression reads."""
    text = re.sub(r"\"[^\"]*\"|\{[^}]*\}", " ", expression)
    text = re.sub(r"\b(on|ignoring|by|without|group_left|group_right)\s*\([^)]*\)", " ", text)
    names = set(re.findall(r"[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])", text))
    return {name for name in names if re.search(r"[_:]", name) or name in OTHERS}


def queries_of(text: str) -> list[str]:
    """Those that a template of an annotation asks Prometheus."""
    return [query.replace("%s", "x") for query in re.findall(r"printf \"([^\"]*\{[^\"]*)\"", text)]


def forbidden(expression: str) -> str:
    """The first thing in it that is not the same in Prometheus 2.42 and in 3; empty: nothing."""
    found = [match[1] for match in (pattern.search(expression) for pattern in FORBIDDEN) if match]
    return found[0] if found else ""


class Check:
    def __init__(self) -> None:
        self.breaches: list[str] = []
        golden = (ROOT / "tests/e2e/metrics.golden").read_text().splitlines()
        self.known = {line.split(" ")[0] for line in golden} | OTHERS
        self.documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE))
        self.alerts: dict[str, Path] = {}
        boards = [json.loads(file.read_text(encoding="utf-8")) for file in DASHBOARDS.glob("*/*.json")]
        self.dashboards = {board["uid"]: {(one["name"],) * 2 for one in board["templating"]["list"]} for board in boards}

    def say(self, path: Path, message: str) -> None:
        self.breaches.append(f"{path.relative_to(ROOT)}: {message}")

    def run(self) -> list[str]:
        rules = [(path, rule) for folder in ("rules", "alerts") for path in sorted((RULES / folder).glob("*.yaml"))
                 for rule in self.rules_in(path)]
        self.known |= {rule["record"] for _, rule in rules if "record" in rule}
        self.known.add("portal:kpistream_portal:configured")  # written by `kpistream rules`, one for each portal
        for path, rule in rules:
            self.expression(path, rule.get("record") or rule["alert"], rule["expr"])
            if "alert" in rule:
                self.alert(path, rule)
            elif not RECORD.match(rule["record"]):
                self.say(path, f"{rule['record']} is not level:metric:operations")
        for path in sorted([*RUNBOOKS.glob("*/*.md"), *(RULES / "tests").glob("*.yaml")]):
            if path.stem not in self.alerts:
                self.say(path, "is of no alert")
        if not self.alerts:
            self.say(RULES, "has no alerts")
        return self.breaches

    def rules_in(self, path: Path) -> list[dict]:
        groups = yaml.safe_load(path.read_text())["groups"]
        for group in groups:
            for key in sorted(set(group) - {"name", "interval", "rules"}):
                self.say(path, f"{group['name']} has {key}, which Prometheus 2.42 does not know")
        return [rule for group in groups for rule in group["rules"]]

    def expression(self, path: Path, name: str, expression: str) -> None:
        for metric in sorted(metrics_of(expression) - self.known):
            self.say(path, f"{name} reads {metric}, which is not in tests/e2e/metrics.golden")
        for metric, labels in WINDOWED.findall(re.sub(r"\w+:\w+:\w+", "", expression)):
            if not re.search("window=[\"']", labels):
                self.say(path, f"{name} reads {metric} without a window")
        if found := forbidden(expression):
            self.say(path, f"{name} uses {found}, which is not in both Prometheus 2.42 and 3")

    def alert(self, path: Path, rule: dict) -> None:
        name, labels, texts = rule["alert"], rule.get("labels", {}), rule.get("annotations", {})
        if name in self.alerts:
            self.say(path, f"{name} is there twice")
        self.alerts[name] = path
        if not re.fullmatch(r"(Crm|Kpistream)([A-Z][a-z]+)+|Watchdog", name):
            self.say(path, f"{name} should be CamelCase and begin with Crm or Kpistream")
        if labels.get("severity") not in {"critical", "warning", "info", "none"} or labels.get("team") != path.stem:
            self.say(path, f"{name} needs a severity, and the team {path.stem}")
        for key in ANNOTATIONS:
            self.annotation(path, name, key, texts.get(key, ""))
        self.dashboard(path, rule)
        for language in SECTIONS:
            self.runbook(RUNBOOKS / language / f"{name}.md", language)
        self.tests(RULES / "tests" / f"{name}.yaml", name)

    def annotation(self, path: Path, name: str, key: str, text: str) -> None:
        plain = re.sub(r"\{\{.*?\}\}", "", text)
        if not text:
            return self.say(path, f"{name} has no {key}")
        if key.startswith("runbook_url"):
            language = "ru" if key.endswith("_ru") else "en"
            if not text.startswith("https://") or not text.endswith(f"/docs/runbooks/{language}/{name}.md"):
                self.say(path, f"{name}: {key} is not the address of its page")
            return None
        if key.startswith("dashboard_url"):
            return None  # of dashboard()
        if bool(CYRILLIC.search(plain)) != key.endswith("_ru"):
            self.say(path, f"{name}: {key} is in the other language")
        if key.startswith("summary") and plain != text:
            self.say(path, f"{name}: {key} should be the same for all, without templates")
        if not plain.rstrip().endswith("."):
            self.say(path, f"{name}: {key} is no full sentence")
        for query in queries_of(text):
            self.expression(path, f"{name}: {key}", query)
        return None

    def dashboard(self, path: Path, rule: dict) -> None:
        """Each language has its own, which opens at what the alert is about: at no portal where it knows none."""
        name, texts, variables = rule["alert"], rule["annotations"], {}
        for key, language in (("dashboard_url", "en"), ("dashboard_url_ru", "ru")):
            uid, _, query = texts.get(key, "").removeprefix(GRAFANA).partition("?")
            if uid not in self.dashboards or not uid.endswith(f"-{language}"):
                self.say(path, f"{name}: {key} is not {GRAFANA} and the uid of a dashboard in its language")
            variables[language] = re.findall(r"var-(\w+)=\{\{ \$labels\.(\w+) \}\}", query)
            if any(pair not in self.dashboards.get(uid, set()) for pair in variables[language]):
                self.say(path, f"{name}: {key} chooses what its dashboard does not")
        if ("portal" in dict(variables["en"])) != ("$labels.portal" in texts.get("description", "")):
            self.say(path, f"{name}: dashboard_url chooses no portal, or one that the alert does not know")
        if variables["en"] != variables["ru"]:
            self.say(path, f"{name}: its two dashboards open differently")

    def runbook(self, path: Path, language: str) -> None:
        if not path.exists():
            return self.say(path, "is missing")
        lines = path.read_text().splitlines()
        if lines[0] != f"# {path.stem}" or [line[3:] for line in lines if line.startswith("## ")] != SECTIONS[language]:
            self.say(path, f"should be '# {path.stem}' and then {', '.join(SECTIONS[language])}")
        named = set(re.findall(r"(?<![:\w])(?:crm|kpistream)_\w*[a-z0-9]\b(?![:*])", "\n".join(lines)))
        for metric in sorted(named - self.documented):
            self.say(path, f"names {metric}, which is not in docs/metrics.md")
        return None

    def tests(self, path: Path, name: str) -> None:
        if not path.exists():
            return self.say(path, "is missing")
        cases = yaml.safe_load(path.read_text())["tests"]
        if any("start_timestamp" in case for case in cases):
            self.say(path, "has start_timestamp, which promtool 2.42 does not know")
        kinds = {kind: [case for case in cases if case["name"].startswith(f"{name} ") and kind in case["name"]]
                 for kind in KINDS}
        for kind, found in kinds.items():
            if not found and name != "Watchdog":
                self.say(path, f"has no case '{name} {kind}'")
        for case in cases:
            for one in case["alert_rule_test"]:
                if one["alertname"] != name:
                    self.say(path, f"'{case['name']}' asks for {one['alertname']}")
        fired = [one for case in kinds["fires"] for one in case["alert_rule_test"] if one["exp_alerts"]]
        if not fired:
            self.say(path, "nothing fires")
        if any(one["exp_alerts"] for case in kinds["just below"] for one in case["alert_rule_test"]):
            self.say(path, "something fires just below")
        return None


if __name__ == "__main__":
    check = Check()
    lines = check.run()
    print("\n".join(lines) or f"{len(check.alerts)} alerts are explained and tested")
    sys.exit(1 if lines else 0)
