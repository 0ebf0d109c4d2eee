#!/usr/bin/env python3
"""What comes out: a page that promtool and a strict reader accept, empty and full; no series twice; no secret in any
byte that the daemon writes or answers."""

from __future__ import annotations

import shutil
import socket
import subprocess
import unittest

from harness import HOOK_SECRET, SCENARIOS, World, main
from client import get
from exposition import Page

CANARY = "c4n4ryQ7x"  # in every secret and private thing that a stranger or a client brings in


def promtool(text: str) -> str:
    """What `promtool check metrics` complains of."""
    binary = shutil.which("promtool")
    assert binary, "promtool is not installed (Debian package: prometheus)"
    done = subprocess.run([binary, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 and not done.stderr else f"exit {done.returncode}\n{done.stderr}"


class Exposition(unittest.TestCase):
    def test_page_is_clean_empty_and_full(self) -> None:
        for crm in ("bitrix24", "amocrm"):
            with self.subTest(crm=crm), World(SCENARIOS / f"{crm}_sample_day.scenario") as world:
                for state in ("empty", "full"):
                    if state == "full":
                        world.fake.control("play")
                        world.daemon.rest()
                    text = world.daemon.scrape_text()
                    self.assertEqual("", promtool(text), f"{crm}, {state}")
                    self.assertGreater(len(Page(text).names()), 20)
                    self.assertEqual(sorted(Page(text).families), list(Page(text).families), "families are sorted")

    def test_scrape_is_gone_from_the_public_port(self) -> None:
        with World(SCENARIOS / "amocrm_sample_day.scenario") as world:
            for path in ("/metrics", "/-/healthy", "/-/ready", "/-/quit", "/"):
                status, body = get(f"http://127.0.0.1:{world.daemon.hook}{path}")
                self.assertEqual(404, status, path)
                self.assertNotIn("kpistream", body)


class Secrets(unittest.TestCase):
    def test_no_secret_and_nothing_private_in_any_output(self) -> None:
        for crm in ("bitrix24", "amocrm"):
            with self.subTest(crm=crm), World(SCENARIOS / f"{crm}_sample_day.scenario") as world:
                world.fake.control("play")
                world.fake.control("faults", bad_gateway=2)
                world.fake.control("deliver", everything=True)  # reading fails twice on the way
                answers = self.strangers(world)
                world.daemon.rest()
                page = world.daemon.scrape_text()
                world.daemon.stop()
                for secret in self.secrets(world):
                    for place, data in [("metrics", page.encode()), ("answers", answers), *self.written(world)]:
                        self.assertNotIn(secret.encode(), data, f"{secret!r} in {place}")
                for private in (CANARY, "79000000003", "70000000101", "Первый", "Клиент Второй", "Кухня"):
                    for place, data in [("metrics", page.encode()), ("answers", answers), *self.written(world)]:
                        if not place.startswith("store"):
                            self.assertNotIn(private.encode(), data, f"{private!r} in {place}")

    def secrets(self, world: World) -> list[str]:
        own = [*world.config.tokens, world.config.token, world.config.rest_url.rpartition("/rest/1/")[2].strip("/")]
        wrong = [f"{CANARY}-token", f"{CANARY}-path"]
        access = ["00aa11bb22cc33dd44ee55ff6677889900aa11bb22cc33dd44ee55ff66778899"]
        hook = [HOOK_SECRET] if world.crm == "amocrm" else []
        return [secret for secret in own + wrong + access + hook if secret]

    def written(self, world: World) -> list[tuple[str, bytes]]:
        """Every file the daemon wrote: the log and the store."""
        files = [path for path in world.daemon.store.rglob("*") if path.is_file()]
        named = [(f"store/{path.relative_to(world.daemon.store)}", path.read_bytes()) for path in files]
        return [("log", world.daemon.log.read_bytes()), *named]

    def strangers(self, world: World) -> bytes:
        """Wrong secrets, hostile bytes, broken requests. Gives all answers."""
        with socket.create_server(("127.0.0.1", 0)) as trap:
            trap.settimeout(0.2)
            lied = f"127.0.0.1%3A{trap.getsockname()[1]}"
            form = (f"event=ONCRMDEALADD&data%5BFIELDS%5D%5BID%5D=1&auth%5Bapplication_token%5D={CANARY}-token"
                    f"&auth%5Bdomain%5D={lied}&auth%5Bclient_endpoint%5D=http%3A%2F%2F{lied}%2Frest%2F")
            true = form.replace(f"{CANARY}-token", (world.config.tokens or [""])[0]).replace(
                "&auth%5Bdomain", f"&auth%5Bmember_id%5D={world.config.member_id}&auth%5Bdomain")
            path = world.config.path
            requests = [_post(path, form), _post(f"/hook/amocrm/demostroy/{CANARY}-path", "leads%5Badd%5D=1"),
                        _post(f"/hook/bitrix24/{CANARY}-path", form), _post(f"{path}?secret={CANARY}-token", form),
                        _post(path, f"a={CANARY}%0A%1B%5B31m&name={CANARY}" + "x" * 1000), b"GET / HTTP/1.1\r\n\r\n",
                        f"POST {path} HTTP/1.1\r\nHost: a\r\nX-Token: {CANARY}-token\r\nBad\r\n\r\n".encode(),
                        _post(path, true)]
            answers = b"".join(self.exchange(world, request) for request in requests)
            world.daemon.rest()
            with self.assertRaises(TimeoutError, msg="somebody called an address out of a webhook"):
                trap.accept()
        return answers

    def exchange(self, world: World, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", world.daemon.hook), 10) as connection:
            connection.sendall(request)
            got = b""
            while part := connection.recv(65536):
                got += part
        return got


def _post(path: str, body: str) -> bytes:
    return (f"POST {path} HTTP/1.1\r\nHost: hooks.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}").encode()


if __name__ == "__main__":
    main()
