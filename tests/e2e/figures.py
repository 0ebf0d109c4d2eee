"""Compares what the daemon exports with the truth of a fake. Works on a scrape and on the query API alike."""

from __future__ import annotations

from typing import Any, Callable, Protocol

Series = list[tuple[dict[str, str], float]]

# figure: labels that make one figure several, in the order of the truth's keys ("calls|in|missed")
FIGURES: dict[str, tuple[str, ...]] = {
    "new_leads": (), "leads_converted": (), "leads_lost": (), "new_deals": (), "deals_won": (), "revenue": (),
    "deals_lost": (), "deals_lost_amount": (), "quotes_sent": (), "quotes_sent_amount": (), "payments": (),
    "payments_amount": (), "meetings_held": (), "calls": ("direction", "outcome"), "call_talk_seconds": ("direction",),
    "first_responses": (), "first_response_seconds": (), "deal_cycles": ("result",), "deal_cycle_seconds": ("result",),
    "complaints": (),
}
BY_PIPELINE = ("new_deals", "deals_won", "revenue", "deals_lost", "deals_lost_amount")
STATES = {"tasks_due": ("overdue", "today", "tomorrow", "later", "none"), "meetings_scheduled": ("today", "tomorrow")}


class Source(Protocol):
    def series(self, name: str, **labels: str) -> Series: ...


# What is shown of managers, who are many (KPI.md, conventions).
MANAGER_WINDOWS = ("day", "week", "week_prev", "week_prev_same_point", "month", "7d", "28d")


def differences(source: Source, truth: dict[str, Any], portal: str, windows: tuple[str, ...]) -> list[str]:
    """Every figure that is not what it should be, of the portal as a whole, of funnels and of managers."""
    found: list[str] = []
    for window in windows:
        truths = ((f"portal {window}", {"": truth["portal"][window]}, "crm_window_", ""),
                  *([(f"manager {window}", truth["manager"][window], "crm_manager_window_", "manager")]
                    if window in MANAGER_WINDOWS else []))
        for title, expected, prefix, dimension in truths:
            actual = _table(source, prefix, dimension, portal=portal, window=window)
            found += _compare(title, _flat(expected), actual)
        lines = {key: value for key, value in _flat(truth["pipeline"][window]).items() if key[1] in BY_PIPELINE}
        shown = _table(source, "crm_window_", "pipeline", portal=portal, window=window)
        found += _compare(f"pipeline {window}", lines, {key: shown[key] for key in shown if key[1] in BY_PIPELINE})
    return found + _state_differences(source, truth, portal)


def _state_differences(source: Source, truth: dict[str, Any], portal: str) -> list[str]:
    found = []
    for state, dues in STATES.items():
        expected = {(manager, due): value for due, row in truth["state"][state].items() if due in dues
                    for manager, value in row.items()}
        actual = {(labels["manager"], labels["due"]): value
                  for labels, value in source.series(f"crm_manager_{state}", portal=portal) if value}
        found += _compare(f"manager {state}", expected, actual)
        totals: dict[Any, float] = {}
        for (_, due), value in expected.items():
            totals[due] = totals.get(due, 0) + value
        shown = {labels["due"]: value for labels, value in source.series(f"crm_{state}", portal=portal) if value}
        found += _compare(f"portal {state}", totals, shown)
    return found


def _table(source: Source, prefix: str, dimension: str, **labels: str) -> dict[tuple[str, str], float]:
    """(dimension's value, figure): number; zeros are left out."""
    table: dict[tuple[str, str], float] = {}
    for figure, parts in FIGURES.items():
        for have, value in source.series(prefix + figure, **labels):
            key = (have.get(dimension, ""), "|".join([figure, *(have.get(part, "?") for part in parts)]))
            table[key] = table.get(key, 0) + value
    return {key: value for key, value in table.items() if value}


def _flat(rows: dict[str, dict[str, float]]) -> dict[tuple[str, str], float]:
    return {(row, figure): value for row, cells in rows.items() for figure, value in cells.items() if value}


def _compare(title: str, expected: dict[Any, float], actual: dict[Any, float]) -> list[str]:
    keys = sorted(set(expected) | set(actual), key=str)
    return [f"{title} {key}: expected {expected.get(key, 0):g}, is {actual.get(key, 0):g}"
            for key in keys if abs(expected.get(key, 0) - actual.get(key, 0)) > 0.005]


def eventually_none(test: Callable[[], list[str]], seconds: float = 30.0) -> None:
    """Polls until there are no differences; fails with the last ones."""
    from client import until

    last: list[list[str]] = [[]]

    def same() -> bool:
        last[0] = test()
        return not last[0]

    try:
        until("the figures are right", same, seconds, 0.2)
    except AssertionError as error:
        raise AssertionError(f"{error}\n  " + "\n  ".join(last[0])) from error
