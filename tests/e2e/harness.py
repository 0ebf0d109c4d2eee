"""One world for a test: a fake CRM with a scenario, the daemon on it, and what is needed to compare them."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "fakes")]

from daemon import BINARY, Daemon, PortalConfig  # noqa: E402
from kit.program import Fake  # noqa: E402
from kit.scenario import Scenario, load  # noqa: E402
from kit.times import Zone  # noqa: E402

SCENARIOS = HERE.parent / "scenarios"
ALIAS = {"bitrix24": "acme", "amocrm": "demostroy"}
HOOK_SECRET = "w8Hc2kQpZ5tN7rXs"


def seed(default: int = 0) -> int:
    """From the environment, to repeat a run; else a new one. Always printed."""
    value = int(os.environ.get("SEED", default or random.SystemRandom().randrange(1 << 31)))
    print(f"SEED={value}", flush=True)
    return value


def draws(number: int) -> list[int]:
    """As many numbers, each the seed of a day, week or department of its own. DRAW repeats that of one."""
    if "DRAW" in os.environ:
        return [int(os.environ["DRAW"])]
    chance = random.Random(seed())
    return [chance.randrange(1 << 31) for _ in range(number)]


def portal_config(crm: str, zone: str, known_since: str, rest_url: str = "", token: str = "",
                  settings: dict[str, str] | None = None) -> PortalConfig:
    """The demo portal or account that the fakes are, with a scenario's `settings`."""
    types = types_of(crm, settings or {})
    if crm == "bitrix24":
        return PortalConfig(
            ALIAS[crm], crm, zone, known_since, rest_url=rest_url, member_id="5f0c2a9e7b3d41c68e1f2a3b4c5d6e7f",
            tokens=["k3v9x0q2m7a1s5d8f4g6h0j2l9z7c1b4", "9d2f61c8ab7044e5b0d3f7a16c25e98b"],
            more=["loss_reason_field: UF_CRM_LOSE_REASON", *types])
    return PortalConfig(
        ALIAS[crm], crm, zone, known_since, rest_url=rest_url, token=token, hook_secret=HOOK_SECRET,
        account_id="31990001",
        more=["stages: {quote: [68000040], incoming: [68000010, 68000110]}", "fields: {quote_sum: 701001}",
              "quote_amount_field: quote_sum", "values: {paid: [4600002]}", *types])


def as_application(config: PortalConfig, about: dict[str, Any]) -> None:
    """The portal is read by its application: nothing is known beforehand but the client and the portal's address. An
    account is read by an integration, which shows a code."""
    if config.crm == "amocrm":
        config.token = ""
        config.application = {"client_id_file": about["client_id"], "client_secret_file": about["client_secret"],
                              "redirect_uri": about["redirect_uri"], "code_file": about["code"]}
        return
    place = f"http://127.0.0.1:{about['port']}"
    config.tokens, config.member_id, config.rest_url = [], "", ""
    config.application = {"portal": place, "oauth_url": place, "client_id_file": about["client_id"],
                          "client_secret_file": about["client_secret"]}


def types_of(crm: str, settings: dict[str, str]) -> list[str]:
    """The mapping that a scenario's portal has, as the fake's truth knows it."""
    types: dict[str, list[str]] = {"meeting": ["2"]} if crm == "amocrm" else {}
    for part in filter(None, settings.get("items", "").split(",")):
        kind, _, meaning = part.partition(":")
        types.setdefault(meaning, []).append(f"DYNAMIC_{kind}")
    if "documents" in settings:
        types.setdefault("quote", []).append(f"DOCUMENT_{settings['documents']}")
    if settings.get("payments") == "yes":
        types.setdefault("payment", []).append("PAYMENT")
    if settings.get("transactions") == "payments":
        types.setdefault("payment", []).append("TRANSACTION")
    return [f"types: {json.dumps(types)}"] if types else []


class World:
    """Everything lives in one temporary folder and ends with the `with` block. `fake`: options of the fake's program."""

    def __init__(self, scenario: Path, clock: str = "", rest: bool = True, known_since: str = "",
                 application: bool = False, poll: str = "1s", fake: tuple[str, ...] = ()) -> None:
        self.scenario: Scenario = load(scenario)
        self.crm, self.alias = self.scenario.crm, ALIAS[self.scenario.crm]
        self.zone = Zone(self.scenario.zone)
        self.now = clock or self.zone.iso(self.scenario.now)
        long_ago = self.zone.iso(self.zone.midnight(self.zone.parse(self.now), -40))
        self.folder = Path(tempfile.mkdtemp(prefix="kpistream-e2e-"))
        self.fake = Fake(self.crm, scenario, "", *fake)
        about = self.fake.about if rest else {}
        self.config = portal_config(self.crm, self.scenario.zone, known_since or long_ago, about.get("rest", ""),
                                    about.get("token", ""), self.scenario.settings)
        if self.scenario.settings.get("mode") == "2":
            self.config.more.append("mode: simple")
        if application:
            as_application(self.config, self.fake.about)
        if bulk := self.scenario.settings.get("bulk"):
            self.config.more.append(f"limits: {{bulk: {bulk}}}")
        self.daemon = Daemon(self.folder, [self.config], self.now, poll)

    def __enter__(self) -> "World":
        try:
            self.daemon.start()
            self.aim()
        except BaseException:
            self._end(failed=True)
            raise
        return self

    def aim(self) -> None:
        """The fake sends to where the daemon listens now."""
        self.fake.control("target", url=self.daemon.hook_url(self.alias))

    def truth(self, now: str = "") -> dict[str, Any]:
        return self.fake.truth(now or self.now)

    def __exit__(self, *error: object) -> None:
        self._end(failed=error[0] is not None)

    def _end(self, failed: bool) -> None:
        self.daemon.kill()
        self.fake.stop()
        if failed:
            print(f"left for inspection: {self.folder}\n{self.daemon.tail()}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def main() -> None:
    if not BINARY.exists():
        sys.exit(f"there is no daemon at {BINARY}: build it, or set KPISTREAM_BIN")
    unittest.main(verbosity=2)
