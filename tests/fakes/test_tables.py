#!/usr/bin/env python3
"""The tables that lists are read from: the same rows as a look at every row finds. SEED repeats a run."""

from __future__ import annotations

import os
import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bitrix24 import filters  # noqa: E402
from kit.table import AT_ONCE, Row, Table  # noqa: E402

STEPS = 1000


def stamp(minute: int) -> str:
    """In one of two zones: what counts is the moment."""
    hour, minute = divmod(minute, 60)
    zone = 3 + 2 * (minute % 2)
    return f"2026-09-14T{hour + zone:02}:{minute:02}:00+0{zone}:00"


class Tables(unittest.TestCase):
    def setUp(self) -> None:
        seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 31)))
        print(f"SEED={seed}")
        self.chance = random.Random(seed)

    def changed(self, table: Table) -> None:
        ident = self.chance.randrange(1, 200)
        if ident not in table:
            table[ident] = {"ID": str(ident), "DATE_MODIFY": self.time(), "KIND": self.chance.choice("AB")}
        elif self.chance.random() < 0.3:
            table.take(ident)
        else:
            table.touch(ident)
            table[ident]["DATE_MODIFY"] = self.time()

    def time(self) -> str:
        return stamp(self.chance.randrange(900)) if self.chance.random() < 0.9 else ""

    def wish(self) -> Row:
        wish: Row = {}
        if self.chance.random() < 0.7:
            wish[">ID"] = str(self.chance.randrange(220))
        if self.chance.random() < 0.7:
            wish[">=date_modify"] = stamp(self.chance.randrange(900))
        if self.chance.random() < 0.3:
            wish["KIND"] = self.chance.choice("AB")
        if self.chance.random() < 0.2:
            wish["@ID"] = [str(self.chance.randrange(220)) for _ in range(20)]
        return wish

    def check(self, table: Table) -> None:
        wish = self.wish()
        narrowed, rest = table.narrowed(wish)
        found = [row for row in narrowed if filters.matches(row, rest)]
        every = filters.ordered(list(table.values()), {}, "ID")
        self.assertEqual([row for row in every if filters.matches(row, wish)], found, wish)

    def test_finds_what_a_look_at_every_row_finds(self) -> None:
        table = Table("DATE_MODIFY")
        for _ in range(STEPS):
            for _ in range(self.chance.randrange(5)):
                self.changed(table)
            self.check(table)

    def test_many_changes_at_once(self) -> None:
        table = Table("DATE_MODIFY")
        for _ in range(5):
            for number in range(AT_ONCE + 1):
                table[1000 + number] = {"ID": str(1000 + number), "DATE_MODIFY": self.time(), "KIND": "A"}
            for _ in range(300):
                self.changed(table)
            self.check(table)

    def test_without_a_time_all_filters_are_asked_of_each(self) -> None:
        table = Table()
        table[1] = {"ID": "1", "DATE": stamp(5)}
        rows, rest = table.narrowed({">ID": "", ">=DATE": stamp(6)})
        self.assertEqual(([table[1]], {">=DATE": stamp(6)}), (list(rows), rest))


if __name__ == "__main__":
    unittest.main()
