"""A receiver of webhooks for tests: remembers them and answers as told."""

from __future__ import annotations

from kit.http import Request, Response, ThreadedServer


class Sink:
    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.seen: list[Request] = []
        server = ThreadedServer(self._take)
        self.url, self.stop = f"{server.url}/hook/x", server.stop

    async def _take(self, request: Request) -> Response:
        self.seen.append(request)
        return Response(self.statuses.pop(0) if self.statuses else 200)
