#!/usr/bin/env python3
"""The same days of one department on both CRMs give the same figures, cell by cell, but for what one of them cannot know.

What that is stands in docs/both-crms.md, and here as APART. SEED repeats a run, DRAW one department, WEEKS says how many departments.
"""

from __future__ import annotations

import os
import re
import tempfile
import unittest
from dataclasses import dataclass, field
from pathlib import Path

from client import until
from departments import FUNNELS, HEAD, PEOPLE, REASONS, STAGES, Department, Teller, ToAmo, ToBitrix
from harness import World, draws, main
from weeks import coverage

DEPARTMENTS = int(os.environ.get("WEEKS", "2"))
Cell = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class Apart:
    """What one CRM cannot know: figures whose names begin so, and what is done about them."""

    begin: tuple[str, ...]
    labels: dict[str, str] = field(default_factory=dict)  # of them only those with these labels
    drop: str = ""  # a label over which they are summed; without one they are not compared

    def concerns(self, name: str, labels: dict[str, str]) -> bool:
        return name.startswith(self.begin) and all(labels.get(key) == value for key, value in self.labels.items())


# By the heading in docs/both-crms.md that tells why.
ACTIONS = ("crm_actions", "crm_window_actions", "crm_manager_window_actions")
APART = {
    "Messages": [Apart(ACTIONS, {"action": "message"}), Apart(("crm_kpi_", "crm_anomaly_"), {"kpi": "actions"})],
    "Quotes as work": [Apart(ACTIONS, {"action": "quote"})],
    "The funnel of a quote": [Apart(("crm_quotes", "crm_window_quotes"), drop="pipeline")],
    "The funnel of a payment": [Apart(("crm_payments", "crm_window_payments"), drop="pipeline")],
}
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "both-crms.md"
# No figures: names of people and funnels, and how the daemon itself fares.
NO_FIGURES = ("crm_manager_info", "crm_pipeline_info", "crm_deal_stage_info", "crm_source_info", "crm_loss_reason_info",
              "crm_snapshot_")


def words(place: int) -> dict[str, dict[str, str]]:
    """Of each label the CRM's own ids in words of no CRM."""
    people = {ids[place]: name for name, ids in PEOPLE.items()}
    stages = {ids[place]: name if name in ("won", "lost") else f"{funnel} {name}" for (funnel, name), ids in STAGES.items()}
    return {"manager": {**people, HEAD[place]: "head"}, "deal_stage": stages,
            "pipeline": {ids[place]: name for name, ids in FUNNELS.items()},
            "loss_reason": {ids[place]: name for name, ids in REASONS.items()}}


def table(world: World, place: int) -> dict[Cell, float]:
    """Every figure of the scrape, counters less what was taken back."""
    known = words(place)
    cells: dict[Cell, float] = {}
    for family in world.daemon.scrape().families.values():
        if not family.name.startswith("crm_") or family.name.startswith(NO_FIGURES):
            continue
        for name, held, value in family.samples:
            labels = {label: known.get(label, {}).get(text, text) for label, text in held if label not in ("portal", "crm")}
            apart = next((one for all_ in APART.values() for one in all_ if one.concerns(name, labels)), None)
            if apart is not None and not apart.drop:
                continue
            labels.pop(apart.drop if apart else "", None)
            key = name.replace("_retracted", ""), tuple(sorted(labels.items()))
            cells[key] = cells.get(key, 0) + (-value if "_retracted" in name else value)
    return {key: value for key, value in cells.items() if value}


class BothCrms(unittest.TestCase):
    def play(self, teller: Teller) -> dict[Cell, float]:
        path = Path(tempfile.mkdtemp(prefix="kpistream-both-")) / f"{teller.crm}.scenario"
        path.write_text(teller.text(), encoding="utf-8")
        with World(path) as world:
            self.live(world, teller)
            world.fake.control("play")
            world.daemon.rest()
            self.again(world)  # for the clock to stand at the same moment in both
            self.again(world)  # for the advice, which is a minute old at most, to be given when all is compared
            until("advice is given", lambda: "crm_advice_cards" in world.daemon.scrape().families)
            return table(world, teller.place)

    def again(self, world: World) -> None:
        world.daemon.stop()
        world.daemon.start()
        until("all is compared", lambda: coverage(world, "1h") == 1.0)

    def live(self, world: World, teller: Teller) -> None:
        """What is changed again was seen as it was before, as in life, where minutes lie between: thin events say only that
        something has changed."""
        unseen: set[str] = set()
        for touched in teller.touched:
            if touched in unseen:
                world.daemon.rest()
                unseen.clear()
            world.fake.control("step")
            unseen.add(touched)

    def test_the_list_of_what_is_apart_is_that_of_the_docs(self) -> None:
        headings = re.findall(r"^### (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual(list(APART), headings)

    def test_the_same_days_give_the_same_figures(self) -> None:
        for number in draws(DEPARTMENTS):
            script = Department(number).script
            with self.subTest(department=number):
                mine, other = (self.play(teller(script)) for teller in (ToBitrix, ToAmo))
                different = [f"{name}{dict(labels)}: bitrix24 {mine.get((name, labels), 0):g}, amocrm {other.get((name, labels), 0):g}"
                             for name, labels in sorted(set(mine) | set(other)) if mine.get((name, labels)) != other.get((name, labels))]
                self.assertGreater(len(mine), 1000)
                self.assertEqual([], different, "\n".join(["", *different]))


if __name__ == "__main__":
    main()
