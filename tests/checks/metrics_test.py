#!/usr/bin/env python3
"""The check of the names of metrics finds what it is for."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).with_name("metrics.py")


class Names(unittest.TestCase):
    def said(self, source: str, room: str = "exporters/prometheus") -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("docs/metrics.md", "| `crm_flow_net` | gauge |  |  | This is one. |\n"), (f"{room}/a.cpp", source)):
                path = Path(folder, name)
                path.parent.mkdir(parents=True)
                path.write_text(text)
            done = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)
            return done.returncode, done.stdout

    def test_what_is_in_the_reference_is_taken(self) -> None:
        for source in ('gauge("crm_flow_net", 1);', 'family("crm_flow_");', 'gauge(prefix + "net", 1);'):
            self.assertEqual((0, "1 names of metrics are in the reference\n"), self.said(source), source)

    def test_what_is_not_is_told(self) -> None:
        for source, name in (('gauge("crm_flow_netto", 1);', "crm_flow_netto"), ('family("crm_flaw_");', "crm_flaw_"),
                             ('gauge("kpistream_rows", 1);', "kpistream_rows"), ('gauge(prefix + "backlog", 1);', "..._backlog")):
            self.assertEqual((1, f"exporters/prometheus/a.cpp:1: {name} is not in docs/metrics.md\n"), self.said(source), source)

    def test_a_prefix_elsewhere_is_no_metrics(self) -> None:
        self.assertEqual((0, "1 names of metrics are in the reference\n"), self.said('prefix + "x"; "crm_flow_net"', "store"))

    def test_sources_without_metrics_are_told(self) -> None:
        self.assertEqual((1, "docs/metrics.md:1: the sources name no metrics\n"), self.said("int a = 1;"))


if __name__ == "__main__":
    unittest.main()
