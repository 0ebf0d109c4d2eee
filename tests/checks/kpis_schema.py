#!/usr/bin/env python3
"""The JSON Schema of files of KPIs is that of the program, and both say the same of good and bad files.

usage: kpis_schema.py PROGRAM
"""
from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import jsonschema
import yaml
from config_schema import PORTAL, ROOT, Loader

SCHEMA = ROOT / "deploy/kpis.schema.json"
BUILT_IN = ROOT / "deploy/kpis.yml"

GOOD = {
    "nothing": "kpis: {}",
    "two that are off": "kpis: {actions: off, complaints: off}",
    "every key": """
kpis:
  mine:
    facts: [deal_won, deal_lost]
    where: {stage: {not: [C5:NEW, 7]}, source: WEB, amount: {min: 10.50, max: '900'}, working_seconds: {max: 15m}, seconds: {min: 5},
            field.city: [Казань, 7], outcome: [won, lost]}
    measure: amounts
    time: created
    attribution: actor
    by: [pipeline, source]
    windows: periods
    labels: [outcome, field.city]
    window_labels: outcome
    total_labels: []
    totals: true
    name: mine_alone
    sum_name: ""
    stem: mine_of_all
    title: Mine
    text: {ru: Мои, en: Mine}
    counted: what is mine
    summed: amounts of it
  part: {formula: deals_won / (deals_won + deals_lost), when: deals_won > 5, by: pipeline, name: part, shown: a part, title: {en: Part}}
""",
}
# Each in the place of a right definition: what an editor should refuse as the program does.
BAD = {
    "no kpis": "kpi: {}",
    "a list": "kpis: [mine]",
    "an id": "kpis: {Mine: {facts: deal_won}}",
    "an id that means a part": "kpis: {mine_sum: {facts: deal_won}}",
    "nothing": "kpis: {mine: }",
    "no facts": "kpis: {mine: {measure: money}}",
    "an unknown fact": "kpis: {mine: {facts: deal_wun}}",
    "an unknown fact in a list": "kpis: {mine: {facts: [deal_won, deal_wun]}}",
    "an unknown key": "kpis: {mine: {facts: deal_won, filter: {}}}",
    "an unknown attribute": "kpis: {mine: {facts: deal_won, where: {city: Omsk}}}",
    "a value that there is not": "kpis: {mine: {facts: call, where: {direction: up}}}",
    "a value of a number": "kpis: {mine: {facts: deal_won, where: {amount: 100}}}",
    "an unknown end": "kpis: {mine: {facts: deal_won, where: {amount: {least: 100}}}}",
    "neither of both": "kpis: {mine: {facts: deal_won, where: {stage: {nat: [A]}}}}",
    "a measure": "kpis: {mine: {facts: deal_won, measure: weight}}",
    "a moment": "kpis: {mine: {facts: deal_won, time: later}}",
    "whose": "kpis: {mine: {facts: deal_won, attribution: boss}}",
    "a dimension": "kpis: {mine: {facts: deal_won, by: [team]}}",
    "windows": "kpis: {mine: {facts: deal_won, windows: always}}",
    "a label": "kpis: {mine: {facts: deal_won, labels: [manager]}}",
    "totals": "kpis: {mine: {facts: deal_won, totals: often}}",
    "a name": "kpis: {mine: {facts: deal_won, name: Mine}}",
    "a language": "kpis: {mine: {facts: deal_won, title: {de: Meine}}}",
    "facts of a formula": "kpis: {mine: {formula: deals_won + 1, facts: deal_won}}",
    "an unknown key of a formula": "kpis: {mine: {formula: deals_won + 1, unless: deals_won}}",
    "on": "kpis: {actions: on}",
}


def by_schema(validator: jsonschema.Draft7Validator, text: str) -> list[str]:
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(yaml.load(text, Loader))]


def by_program(program: str, folder: Path, text: str) -> list[str]:
    (folder / "kpis.yml").write_text(text, encoding="utf-8")
    (folder / "k.yml").write_text(f"kpis: {{file: {folder / 'kpis.yml'}}}\n{PORTAL}", encoding="utf-8")
    done = subprocess.run([program, "check-config", "--config.file", str(folder / "k.yml")], capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else done.stderr.splitlines() or ["it ended"]


def samples() -> Iterator[tuple[str, str]]:
    yield from GOOD.items()
    yield BUILT_IN.name, BUILT_IN.read_text(encoding="utf-8")
    for page in ("README.md", "docs/kpis.md"):
        for block in re.findall(r"^```yaml\n(kpis:\n.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            yield page, block


# A key of the configuration, or an id: people who read the table do not know it.
PROGRAM_NAME = re.compile(r"\b\w+_\w+|\b[a-z]+\.[a-z]+")


def program_names(text: str) -> Iterator[str]:
    """What a built-in KPI says of itself on the page is in the words of people."""
    for name, kpi in yaml.load(text, Loader)["kpis"].items():
        for key in ("title", "text"):
            for language, said in kpi[key].items():
                yield from (f"{BUILT_IN.name}: {name}: {key} in {language} says {found}" for found in PROGRAM_NAME.findall(said))


def breaches(program: str, folder: Path) -> Iterator[str]:
    made = subprocess.run([program, "config-schema", "--kpis"], capture_output=True, text=True, check=True).stdout
    if made != SCHEMA.read_text(encoding="utf-8"):
        yield f"{SCHEMA.relative_to(ROOT)} is not the program's; run: kpistream config-schema --kpis > {SCHEMA.relative_to(ROOT)}"
    schema = json.loads(made)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    yield from program_names(BUILT_IN.read_text(encoding="utf-8"))
    for name, text in samples():
        yield from (f"{name}: the schema refuses: {error}" for error in by_schema(validator, text))
        yield from (f"{name}: the program refuses: {error}" for error in by_program(program, folder, text))
    for name, text in BAD.items():
        if not by_schema(validator, text):
            yield f"{name}: the schema takes it"
        if not by_program(program, folder, text):
            yield f"{name}: the program takes it"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        found = list(breaches(sys.argv[1], Path(place)))
    print("\n".join(found) or "the schema of KPIs and the program agree")
    sys.exit(1 if found else 0)
