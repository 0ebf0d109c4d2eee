#!/usr/bin/env python3
"""A fake Bitrix24 portal as a program. See README.md beside this file."""

from __future__ import annotations

import asyncio
from typing import Any

from bitrix24.acts import Acts
from bitrix24.applications import Applications
from bitrix24.items import Items
from bitrix24.rest import Rest
from bitrix24.sales import Sales
from kit import player
from kit.http import Request, Response
from kit.scenario import Scenario


class Portal(Sales, Items, Acts, Applications):
    """The whole portal. Its events are sent once, whatever the answer."""

    def __init__(self, scenario: Scenario, limited: bool = True) -> None:
        super().__init__(scenario.zone, scenario.settings)
        self._rest = Rest(self, limited)
        self.target = ""
        self.now = scenario.acts[0].at - 60 if scenario.acts else 0
        self.zone.day = self.zone.local(self.now).date()

    async def rest(self, request: Request) -> Response:
        return await self._rest.answer(request)

    def counters(self) -> dict[str, Any]:
        return self._rest.counters()

    def faults(self, wish: dict[str, Any]) -> None:
        self._rest.faults(wish)

    def headers(self) -> dict[str, str]:
        return {"User-Agent": "Bitrix24 Webhook Engine"}

    def delivered(self, body: bytes, status: int) -> None:
        pass

    def enabled(self) -> bool:
        return True


def main() -> None:
    options = player.arguments(__doc__ or "").parse_args()
    scenario = player.scenario_of(options.scenario, "bitrix24")
    portal = Portal(scenario, not options.no_limit)

    def announce(port: int) -> dict[str, Any]:
        portal.settings.setdefault("client_endpoint", f"http://127.0.0.1:{port}/rest/")
        secret = f"{portal.settings['rest_user']}/{portal.settings['rest_secret']}"
        return {"port": port, "rest": f"http://127.0.0.1:{port}/rest/{secret}/", "acts": len(scenario.acts),
                "client_id": portal.settings["client_id"], "client_secret": portal.settings["client_secret"]}

    crm = player.Player(portal, scenario, options.target)
    asyncio.run(player.run(crm, options.port, options.play, options.plan, announce))


if __name__ == "__main__":
    main()
