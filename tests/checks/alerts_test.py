#!/usr/bin/env python3
"""The check of the alerts finds what it is for: each breach is made in a copy, and must be told."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
SALES, OPS = "deploy/prometheus/alerts/sales.yaml", "deploy/prometheus/alerts/ops.yaml"
BREACHES = [  # a file, what is replaced in it, by what, and what is said then
    (SALES, "  - alert: CrmFlowClot\n", "  - alert: Crm_clot\n", "Crm_clot should be CamelCase"),
    (SALES, "severity: warning, team: sales", "severity: loud, team: sales", "needs a severity"),
    (SALES, "      summary_ru: Много обращений ждут первого ответа дольше положенного.\n", "", "has no summary_ru"),
    (SALES, "summary_ru: Много обращений ждут первого ответа дольше положенного.", "summary_ru: Many wait.", "is in the other language"),
    (SALES, "первого ответа дольше положенного.", "первого ответа дольше положенного", "no full sentence"),
    (SALES, "summary: Many inquiries", "summary: \"{{ $value }} inquiries\" #", "should be the same for all"),
    (SALES, "en/CrmLeadsOverdue.md", "en/CrmFlowClot.md", "runbook_url is not the address of its page"),
    (SALES, "kpistream-calls-en?", "kpistream-phones-en?", "dashboard_url is not {{ $externalLabels.grafana_url }}/d/"),
    (SALES, "kpistream-calls-ru?", "kpistream-calls-en?", "dashboard_url_ru is not {{ $externalLabels.grafana_url }}/d/"),
    (SALES, "'{{ $externalLabels.grafana_url }}/d/", "'/d/", "dashboard_url is not {{ $externalLabels.grafana_url }}/d/"),
    (SALES, "en?var-portal={{ $labels.portal }}", "en?var-window={{ $labels.portal }}", "chooses what its dashboard does not"),
    (OPS, "ingest-en'", "ingest-en?var-portal={{ $labels.portal }}'", "KpistreamDown: dashboard_url chooses no portal, or one"),
    (SALES, "ru?var-portal={{ $labels.portal }}", "ru", "its two dashboards open differently"),
    (SALES, "crm_flow_residual != 0", "crm_flow_rest != 0", "reads crm_flow_rest, which is not in"),
    (SALES, "{window=\"week_prev\",state=\"clot\"}", "{state=\"clot\"}", "reads crm_flow_state without a window"),
    (SALES, "\"crm_missed_calls_unreturned{", "\"crm_missed_calls_unheard{", "reads crm_missed_calls_unheard"),
    (OPS, "expr: vector(1)", "expr: holt_winters(up[1h], 0.5, 0.5)", "uses holt_winters"),
    (OPS, "expr: vector(1)", "expr: LIMITK by (job) (3, up)", "uses LIMITK"),
    (OPS, "expr: vector(1)", "expr: up{le=~'0.5|5'}", "uses le=~'0.5|5'"),
    ("deploy/prometheus/tests/Watchdog.yaml", "  interval: 1m\n", "  interval: 1m\n  start_timestamp: 0\n", "has start_timestamp"),
    (OPS, "  rules:\n", "  query_offset: 1m\n  rules:\n", "has query_offset"),
    ("deploy/prometheus/rules/kpis.yaml", "portal:crm_leads_overdue:sum\n", "overdue\n", "overdue is not level:metric"),
    ("docs/runbooks/en/CrmFlowClot.md", "`crm_flow_backlog`", "`crm_flow_heap`", "names crm_flow_heap, which is not in docs/metrics.md"),
    ("docs/runbooks/ru/Watchdog.md", "## Что делать", "## Делать", "docs/runbooks/ru/Watchdog.md: should be"),
    ("deploy/prometheus/tests/CrmFlowClot.yaml", "CrmFlowClot just below", "CrmFlowClot balanced", "has no case"),
    ("deploy/prometheus/tests/CrmFlowClot.yaml", "alertname: CrmFlowClot", "alertname: Watchdog", "asks for Watchdog"),
]


class Alerts(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        for folder in ("deploy/prometheus", "deploy/grafana/dashboards", "docs/runbooks"):
            shutil.copytree(ROOT / folder, self.root / folder)
        (self.root / "tests/e2e").mkdir(parents=True)
        for file in ("tests/e2e/metrics.golden", "docs/metrics.md"):
            shutil.copy(ROOT / file, self.root / file)

    def check(self) -> tuple[int, str]:
        ran = subprocess.run([sys.executable, str(Path(__file__).with_name("alerts.py")), str(self.root)],
                             capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout + ran.stderr

    def test_what_is_right_passes(self) -> None:
        self.assertEqual(0, self.check()[0], self.check()[1])

    def test_each_breach_is_told(self) -> None:
        for name, old, new, message in BREACHES:
            with self.subTest(message):
                path = self.root / name
                text = path.read_text()
                self.assertIn(old, text)
                path.write_text(text.replace(old, new, 1))
                code, said = self.check()
                path.write_text(text)
                self.assertEqual(1, code)
                self.assertIn(message, said)

    def test_a_page_or_a_test_that_is_missing_or_of_nothing_is_told(self) -> None:
        for name in ("docs/runbooks/en/Watchdog.md", "deploy/prometheus/tests/Watchdog.yaml"):
            path = self.root / name
            path.rename(path.with_stem("Nobody"))
            said = self.check()[1]
            self.assertIn(f"{name}: is missing", said)
            self.assertIn(f"{name.replace('Watchdog', 'Nobody')}: is of no alert", said)
            path.with_stem("Nobody").rename(path)


if __name__ == "__main__":
    unittest.main()
