#!/usr/bin/env python3
"""`kpistream connect amocrm`, `doctor` and the watch over the webhook: the real binary against the fake account."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from client import until
from daemon import BINARY, Daemon, PortalConfig
from door import Door
from harness import main
from kit.program import Fake
from terminal import converse
from test_connect import Written

NOW = "2026-11-16T18:00:00+03:00"
SCENARIO = """crm amocrm
zone Europe/Moscow
now 2026-11-16T18:00:00
day 2026-11-16
09:00:00 create_lead 1 owner=9000101 price=1000
"""
DISABLED_AFTER = 101  # failures
BULK = "limits: {bulk: 1000}"  # so many leads at once are no import here


class Amo(unittest.TestCase):
    SETTINGS = ""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kpistream-connect-"))
        self.addCleanup(shutil.rmtree, self.folder)
        scenario = self.folder / "day.scenario"
        scenario.write_text(SCENARIO.replace("day 2026", self.SETTINGS + "day 2026"), encoding="utf-8")
        self.fake = Fake("amocrm", scenario)
        self.addCleanup(self.fake.stop)
        self.door = Door()
        self.addCleanup(self.door.close)
        self.daemon: Daemon = Written(self.folder, [PortalConfig("demo", "amocrm")], NOW)
        self.addCleanup(self.daemon.kill)
        self.config = self.daemon.config
        self.token = self.fake.about["token"]
        self.said: list[str] = []
        (self.folder / "token").write_text(self.token + "\n", encoding="utf-8")

    def tearDown(self) -> None:
        secrets = [self.token, *(path.read_text(encoding="utf-8").strip() for path in self.config.parent.glob("*.hook"))]
        self.said += [path.read_text(encoding="utf-8") for path in (self.daemon.log, self.config) if path.exists()]
        for text in self.said:
            for secret in secrets:
                self.assertNotIn(secret, text)

    def command(self, *more: str, yes: bool = True, account: str = "", public_url: str | None = None) -> list[str]:
        unattended = ["--account", account or self.fake.about["rest"], "--token-file", str(self.folder / "token"),
                      "--alias", "demo", "--public-url", self.door.url if public_url is None else public_url, "--yes"]
        return [str(BINARY), "connect", "amocrm", "--config.file", str(self.config), "--storage.path",
                str(self.daemon.store), "--hook.listen-address", "127.0.0.1:0", "--web.listen-address", "127.0.0.1:0",
                *(unattended if yes else []), *more]

    def run_it(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "LC_ALL": "", "LC_MESSAGES": "", "LANG": "C"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment,
                              stdin=subprocess.DEVNULL)
        self.said += [done.stdout, done.stderr]
        return done

    def connect(self, *more: str, account: str = "", public_url: str | None = None) -> subprocess.CompletedProcess[str]:
        return self.run_it(self.command(*more, account=account, public_url=public_url))

    def connected(self, *lines: str) -> None:
        """Connected, with lines of one's own in the configuration; the daemon runs, and the door leads to it."""
        done = self.connect()
        self.assertEqual(0, done.returncode, done.stderr)
        if lines:
            text = self.config.read_text(encoding="utf-8")
            for line in lines:
                key = line.partition(":")[0]
                text = re.sub(rf"(?m)^    {key}: .*\n", "", text)
            self.config.write_text("rest: {gather: 0s, poll: 1s}\n" + text + "".join(f"    {line}\n" for line in lines),
                                   encoding="utf-8")
        self.live()

    def live(self) -> None:
        self.daemon.start()
        self.door.port = self.daemon.hook

    def doctor(self, *more: str, now: str = NOW) -> subprocess.CompletedProcess[str]:
        done = self.run_it([str(BINARY), "doctor", "--config.file", str(self.config), "--clock.start", now, *more])
        done.stdout = re.sub(r" {2,}", "  ", done.stdout)  # columns
        return done

    def wrong(self) -> set[str]:
        checks: dict[str, Any] = json.loads(self.doctor("--json").stdout)
        return {one["check"] for one in checks["checks"] if not one["ok"]}

    def hooks(self) -> list[dict[str, Any]]:
        """As the account has them."""
        listed = json.loads(self.ask("GET"))["_embedded"]["webhooks"]
        return [hook for hook in listed if "/hook/amocrm/demo/" in hook["destination"]]

    def ask(self, method: str, body: bytes | None = None) -> str:
        """Of the account's webhooks, as another program with its token."""
        request = urllib.request.Request(f"{self.fake.about['rest']}/api/v4/webhooks", body, method=method,
                                         headers={"Authorization": f"Bearer {self.token}"})
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.read().decode()
            except urllib.error.HTTPError as error:
                if error.code != 429:
                    raise
                time.sleep(0.2)  # the daemon and the commands have used it up

    def hook_off(self) -> float | None:
        found = re.search(r'(?m)^kpistream_hook_disabled\{portal="demo"\} (\S+)$', self.daemon.scrape_text())
        return float(found[1]) if found else None

    def leads(self) -> float:
        return self.daemon.rest().total("crm_new_leads_total", portal="demo")

    def fail_until_disabled(self) -> int:
        """Deliveries fail until the account gives up; how many leads were made meanwhile."""
        self.door.port = 0
        made = 0
        while not self.fake.counters()["disabled"]:
            made += 1
            self.assertLess(made, 2 * DISABLED_AFTER)
            self.fake.control("verb", line=f"2026-11-16T18:00:{made // 10:02} create_lead {1000 + made} owner=9000101")
        return made


