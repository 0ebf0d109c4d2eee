"""A strict reader of the Prometheus text format 0.0.4: what it takes without complaint, every scraper takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"^[a-z_][a-z0-9_]*$")
_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
_TYPES = ("counter", "gauge", "histogram", "summary", "untyped")
_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}
_RESERVED = ("_created", "_count", "_sum", "_bucket")  # endings that scrapers give a meaning of their own

Labels = tuple[tuple[str, str], ...]


class ExpositionError(Exception):
    pass


@dataclass
class Family:
    name: str
    help: str = ""
    type: str = ""
    samples: list[tuple[str, Labels, float]] = field(default_factory=list)


class Page:
    """All families of a scrape."""

    def __init__(self, text: str) -> None:
        self.families: dict[str, Family] = {}
        self._series: set[tuple[str, Labels]] = set()
        if text and not text.endswith("\n"):
            raise ExpositionError("the page does not end with a line feed")
        family: Family | None = None
        for number, line in enumerate(text.split("\n")[:-1], 1):
            try:
                family = self._line(line, family)
            except ExpositionError as error:
                raise ExpositionError(f"line {number}: {error}: {line[:200]}") from error

    def series(self, name: str, **labels: str) -> list[tuple[dict[str, str], float]]:
        """Samples of this name that carry these labels."""
        found = []
        for sample, own, value in self._family_of(name):
            have = dict(own)
            if sample == name and all(have.get(key) == wanted for key, wanted in labels.items()):
                found.append((have, value))
        return found

    def total(self, name: str, **labels: str) -> float:
        return sum(value for _, value in self.series(name, **labels))

    def names(self) -> list[str]:
        return sorted({sample for family in self.families.values() for sample, _, _ in family.samples})

    def _family_of(self, name: str) -> list[tuple[str, Labels, float]]:
        for ending in ("", "_bucket", "_sum", "_count"):
            base = name[: len(name) - len(ending)] if name.endswith(ending) else ""
            if base in self.families:
                return self.families[base].samples
        return []

    def _line(self, line: str, family: Family | None) -> Family | None:
        if line.startswith("# HELP ") or line.startswith("# TYPE "):
            return self._comment(line, family)
        if line.startswith("#") or not line:
            raise ExpositionError("neither HELP nor TYPE nor a sample")
        match = _SAMPLE.match(line)
        if not match:
            raise ExpositionError("not a sample")
        if family is None or not family.type:
            raise ExpositionError("a sample without a TYPE before it")
        name, labels = match[1], _labels(match[2])
        if name not in [family.name + ending for ending in _SUFFIXES.get(family.type, ("",))]:
            raise ExpositionError(f"a sample of another family than {family.name}")
        key = (name, tuple(sorted(labels)))
        if key in self._series:
            raise ExpositionError("the same series twice")
        self._series.add(key)
        family.samples.append((name, labels, float(match[3])))
        return family

    def _comment(self, line: str, family: Family | None) -> Family:
        _, kind, name, text = (line.split(" ", 3) + [""])[:4]
        if family is None or family.name != name:
            if name in self.families:
                raise ExpositionError("a family in two places")
            family = self.families[name] = Family(name)
        if family.samples:
            raise ExpositionError("HELP or TYPE after samples")
        if kind == "HELP":
            if not text or family.help:
                raise ExpositionError("no help, or help twice")
            family.help = text
        else:
            if text not in _TYPES or family.type:
                raise ExpositionError("no type, or a type twice")
            family.type = text
            _lint(family)
        return family


def _lint(family: Family) -> None:
    if not _NAME.match(family.name):
        raise ExpositionError("not a plain name")
    if family.name.endswith(_RESERVED):
        raise ExpositionError("a name with a reserved ending")
    if family.name.endswith("_total") != (family.type == "counter"):
        raise ExpositionError("counters end in _total, and nothing else does")
    if family.name.endswith("_info") and family.type != "gauge":
        raise ExpositionError("an info that is not a gauge")


def _labels(text: str | None) -> Labels:
    if text is None:
        return ()
    found, at = [], 0
    while at < len(text):
        match = _LABEL.match(text, at)
        if not match:
            raise ExpositionError("bad labels")
        found.append((match[1], re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], match[2])))
        at = match.end()
    if len({name for name, _ in found}) != len(found):
        raise ExpositionError("a label twice")
    return tuple(found)
