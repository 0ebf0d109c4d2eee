"""A receiver of webhooks for tests: remembers them and answers as told."""

from __future__ import annotations

import asyncio
import threading

from kit.http import Request, Response, Server


class Sink:
    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.seen: list[Request] = []
        self._loop = asyncio.new_event_loop()
        self._server = Server(self._take)
        self._loop.run_until_complete(self._server.start())
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.port}/hook/x"

    async def _take(self, request: Request) -> Response:
        self.seen.append(request)
        return Response(self.statuses.pop(0) if self.statuses else 200)