class Connect(Amo):
    def test_from_the_accounts_address_to_the_first_event(self) -> None:
        (self.folder / "out").touch()
        with (self.folder / "out").open("wb") as out:
            waiting = subprocess.Popen(self.command("--wait", "60", "--lang", "en"), stdout=out, stderr=out,
                                       stdin=subprocess.DEVNULL)
        self.addCleanup(waiting.kill)
        said = lambda: (self.folder / "out").read_text(encoding="utf-8")  # noqa: E731
        until("connect waits", lambda: "Waiting" in said())
        self.live()
        self.fake.control("play")
        self.assertEqual(0, waiting.wait(30), said())
        self.said.append(said())
        self.assertIn("An event has come: 2026-11-16 15:0", said())
        self.assertEqual(1, self.leads())
        well = self.doctor("--lang", "en")
        self.assertEqual(0, well.returncode, well.stdout)
        self.assertIn("demo  webhook  ok: the webhook is enabled, events: ", well.stdout)
        self.assertIn("demo  hook  ok: the last event: 2026-11-16 15:0", well.stdout)

    def test_what_is_written_is_what_the_accounts_directories_say(self) -> None:
        ru, en = self.connect(), self.connect("--lang", "en", "--overwrite")
        self.assertEqual((0, 0), (ru.returncode, en.returncode), ru.stderr + en.stderr)
        for text, lines in ((ru.stdout, ('stages.quote: ["68000040"] (статус «КП отправлено» говорит',
                                         "Аккаунт 31990001 «Демострой», зона Europe/Moscow, валюта RUB",
                                         'values.paid: ["4600002"] (в аккаунте ведут счета', "Создаю вебхук на")),
                            (en.stdout, ('stages.incoming: ["68000010","68000110"] (incoming leads are on',
                                         'types.meeting: ["2"] (tasks of this type', "The webhook is made, events: 35"))):
            for line in lines:
                self.assertIn(line, text)
        written = self.config.read_text(encoding="utf-8")
        for line in ('    account_id: "31990001"\n', f'    hook: {{url: "{self.door.url}"}}\n',
                     '    fields: {quote_sum: "701001"}\n', "    quote_amount_field: quote_sum\n"):
            self.assertIn(line, written)
        for name in ("demo.hook", "demo.token"):
            self.assertEqual(0o600, stat.S_IMODE((self.config.parent / name).stat().st_mode))
        checked = self.daemon.run("check-config")
        self.assertEqual(0, checked.returncode, checked.stderr)

    def test_the_webhook_is_made_with_a_fresh_secret_and_replaces_the_older_one(self) -> None:
        self.assertEqual(0, self.connect().returncode)
        first = self.hooks()
        self.assertEqual(1, len(first))
        self.assertRegex(first[0]["destination"], rf"^{self.door.url}/hook/amocrm/demo/[a-z2-9]{{40}}$")
        self.assertIn("status_lead", first[0]["settings"])
        self.assertEqual(0, self.connect("--overwrite").returncode)
        second = self.hooks()
        self.assertEqual(1, len(second))
        self.assertNotEqual(first[0]["destination"], second[0]["destination"])
        self.assertTrue(second[0]["destination"].endswith((self.config.parent / "demo.hook").read_text().strip()))

    def test_what_cannot_work_is_refused_and_writes_nothing(self) -> None:
        self.assertIn("адрес аккаунта не годится", self.connect(account="example.com").stderr)
        self.assertIn("укажите --public-url", self.connect(public_url="").stderr)
        self.assertIn("не годится: нужен https", self.connect(public_url="ftp://x").stderr)
        (self.folder / "token").write_text("", encoding="utf-8")
        self.assertIn("there is no token", self.connect("--lang", "en").stderr)
        (self.folder / "token").write_text("other", encoding="utf-8")
        done = self.connect("--lang", "en")
        self.assertIn("rest  wrong: the account does not accept the token", done.stdout)
        self.assertIn("must be mended first", done.stderr)
        self.assertEqual([], list(self.config.parent.iterdir()))

    def test_an_account_that_refuses_the_webhook_leaves_it_to_a_person(self) -> None:
        self.fake.control("faults", denied=["webhooks"])
        done = self.connect("--lang", "en")
        self.assertEqual(1, done.returncode)
        self.assertIn("HTTP 403; cure: it takes an administrator's token and a plan with webhooks", done.stdout)
        self.assertIn("Settings → Integrations → Web hooks", done.stdout)
        self.assertIn(f"Address: {self.door.url}/hook/amocrm/demo/ and behind it the secret in the file", done.stdout)
        self.assertTrue((self.config.parent / "demo.hook").exists())

    def test_at_a_terminal_it_asks_and_does_not_show_secrets(self) -> None:
        answers = [("demostroy.amocrm.ru: ", self.fake.about["rest"]), ("not shown: ", self.token), ("[portal]: ", "demo"),
                   ("[Y/n]: ", "n"), ("kpi.example.com: ", self.door.url)]
        code, said = converse(self.command("--lang", "en", "--wait", "0", yes=False), answers)
        self.said.append(said)
        self.assertEqual(0, code, said)
        self.assertIn("The webhook is made", said)
        self.assertNotIn("stages", self.config.read_text(encoding="utf-8"))  # the mapping was declined


