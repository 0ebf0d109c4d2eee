"""docs/metrics.md: what it says of every metric, and how rows of it are written anew.

It holds what the program can write with the built-in KPIs. The rows of business families are those of
tests/unit/exporters/reference_test.cpp, where every one of them is made to be written; what the daemon's parts tell of
themselves takes a daemon, and is of tests/e2e/test_golden.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from exposition import Page

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
OF_THE_DAEMON = ("kpistream_", "process_", "crm_snapshot_")
_ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (\w*) \| ([^|]*) \| ([^|]*) \|$")
_TABLE = "|---|---|---|---|---|"


@dataclass
class Row:
    type: str
    unit: str
    labels: set[str] = field(default_factory=set)
    help: str = ""

    def text(self, name: str) -> str:
        labels = ", ".join(f"`{label}`" for label in sorted(self.labels))
        return f"| `{name}` | {self.type} | {self.unit} | {labels} | {self.help} |"


Rows = dict[str, Row]  # by the name of the metric


def rows_in(text: str) -> Rows:
    return {row[1]: Row(row[2], row[3], set(re.findall(r"\w+", row[4])), row[5])
            for line in text.splitlines() if (row := _ROW.match(line))}


def rewritten(text: str, groups: dict[str, Rows]) -> str:
    """The reference with these rows of the daemon's, by their groups, in place of those it has."""
    lines: list[str] = []
    group, table = "", None
    for line in [*text.splitlines(), ""]:
        row = _ROW.match(line)
        if line.startswith("## "):
            group = line[3:]
        if table is not None and not row:
            lines += [table[name] for name in sorted(table)]
            table = None
        if not row:
            lines.append(line)
        elif table is not None and not row[1].startswith(OF_THE_DAEMON):
            table[row[1]] = line
        if line == _TABLE:
            table = {name: own.text(name) for name, own in groups.get(group, {}).items()}
    return "\n".join(lines)


def strangers(page: Page) -> list[str]:
    """What a page shows and the reference does not hold, or holds otherwise."""
    known = _known()
    found = []
    for family in page.families.values():
        row = known.get(family.name)
        if row is None:
            found.append(f"{family.name} is not in {REFERENCE.name}")
        elif (row.type, row.help) != (family.type, family.help):
            found.append(f"{family.name} is another {row.type} in {REFERENCE.name}: {row.help}")
    return found


_read: Rows = {}


def _known() -> Rows:
    if not _read:
        _read.update(rows_in(REFERENCE.read_text(encoding="utf-8")))
    return _read
