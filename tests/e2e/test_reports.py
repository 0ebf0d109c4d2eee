#!/usr/bin/env python3
"""What is taken away from the page: the weekly report and the audit as text, page and mail, the line that mails it on Monday,
and the table as files for a spreadsheet. All of them tell the same figures."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request
import zipfile
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

from daemon import BINARY, ROOT
from harness import HERE, SCENARIOS, World, main

sys.path.insert(0, str(HERE.parent / "page"))
from office import LARGE, NOW, Departments  # noqa: E402

CLOSED = date(2026, 11, 16)  # the week the report is of
AUDITED_WEEKS = 4
TEXT_MAX = 4_000  # bytes, of a messenger
EXCEL_ZERO = date(1899, 12, 30)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Of the closed week and of what stands now, as the audit and the files call them.
WORDS = {
    "ru": {"week": "16–22 ноя", "begin": "С чего начать", "lost": "Что теряется", "idle": "Кто отстаёт", "holes": "Пробелы в данных",
           "none": "Не найдено", "missed_of": r"(\d+) пропущенных из (\d+)", "missed": "Пропущенные звонки", "in": "Входящие звонки",
           "weeks": "4 нед.", "actions": r"за неделю; медиана остальных (\d+)", "column": "События в CRM",
           "not_compared": "сверено с CRM, остальному верить рано", "day_hole": "14–20 сен", "day": "%d.%m.%Y", "running": "идёт", "closed": "закрыт", "revenue": "Выручка", "sheets": ["Показатели", "Менеджеры", "Источники"]},
    "en": {"week": "16–22 Nov", "begin": "Where to begin", "lost": "What is lost", "idle": "Who falls behind", "holes": "Holes in the data",
           "none": "None found", "missed_of": r"(\d+) missed of (\d+)", "missed": "Missed calls", "in": "Incoming calls",
           "weeks": "4 weeks", "actions": r"in the week; the median of the others is (\d+)", "column": "Actions",
           "not_compared": "compared with the CRM, the rest cannot be relied on yet", "day_hole": "14–20 Sep", "day": "%Y-%m-%d", "running": "under way", "closed": "closed", "revenue": "Revenue", "sheets": ["Indicators", "Managers", "Sources"]},
}


def chapters(text: str) -> dict[str, str]:
    """What stands under each heading of a text."""
    parts = [part.partition("\n") for part in text.split("\n\n")]
    return {heading: body for heading, _, body in parts}


def plain_spaces(text: str) -> str:
    """Numbers and units are held together by a space that does not break."""
    return text.replace("\u00a0", " ")


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style>.*?</style>", "", html)).split())


def mail_of(text: str) -> tuple[email.message.EmailMessage, str, str]:
    """A mail, its plain text and its page."""
    mail = email.message_from_bytes(text.encode(), policy=email.policy.default)
    assert isinstance(mail, email.message.EmailMessage)
    plain, page = mail.iter_parts()
    return mail, *(plain_spaces(part.get_content()).replace("\r\n", "\n") for part in (plain, page))


class Reports(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="kpistream-reports-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.daemon = Departments(cls.folder)
        cls.daemon.write_config()
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.kill)

    def file(self, name: str, query: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.daemon.admin}/{name}?portal={LARGE}&{query}") as answer:
            return bytes(answer.read())

    def rows(self, lang: str) -> list[list[str]]:
        text = self.file("table.csv", f"lang={lang}&columns=5").decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if lang == "ru" else ","))

    def figures(self, lang: str, title: str) -> list[int]:
        """A line of indicators: the running week, then the closed ones."""
        return next([int(cell) for cell in row[1:]] for row in self.rows(lang) if row and row[0] == title)

    def written(self, *command: str, clock: str = NOW) -> str:
        done = self.daemon.run(*command, "--portal", LARGE, "--clock.start", clock)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return plain_spaces(done.stdout)

    def stands_alone(self, page: str, lang: str) -> None:
        self.assertIn(f'<html lang="{lang}"', page)
        self.assertNotRegex(page, r"<(script|img)\b|url\(|(href|src)=\"(?!data:)")

    # ---- report

    def test_a_report_is_the_closed_week_in_text(self) -> None:
        for lang, words in WORDS.items():
            text = self.written("report", "--lang", lang)
            self.assertTrue(text.startswith(f"{LARGE}: "), text)
            self.assertIn(words["week"], text.splitlines()[0])
            self.assertLessEqual(len(text.encode()), TEXT_MAX)
            missed, calls = re.search(words["missed_of"], text).groups()
            self.assertEqual([self.figures(lang, words["missed"])[1], self.figures(lang, words["in"])[1]], [int(missed), int(calls)])

    def test_a_page_says_the_same_and_needs_nothing_else(self) -> None:
        for lang, words in WORDS.items():
            page = self.written("report", "--lang", lang, "--format", "html")
            self.stands_alone(page, lang)
            shown = text_of(page)
            self.assertIn(words["week"], shown)
            self.assertRegex(shown, words["missed_of"])

    def test_a_mail_has_both(self) -> None:
        for lang, words in WORDS.items():
            text = self.written("report", "--lang", lang, "--format", "mail", "--mail.from", "kpi@example.org", "--mail.to", "head@example.org")
            mail, plain, page = mail_of(text)
            self.assertEqual(("kpi@example.org", "head@example.org"), (mail["From"], mail["To"]))
            self.assertIn(words["week"], mail["Subject"])
            self.assertEqual("multipart/alternative", mail.get_content_type())
            self.assertEqual(self.written("report", "--lang", lang), plain)
            self.assertEqual(self.written("report", "--lang", lang, "--format", "html"), page)

    def test_a_mail_wants_addresses(self) -> None:
        done = self.daemon.run("report", "--portal", LARGE, "--format", "mail")
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertIn("--mail.from", done.stderr)

    def test_it_is_written_to_a_file_and_hides_names(self) -> None:
        out = self.folder / "report.txt"
        self.assertEqual("", self.written("report", "--out", str(out), "--hide-names"))
        text = out.read_text(encoding="utf-8")
        self.assertNotIn("Небылицына", text)
        self.assertIn("Небылицына", self.written("report"))

    def test_quiet_says_what_matters(self) -> None:
        self.assertEqual(self.written("report"), self.written("report", "--quiet"))

    def test_quiet_is_silent_where_nothing_matters(self) -> None:
        with World(SCENARIOS / "bitrix24_sample_day.scenario", rest=False) as world:
            world.fake.control("play")
            world.daemon.rest()
            for form in ([], ["--format", "html"], ["--format", "mail", "--mail.from", "a@example.org", "--mail.to", "b@example.org"]):
                loud = world.daemon.run("report", "--clock.start", world.now, *form)
                quiet = world.daemon.run("report", "--clock.start", world.now, "--quiet", *form)
                self.assertEqual((0, 0, ""), (loud.returncode, quiet.returncode, quiet.stdout), quiet.stderr)
                self.assertGreater(len(loud.stdout), 100)

    # ---- the line of the timer

    def mailed(self, portal: str, clock: str = NOW, config: str = "") -> tuple[int, list[str], str]:
        """Carries out the unit's line: how it ended, what curl was asked, and what it was given."""
        unit = (ROOT / "deploy/systemd/kpistream-report.service").read_text(encoding="utf-8")
        given = (ROOT / "deploy/package/default").read_text(encoding="utf-8")
        environment = dict(re.findall(r'^(\w+)="(.*)"$', given, re.MULTILINE))
        self.assertIn("EnvironmentFile=/etc/default/kpistream\n", unit)
        line = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1].replace("$$", "$").replace("%%", "%")
        with tempfile.TemporaryDirectory() as place:
            self.program(Path(place) / "kpistream", f'exec {BINARY} "$@" --config.file {config or self.daemon.config} --clock.start {clock}')
            self.program(Path(place) / "curl", f"printf '%s\\n' \"$@\" >{place}/asked; cat >{place}/mail")
            command = [part.replace("/usr/bin/kpistream", f"{place}/kpistream") for part in shlex.split(line)]
            done = subprocess.run(command, env={**os.environ, **environment, "REPORT_PORTAL": portal, "PATH": f"{place}:{os.environ['PATH']}"},
                                  capture_output=True, text=True, timeout=60, check=False)
            asked, mail = Path(place) / "asked", Path(place) / "mail"
            return done.returncode, asked.read_text().splitlines() if asked.exists() else [], mail.read_text() if mail.exists() else ""

    @staticmethod
    def program(path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    def test_the_timer_mails_what_matters(self) -> None:
        code, asked, text = self.mailed(LARGE)
        self.assertEqual(0, code)
        self.assertEqual("smtp://localhost:25", asked[asked.index("--url") + 1])
        self.assertEqual("kpi@example.org", asked[asked.index("--mail-from") + 1])
        self.assertEqual("head@example.org", asked[asked.index("--mail-rcpt") + 1])
        mail, plain, page = mail_of(text)
        self.assertIn(WORDS["ru"]["week"], mail["Subject"])
        self.assertEqual(self.written("report"), plain)
        self.assertIn("</html>", page)

    def test_the_timer_fails_where_there_is_no_report(self) -> None:
        code, asked, _ = self.mailed("nobody")
        self.assertEqual((1, []), (code, asked))

    def test_the_timer_mails_nothing_where_nothing_matters(self) -> None:
        with World(SCENARIOS / "bitrix24_sample_day.scenario", rest=False) as world:
            code, asked, _ = self.mailed(world.alias, world.now, str(world.daemon.config))
            self.assertEqual((0, []), (code, asked))

    # ---- audit

    def test_an_audit_says_where_to_begin_and_what_is_lost(self) -> None:
        for lang, words in WORDS.items():
            told = chapters(self.written("audit", "--lang", lang))
            begin = told[words["begin"]].splitlines()
            self.assertEqual([True, False] * 3, [line.startswith("▾ ") for line in begin], begin)
            self.assertTrue(all(re.search(r"\d", line) for line in begin[1::2]), begin)
            lost = sum(self.figures(lang, words["missed"])[1:1 + AUDITED_WEEKS])
            self.assertIn(f"{words['missed']}, {words['weeks']}: {lost}", told[words["lost"]])
            name, actions = re.match(r"▾ (.+): (\d+) \w+ — ", told[words["idle"]]).groups()
            row, = [row for row in self.rows(lang) if row and row[0] == name]
            heads = next(row for row in self.rows(lang) if words["column"] in row[1:])
            self.assertEqual(actions, row[heads.index(words["column"])])
            self.assertLess(2 * int(actions), int(re.search(words["actions"], told[words["idle"]])[1]))
            self.assertIn(words["none"], told[words["holes"]])

    def test_an_audit_as_a_page(self) -> None:
        for lang, words in WORDS.items():
            page = self.written("audit", "--lang", lang, "--format", "html")
            self.stands_alone(page, lang)
            shown = text_of(page)
            for heading in ("begin", "lost", "idle", "holes", "none"):
                self.assertIn(words[heading], shown)

    def test_an_audit_names_holes(self) -> None:
        with World(SCENARIOS / "bitrix24_sample_day.scenario") as world:
            world.fake.control("play")
            world.daemon.rest()
            for lang, words in WORDS.items():
                # Nobody has compared the portal since that Monday.
                done = world.daemon.run("audit", "--lang", lang, "--clock.start", "2026-09-22T09:00:00+03:00")
                holes = chapters(plain_spaces(done.stdout))[words["holes"]]
                self.assertIn(words["day_hole"], holes)
                self.assertIn(words["not_compared"], holes)
                self.assertNotIn(words["none"], holes)

    # ---- files

    def test_csv_is_as_a_spreadsheet_of_the_language_reads_it(self) -> None:
        for lang, words in WORDS.items():
            self.assertTrue(self.file("table.csv", f"lang={lang}").startswith(b"\xef\xbb\xbf"))
            rows = self.rows(lang)
            days = [CLOSED + timedelta(days=7 * weeks) for weeks in (1, 0, -1, -2, -3)]
            self.assertEqual([f"{day:{words['day']}}" for day in days], rows[0][1:])
            self.assertTrue(rows[1][1].startswith(words["running"]), rows[1])
            self.assertTrue(all(cell.startswith(words["closed"]) for cell in rows[1][2:]), rows[1])
            for cell in next(row for row in rows if row and row[0] == f"{words['revenue']}, ₽")[1:]:
                self.assertRegex(cell, r"^\d+,\d\d$" if lang == "ru" else r"^\d+\.\d\d$")

    def test_xlsx_has_numbers_that_are_numbers_and_days_that_are_days(self) -> None:
        for lang, words in WORDS.items():
            book = zipfile.ZipFile(io.BytesIO(self.file("table.xlsx", f"lang={lang}&columns=5")))
            self.assertIsNone(book.testzip())
            names = [sheet.get("name") for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SHEET}sheet")]
            self.assertEqual(words["sheets"], names)
            sheet = self.sheet(book)
            heads, figures = sheet[0], [row for row in sheet[2:] if len(row) > 1]
            self.assertTrue(str(sheet[1][1][0]).startswith(words["running"]), sheet[1])
            self.assertEqual({"dd.mm.yyyy" if lang == "ru" else "yyyy-mm-dd"}, {form for _, form in heads[1:]})
            days = [EXCEL_ZERO + timedelta(days=value) for value, _ in heads[1:]]
            self.assertEqual([CLOSED + timedelta(days=7 * weeks) for weeks in (1, 0, -1, -2, -3)], days)
            # The same as the other file: empty there, no cell here.
            rows = self.rows(lang)
            wanted = {row[0]: [float(cell.replace(",", ".")) for cell in row[1:] if cell] for row in rows[2:rows.index([])]}
            shown = {row[0][0]: [value for value, _ in row[1:]] for row in figures}
            self.assertGreater(len(shown), 30)
            self.assertEqual(set(wanted), set(shown))
            for title, values in shown.items():
                self.assertTrue(all(isinstance(value, (int, float)) for value in values), title)
                for a, b in zip(wanted[title], self.in_seconds(values, title, figures), strict=True):
                    self.assertAlmostEqual(a, b, places=2, msg=title)

    @staticmethod
    def in_seconds(values: list[float], title: str, figures: list[list[tuple[object, str]]]) -> list[float]:
        """A length of time is a part of a day in Excel."""
        form = next(row[1][1] for row in figures if row[0][0] == title)
        return [value * 86_400 for value in values] if form == "[h]:mm:ss" else values

    @staticmethod
    def sheet(book: zipfile.ZipFile) -> list[list[tuple[object, str]]]:
        """Cells of the first sheet, row by row: a text or number, and how it is shown."""
        texts = ["".join(part.itertext()) for part in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        styles = ElementTree.fromstring(book.read("xl/styles.xml"))
        forms = {form.get("numFmtId"): form.get("formatCode", "") for form in styles.iter(f"{SHEET}numFmt")}
        formats = [forms.get(style.get("numFmtId"), "") for style in styles.find(f"{SHEET}cellXfs") or []]
        rows: list[list[tuple[object, str]]] = []
        for row in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}row"):
            rows.append([])
            for cell in row:
                value = cell.findtext(f"{SHEET}v", "")
                is_text = cell.get("t") == "s"
                rows[-1].append((texts[int(value)] if is_text else float(value), formats[int(cell.get("s", "0"))]))
        return rows


if __name__ == "__main__":
    main()