class Kommo(Amo):
    SETTINGS = "set host=https://demostroy.kommo.com\n"

    def test_events_that_the_account_does_not_know_are_left_out(self) -> None:
        done = self.connect("--lang", "en")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("The account does not know these events, and they are left out: update_task, update_talk", done.stdout)
        hook, = self.hooks()
        self.assertIn("status_lead", hook["settings"])
        self.assertNotIn("update_task", hook["settings"])
        self.live()
        self.fake.control("play")
        self.assertEqual(1, self.leads())
        self.assertEqual(set(), self.wrong())


class Doctor(Amo):
    def test_names_what_was_taken_away_in_both_languages(self) -> None:
        self.connected("zone: Asia/Omsk", "currency: USD", "stages: {quote: [5], incoming: [68000010]}")
        self.fake.control("play")
        self.leads()
        self.fake.control("faults", denied=["tasks"])
        ru, en = self.doctor(), self.doctor("--lang", "en")
        self.assertEqual((1, 1), (ru.returncode, en.returncode))
        for text, lines in ((ru.stdout, ("tasks  плохо: аккаунт отказывает: HTTP 403; что делать: дайте интеграции доступ",
                                         "zone  плохо: в аккаунте зона Europe/Moscow, в конфигурации Asia/Omsk",
                                         "mapping  плохо: stages.quote: статуса 5 в аккаунте нет",
                                         "добавьте 68000110 в stages.incoming")),
                            (en.stdout, ("zone  wrong: the account's zone is Europe/Moscow", "cure: write currency: RUB",
                                         "mapping  wrong: stages.quote: the account has no status 5"))):
            for line in lines:
                self.assertIn(line, text)
        self.assertEqual({"tasks", "zone", "currency", "mapping"}, self.wrong())

    def test_sees_a_token_that_is_no_longer_valid_and_another_account(self) -> None:
        self.connected()
        token = self.config.parent / "demo.token"
        token.write_text("other\n", encoding="utf-8")
        self.assertIn("rest  wrong: the account does not accept the token", self.doctor("--lang", "en").stdout)
        token.write_text(self.token, encoding="utf-8")
        text = self.config.read_text(encoding="utf-8")
        self.config.write_text(text.replace("31990001", "5"), encoding="utf-8")
        self.assertIn("rest  wrong: another account answers: 31990001", self.doctor("--lang", "en").stdout)

    def test_sees_an_unpaid_account_and_hidden_webhooks(self) -> None:
        self.connected()
        self.fake.control("faults", denied=["webhooks"])
        self.assertIn("webhook  плохо: аккаунт не показывает вебхуки: нет права, или их нет в тарифе", self.doctor().stdout)
        self.fake.control("faults", unpaid=True)
        self.assertIn("rest  плохо: аккаунт не оплачен", self.doctor().stdout)

    def test_a_lost_webhook_is_made_again_and_others_are_left_alone(self) -> None:
        self.connected()
        before = {hook["destination"] for hook in self.hooks()}
        for destination in before:
            self.ask("DELETE", json.dumps({"destination": destination}).encode())
        self.assertIn("webhook  wrong: the account has no such webhook", self.doctor("--lang", "en").stdout)
        healed = self.doctor("--heal")
        self.assertIn("webhook  хорошо: вебхук снова работает; что не пришло, демон дочитает из списков", healed.stdout)
        self.assertEqual(before, {hook["destination"] for hook in self.hooks()})
        self.assertNotIn("webhook", self.wrong())


