#!/usr/bin/env python3
"""The check of the helps finds what it is for."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).with_name("helps.py")
HEAD = "| metric | type | unit | labels | |\n|---|---|---|---|---|\n"


class Helps(unittest.TestCase):
    def said(self, page: str) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "docs", "metrics.md")
            path.parent.mkdir()
            path.write_text(page)
            done = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)
            return done.returncode, done.stdout

    def of(self, text: str) -> tuple[int, str]:
        return self.said(f"{HEAD}| `crm_a` | gauge |  | `portal` | {text} |\n")

    def test_sentences_are_taken(self) -> None:
        for text in ("This counts deals closed as won (K6), within the window.", "The value is 1 while it works.",
                     "The labels tell a portal's CRM; the value is always 1.", "This is how long it takes."):
            self.assertEqual((0, "1 helps are full sentences\n"), self.of(text), text)

    def test_what_is_none_is_told(self) -> None:
        for text, fault in (("1 while it works.", "begins without a capital"), ("this is small.", "begins without a capital"),
                            ("This counts deals", "ends without a full stop"), ("Deals closed as won.", "has no verb"),
                            ("Inquiries that are open.", "has no verb"), ("Name of a manager; the value is always 1.", "has no verb")):
            status, said = self.of(text)
            self.assertEqual(1, status, text)
            self.assertIn(f"docs/metrics.md:3: '{text}' {fault}", said)

    def test_an_empty_page_is_told(self) -> None:
        self.assertEqual((1, "docs/metrics.md:1: has no metrics\n"), self.said(HEAD))


if __name__ == "__main__":
    unittest.main()
