#!/usr/bin/env python3
"""All tests of the fakes."""

import sys
import unittest
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    names = ["test_bitrix24", "test_bitrix24_more", "test_bitrix24_app", "test_amocrm", "test_amocrm_rest",
             "test_amocrm_acts", "test_faults", "test_programs", "test_scenarios_truth", "test_tables", "test_telegram"]
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
