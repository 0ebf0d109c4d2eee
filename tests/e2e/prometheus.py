"""The real Prometheus: scrapes the daemon, answers its query API."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

from client import free_port, get, until


def _time(text: str) -> datetime:
    """As Go writes it, with nanoseconds."""
    whole, _, rest = text.partition(".")
    zone = "Z" if rest.endswith("Z") or not rest else rest.lstrip("0123456789")
    return datetime.fromisoformat(whole.rstrip("Z") + ("+00:00" if zone == "Z" else zone))


class Prometheus:
    def __init__(self, folder: Path, target_port: int, rules: str = "", alertmanager_port: int = 0,
                 scrape: str = "", labels: dict[str, str] | None = None) -> None:
        """`rules`: a pattern of rule files; what fires is told to an Alertmanager at that port. `scrape`: more lines of
        the job, each with two spaces before. `labels`: the external ones."""
        config, self._targets = folder / "prometheus.yml", folder / "targets.json"
        self.aim(target_port)
        config.write_text(
            "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s, "
            f"external_labels: {json.dumps(labels or {})}}}\n"
            + (f"rule_files: ['{rules}']\n" if rules else "")
            + (f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager_port}']}}]}}]}}\n"
               if alertmanager_port else "")
            + f"scrape_configs:\n- job_name: kpistream\n  file_sd_configs: [{{files: ['{self._targets}']}}]\n"
            "  relabel_configs: [{target_label: instance, replacement: kpistream}]\n" + scrape, encoding="utf-8")
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

    def query_range(self, text: str, begin: float, end: float, step: int) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        """Of each series its points, as time and value."""
        url = f"http://127.0.0.1:{self._port}/api/v1/query_range?" + urllib.parse.urlencode(
            {"query": text, "start": begin, "end": end, "step": step})
        with urllib.request.urlopen(url, timeout=30) as answer:
            result = json.load(answer)["data"]["result"]
        return [(one["metric"], [(float(at), float(value)) for at, value in one["values"]]) for one in result]

    def aim(self, target_port: int) -> None:
        """What is scraped from now on, at its new port; it keeps its name."""
        whole = self._targets.with_suffix(".new")
        whole.write_text(json.dumps([{"targets": [f"127.0.0.1:{target_port}"]}]), encoding="utf-8")
        whole.rename(self._targets)

    def evaluate(self, seconds: float) -> None:
        """Waits until each rule was evaluated that long from now."""
        moment = datetime.now(timezone.utc) + timedelta(seconds=seconds)

        def evaluated() -> bool:
            groups = json.loads(get(f"http://127.0.0.1:{self._port}/api/v1/rules")[1])["data"]["groups"]
            return bool(groups) and all(_time(group["lastEvaluation"]) >= moment for group in groups)

        until("all rules were evaluated", evaluated, seconds + 30)

    def firing(self) -> set[str]:
        """The alerts that fire now; pending is also what a daemon looks like that is just started again."""
        return {labels["alertname"] for labels, _ in self.query('ALERTS{alertstate="firing"}')}

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
