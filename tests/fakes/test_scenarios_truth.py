#!/usr/bin/env python3
"""Every expectation of every scenario also holds in the fakes' own truth: the two are written apart from each other."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from amocrm_account import Account  # noqa: E402
from bitrix24_portal import Portal  # noqa: E402
from kit.player import Player  # noqa: E402
from kit.scenario import Act, Expectation, load  # noqa: E402
from kit.truth import truth  # noqa: E402

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
# Of these the truth does not tell.
UNTOLD = {"crm_leads_waiting", "crm_deals_without_next_step", "crm_window_actions", "crm_window_negative_ratings"}
PARTS = ("direction", "outcome", "result")


def figure(wish: Expectation, told: dict[str, Any]) -> float:
    """The number that the truth gives for a metric."""
    labels, by_manager = wish.labels, "manager" in wish.labels
    name = wish.metric.removeprefix("crm_").removeprefix("manager_").removeprefix("window_")
    if "due" in labels:
        row = told["state"][name].get(labels["due"], {})
        return row.get(labels["manager"], 0) if by_manager else sum(row.values())
    window = labels["window"]
    if by_manager:
        row = told["manager"][window].get(labels["manager"], {})
    elif "pipeline" in labels:
        row = told["pipeline"][window].get(labels["pipeline"], {})
    else:
        row = told["portal"][window]
    wanted = {labels[part] for part in PARTS if part in labels}
    return sum(value for key, value in row.items() if key.split("|")[0] == name and wanted <= set(key.split("|")[1:]))


class Truths(unittest.TestCase):
    def test_expectations_hold_in_the_truth(self) -> None:
        checked = 0
        for path in sorted(SCENARIOS.glob("*.scenario")):
            scenario = load(path)
            if scenario.settings.get("truth") == "no":
                continue  # of what the truth does not tell
            crm = (Portal if scenario.crm == "bitrix24" else Account)(scenario, False)
            player = Player(crm, scenario, "")
            for step in scenario.steps:
                if isinstance(step, Act):
                    player.step()
                elif not step.metric.endswith("_total") and step.metric not in UNTOLD:
                    with self.subTest(scenario=path.name, line=step.line):
                        told = truth(crm.chronicle, crm.zone, scenario.now)
                        self.assertEqual(float(step.value), figure(step, told), step.text)
                        checked += 1
        self.assertGreater(checked, 100)


if __name__ == "__main__":
    unittest.main()
