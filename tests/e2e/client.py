"""Webhooks over raw sockets, and small HTTP questions."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request
from typing import Callable, TypeVar

T = TypeVar("T")


class HookClient:
    """One kept connection. Not for several threads."""

    def __init__(self, port: int, path: str, agent: str = "kpistream-e2e", timeout: float = 15.0) -> None:
        self._port, self._path, self._agent, self._timeout = port, path, agent, timeout
        self._socket: socket.socket | None = None

    def post(self, body: bytes) -> int:
        """The status, or 0 when there was no answer: then nobody knows whether the body was taken."""
        head = (f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUser-Agent: {self._agent}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n")
        return self.send(head.encode("latin-1") + body)

    def send(self, request: bytes) -> int:
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), self._timeout)
            self._socket.sendall(request)
            return self._status()
        except OSError:
            self.close()
            return 0

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _status(self) -> int:
        assert self._socket
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        fields = {line.split(b":")[0].lower(): line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")[1:]}
        while len(body) < int(fields.get(b"content-length", b"0")):
            body += self._more()
        self.answer = head + b"\r\n\r\n" + body
        if fields.get(b"connection", b"").lower() == b"close":
            self.close()
        return int(head.split(b" ")[1])

    def _more(self) -> bytes:
        assert self._socket
        got = self._socket.recv(65536)
        if not got:
            raise ConnectionResetError("closed in the middle of an answer")
        return got


def get(url: str, timeout: float = 10.0) -> tuple[int, str]:
    """Status 0: no answer."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def until(what: str, test: Callable[[], T], seconds: float = 30.0, pause: float = 0.05) -> T:
    """Polls until the test gives something true. Fails with the last thing it gave."""
    deadline = time.monotonic() + seconds
    while True:
        got = test()
        if got:
            return got
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
