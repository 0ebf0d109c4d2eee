"""Starts a fake as a program and talks to it. For tests and for the demo."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ANSWERS_WITHIN = 900.0  # seconds; playing a hundred thousand acts takes its time
FAKES = Path(__file__).resolve().parents[1]
PROGRAMS = {"bitrix24": FAKES / "bitrix24_portal.py", "amocrm": FAKES / "amocrm_account.py"}


class Fake:
    """A running fake. It ends with the `with` block, and also when this process dies."""

    def __init__(self, crm: str, scenario: Path | str, target: str = "", *options: str) -> None:
        command = [sys.executable, str(PROGRAMS[crm]), "--scenario", str(scenario), "--target", target, *options]
        # In a session of its own: Ctrl-C is for whoever started the fake, and that one stops it.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the fake did not start: {' '.join(command)}")
        self.about: dict[str, Any] = json.loads(line)
        self.crm = crm
        self.base = f"http://127.0.0.1:{self.about['port']}"

    def control(self, name: str, **wish: Any) -> Any:
        """POST /_fake/<name>."""
        return _exchange(f"{self.base}/_fake/{name}", json.dumps(wish).encode())

    def truth(self, now: str) -> dict[str, Any]:
        return _exchange(f"{self.base}/_fake/truth?now={urllib.request.quote(now)}", None)

    def bodies(self) -> list[bytes]:
        return [body.encode("ascii") for body in _exchange(f"{self.base}/_fake/bodies", None)]

    def counters(self) -> dict[str, Any]:
        return _exchange(f"{self.base}/_fake/counters", None)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def __enter__(self) -> "Fake":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


def _exchange(url: str, body: bytes | None) -> Any:
    request = urllib.request.Request(url, body)
    try:
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}: {error.code} {error.read().decode()}") from error