class Watch(Amo):
    def test_a_disabled_hook_is_seen_healed_and_what_was_lost_is_in_the_figures(self) -> None:
        self.connected(f'hook: {{url: "{self.door.url}", watch: 1s}}', BULK)
        self.fake.control("play")
        until("the hook is fine", lambda: self.hook_off() == 0)
        made = self.fail_until_disabled()
        self.assertEqual(DISABLED_AFTER, made)
        until("the daemon sees it", lambda: self.hook_off() == 1)
        self.door.port = self.daemon.hook
        self.fake.control("verb", line="2026-11-16T18:00:20 create_lead 2 owner=9000101")  # nobody is told
        self.assertIn("webhook  wrong: the account has disabled the webhook", self.doctor("--lang", "en").stdout)
        self.assertIn("webhook  ok: the webhook works again", self.doctor("--lang", "en", "--heal").stdout)
        until("the daemon sees that too", lambda: self.hook_off() == 0)
        before = self.daemon.scrape().total("kpistream_webhook_requests_total", result="accepted")
        self.fake.control("verb", line="2026-11-16T18:00:30 create_lead 3 owner=9000101")
        until("a webhook comes", lambda: self.daemon.scrape().total("kpistream_webhook_requests_total", result="accepted") > before)
        until("nothing is missing", lambda: self.leads() == made + 3)
        told = [line for line in self.daemon.log.read_text(encoding="utf-8").splitlines() if "webhook" in line]
        self.assertEqual(1, sum("state=disabled" in line for line in told), told)  # once, however often it looked
        self.daemon.verify()

    def test_the_daemon_enables_it_itself_where_it_may(self) -> None:
        self.connected(f'hook: {{url: "{self.door.url}", watch: 1s, heal: true}}', BULK)
        self.fake.control("play")
        made = self.fail_until_disabled()
        self.door.port = self.daemon.hook
        until("the account sends again", lambda: not self.fake.counters()["disabled"])
        until("the daemon sees it", lambda: self.hook_off() == 0)
        self.fake.control("verb", line="2026-11-16T18:00:30 create_lead 3 owner=9000101")
        until("nothing is missing", lambda: self.leads() == made + 2)
        self.assertIn("the webhook is enabled again", self.daemon.log.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
