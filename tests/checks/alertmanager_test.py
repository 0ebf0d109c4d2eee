#!/usr/bin/env python3
"""The sample for Alertmanager, by its own tool: it is right, every alert goes where it should, and texts read well."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "deploy/alertmanager/alertmanager.yml"
ALERT = {
    "status": "firing",
    "labels": {"alertname": "CrmMissedCallsHigh", "portal": "acme", "severity": "critical", "team": "sales"},
    "annotations": {
        "summary": "Too many calls were missed.", "summary_ru": "Пропущено слишком много звонков.",
        "description": "Portal acme: 6 of 20 <missed> & lost.", "description_ru": "Портал acme: пропущено 6 из 20 & <всё>.",
        "runbook_url": "https://example.com/en/CrmMissedCallsHigh.md",
        "runbook_url_ru": "https://example.com/ru/CrmMissedCallsHigh.md",
        "dashboard_url": "https://grafana.example.com/d/kpistream-calls-en?var-portal=acme&var-manager=7",
        "dashboard_url_ru": "https://grafana.example.com/d/kpistream-calls-ru?var-portal=acme&var-manager=7"},
    "startsAt": "2026-11-16T09:30:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "1"}
RUSSIAN = """<b>Тревога: Пропущено слишком много звонков.</b>
Портал acme: пропущено 6 из 20 &amp; &lt;всё&gt;.
<a href="https://example.com/ru/CrmMissedCallsHigh.md">Что делать</a> · \
<a href="https://grafana.example.com/d/kpistream-calls-ru?var-portal=acme&amp;var-manager=7">Посмотреть показатели</a>"""
ENGLISH = """<b>Alarm: Too many calls were missed.</b>
Portal acme: 6 of 20 &lt;missed&gt; &amp; lost.
<a href="https://example.com/en/CrmMissedCallsHigh.md">What to do</a> · \
<a href="https://grafana.example.com/d/kpistream-calls-en?var-portal=acme&amp;var-manager=7">See the figures</a>"""


def amtool(*arguments: str) -> str:
    ran = subprocess.run(["amtool", *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.strip()


def alerts() -> dict[str, dict[str, str]]:
    """The labels of every alert there is, by its name."""
    groups = [group for path in (ROOT / "deploy/prometheus/alerts").glob("*.yaml")
              for group in yaml.safe_load(path.read_text())["groups"]]
    return {rule["alert"]: rule["labels"] for group in groups for rule in group["rules"]}


def render(template: str, kind: str, *states: str, **annotations: str) -> str:
    """What a template makes of one alert in each of these states. `annotations`: instead of those of the alert."""
    shown = [ALERT | {"status": state, "annotations": ALERT["annotations"] | annotations} for state in states]
    data = {"receiver": "sales", "status": states[0], "alerts": shown, "groupLabels": {}, "commonAnnotations": {},
            "commonLabels": ALERT["labels"], "externalURL": ""}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(data, file)
        file.flush()
        return amtool("template", "render", f"--template.glob={SAMPLE.parent}/templates/*.tmpl",
                      f"--template.type={kind}", f"--template.data={file.name}",
                      f"--template.text={{{{ template \"kpistream.{template}\" . }}}}")


class Alertmanager(unittest.TestCase):
    def test_the_sample_is_right(self) -> None:
        said = amtool("check-config", str(SAMPLE))
        self.assertIn("SUCCESS", said)
        self.assertNotIn("FAILED", said)

    def test_every_alert_goes_where_it_should(self) -> None:
        for name, labels in alerts().items():
            wanted = "ops"
            if name == "Watchdog":
                wanted = "watchdog"
            elif labels["severity"] == "info":
                wanted = "nobody"
            elif labels["team"] == "sales":
                wanted = "sales"
            elif labels["severity"] == "critical":
                wanted = "ops-now"
            with self.subTest(name):
                labels = [f"{key}={value}" for key, value in labels.items()]
                self.assertEqual(wanted, amtool("config", "routes", "test", f"--config.file={SAMPLE}",
                                                f"alertname={name}", "portal=acme", *labels).splitlines()[0])

    def test_inhibitions_name_alerts_that_exist(self) -> None:
        for rule in yaml.safe_load(SAMPLE.read_text())["inhibit_rules"]:
            for matcher in rule["source_matchers"] + rule["target_matchers"]:
                if matcher.startswith("alertname"):
                    for name in matcher.split("\"")[1].split("|"):
                        self.assertIn(name, alerts())

    def test_sales_hear_in_business_hours_of_their_zone(self) -> None:
        sample = yaml.safe_load(SAMPLE.read_text())
        sales, = [route for route in sample["route"]["routes"] if route["receiver"] == "sales"]
        self.assertEqual(["business-hours"], sales["active_time_intervals"])
        hours, = [one for one in sample["time_intervals"] if one["name"] == "business-hours"]
        self.assertTrue(all("location" in each for each in hours["time_intervals"]), "else it is UTC")

    def test_telegram_reads_well_and_is_escaped(self) -> None:
        self.assertEqual(RUSSIAN, render("telegram.ru", "html", "firing"))
        self.assertEqual(ENGLISH, render("telegram.en", "html", "firing"))
        both = render("telegram.ru", "html", "firing", "resolved")
        self.assertEqual(RUSSIAN + "\n<b>Прошло: Пропущено слишком много звонков.</b>\n"
                         "Портал acme: пропущено 6 из 20 &amp; &lt;всё&gt;.", both)

    def test_where_nobody_said_where_grafana_is_there_is_no_link_to_it(self) -> None:
        for language, told in (("ru", RUSSIAN), ("en", ENGLISH)):
            nowhere = {key: f"/d/kpistream-calls-{language}" for key in ("dashboard_url", "dashboard_url_ru")}
            self.assertEqual(told.split(" · ")[0], render(f"telegram.{language}", "html", "firing", **nowhere))
            self.assertNotIn("/d/", render(f"email.{language}", "html", "firing", **nowhere))

    def test_a_mail_has_a_subject_and_a_body(self) -> None:
        self.assertEqual("Тревога: Пропущено слишком много звонков. (acme)", render("subject.ru", "text", "firing"))
        self.assertEqual("Over: Too many calls were missed. (acme)", render("subject.en", "text", "resolved"))
        for language, word, link in (("ru", "Что делать", "Посмотреть показатели"), ("en", "What to do", "See the figures")):
            body = render(f"email.{language}", "html", "firing", "resolved")
            self.assertIn(f"{link}</a>", body)
            self.assertTrue(body.startswith("<!DOCTYPE html>") and body.endswith("</html>"), body)
            self.assertIn(word, body)
            self.assertEqual(2, body.count("<h3>"))


if __name__ == "__main__":
    unittest.main()
