#!/usr/bin/env python3
"""What comes out: a page that promtool and a strict reader accept, empty and full; no series twice; no secret in any
byte that the daemon writes or answers."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import subprocess
import unittest
import urllib.request
from email.message import Message

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from harness import HOOK_SECRET, SCENARIOS, World, main
from client import get, until
from exposition import Page

GROUPS = ("process", "daemon", "portals", "insight", "windows", "totals", "managers", "cohorts", "sources")
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

    def test_every_accepted_webhook_is_timed_from_its_last_byte_and_to_the_figures(self) -> None:
        for crm in ("bitrix24", "amocrm"):
            with self.subTest(crm=crm), World(SCENARIOS / f"{crm}_sample_day.scenario") as world:
                world.fake.control("play")
                page = world.daemon.rest()
                accepted = page.total("kpistream_webhook_requests_total", result="accepted")
                self.assertGreater(accepted, 5)
                until("the last one is timed",
                      lambda: world.daemon.scrape().total("kpistream_webhook_ack_seconds_count") == accepted)
                timed = page.total("kpistream_event_lag_seconds_count", portal=world.alias)
                self.assertTrue(5 < timed <= accepted * 2, timed)
                self.assertLess(page.total("kpistream_canary_seconds"), 15)
                self.assertEqual(page.total("kpistream_gaps_detected_total"), page.total("kpistream_gaps_healed_total"))
                kinds = {labels["event"] for labels, _ in page.series("kpistream_last_event_timestamp_seconds")}
                self.assertLessEqual({"deal", "call" if crm == "bitrix24" else "note", "task"}, kinds)

    def test_scrape_is_gone_from_the_public_port(self) -> None:
        with World(SCENARIOS / "amocrm_sample_day.scenario") as world:
            for path in ("/metrics", "/-/healthy", "/-/ready", "/-/quit", "/"):
                status, body = get(f"http://127.0.0.1:{world.daemon.hook}{path}")
                self.assertEqual(404, status, path)
                self.assertNotIn("kpistream", body)


OPEN = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


def own(name: str) -> bool:
    """The daemon's own change with every scrape."""
    return name.startswith(("kpistream_", "process_"))


class Asking(unittest.TestCase):
    """One page in several ways."""

    def test_both_formats_tell_the_same_and_a_strict_reader_takes_the_new_one(self) -> None:
        world = self.day("amocrm")
        kind, text = self.ask(world)
        self.assertEqual("text/plain; version=0.0.4; charset=utf-8", kind["Content-Type"])
        kind, open_ = self.ask(world, accept=OPEN)
        self.assertEqual("application/openmetrics-text; version=1.0.0; charset=utf-8", kind["Content-Type"])
        families = list(text_string_to_metric_families(open_.decode()))
        told = {(sample.name, frozenset(sample.labels.items())): sample.value
                for family in families for sample in family.samples}
        plain = {(name, frozenset(labels)): value
                 for family in Page(text.decode()).families.values() for name, labels, value in family.samples}
        self.assertEqual(set(plain), set(told))
        self.assertEqual({key: value for key, value in plain.items() if not own(key[0])},
                         {key: value for key, value in told.items() if not own(key[0])})
        for family in families:
            ending = family.name.rsplit("_", 1)[1]
            self.assertEqual(ending if ending in ("seconds", "bytes", "ratio") else "", family.unit, family.name)
        self.assertNotIn(b"# UNIT", text)

    def test_a_page_is_packed_for_who_takes_it(self) -> None:
        world = self.day("bitrix24")
        kind, packed = self.ask(world, encoding="gzip")
        self.assertEqual("gzip", kind["Content-Encoding"])
        page = gzip.decompress(packed)
        self.assertLess(len(packed), len(page) / 8)
        self.assertEqual(set(Page(self.ask(world)[1].decode()).names()), set(Page(page.decode()).names()))
        self.assertNotIn("Content-Encoding", self.ask(world, encoding="gzip;q=0")[0])

    def test_groups_are_chosen_by_name(self) -> None:
        world = self.day("bitrix24")
        whole = set(Page(self.ask(world)[1].decode()).families)
        parts: dict[str, set[str]] = {}
        for group in GROUPS:
            parts[group] = set(Page(self.ask(world, f"?collect[]={group}")[1].decode()).families)
            self.assertTrue(parts[group] or group == "cohorts", group)
        self.assertEqual(whole, set().union(*parts.values()))
        self.assertEqual(len(whole), sum(map(len, parts.values())), "each family is in one group")
        both = set(Page(self.ask(world, "?collect[]=managers&collect%5B%5D=process")[1].decode()).families)
        self.assertEqual(parts["managers"] | parts["process"], both)
        status, said = get(f"http://127.0.0.1:{world.daemon.admin}/metrics?collect[]=people")
        self.assertEqual((400, f"there is no such group to collect; there are {', '.join(GROUPS)}"),
                         (status, json.loads(said)["error"]))

    def test_what_there_is_no_room_for_is_left_out_whole_and_told(self) -> None:
        world = self.day("bitrix24")
        whole = world.daemon.scrape()
        self.assertEqual({0.0}, {value for _, value in whole.series("kpistream_export_series_dropped")})
        world.daemon.more = ["export: {max_series: 1000}"]
        world.daemon.write_config()
        world.daemon.stop()
        world.daemon.start()
        until("insight is there", lambda: world.daemon.scrape().series("crm_portal_business_time"))
        text = world.daemon.scrape_text()
        self.assertEqual("", promtool(text))
        few = Page(text)
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        self.assertLessEqual(len(lines), 1000 + 12, "the page's own words come on top")
        self.assertEqual(len(lines), few.total("kpistream_export_series"))
        lost = {name for name in whole.families if name not in few.families}
        self.assertTrue(any(name.startswith("crm_source_") for name in lost))
        self.assertFalse([name for name in lost if name.startswith(("process_", "crm_portal_", "crm_coverage_"))])
        self.assertGreater(few.total("kpistream_export_series_dropped", group="sources"), 0)
        alone = Page(self.ask(world, "?collect[]=sources")[1].decode())
        self.assertEqual(sum(len(family.samples) for family in alone.families.values()),
                         few.total("kpistream_export_series_dropped", group="sources"), "all of them")

    def day(self, crm: str) -> World:
        world = self.enterContext(World(SCENARIOS / f"{crm}_sample_day.scenario"))
        world.fake.control("play")
        world.daemon.rest()
        return world

    def ask(self, world: World, query: str = "", accept: str = "", encoding: str = "") -> tuple[Message, bytes]:
        headers = {key: value for key, value in (("Accept", accept), ("Accept-Encoding", encoding)) if value}
        request = urllib.request.Request(f"http://127.0.0.1:{world.daemon.admin}/metrics{query}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            self.assertEqual(200, answer.status)
            return answer.headers, answer.read()


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
