"""`kpistream demo` as it is shipped: its own invented departments, at a moment of ours."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from daemon import BINARY

NOW = "2026-11-26T16:30:00+03:00"  # a Thursday, near its end: then tasks for tomorrow are asked for


class DemoProgram:
    """Ends with the `with` block."""

    def __init__(self, folder: Path, now: str = NOW) -> None:
        self.folder, self.config = folder, folder / "demo.yml"
        command = [str(BINARY), "demo", "--storage.path", str(folder), "--clock.start", now, "--hook.listen-address", "127.0.0.1:0",
                   "--web.listen-address", "127.0.0.1:0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.said = ""

    def wait_ready(self) -> str:
        """Its address with a slash, which it says first, once it is ready; `said` has every line that leads somewhere."""
        assert self._process.stdout
        for line in self._process.stdout:
            if not line.strip():
                break
            self.said += line
        word, self.page = self.said.splitlines()[0].split()
        assert word == "page", self.said
        return self.page

    @property
    def admin(self) -> int:
        return int(self.page.rstrip("/").rpartition(":")[2])

    def run(self, *arguments: str) -> str:
        """What another command says of the demo's store."""
        return subprocess.run([str(BINARY), *arguments, "--config.file", str(self.config)], capture_output=True, text=True, timeout=120,
                              check=True).stdout

    def stop(self) -> None:
        """As Ctrl-C does, and it must end well."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(20)
        if self._process.stdout:
            self._process.stdout.close()
        assert code == 0, code

    def __enter__(self) -> "DemoProgram":
        return self

    def __exit__(self, *error: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
