"""What the page is tried on: the invented departments of `kpistream demo`, which nobody goes on playing; and a portal whose
names would break out of a page that forgot to escape one."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS / "fakes")]

from daemon import BINARY, Daemon, PortalConfig  # noqa: E402
from harness import ALIAS, World  # noqa: E402
from kit.form import encode  # noqa: E402

NOW, TODAY = "2026-11-26T16:30:00+03:00", "2026-11-26"  # a Thursday
WEEK, WEEK_BEFORE = "2026-11-23", "2026-11-16"  # the running one, and the last closed one
TOKEN = "demodemodemodemodemodemodemodemo"
LARGE, SMALL = "demo", "demo2"  # portals
CALLER = "11"  # a manager
NOTHING_WITHIN = 60.0

HURT = '"><img src=x onerror=window.hurt=1></a></td><script>window.hurt=2</script>&lt;\''
HOSTILE = f"""crm bitrix24
zone Europe/Moscow
now 2026-09-14T16:30:00
2026-09-07T09:00:00 user 7 name={json.dumps(HURT)}
2026-09-07T09:00:00 pipeline 5 name={json.dumps(HURT)}
2026-09-14T10:00:00 create_lead 501 owner=7 title={json.dumps(HURT)} source={json.dumps(HURT)}
2026-09-14T11:00:00 create_deal 701 owner=7 category=5 amount=250000 lead=501
2026-09-14T12:00:00 win_deal 701
"""


class Departments(Daemon):
    """Weeks of two departments, with the configuration that the demo has written and lines of our own."""

    def __init__(self, folder: Path) -> None:
        self._past = folder / "demo"
        live(self._past)
        super().__init__(folder, [PortalConfig(LARGE, "bitrix24"), PortalConfig(SMALL, "bitrix24")], NOW)
        self.store = self._past / "store"

    def write_config(self) -> None:
        text = (self._past / "demo.yml").read_text(encoding="utf-8")
        self.config.write_text("\n".join([text, *self.more]) + "\n", encoding="utf-8")


def live(folder: Path) -> None:
    """Lets the demo write its past there, and ends it."""
    command = [str(BINARY), "demo", "--storage.path", str(folder), "--clock.start", NOW,
               "--hook.listen-address", "127.0.0.1:0", "--web.listen-address", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        if not demo.stdout.readline().startswith("page"):
            raise AssertionError(f"the demo ended with {demo.wait()}")
        demo.send_signal(signal.SIGTERM)
        demo.wait(NOTHING_WITHIN)


class Office:
    """The daemon with both departments, a KPI of its own, and a place for backups. Ends with the `with` block."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kpistream-office-"))
        kpis = self.folder / "kpis.yml"
        kpis.write_text("kpis:\n  dear:\n    facts: deal_won\n    where: {amount: {min: 200000}}\n    measure: money\n"
                        f"    title: {{ru: {json.dumps(HURT)}, en: {json.dumps(HURT)}}}\n", encoding="utf-8")
        self.daemon = Departments(self.folder)
        self.daemon.more = [f"kpis: {{file: {kpis}}}", f"backup: {{path: {self.folder / 'backups'}}}"]
        self.daemon.write_config()
        self._calls = 0

    def __enter__(self) -> "Office":
        self.daemon.start()
        return self

    def call(self) -> int:
        """One more call out of today, which a webhook tells. Gives what it was answered."""
        self._calls += 1
        body: dict[str, Any] = {
            "event": "ONVOXIMPLANTCALLEND",
            "data": {"CALL_ID": f"page-{self._calls}", "CALL_TYPE": "1", "PORTAL_USER_ID": CALLER, "CALL_DURATION": "120",
                     "CALL_START_DATE": f"{TODAY}T16:2{self._calls % 10}:00+03:00", "CALL_FAILED_CODE": "200"},
            "auth": {"application_token": TOKEN}}
        client = self.daemon.client(LARGE)
        status = client.post(encode(body))
        client.close()
        return status

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.daemon.admin}"

    def __exit__(self, *error: object) -> None:
        self.daemon.kill()
        if error[0] is not None:
            print(f"left for inspection: {self.folder}\n{self.daemon.tail()}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


class Hostile(World):
    """A portal of Bitrix24, read over REST, whose manager, funnel, source and deals are called as nobody should be."""

    portal, day = ALIAS["bitrix24"], "2026-09-14"

    def __init__(self) -> None:
        self._place, self._leads = Path(tempfile.mkdtemp(prefix="kpistream-hostile-")), 0
        scenario = self._place / "hostile.scenario"
        scenario.write_text(HOSTILE, encoding="utf-8")
        super().__init__(scenario)

    def __enter__(self) -> "Hostile":
        super().__enter__()
        self.fake.control("play", deliver="each")
        self.daemon.rest()
        self.daemon.stop()  # names are read at the start, then seldom
        self.daemon.start()
        self.aim()
        self.daemon.rest()
        return self

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.daemon.admin}"

    def lead(self) -> None:
        """One more today, of which a webhook tells."""
        self._leads += 1
        self.fake.control("verb", line=f"2026-09-14T16:30:00 create_lead {600 + self._leads} owner=7")

    def _end(self, failed: bool) -> None:
        super()._end(failed)
        shutil.rmtree(self._place, ignore_errors=True)
