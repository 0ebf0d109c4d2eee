#!/usr/bin/env python3
"""A big portal: its history by few requests, and a mass edit that keeps neither today's deals nor others waiting.

DEALS says how many it has and EDITS how many are edited; the full size of 100 000 and 10 000 takes minutes.
"""

from __future__ import annotations

import os
import unittest

from harness import main
from scale import BigPortal

DEALS = int(os.environ.get("DEALS", "4000"))
EDITS = int(os.environ.get("EDITS", "2000"))
REQUESTS_BESIDE = 24  # counting, short first pages, what the directories and polls ask for meanwhile
FRESH_WITHIN = 60.0
BESIDE_WITHIN = 10.0
MEMORY_MOST = 512  # MiB


class Scale(unittest.TestCase):
    def test_history_and_mass_edit(self) -> None:
        with BigPortal(DEALS, EDITS) as big:
            history = big.backfill()
            print(history, flush=True)
            self.assertEqual(DEALS, big.counted())
            self.assertLessEqual(history.requests, 1.5 * history.least + REQUESTS_BESIDE)
            edit = big.mass_edit()
            print(edit, flush=True)
            self.assertEqual(0, edit.refused)
            self.assertLess(max(edit.fresh), FRESH_WITHIN)
            self.assertLess(max(edit.beside), BESIDE_WITHIN)
            self.assertLess(max(history.memory, edit.memory), MEMORY_MOST)
            self.assertFalse(big.overrun(), "the portal's bucket was overrun")
            self.assertEqual(DEALS + (len(edit.fresh) + 1) // 2, big.counted())


if __name__ == "__main__":
    main()
