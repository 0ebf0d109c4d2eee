#!/usr/bin/env python3
"""A fake amoCRM account as a program. See README.md beside this file."""

from __future__ import annotations

import asyncio
import uuid
from email.utils import formatdate
from typing import Any

from amocrm.callbacks import Callbacks
from amocrm.contacts import Contacts
from amocrm.incoming import Incoming
from amocrm.money import Money
from amocrm.notes import Notes
from amocrm.oauth import Tokens
from amocrm.rest import Rest
from amocrm.retry import Retry
from amocrm.tasks import Tasks
from kit import player
from kit.http import Request, Response
from kit.scenario import Scenario
from kit.sender import Sender


class Account(Incoming, Notes, Tasks, Money, Contacts, Callbacks):
    """The whole account. A failed webhook is sent again by the schedule."""

    def __init__(self, scenario: Scenario, limited: bool = True, speed: float = 1.0) -> None:
        super().__init__(scenario.zone, scenario.settings)
        self._rest = Rest(self, limited)
        self._rest.views.base = self.settings["links"]
        self.retry = Retry(speed, self._post)
        self.webhooks.given_up, self.webhooks.forgive = lambda: self.retry.disabled, self.retry.enable
        self.now = scenario.acts[0].at - 60 if scenario.acts else 0
        self.tokens = Tokens(self.settings, self.now)
        self.zone.day = self.zone.local(self.now).date()

    @property
    def target(self) -> str:
        """Where our hook is."""
        return self.webhooks.target

    @target.setter
    def target(self, url: str) -> None:
        if url:
            self.webhooks.aim(url, self.now)

    def serve_at(self, port: int) -> None:
        self._rest.views.base = self._rest.views.base or f"http://127.0.0.1:{port}"

    async def rest(self, request: Request) -> Response:
        response = await self._rest.answer(request)
        response.headers["Date"] = formatdate(self.now, usegmt=True)
        return response

    def counters(self) -> dict[str, Any]:
        retry = self.retry
        return {**self._rest.counters(), "attempts": retry.attempts, "waiting": retry.waiting, "lost": retry.lost,
                "disabled": retry.disabled, "disablings": retry.disablings}

    def faults(self, wish: dict[str, Any]) -> None:
        self._rest.faults(wish)

    def headers(self) -> dict[str, str]:
        return {"User-Agent": "amoCRM-Webhooks/3.0", "Accept-Encoding": "gzip", "X-Amocrm-Requestid": str(uuid.uuid4())}

    def delivered(self, body: bytes, status: int) -> None:
        self.retry.first(body, status)

    def enabled(self) -> bool:
        return not self.retry.disabled

    async def _post(self, body: bytes) -> int:
        sender = Sender(self.target, self.headers, timeout=2.0)
        status = await sender.post(body)
        sender.close()
        return status


def main() -> None:
    parser = player.arguments(__doc__ or "")
    parser.add_argument("--retry-speed", type=float, default=1.0, help="how much faster than real the retry clock runs")
    options = parser.parse_args()
    scenario = player.scenario_of(options.scenario, "amocrm")
    account = Account(scenario, not options.no_limit, options.retry_speed)

    def announce(port: int) -> dict[str, Any]:
        account.serve_at(port)
        told = {name: account.settings[name] for name in ("token", "client_id", "client_secret", "redirect_uri", "code")}
        return {"port": port, "rest": f"http://127.0.0.1:{port}", "acts": len(scenario.acts), **told}

    crm = player.Player(account, scenario, options.target)
    crm.timeout = 2.0
    asyncio.run(player.run(crm, options.port, options.play, options.plan, announce))


if __name__ == "__main__":
    main()
