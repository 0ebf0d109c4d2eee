"""The real Prometheus on what record.py has kept: nothing is scraped, and its present is the last moment of the record."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e")]

import grafana  # noqa: E402
from client import free_port, get, until  # noqa: E402
from season import NOW  # noqa: E402

ZONE = ZoneInfo("Europe/Moscow")
HOUR = 3600
LOOKBACK = "130m"  # two hours lie between two moments of a night
SPANS = {"now-7d": 7 * 24 * HOUR, "now-24h": 24 * HOUR}


class Stored:
    def __init__(self, data: Path, folder: Path) -> None:
        config = folder / "stored.yml"
        config.write_text("global: {}\n", encoding="utf-8")
        binary = shutil.which("prometheus")
        if binary is None:
            raise RuntimeError("prometheus is not installed (Debian package: prometheus)")
        self._port, self._log = free_port(), (folder / "stored.log").open("wb")
        self._process = subprocess.Popen(
            [binary, f"--config.file={config}", f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=100y",
             f"--web.listen-address=127.0.0.1:{self._port}", f"--query.lookback-delta={LOOKBACK}", "--log.level=warn"],
            stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL)
        until("prometheus is ready", lambda: get(f"http://127.0.0.1:{self._port}/-/ready")[0] == 200)

    def span(self, begin: str) -> grafana.Span:
        now = NOW.replace(tzinfo=ZONE).timestamp()
        return grafana.Span(now - SPANS[begin], now, HOUR // 2, HOUR)

    def query(self, text: str) -> list[tuple[dict[str, str], float]]:
        found = self._ask("query", query=text, time=NOW.replace(tzinfo=ZONE).timestamp())
        return [(one["metric"], float(one["value"][1])) for one in found]

    def query_range(self, text: str, begin: float, end: float, step: int) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        found = self._ask("query_range", query=text, start=begin, end=end, step=step)
        return [(one["metric"], [(float(at), float(value)) for at, value in one["values"]]) for one in found]

    def _ask(self, what: str, **about: object) -> list[dict]:
        url = f"http://127.0.0.1:{self._port}/api/v1/{what}?" + urllib.parse.urlencode(about)
        with urllib.request.urlopen(url, timeout=60) as answer:
            return json.load(answer)["data"]["result"]

    def __enter__(self) -> "Stored":
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()
