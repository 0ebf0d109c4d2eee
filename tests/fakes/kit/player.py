"""Plays a scenario on a CRM and serves both the CRM's REST and the control endpoint /_fake/..."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from typing import Any, Protocol

from kit import delivery
from kit.faults import HookFaults
from kit.http import Request, Response, Server, json_response
from kit.scenario import Act, Scenario, load, parse_act
from kit.times import Zone
from kit.truth import truth


class Crm(Protocol):
    """What a fake CRM offers to the player."""

    zone: Zone
    now: int
    chronicle: Any
    target: str  # URL that gets the webhooks
    outbox: list[bytes]  # bodies caused by the acts so far, not yet taken by the player

    def act(self, act: Act) -> None: ...
    async def rest(self, request: Request) -> Response: ...
    def counters(self) -> dict[str, Any]: ...
    def faults(self, wish: dict[str, Any]) -> None: ...
    def headers(self) -> dict[str, str]: ...
    def delivered(self, body: bytes, status: int) -> None: ...
    def enabled(self) -> bool: ...  # False: the CRM has given up on the hook, nothing is sent


class Player:
    timeout = 10.0

    def __init__(self, crm: Crm, scenario: Scenario, target: str) -> None:
        self.crm, self.scenario = crm, scenario
        crm.target = target
        self.position = 0
        self.queue: list[bytes] = []  # caused, not yet delivered
        self.bodies: list[bytes] = []  # everything ever caused, in order
        self.statuses: Counter[str] = Counter()
        self.hook_faults = HookFaults.of(scenario.settings)

    def act(self, act: Act) -> list[bytes]:
        self.crm.act(act)
        caused, self.crm.outbox = self.crm.outbox, []
        self.bodies += caused
        self.queue += self.hook_faults.take(caused, self.crm.now)
        return caused

    def step(self) -> Act | None:
        """The next act of the scenario, or None at its end."""
        acts = self.scenario.acts
        if self.position >= len(acts):
            return None
        act = acts[self.position]
        self.position += 1
        self.act(act)
        return act

    def play(self, until: int | None = None) -> None:
        """All acts up to a moment, the moment included."""
        acts = self.scenario.acts
        while self.position < len(acts) and (until is None or acts[self.position].at <= until):
            self.step()
        if until is None:
            self.queue += self.hook_faults.due(None)  # after the last act comes all time
            self.crm.now = max(self.crm.now, self.scenario.now)
        else:
            self.crm.now = max(self.crm.now, until)
            self.queue += self.hook_faults.due(self.crm.now)

    async def deliver(self, plan: delivery.Plan, everything: bool = False) -> dict[str, int]:
        bodies = list(self.bodies) if everything else self.queue
        self.queue = []
        if not self.crm.target or not self.crm.enabled():
            return {}
        return await delivery.deliver(self.crm.target, self.crm.headers, bodies, plan, self._report, self.timeout,
                                      self.crm.enabled)

    def _report(self, body: bytes, status: int) -> None:
        self.statuses[str(status)] += 1
        self.crm.delivered(body, status)

    async def handle(self, request: Request) -> Response:
        if not request.path.startswith("/_fake/"):
            return await self.crm.rest(request)
        try:
            return json_response(await self._control(request.path[7:], request))
        except (ValueError, KeyError, TypeError) as error:
            return json_response({"error": f"{type(error).__name__}: {error}"}, 400)

    async def _control(self, name: str, request: Request) -> Any:
        wish = request.json() if request.method == "POST" else _query(request.query)
        if name == "step":
            act = self.step()
            sent = await self.deliver(delivery.Plan()) if wish.get("deliver", True) else {}
            return {"done": act is None, "act": act.text if act else "", "statuses": sent, **self._state()}
        if name == "play":
            until = self.crm.zone.parse(wish["until"]) if "until" in wish else None
            return {"statuses": await self._play(until, wish), **self._state()}
        if name == "deliver":
            everything = bool(wish.pop("everything", False))
            return {"statuses": await self.deliver(delivery.Plan.of(wish), everything), **self._state()}
        if name == "verb":
            self.act(parse_act(wish["line"], self.crm.zone))
            sent = await self.deliver(delivery.Plan()) if wish.get("deliver", True) else {}
            return {"statuses": sent, **self._state()}
        if name == "truth":
            now = self.crm.zone.parse(wish["now"]) if "now" in wish else self.crm.now
            return truth(self.crm.chronicle, self.crm.zone, now)
        if name == "bodies":
            return [body.decode("ascii") for body in self.bodies]
        if name == "counters":
            return {"hooks": dict(self.statuses), "hook_faults": dict(self.hook_faults.counts), **self.crm.counters()}
        if name == "target":
            self.crm.target = wish["url"]
        elif name == "faults":
            if "hooks" in wish:
                self.hook_faults.set(wish.pop("hooks"))
            self.crm.faults(wish)
        elif name != "state":
            raise ValueError(f"no such control: {name}")
        return self._state()

    async def _play(self, until: int | None, wish: dict[str, Any]) -> dict[str, int]:
        """`deliver`: "each" (after every act, the default), "after" (all at the end, by `plan`) or "no"."""
        how = wish.get("deliver", "each")
        seen: Counter[str] = Counter()
        if how == "each":
            acts = self.scenario.acts
            while self.position < len(acts) and (until is None or acts[self.position].at <= until):
                self.step()
                seen.update(await self.deliver(delivery.Plan()))
        self.play(until)
        if how != "no":
            plan = wish.get("plan", {}) if how == "after" else {}
            seen.update(await self.deliver(delivery.Plan.of(plan)))
        return dict(seen)

    def _state(self) -> dict[str, Any]:
        return {"now": self.crm.zone.iso(self.crm.now), "position": self.position, "acts": len(self.scenario.acts),
                "queued": len(self.queue), "held": self.hook_faults.held, "caused": len(self.bodies)}


def _query(text: str) -> dict[str, Any]:
    from kit.form import decode

    return decode(text)


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scenario", required=True, help="what happens in the CRM (see tests/fakes/README.md)")
    parser.add_argument("--port", type=int, default=0, help="0: any free one, printed as JSON")
    parser.add_argument("--target", default="", help="URL that gets the webhooks")
    parser.add_argument("--play", choices=("no", "all"), default="no", help="play the scenario at once, delivering")
    parser.add_argument("--plan", default="{}", help='delivery, as JSON: {"order": "shuffle", "seed": 1, "repeat": 3}')
    parser.add_argument("--no-limit", action="store_true", help="no request limit on REST")
    return parser


async def run(player: Player, port: int, play: str, plan: str, announce: Any) -> None:
    """Serves until killed. `announce(port)` gives the line that is printed first."""
    server = Server(player.handle)
    await server.start(port=port)
    print(json.dumps(announce(server.port)), flush=True)
    if play == "all":
        player.play()
        await player.deliver(delivery.Plan.of(json.loads(plan)))
    await _stdin_closed()


async def _stdin_closed() -> None:
    """With a pipe as stdin the fake ends together with the one who started it."""
    if sys.stdin is None or sys.stdin.isatty():
        await asyncio.Event().wait()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        await reader.read()
    except (ValueError, OSError, PermissionError):
        await asyncio.Event().wait()


def scenario_of(path: str, crm: str) -> Scenario:
    scenario = load(path)
    if scenario.crm != crm:
        raise SystemExit(f"{path}: this scenario is for {scenario.crm or 'no CRM'}, not for {crm}")
    return scenario
