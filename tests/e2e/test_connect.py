#!/usr/bin/env python3
"""`kpistream connect bitrix24` and `kpistream doctor`: the real binary against the fake portal."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

from client import until
from daemon import BINARY, Daemon, PortalConfig
from harness import main
from kit.program import Fake
from terminal import converse

NOW = "2026-09-14T16:30:00+03:00"
TOKEN = "k3v9x0q2m7a1s5d8f4g6h0j2l9z7c1b4"
SECRET = "a1b2c3d4e5f6g7h8"
SCENARIO = """crm bitrix24
zone Europe/Moscow
now 2026-09-14T16:30:00
2026-09-14T10:00:00 stage PAID list=DEAL_STAGE name="Оплачено"
2026-09-14T10:00:00 stage C5:QUOTE list=DEAL_STAGE_5 name="КП отправлено"
2026-09-14T10:00:00 pipeline 7 name="Рекламации"
2026-09-14T10:00:00 create_deal 701 owner=7 amount=1000
2026-09-14T16:30:00 create_lead 501 owner=7 source=WEB
"""


class Written(Daemon):
    """With the configuration that `connect` has written."""

    def write_config(self) -> None:
        pass


class Connect(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kpistream-connect-"))
        self.addCleanup(shutil.rmtree, self.folder)
        scenario = self.folder / "day.scenario"
        scenario.write_text(SCENARIO, encoding="utf-8")
        self.fake = Fake("bitrix24", scenario)
        self.addCleanup(self.fake.stop)
        self.daemon = Written(self.folder, [PortalConfig("acme", "bitrix24")], NOW)
        self.addCleanup(self.daemon.kill)
        self.config = self.daemon.config
        self.said: list[str] = []
        (self.folder / "url").write_text(self.fake.about["rest"] + "\n", encoding="utf-8")
        (self.folder / "token").write_text(TOKEN + "\n", encoding="utf-8")

    def tearDown(self) -> None:
        for text in self.said:
            self.assertNotIn(TOKEN, text)
            self.assertNotIn(SECRET, text)
            self.assertNotIn(TOKEN[-4:], text)

    def command(self, *more: str, yes: bool = True, alias: str = "acme") -> list[str]:
        unattended = ["--webhook-url-file", str(self.folder / "url"), "--application-token-file",
                      str(self.folder / "token"), "--alias", alias, "--yes"]
        return [str(BINARY), "connect", "bitrix24", "--config.file", str(self.config), "--storage.path",
                str(self.daemon.store), "--hook.listen-address", "127.0.0.1:0", "--web.listen-address", "127.0.0.1:0",
                *(unattended if yes else []), *more]

    def run_it(self, command: list[str], locale: str = "C") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "LC_ALL": "", "LC_MESSAGES": "", "LANG": locale}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment,
                              stdin=subprocess.DEVNULL)
        self.said += [done.stdout, done.stderr]
        return done

    def connect(self, *more: str, locale: str = "C", alias: str = "acme") -> subprocess.CompletedProcess[str]:
        return self.run_it(self.command(*more, alias=alias), locale)

    def doctor(self, *more: str, now: str = NOW) -> subprocess.CompletedProcess[str]:
        done = self.run_it([str(BINARY), "doctor", "--config.file", str(self.config), "--clock.start", now, *more])
        done.stdout = re.sub(r" {2,}", "  ", done.stdout)  # columns
        return done

    def live(self) -> None:
        """The daemon runs with what was written, and the portal sends to it."""
        self.daemon.start()
        self.fake.control("target", url=self.daemon.hook_url("acme"))

    def test_from_the_webhooks_address_to_the_first_event(self) -> None:
        (self.folder / "out").touch()
        with (self.folder / "out").open("wb") as out:
            waiting = subprocess.Popen(self.command("--wait", "60", "--lang", "en"), stdout=out, stderr=out,
                                       stdin=subprocess.DEVNULL)
        self.addCleanup(waiting.kill)
        until("the configuration is written", self.config.exists)
        self.live()
        until("connect waits", lambda: "Waiting" in (self.folder / "out").read_text(encoding="utf-8"))
        self.fake.control("play")
        self.assertEqual(0, waiting.wait(30))
        said = (self.folder / "out").read_text(encoding="utf-8")
        self.said.append(said)
        self.assertIn("An event has come: 2026-09-14 13:3", said)
        page = self.daemon.rest()
        self.assertEqual(1, page.total("crm_new_leads_total", portal="acme"))
        self.assertEqual(0, self.daemon.run("check-config").returncode)
        doctor = self.doctor("--lang", "en")
        self.assertEqual(0, doctor.returncode, doctor.stdout)
        self.assertIn("acme  hook  ok: the last event: 2026-09-14 13:3", doctor.stdout)
        self.assertIn("acme  reader  ok", doctor.stdout)
        self.assertTrue(json.loads(self.doctor("--json").stdout)["ok"])

    def test_what_is_written_is_what_the_portals_directories_say(self) -> None:
        self.fake.control("play", deliver="no")
        done = self.connect("--public-url", "https://kpi.example.com/")
        self.assertEqual(0, done.returncode, done.stderr)
        for text in ("Оплаты: stages.payment: [\"PAID\"] (счетов в портале нет, а стадия сделки «Оплачено» говорит",
                     "stages.quote: [\"C5:QUOTE\"]", "pipelines.complaints: [\"7\"]", "ONCRMDEALUPDATE",
                     "Разработчикам → Другое → Исходящий вебхук", "https://kpi.example.com/hook/bitrix24/acme\n",
                     f"…{TOKEN[-3:]}"):
            self.assertIn(text, done.stdout)
        written = self.config.read_text(encoding="utf-8")
        self.assertIn('    pipelines: {complaints: ["7"]}\n    stages: {quote: ["C5:QUOTE"], payment: ["PAID"]}\n', written)
        self.assertNotIn(SECRET, written)
        for name, secret in (("acme.rest", self.fake.about["rest"]), ("acme.tokens", TOKEN)):
            path = self.config.parent / name
            self.assertEqual(secret + "\n", path.read_text(encoding="utf-8"))
            self.assertEqual(0o600, stat.S_IMODE(path.stat().st_mode))
        checked = self.daemon.run("check-config")
        self.assertEqual(0, checked.returncode, checked.stderr)

    def test_nothing_is_overwritten_unasked(self) -> None:
        self.assertEqual(0, self.connect().returncode)
        before = {path: path.read_bytes() for path in self.config.parent.iterdir()}
        again = self.connect("--lang", "en")
        self.assertEqual(1, again.returncode)
        self.assertIn("is there already; --overwrite allows to replace it", again.stderr)
        self.assertEqual(before, {path: path.read_bytes() for path in self.config.parent.iterdir()})
        (self.folder / "url").write_text(self.fake.about["rest"] + "\n\n", encoding="utf-8")
        self.assertEqual(0, self.connect("--overwrite").returncode)
        self.assertEqual(before[self.config], self.config.read_bytes())

    def test_a_configuration_that_is_there_gets_a_fragment_beside_it(self) -> None:
        self.assertEqual(0, self.connect().returncode)
        before = self.config.read_bytes()
        done = self.connect(alias="second")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(before, self.config.read_bytes())
        fragment = (self.config.parent / "second.portal.yml").read_text(encoding="utf-8")
        self.assertIn(fragment, done.stdout)
        self.config.write_text(before.decode() + fragment, encoding="utf-8")
        checked = self.daemon.run("check-config")
        self.assertEqual(0, checked.returncode, checked.stderr)
        self.assertIn("2 portal(s)", checked.stdout)

    def test_the_doctor_names_what_was_taken_away_in_both_languages(self) -> None:
        self.fake.control("play", deliver="no")
        self.assertEqual(0, self.connect().returncode)
        self.live()
        self.fake.control("verb", line="2026-09-14T16:30:00 update_deal 701 amount=2000")
        until("the event is counted", lambda: "kpistream_last_event_timestamp" in self.daemon.scrape_text())
        well = self.doctor()
        self.assertEqual(0, well.returncode, well.stdout)
        self.fake.control("verb", line="2026-09-14T16:30:00 delete_stage PAID")
        self.fake.control("faults", scopes=["crm", "user", "telephony"])
        ru, en = self.doctor(), self.doctor("--lang", "en")
        self.assertEqual((1, 1), (ru.returncode, en.returncode))
        for text, lines in ((ru.stdout, ("tasks.task.list  плохо: у вебхука нет права task; что делать: добавьте право task",
                                         "mapping  плохо: stages.payment: стадии PAID в портале нет", "Не в порядке: 2 из")),
                            (en.stdout, ("tasks.task.list  wrong: the webhook lacks the scope task; cure: add the scope task",
                                         "mapping  wrong: stages.payment: the portal has no stage PAID", "Wrong: 2 of"))):
            for line in lines:
                self.assertIn(line, text)
        checks = json.loads(self.doctor("--json").stdout)
        self.assertFalse(checks["ok"])
        self.assertEqual({"tasks.task.list", "mapping"}, {one["check"] for one in checks["checks"] if not one["ok"]})

    def test_the_doctor_names_the_rest_of_what_can_go_wrong(self) -> None:
        self.assertEqual(0, self.connect().returncode)
        self.assertIn("the configuration has no portal other", self.doctor("--lang", "en", "--portal", "other").stdout)
        self.assertIn("daemon  wrong: no daemon answers", self.doctor("--lang", "en").stdout)
        late = self.doctor("--lang", "en", now="2026-09-14T16:32:00+03:00")
        self.assertIn("clock  wrong: the clock differs", late.stdout)
        self.live()
        self.assertIn("hook  wrong: no event has come", self.doctor("--lang", "en").stdout)
        stranger = self.daemon.client("acme")
        self.assertEqual(403, stranger.post(b"event=ONCRMDEALADD&auth%5Bapplication_token%5D=other"))
        stranger.close()
        self.assertIn("with a wrong token or address: 1", self.doctor("--lang", "en").stdout)
        rest = self.config.parent / "acme.rest"
        rest.write_text(self.fake.about["rest"].replace(SECRET, "wrong"), encoding="utf-8")
        self.assertIn("rest  wrong: the portal does not accept", self.doctor("--lang", "en").stdout)
        rest.write_text("https://10.0.0.1/rest/1/" + SECRET + "/", encoding="utf-8")
        self.assertIn("rest  wrong: the REST address will not do", self.doctor("--lang", "en").stdout)
        rest.chmod(0o644)
        unread = self.doctor("--lang", "en")
        self.assertEqual(1, unread.returncode)
        self.assertRegex(unread.stdout, "config  wrong: .*acme.rest_url_file: everybody can read .*chmod 600")

    def test_what_cannot_work_is_refused_and_writes_nothing(self) -> None:
        (self.folder / "token").write_text("not a token\n", encoding="utf-8")
        self.assertIn("токен", self.connect().stderr)
        (self.folder / "url").write_text("http://192.168.0.1/rest/1/" + SECRET, encoding="utf-8")
        self.assertIn("адрес REST не годится", self.connect().stderr)
        (self.folder / "url").write_text(self.fake.about["rest"], encoding="utf-8")
        self.fake.control("faults", scopes=["task"])
        done = self.connect(locale="en_US.UTF-8")
        self.assertIn("lacks the scope crm", done.stdout)
        self.assertIn("must be mended first", done.stderr)
        self.assertEqual([], list(self.config.parent.iterdir()))

    def test_at_a_terminal_it_asks_and_does_not_show_secrets(self) -> None:
        self.fake.control("play", deliver="no")
        answers = [("not shown: ", self.fake.about["rest"]), ("[portal]: ", "acme"), ("[Y/n]: ", "n"),
                   ("kpi.example.com: ", "https://k.example.com"), ("not shown: ", TOKEN)]
        code, said = converse(self.command("--lang", "en", "--wait", "0", yes=False), answers)
        self.said.append(said)
        self.assertEqual(0, code, said)
        self.assertIn("https://k.example.com/hook/bitrix24/acme", said)
        self.assertNotIn("stages", self.config.read_text(encoding="utf-8"))  # the mapping was declined


if __name__ == "__main__":
    main()
