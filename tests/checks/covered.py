#!/usr/bin/env python3
"""Holds tests/README.md to what it promises: every K and T of the catalogue once, and only tests that exist.

Prints file:line: message for every breach and ends with 1 if there is any. An argument is another root (for its test).
"""
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
PAGE = "tests/README.md"
WANTED = [f"K{n}" for n in range(1, 37)] + [f"T{n}" for n in range(1, 31)]
ROW = re.compile(r"^\| ([KT]\d+) \|[^|]+\|(.*)\|$")
GTEST = re.compile(r"\bTEST(?:_[FP])?\((\w+), (\w+)\)")


def tests_that_exist() -> set[str]:
    tests = ROOT / "tests"
    found = {f"{suite}.{name}" for path in tests.rglob("*.cpp") for suite, name in GTEST.findall(path.read_text())}
    found |= {path.name for path in (tests / "scenarios").glob("*.scenario")}
    for path in tests.rglob("test_*.py"):
        found |= {f"{path.name}: {name}" for name in re.findall(r"def (test_\w+)", path.read_text())}
    return found


def breaches() -> list[str]:
    found, seen, existing = [], {}, tests_that_exist()
    for number, line in enumerate((ROOT / PAGE).read_text().splitlines(), 1):
        if not (row := ROW.match(line)):
            continue
        if row[1] in seen:
            found.append(f"{PAGE}:{number}: {row[1]} is also in line {seen[row[1]]}")
        seen[row[1]] = number
        named = re.findall(r"`([^`]+)`", row[2])
        found += [f"{PAGE}:{number}: there is no test {name}" for name in named if name not in existing]
        if not named:
            found.append(f"{PAGE}:{number}: {row[1]} is shown by nothing")
    found += [f"{PAGE}:1: {wanted} is missing" for wanted in WANTED if wanted not in seen]
    return found + [f"{PAGE}:{seen[row]}: there is no {row}" for row in seen if row not in WANTED]


if __name__ == "__main__":
    lines = breaches()
    print("\n".join(lines) or f"{len(WANTED)} figures and mistakes are shown by tests")
    sys.exit(1 if lines else 0)
