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
                outputs = [("metrics", page.encode()), ("answers", answers), *self.written(world)]
                ordinary = b"ONCRMDEALADD" if crm == "bitrix24" else b"40100001"
                self.assertTrue([place for place, data in outputs if ordinary in data], "we look in the wrong place")
                for secret in self.secrets(world):
                    self.assertEqual([], [place for place, data in outputs if secret.encode() in data], secret)
                for private in (CANARY, "79000000003", "70000000101", "Первый", "Клиент Второй", "Кухня"):
                    shown = [place for place, data in outputs if private.encode() in data]
                    self.assertEqual([], [place for place in shown if not place.startswith("store")], private)

    def secrets(self, world: World) -> list[str]:
        wrong = [f"{CANARY}-token", f"{CANARY}-path"]
        if world.crm == "amocrm":
            return [HOOK_SECRET, world.config.token, *wrong]
        access = "00aa11bb22cc33dd44ee55ff6677889900aa11bb22cc33dd44ee55ff66778899"  # of the application's event
        return [*world.config.tokens, world.config.rest_url.split("/")[-2], access, *wrong]

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
            form = (f"event=ONCRMDEALADD&data%5BFIELDS%5D%5BID%5D=1&auth%5Bdomain%5D={lied}"
                    f"&auth%5Bclient_endpoint%5D=http%3A%2F%2F{lied}%2Frest%2F&auth%5Bapplication_token%5D=")
            wrong, path = form + f"{CANARY}-token", "/hook/bitrix24/acme"
            requests = [_post(path, wrong), _post(f"{path}?secret={CANARY}-token", wrong),
                        _post(f"/hook/bitrix24/{CANARY}-path", wrong), b"GET / HTTP/1.1\r\n\r\n",
                        _post(f"/hook/amocrm/demostroy/{CANARY}-path", "leads%5Badd%5D=1"),
                        _post(path, f"a={CANARY}%0A%1B%5B31m&name={CANARY}" + "x" * 1000),
                        f"POST {path} HTTP/1.1\r\nHost: a\r\nX-Token: {CANARY}-token\r\nBad\r\n\r\n".encode()]
            if world.crm == "bitrix24":
                true = form + world.config.tokens[0] + f"&auth%5Bmember_id%5D={world.config.member_id}"
                requests.append(_post(path, true))
            else:
                self_link = f"account%5Bid%5D=31990001&account%5B_links%5D%5Bself%5D=http%3A%2F%2F{lied}"
                requests.append(_post(world.config.path, f"{self_link}&name={CANARY}%0A%1B%5B31m"))
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
