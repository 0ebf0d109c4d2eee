#!/usr/bin/env python3
"""SIGHUP: new secrets count from then on, without a restart; a configuration with an error changes nothing."""

from __future__ import annotations

import shutil
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from harness import ALIAS, HERE, main, portal_config
from client import HookClient, get, until
from daemon import Daemon

DATA = HERE.parent / "data"
CLOCK = "2026-09-14T16:30:00+03:00"
NEW = "n3w0t1k2e3n4n5e6w7t8o9k0e1n2n3e4"  # as the token of a webhook and as the end of a path
SUCCESSFUL = "kpistream_config_last_reload_successful"


class Sender:
    """The demo portal or account with one secret, on a kept connection."""

    def __init__(self, daemon: Daemon, crm: str, secret: str) -> None:
        portal = daemon.portals[ALIAS[crm]]
        if crm == "bitrix24":
            body, path = (DATA / crm / "01.ONCRMLEADADD.form").read_text(encoding="utf-8"), portal.path
            self.body = body.replace(portal.tokens[0], secret).encode()
        else:
            self.body, path = (DATA / crm / "02-leads-add.form").read_bytes(), f"/hook/{crm}/{ALIAS[crm]}/{secret}"
        self._client = HookClient(daemon.hook, path)

    def post(self) -> int:
        return self._client.post(self.body)

    def close(self) -> None:
        self._client.close()


class Reload(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="kpistream-reload-"))
        self.addCleanup(shutil.rmtree, folder)
        self.daemon = Daemon(folder, [portal_config(crm, "Europe/Moscow", "") for crm in ALIAS], CLOCK)
        self.addCleanup(self.daemon.kill)
        self.daemon.start()
        self.old, self.new = {}, {}
        for crm, alias in ALIAS.items():
            portal = self.daemon.portals[alias]
            self.old[crm] = Sender(self.daemon, crm, portal.tokens[0] if portal.tokens else portal.hook_secret)
            self.new[crm] = Sender(self.daemon, crm, NEW)
            self.addCleanup(self.old[crm].close)
            self.addCleanup(self.new[crm].close)

    def change_secrets(self) -> None:
        self.daemon.portals[ALIAS["bitrix24"]].tokens = [NEW]
        self.daemon.portals[ALIAS["amocrm"]].hook_secret = NEW
        self.daemon.write_config()

    def successful(self) -> float:
        return self.daemon.scrape().total(SUCCESSFUL)

    def wait_for(self, line: str, times: int) -> None:
        """The log says that the daemon is done with a SIGHUP."""
        until(f"{line}, {times} times", lambda: self.daemon.log.read_text(encoding="utf-8").count(line) == times)

    def reload(self, times: int = 1) -> None:
        self.daemon.reload()
        self.wait_for("configuration reloaded", times)

    def fail_to_reload(self, times: int = 1) -> None:
        self.daemon.reload()
        self.wait_for("the running one stays", times)

    def assert_accepted(self, accepted: dict[str, Sender], refused: dict[str, Sender]) -> None:
        self.assertEqual(dict.fromkeys(ALIAS, 200), {crm: sender.post() for crm, sender in accepted.items()})
        self.assertEqual(dict.fromkeys(ALIAS, 403), {crm: sender.post() for crm, sender in refused.items()})

    def test_new_secrets_take_the_place_of_the_old(self) -> None:
        self.assert_accepted(self.old, refused=self.new)
        self.change_secrets()
        self.assert_accepted(self.old, refused=self.new)  # nobody has asked yet
        self.reload()
        self.assert_accepted(self.new, refused=self.old)
        self.assertEqual(1, self.successful())
        self.daemon.verify()

    def test_two_tokens_count_while_one_takes_over(self) -> None:
        portal = self.daemon.portals[ALIAS["bitrix24"]]
        portal.tokens = [portal.tokens[0], NEW]
        self.daemon.write_config()
        self.reload()
        self.assertEqual([200, 200], [self.old["bitrix24"].post(), self.new["bitrix24"].post()])

    def test_an_error_changes_nothing_and_shows(self) -> None:
        self.assertEqual(1, self.successful())
        self.change_secrets()
        good = self.daemon.config.read_text(encoding="utf-8")
        tokens = self.daemon.config.parent / f"{ALIAS['bitrix24']}.tokens"
        for times, break_it in enumerate((lambda: self.daemon.config.write_text(good + "  typo: [", encoding="utf-8"),
                                          lambda: self.daemon.config.write_text(good + "typo: 1\n", encoding="utf-8"),
                                          self.daemon.config.unlink,
                                          lambda: tokens.chmod(0o644),
                                          tokens.unlink), 1):
            break_it()
            self.fail_to_reload(times)
            self.assertEqual(0, self.successful())
            self.assert_accepted(self.old, refused=self.new)
            self.daemon.write_config()
            tokens.chmod(0o600)
        self.reload()
        self.assertEqual(1, self.successful())
        self.assert_accepted(self.new, refused=self.old)

    def order(self, path: str, method: str = "PUT", **fields: str) -> int:
        """As `curl -X` gives it: without a body, and without a type."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.daemon.admin}{path}", method=method, headers=fields)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_by_http_only_where_it_is_switched_on(self) -> None:
        for method in ("PUT", "POST"):
            self.assertEqual([403, 403], [self.order(path, method) for path in ("/-/reload", "/-/quit")])
        self.assertEqual([405, 405], [self.order(path) for path in ("/metrics", "/api/v1/backup")])
        self.assertEqual(415, self.order("/api/v1/backup", "POST"))
        self.daemon.stop()
        self.daemon.arguments = ["--web.enable-lifecycle", "--web.telemetry-path", "/kpi/metrics"]
        self.daemon.start()
        self.assertEqual(404, get(f"http://127.0.0.1:{self.daemon.admin}/metrics")[0])
        self.assertIn(SUCCESSFUL, get(f"http://127.0.0.1:{self.daemon.admin}/kpi/metrics")[1])
        self.assertEqual(403, self.order("/-/quit", "POST", Origin="https://evil.example"))
        for times, method in enumerate(("PUT", "POST"), 1):
            self.assertEqual(200, self.order("/-/reload", method))
            self.wait_for("configuration reloaded", times)
        self.assertEqual(200, self.order("/-/quit", "POST"))
        until("it has ended", lambda: "stopped" in self.daemon.tail() and self.daemon.ended() == 0)

    def test_what_cannot_be_read_is_told_at_level_debug(self) -> None:
        sender = self.old["bitrix24"]
        nobodys = b"data%5BFIELDS%5D%5BID%5D=%2B79001234567"
        sender.body = b"&".join(nobodys if part.startswith(b"data") else part for part in sender.body.split(b"&"))
        self.assertEqual(200, sender.post())
        told = 'msg="a webhook cannot be read" portal=acme event=ONCRMLEADADD position=1'
        self.wait_for(told, 1)
        self.assertNotIn("79001234567", self.daemon.log.read_text(encoding="utf-8"))
        page = self.daemon.scrape()
        self.assertEqual(1, page.total("kpistream_events_failed_total", portal="acme", reason="content"))
        self.assertEqual(1, page.total("kpistream_quarantined_events", portal="acme"))


if __name__ == "__main__":
    main()
