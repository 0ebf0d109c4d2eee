"""Posts webhook bodies to the target: exact bytes over raw sockets, on kept connections or on one each."""

from __future__ import annotations

import asyncio
from typing import Callable
from urllib.parse import urlsplit

Headers = Callable[[], dict[str, str]]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Get(bytes):
    """Not a body: the query of a GET to the target."""


class Sender:
    """Status 0 stands for no answer: refused, cut off, or later than the time limit."""

    def __init__(self, target: str, headers: Headers, timeout: float = 10.0, keep_alive: bool = True) -> None:
        parts = urlsplit(target)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._path = parts.path + (f"?{parts.query}" if parts.query else "")
        self._authority = parts.netloc
        self._headers, self._timeout, self._keep_alive = headers, timeout, keep_alive
        self._idle: list[Connection] = []

    async def post(self, body: bytes) -> int:
        try:
            return await asyncio.wait_for(self._exchange(body), self._timeout)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError):
            return 0

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _exchange(self, body: bytes) -> int:
        kept = bool(self._idle)
        connection = self._idle.pop() if kept else await self._connect()
        try:
            return await self._once(connection, body)
        except (OSError, asyncio.IncompleteReadError):
            connection[1].close()
            if not kept:
                raise
            return await self._once(await self._connect(), body)  # the kept connection had been closed meanwhile

    async def _connect(self) -> Connection:
        return await asyncio.open_connection(self._host, self._port)

    async def _once(self, connection: Connection, body: bytes) -> int:
        reader, writer = connection
        done = False
        try:
            writer.write(self._get(body) if isinstance(body, Get) else self._head(len(body)) + body)
            await writer.drain()
            status, headers = await _read_head(reader)
            await reader.readexactly(int(headers.get("content-length", "0")))
            done = self._keep_alive and headers.get("connection", "").lower() != "close"
        finally:
            if done:
                self._idle.append(connection)
            else:
                writer.close()
        return status

    def _get(self, query: bytes) -> bytes:
        path = f"{self._path}{'&' if '?' in self._path else '?'}{query.decode('ascii')}"
        return f"GET {path} HTTP/1.1\r\nHost: {self._authority}\r\n\r\n".encode("latin-1")

    def _head(self, length: int) -> bytes:
        fields = {"Host": self._authority, **self._headers(), "Content-Type": "application/x-www-form-urlencoded",
                  "Content-Length": str(length)}
        if not self._keep_alive:
            fields["Connection"] = "close"
        lines = [f"POST {self._path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in filter(None, lines[1:]):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(lines[0].split(" ")[1]), headers
