"""The real Prometheus: scrapes the daemon, answers its query API."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

from client import free_port, get, until


class Prometheus:
    def __init__(self, folder: Path, target_port: int) -> None:
        config = folder / "prometheus.yml"
        config.write_text(
            "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n- job_name: kpistream\n"
            f"  static_configs:\n  - targets: ['127.0.0.1:{target_port}']\n", encoding="utf-8")
        binary = shutil.which("prometheus")
        if binary is None:
            raise RuntimeError("prometheus is not installed (Debian package: prometheus)")
        self._port = free_port()
        self._log = (folder / "prometheus.log").open("wb")
        self._process = subprocess.Popen(
            [binary, f"--config.file={config}", f"--storage.tsdb.path={folder / 'prometheus'}",
             f"--web.listen-address=127.0.0.1:{self._port}", "--log.level=warn"],
            stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL)
        until("prometheus is ready", lambda: get(f"http://127.0.0.1:{self._port}/-/ready")[0] == 200)

    def query(self, text: str) -> list[tuple[dict[str, str], float]]:
        """An instant query, now."""
        url = f"http://127.0.0.1:{self._port}/api/v1/query?" + urllib.parse.urlencode({"query": text})
        with urllib.request.urlopen(url, timeout=10) as answer:
            result = json.load(answer)["data"]["result"]
        return [(one["metric"], float(one["value"][1])) for one in result]

    def series(self, name: str, **labels: str) -> list[tuple[dict[str, str], float]]:
        inner = ",".join(f'{key}="{value}"' for key, value in labels.items())
        return self.query(f"{name}{{{inner}}}")

    def up(self) -> bool:
        return [value for _, value in self.query("up")] == [1.0]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

    def __enter__(self) -> "Prometheus":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
