#!/usr/bin/env python3
"""As many viewers as the daemon holds, each told when figures move; one more is sent away, and takes the place of one who goes."""

from __future__ import annotations

import resource
import selectors
import shutil
import socket
import tempfile
import time
import unittest
from pathlib import Path

import office  # noqa: F401 - finds the modules of tests/e2e
from client import until
from daemon import Daemon
from harness import ALIAS, main, portal_config
from leads import CLOCK, KNOWN_SINCE, Lead, hook

STREAMS_MAX = 512  # as in ingest/http/server.hpp
TOLD_WITHIN = 30.0  # seconds; an event may wait two seconds for the one before
MEMORY_MAX = 32 << 20  # bytes more, with all of them
EVENT = b"event: figures\n"


class Viewer:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TOLD_WITHIN)
        self.socket.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        self.heard = b""

    def listen(self) -> bool:
        """Whatever has come; False: it is over."""
        got = self.socket.recv(65536)
        self.heard += got
        return bool(got)

    def begin(self) -> int:
        """Waits for the answer's head. Gives its status."""
        while b"\r\n\r\n" not in self.heard and self.listen():
            pass
        return int(self.heard.split(b" ")[1])


class Viewers(unittest.TestCase):
    def setUp(self) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
        folder = Path(tempfile.mkdtemp(prefix="kpistream-viewers-"))
        self.addCleanup(shutil.rmtree, folder)
        self.daemon = Daemon(folder, [portal_config("amocrm", "Europe/Moscow", KNOWN_SINCE)], CLOCK)
        self.addCleanup(self.daemon.kill)
        self.daemon.start()
        self.sold(1)  # from now on the page has something to say
        self.daemon.rest()
        self.viewers: list[Viewer] = []
        self.addCleanup(lambda: [viewer.socket.close() for viewer in self.viewers])

    def sold(self, ident: int) -> None:
        client = self.daemon.client(ALIAS["amocrm"])
        self.assertEqual(200, client.post(hook([Lead(ident, 100_000)])))
        client.close()

    def come(self, number: int) -> list[int]:
        came = [Viewer(self.daemon.admin) for _ in range(number)]
        self.viewers += came
        return [viewer.begin() for viewer in came]

    def memory(self) -> int:
        status = Path(f"/proc/{self.daemon.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) << 10

    def told(self, wanted: int) -> float:
        """Seconds until every viewer has heard of so many moves of figures."""
        began = time.monotonic()
        waiting = selectors.DefaultSelector()
        for viewer in self.viewers:
            if viewer.heard.count(EVENT) < wanted:
                waiting.register(viewer.socket, selectors.EVENT_READ, viewer)
        while waiting.get_map():
            ready = waiting.select(TOLD_WITHIN)
            self.assertTrue(ready, f"{len(waiting.get_map())} viewers were not told")
            for key, _ in ready:
                self.assertTrue(key.data.listen(), "a viewer was sent away")
                if key.data.heard.count(EVENT) >= wanted:
                    waiting.unregister(key.fileobj)
        return time.monotonic() - began

    def test_all_are_told_and_no_more_are_held(self) -> None:
        before = self.memory()
        self.assertEqual([200] * STREAMS_MAX, self.come(STREAMS_MAX))
        most = max(viewer.heard.count(EVENT) for viewer in self.viewers)
        self.assertEqual(STREAMS_MAX, self.daemon.scrape().total("kpistream_streams"))
        self.sold(2)
        seconds = self.told(most + 1)
        more = self.memory() - before
        print(f"{STREAMS_MAX} viewers: all told {seconds:.2f} s after the webhook was acknowledged, memory "
              f"{before >> 20} MiB, {more >> 10} KiB more with them", flush=True)
        self.assertLess(more, MEMORY_MAX)
        self.assertIn(b"data: {\"now\":", self.viewers[0].heard)
        one_more = Viewer(self.daemon.admin)
        self.assertEqual(503, one_more.begin())
        one_more.socket.close()
        self.viewers.pop().socket.close()
        until("there is a place again", lambda: self.daemon.scrape().total("kpistream_streams") < STREAMS_MAX)
        self.assertEqual([200], self.come(1))
        self.assertEqual(0, self.daemon.scrape().total("kpistream_streams_dropped_total"))
        self.daemon.stop()  # viewers do not hold it up


if __name__ == "__main__":
    main()
