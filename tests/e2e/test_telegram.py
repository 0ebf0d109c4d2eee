#!/usr/bin/env python3
"""The weekly report in Telegram: sent by the program to a fake Bot API, by the line of the timer too, and with or without
names as the configuration says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from daemon import BINARY, ROOT
from harness import HERE, SCENARIOS, World, main
from kit.telegram import UNITS_MAX, Telegram

sys.path.insert(0, str(HERE.parent / "page"))
from office import LARGE, NOW, Departments  # noqa: E402

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
CHAT = -1001234567890
NAME = "Небылицына"  # of a manager whom the report praises or blames


class Sent(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="kpistream-telegram-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.daemon = Departments(cls.folder)

    def setUp(self) -> None:
        self.telegram = Telegram(TOKEN, {str(CHAT): CHAT, "@sales": CHAT})
        self.addCleanup(self.telegram.stop)
        self.configure()

    def configure(self, chat: str = str(CHAT), token: str = TOKEN, *more: str) -> None:
        secret = self.folder / "bot.token"
        secret.touch(0o600)
        secret.write_text(token + "\n", encoding="utf-8")
        self.daemon.more = [f'report: {{telegram: {{bot_token_file: {secret}, chat_id: "{chat}", api_url: "{self.telegram.url}"}}}}',
                            *more]
        self.daemon.write_config()

    def report(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.daemon.run("report", "--portal", LARGE, "--clock.start", NOW, *options)

    def text(self) -> str:
        return "\n".join(self.telegram.texts())

    def test_it_is_sent_whole(self) -> None:
        written = self.report().stdout
        for chat in (str(CHAT), "@sales"):
            self.telegram.sent.clear()
            self.configure(chat)
            done = self.report("--telegram", "--quiet")
            self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
            self.assertEqual({CHAT}, {to for to, _ in self.telegram.sent})
            self.assertTrue(all(len(text.encode("utf-16-le")) // 2 <= UNITS_MAX for _, text in self.telegram.sent))
            # What is written for any messenger is cut at 4000 bytes; this is not.
            lines = [line for line in written.splitlines() if line.strip() and line != "…"]
            self.assertEqual(lines, [line for line in self.text().splitlines() if line.strip()][:len(lines)])

    def test_what_went_wrong_is_told_without_the_token(self) -> None:
        for chat, token, words in ((str(CHAT), "1:stranger", "report.telegram.bot_token"), ("5", TOKEN, "report.telegram.chat_id")):
            self.configure(chat, token)
            done = self.report("--telegram")
            self.assertEqual((1, ""), (done.returncode, done.stdout))
            self.assertIn(words, done.stderr)
            self.assertNotIn(token.partition(":")[2], done.stderr)
        self.configure()
        self.telegram.left.add(CHAT)
        self.assertIn("add it to the chat", self.report("--telegram").stderr)
        self.telegram.left.clear()
        self.telegram.busy_after = 0
        self.assertRegex(self.report("--telegram").stderr, r"too many messages, try again later; 0 of \d+ messages are sent")
        self.assertEqual([], self.telegram.sent)

    def test_without_a_bot_it_says_so(self) -> None:
        self.daemon.more = []
        self.daemon.write_config()
        done = self.report("--telegram")
        self.assertEqual(1, done.returncode)
        self.assertIn("report.telegram", done.stderr)

    def test_a_secret_is_shown_nowhere(self) -> None:
        self.daemon.more[0] = self.daemon.more[0].replace("bot_token_file: " + str(self.folder / "bot.token"), f'bot_token: "{TOKEN}"')
        self.daemon.write_config()
        shown = self.daemon.run("check-config", "--print-effective")
        self.assertEqual(0, shown.returncode, shown.stderr)
        self.assertIn("bot_token: <secret>", shown.stdout)
        self.assertNotIn(TOKEN, shown.stdout)

    def test_names_are_hidden_where_the_configuration_hides_them(self) -> None:
        self.assertIn(NAME, self.report().stdout)
        self.configure(str(CHAT), TOKEN, "page: {hide_names: true}")
        for form in ("text", "html"):
            self.assertNotIn(NAME, self.report("--format", form).stdout)
        self.assertNotIn(NAME, self.daemon.run("audit", "--portal", LARGE, "--clock.start", NOW).stdout)
        self.report("--telegram")
        self.assertNotIn(NAME, self.text())
        self.assertIn(NAME, self.report("--hide-names=no").stdout)

    # ---- the line of the timer

    def timer(self, portal: str, clock: str, config: Path) -> int:
        unit = (ROOT / "deploy/systemd/kpistream-telegram.service").read_text(encoding="utf-8")
        given = (ROOT / "deploy/package/default").read_text(encoding="utf-8")
        environment = {**dict(re.findall(r'^(\w+)="(.*)"$', given, re.MULTILINE)), "REPORT_PORTAL": portal}
        line = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1]
        command = [re.sub(r"\$\{(\w+)\}", lambda name: environment[name[1]], part) for part in shlex.split(line)]
        self.assertEqual("/usr/bin/kpistream", command[0])
        done = subprocess.run([str(BINARY), *command[1:], "--config.file", str(config), "--clock.start", clock],
                              env=dict(os.environ), capture_output=True, text=True, timeout=60, check=False)
        return done.returncode

    def test_the_timer_sends_what_matters(self) -> None:
        self.assertEqual(0, self.timer(LARGE, NOW, self.daemon.config))
        self.assertIn(LARGE, self.telegram.sent[0][1])
        self.assertEqual(1, self.timer("nobody", NOW, self.daemon.config))

    def test_the_timer_sends_nothing_where_nothing_matters(self) -> None:
        with World(SCENARIOS / "bitrix24_sample_day.scenario", rest=False) as world:
            world.daemon.more = list(self.daemon.more)
            world.daemon.write_config()
            self.assertEqual(0, self.timer(world.alias, world.now, world.daemon.config))
            self.assertEqual([], self.telegram.sent)


if __name__ == "__main__":
    main()
