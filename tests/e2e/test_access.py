#!/usr/bin/env python3
"""The admin address within TLS, with passwords, viewers and a prefix: as curl, the real Prometheus and our own commands
see it."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import unittest
from pathlib import Path

from client import until
from daemon import BINARY, ROOT, Daemon
from harness import SCENARIOS, World, main
from prometheus import Prometheus

SAMPLE = ROOT / "deploy" / "web-config.example.yml"
PASSWORD = "change-me"  # of the sample
HEAD, NORTH, MANAGER = "head-0123456789abcdef", "north-0123456789abcdef", "manager-0123456789abc"


def make_certificate(folder: Path, name: str = "localhost") -> None:
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", str(folder / "web.key"), "-out", str(folder / "web.crt")], check=True, capture_output=True)


def curl(*arguments: str) -> tuple[int, str]:
    """Status and body; 0: no answer."""
    done = subprocess.run(["curl", "-s", "-m", "20", "-w", "\n%{http_code}", *arguments], capture_output=True, text=True, check=False)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def fields(*arguments: str) -> dict[str, str]:
    told = subprocess.run(["curl", "-s", "-m", "20", "-D", "-", "-o", "/dev/null", *arguments], capture_output=True, text=True, check=True)
    pairs = (line.partition(": ") for line in told.stdout.splitlines()[1:] if line)
    return {name.lower(): value for name, _, value in pairs}


def start(daemon: Daemon, *arguments: str) -> None:
    """Anew, with these arguments; it may not be reached as usual."""
    daemon.stop()
    daemon.arguments = list(arguments)
    daemon.write_config()
    daemon.start(wait=False)

    def told() -> bool:
        if daemon.ended() is not None:
            raise AssertionError(f"the daemon ended:\n{daemon.tail()}")
        try:
            ports = json.loads((daemon.store / "listen.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        daemon.hook, daemon.admin = ports["hook"], ports["admin"]
        return True

    until("the daemon serves", told)


class Access(unittest.TestCase):
    def test_tls_and_passwords(self) -> None:
        with World(SCENARIOS / "amocrm_sample_day.scenario") as world:
            daemon, conf = world.daemon, world.folder / "conf"
            web = conf / "web-config.yml"
            shutil.copy(SAMPLE, web)
            make_certificate(conf)
            subprocess.run(["promtool", "check", "web-config", str(web)], check=True, capture_output=True)
            self.assertEqual(0, daemon.run("check-config", "--web.config.file", str(web)).returncode)
            start(daemon, "--web.config.file", str(web))
            base, trust = f"https://127.0.0.1:{daemon.admin}", ("--cacert", str(conf / "web.crt"))
            self._asks_for_a_password(base, trust)
            self.assertEqual(0o600, (daemon.store / "listen.json").stat().st_mode & 0o777)
            self.assertEqual("ready\n", daemon.run("health").stdout)
            self.assertEqual(0, curl(f"http://127.0.0.1:{daemon.admin}/metrics")[0], "nothing in the clear")
            with Prometheus(world.folder, daemon.admin, scrape=(
                    f"  scheme: https\n  basic_auth: {{username: prometheus, password: {PASSWORD}}}\n"
                    f"  tls_config: {{ca_file: {conf / 'web.crt'}}}\n")) as prometheus:
                until("it is scraped", prometheus.up)
            self._follows_its_files(daemon, web)

    def _asks_for_a_password(self, base: str, trust: tuple[str, str]) -> None:
        right, wrong, stranger = (("-u", f"{name}:{word}") for name, word in (
            ("prometheus", PASSWORD), ("prometheus", "x"), ("who", PASSWORD)))
        for path in ("/metrics", "/-/healthy", "/-/ready", "/", "/api/v1/advice"):
            self.assertEqual(401, curl(*trust, base + path)[0], path)
            self.assertEqual(401, curl(*trust, *wrong, base + path)[0], path)
            self.assertEqual(200, curl(*trust, *right, base + path)[0], path)
        self.assertEqual(401, curl(*trust, *stranger, base + "/metrics")[0])
        self.assertEqual(0, curl(base + "/metrics")[0], "who does not trust the certificate does not connect")
        self.assertEqual(0, curl(*trust, "--tls-max", "1.1", base + "/metrics")[0])

    def _follows_its_files(self, daemon: Daemon, web: Path) -> None:
        def shown() -> str:
            return ssl.get_server_certificate(("127.0.0.1", daemon.admin))

        def successful() -> str:
            text = curl("-k", "-u", f"prometheus:{PASSWORD}", f"https://127.0.0.1:{daemon.admin}/metrics")[1]
            return next(line for line in text.splitlines() if line.startswith("kpistream_config_last_reload_successful "))[-1]

        before = shown()
        make_certificate(web.parent, "renewed")
        daemon.reload()
        until("the new certificate is shown", lambda: shown() != before)
        until("our commands follow", lambda: daemon.run("health").returncode == 0)
        good = web.read_text(encoding="utf-8")
        web.write_text(good + "http_server_config: {http2: true}\n", encoding="utf-8")
        daemon.reload()
        until("the mistake is told", lambda: successful() == "0")
        self.assertIn(f"{web}:", daemon.tail())
        web.write_text(good[:good.index("tls_server_config")] + "basic_auth_users: {}\n", encoding="utf-8")
        daemon.reload()
        until("all is open again", lambda: curl(f"http://127.0.0.1:{daemon.admin}/metrics")[0] == 200)
        until("for our commands too", lambda: daemon.run("health").returncode == 0)

    def test_viewers(self) -> None:
        with World(SCENARIOS / "amocrm_sample_day.scenario") as world:
            daemon, jar = world.daemon, str(world.folder / "jar")
            token = world.folder / "head.token"
            token.touch(0o600)
            token.write_text(HEAD + "\n", encoding="utf-8")
            daemon.more = ["backup:", f"  path: {world.folder / 'backups'}", "viewers:",
                           f"- {{name: boss, token_file: {token}, role: head}}",
                           f"- {{name: north, token: {NORTH}, role: head, portal: {world.alias}}}",
                           f"- {{name: ivanov, token: {MANAGER}, role: manager, manager: '7'}}"]
            start(daemon)
            base = f"http://127.0.0.1:{daemon.admin}"
            for path, status in (("/metrics", 200), ("/-/ready", 200), ("/", 401), ("/api/v1/advice", 401)):
                self.assertEqual(status, curl(base + path)[0], path)
            entered = fields(base + f"/?lang=ru&token={HEAD}")
            self.assertEqual("./?lang=ru", entered["location"])
            self.assertIn("HttpOnly; SameSite=Strict", entered["set-cookie"])
            self.assertEqual(200, curl("-L", "-c", jar, "-b", jar, base + f"/?token={HEAD}")[0])
            self.assertEqual(200, curl("-b", jar, base + "/api/v1/advice")[0])
            self.assertEqual(401, curl(base + f"/?token={HEAD}x")[0])
            self._roles(base, world)
            self.assertEqual(0, daemon.run("backup").returncode, "our own commands are let in")
            daemon.more = daemon.more[:3] + daemon.more[4:]
            daemon.write_config()
            daemon.reload()
            until("who is taken out is not let in any more", lambda: curl("-b", jar, base + "/")[0] == 401)

    def _roles(self, base: str, world: World) -> None:
        def bearer(token: str) -> tuple[str, str]:
            return "-H", f"Authorization: Bearer {token}"

        def backup(token: str) -> int:
            return curl(*bearer(token), "-H", "Content-Type: application/json", "-d", "{}", base + "/api/v1/backup")[0]

        for path in ("/api/v1/facts?kpi=deals_won", "/api/v1/tables", "/api/v1/advice", "/api/v1/backfill"):
            self.assertEqual(403, curl(*bearer(MANAGER), base + path)[0], path)
            self.assertEqual(200, curl(*bearer(NORTH), base + path)[0], path)
        self.assertEqual(200, curl(*bearer(MANAGER), base + "/")[0])
        self.assertEqual(200, curl(*bearer(NORTH), base + f"/api/v1/tables?portal={world.alias}")[0])
        self.assertEqual(403, curl(*bearer(NORTH), base + "/api/v1/tables?portal=other")[0])
        self.assertEqual([403, 403, 201], [backup(token) for token in (MANAGER, NORTH, HEAD)])

    def test_a_prefix(self) -> None:
        with World(SCENARIOS / "amocrm_sample_day.scenario", rest=False) as world:
            daemon = world.daemon
            start(daemon, "--web.external-url", "https://kpi.example.com/kpi/")
            base = f"http://127.0.0.1:{daemon.admin}"
            for path in ("/kpi/metrics", "/kpi/-/ready", "/kpi/", "/kpi/api/v1/advice"):
                self.assertEqual(200, curl(base + path)[0], path)
            for path in ("/metrics", "/-/ready", "/kpix/"):
                self.assertEqual(404, curl(base + path)[0], path)
            self.assertEqual("/kpi/", fields(base + "/")["location"])
            self.assertEqual("/kpi/?lang=ru", fields(base + "/kpi?lang=ru")["location"])
            self.assertIn('<a href="metrics">', curl(base + "/kpi/")[1], "from where the page is")
            self.assertEqual("ready\n", daemon.run("health").stdout)
            start(daemon, "--web.external-url", "https://kpi.example.com/kpi", "--web.route-prefix", "/")
            self.assertEqual(200, curl(f"http://127.0.0.1:{daemon.admin}/metrics")[0])
            daemon.stop()
            wrong = subprocess.run([str(BINARY), "serve", "--config.file", str(daemon.config), "--web.external-url", "kpi"],
                                   capture_output=True, text=True, timeout=30, check=False)
            self.assertEqual(1, wrong.returncode)
            self.assertIn("--web.external-url: 'kpi' is not an address", wrong.stderr)
            for option, value in (("--web.external-url", "kpi"), ("--web.listen-address", "nowhere"), ("--hook.listen-address", "x:y"),
                                  ("--web.listen-address", "::1:80"), ("--log.level", "loud"),
                                  ("--clock.start", "soon"), ("--web.config.file", "/nowhere/web.yml")):
                said = daemon.run("check-config", option, value)
                self.assertNotEqual(0, said.returncode, option)
                self.assertIn(value, said.stderr)
                if value == "nowhere":
                    self.assertIn(f"{option}: 'nowhere' is not address:port", said.stderr)

    def test_several_addresses(self) -> None:
        with World(SCENARIOS / "amocrm_sample_day.scenario", rest=False) as world:
            daemon = world.daemon
            hosts = ["127.0.0.1", "127.0.0.2", *(["[::1]"] if Path("/proc/net/if_inet6").exists() else [])]
            asked = [f"{host}:0" for host in hosts]
            for arguments, configured in (([f"--web.listen-address={address}" for address in asked], '"127.0.0.1:0"'), ([], json.dumps(asked))):
                daemon.admin_address = configured
                start(daemon, *arguments)
                told = json.loads((daemon.store / "listen.json").read_text(encoding="utf-8"))["addresses"]
                self.assertEqual(hosts, [address.rpartition(":")[0] for address in told])
                for address in told:
                    self.assertEqual(200, curl("-g", f"http://{address}/metrics")[0], address)
                self.assertIn(f"admin={','.join(told)}", daemon.tail())
                self.assertEqual("ready\n", daemon.run("health").stdout, "whatever the configuration says")


if __name__ == "__main__":
    main()
