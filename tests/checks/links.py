#!/usr/bin/env python3
"""Where links of our pages lead: every relative one to something that is there, with the heading it names; and in the
package too, but for the few that may lead out of it.

usage: links.py BUILD_FOLDER
"""
from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# What is in the repository only: pictures for their size, and what those read who build it. The changelog is packed.
OUTSIDE = re.compile(r"docs/pictures/.*|tests/.*|CONTRIBUTING\.md|CHANGELOG\.md|(deploy|\.\./\.\./kpistream)/(compose|prometheus)/README\.md")


def anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Relative ones: path and heading."""
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if "://" not in target and not target.startswith("mailto:"):
            path, _, heading = target.partition("#")
            yield path, heading


def of_repository() -> Iterator[str]:
    names = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in names:
        for path, heading in links(ROOT / name):
            target = (ROOT / name).parent / path if path else ROOT / name
            if not target.exists():
                yield f"{name}: {path} is not there"
            elif heading and target.suffix == ".md" and heading not in anchors(target):
                yield f"{name}: {target.name} has no heading #{heading}"


def of_package(installed: Path) -> Iterator[str]:
    documents = installed / "usr/share/doc/kpistream"
    pages = sorted([*documents.rglob("*.md"), *(installed / "usr/share/kpistream").rglob("*.md")])
    if not pages:
        yield "the package has no pages"
    for page in pages:
        for path, _ in links(page):
            target = Path(os.path.normpath(page.parent / path))
            if target.exists() or OUTSIDE.fullmatch(os.path.relpath(target, documents)):
                continue
            yield f"in the package {page.relative_to(installed)} leads to {path}, which is not installed"


def main() -> None:
    found = list(of_repository())
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["cmake", "--install", sys.argv[1], "--prefix", "/usr"], env={**os.environ, "DESTDIR": place}, check=True,
                       stdout=subprocess.DEVNULL)
        found += of_package(Path(place))
    print("\n".join(found) or "links lead somewhere")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
