#!/usr/bin/env python3
"""Holds the help of every metric in docs/metrics.md to be a full sentence: a capital, a subject with its verb, a full stop.

Prints file:line: message for every breach and ends with 1 if there is any. An argument is another root (for its test).
"""
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
PAGE = "docs/metrics.md"
ROW = re.compile(r"^\| `\w+` \|.*\| ([^|]*) \|$")
# The verbs that a help says what it shows by. One of them has to stand in the main clause, and so before anything that
# begins another one: "Inquiries that are open." is no sentence.
VERBS = re.compile(r" (is|are|counts|adds|tells?|names)\b")
OTHER_CLAUSE = re.compile(r"[,;:(]| (that|which|who|whose|what|when|where|while|if|because|how)\b")


def wrong(text: str) -> str:
    """What keeps a text from being a full sentence; empty: nothing."""
    if not re.match("[A-Z]", text):
        return "begins without a capital"
    if not text.endswith("."):
        return "ends without a full stop"
    if not VERBS.search(OTHER_CLAUSE.split(text)[0]):
        return "has no verb in its main clause"
    return ""


def main() -> None:
    rows = [(number, row[1]) for number, line in enumerate((ROOT / PAGE).read_text().splitlines(), 1)
            if (row := ROW.match(line))]
    found = [f"{PAGE}:{number}: '{text}' {fault}" for number, text in rows if (fault := wrong(text))]
    if not rows:
        found = [f"{PAGE}:1: has no metrics"]
    print("\n".join(found) or f"{len(rows)} helps are full sentences")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
