#!/usr/bin/env python3
"""A fake amoCRM account as a program. See README.md beside this file."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from amocrm.account import Row
from amocrm.acts import Acts
from amocrm.leads import Leads
from amocrm.rest import Problem, Rest
from amocrm.retry import Retry
from kit import player
from kit.http import Request, Response
from kit.scenario import Scenario
from kit.sender import Sender


class Account(Leads, Acts):
    """The whole account. A failed webhook is sent again by the schedule."""

    def __init__(self, scenario: Scenario, limited: bool = True, speed: float = 1.0) -> None:
        super().__init__(scenario.zone, scenario.settings)
        self._rest = Rest(self, limited)
        self._rest.base = self.settings["links"]
        self._rest.hook = self._manage_hook
        self.retry = Retry(speed, self._post)
        self.target = ""
        self.now = scenario.acts[0].at - 60 if scenario.acts else 0
        self.zone.day = self.zone.local(self.now).date()

    def serve_at(self, port: int) -> None:
        self._rest.base = self._rest.base or f"http://127.0.0.1:{port}"

    async def rest(self, request: Request) -> Response:
        return await self._rest.answer(request)

    def counters(self) -> dict[str, Any]:
        retry = self.retry
        return {**self._rest.counters(), "attempts": retry.attempts, "waiting": retry.waiting, "lost": retry.lost,
                "disabled": retry.disabled}

    def faults(self, wish: dict[str, Any]) -> None:
        self._rest.faults(wish)

    def headers(self) -> dict[str, str]:
        return {"User-Agent": "amoCRM-Webhooks/3.0", "Accept-Encoding": "gzip", "X-Amocrm-Requestid": str(uuid.uuid4())}

    def delivered(self, body: bytes, status: int) -> None:
        self.retry.first(body, status)
        self._show()

    def enabled(self) -> bool:
        return not self.retry.disabled

    async def _post(self, body: bytes) -> int:
        sender = Sender(self.target, self.headers, timeout=2.0)
        status = await sender.post(body)
        sender.close()
        self._show()
        return status

    def _show(self) -> None:
        for hook in self.directories.webhooks:
            hook["disabled"] = self.retry.disabled

    def _manage_hook(self, method: str, body: Row) -> Row | None:
        hooks, url = self.directories.webhooks, body.get("destination", "")
        mine = [hook for hook in hooks if hook["destination"] == url]
        if method == "DELETE":
            if not mine:
                raise Problem(404)
            hooks.remove(mine[0])
            return None
        if not mine:
            mine = [{**hooks[0], "id": 12000000 + len(hooks), "destination": url}] if hooks else []
            hooks += mine
        mine[0].update(settings=body.get("settings", []), disabled=False)
        self.retry.enable()
        return mine[0]


def main() -> None:
    parser = player.arguments(__doc__ or "")
    parser.add_argument("--retry-speed", type=float, default=1.0, help="how much faster than real the retry clock runs")
    options = parser.parse_args()
    scenario = player.scenario_of(options.scenario, "amocrm")
    account = Account(scenario, not options.no_limit, options.retry_speed)

    def announce(port: int) -> dict[str, Any]:
        account.serve_at(port)
        return {"port": port, "rest": f"http://127.0.0.1:{port}", "token": account.settings["token"],
                "acts": len(scenario.acts)}

    crm = player.Player(account, scenario, options.target)
    crm.timeout = 2.0
    asyncio.run(player.run(crm, options.port, options.play, options.plan, announce))


if __name__ == "__main__":
    main()
