#!/usr/bin/env python3
"""Holds docs/metrics.md to have every metric that the sources name: what no test happens to show is found all the same.

A name is a literal, or the beginning of one that is put together: of "crm_flow_" and the like some metric begins so, and
of `prefix + "backlog"` some metric ends so. Prints file:line: message for every breach and ends with 1 if there is any.
An argument is another root (for its test).
"""
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
PAGE = "docs/metrics.md"
ROW = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
ROOMS = ("app", "exporters", "ingest", "store", "stream")
WHOLE = re.compile(r'"((?:crm|kpistream|process)_[a-z0-9_]*)"')
END = re.compile(r'\bprefix \+ "([a-z0-9_]*[a-z0-9])"')
OTHERS = {"kpistream_viewer", "process_id"}  # a cookie, and a key of Bitrix24's


def main() -> None:
    names = set(ROW.findall((ROOT / PAGE).read_text()))
    found, looked = [], 0
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.[ch]pp")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            wanted = [(name, lambda metric, name=name: metric.startswith(name) if name.endswith("_") else metric == name)
                      for name in WHOLE.findall(line) if name not in OTHERS]
            if path.parent == ROOT / "exporters" / "prometheus":
                wanted += [(f"..._{end}", lambda metric, end=end: metric.endswith("_" + end)) for end in END.findall(line)]
            looked += len(wanted)
            found += [f"{path.relative_to(ROOT)}:{number}: {name} is not in {PAGE}"
                      for name, fits in wanted if not any(map(fits, names))]
    if not looked:
        found = [f"{PAGE}:1: the sources name no metrics"]
    print("\n".join(found) or f"{looked} names of metrics are in the reference")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
