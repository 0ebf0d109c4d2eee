"""The real binary: configuration, start, scrape, rest, kill, verify."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from client import HookClient, get, until
from exposition import Page
from reference import strangers

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("KPISTREAM_BIN", ROOT / "build/release/app/kpistream"))


@dataclass
class PortalConfig:
    """One entry of `portals:`. Secrets are written to files that only we can read."""

    alias: str
    crm: str
    zone: str = "Europe/Moscow"
    known_since: str = ""
    currency: str = "RUB"
    tokens: list[str] = field(default_factory=list)  # Bitrix24
    member_id: str = ""  # Bitrix24
    hook_secret: str = ""  # amoCRM
    account_id: str = ""  # amoCRM
    rest_url: str = ""
    token: str = ""  # amoCRM
    application: dict[str, str] = field(default_factory=dict)  # keys of `application:`, *_file as contents
    more: list[str] = field(default_factory=list)  # lines of their own

    @property
    def path(self) -> str:
        return f"/hook/{self.crm}/{self.alias}" + (f"/{self.hook_secret}" if self.crm == "amocrm" else "")

    def yaml(self, secrets: Path) -> list[str]:
        lines = [f"crm: {self.crm}", f"zone: {self.zone}", f"currency: {self.currency}"]
        if self.known_since:
            lines.append(f"known_since: {self.known_since}")
        if self.crm == "bitrix24":
            if self.tokens:
                tokens = _secret(secrets, f"{self.alias}.tokens", "\n".join(self.tokens))
                lines.append(f"application_tokens_file: {tokens}")
            if self.member_id:
                lines.append(f"member_id: {self.member_id}")
            if self.rest_url:
                lines.append(f"rest_url_file: {_secret(secrets, self.alias + '.rest', self.rest_url)}")
        else:
            lines.append(f"hook_secrets_file: {_secret(secrets, self.alias + '.hook', self.hook_secret)}")
            lines.append(f"account_id: {self.account_id}")
            if self.rest_url:
                lines.append(f"rest_url: {self.rest_url}")
            if self.token:
                lines.append(f"token_file: {_secret(secrets, self.alias + '.token', self.token)}")
        if self.application:
            lines.append("application:")
        for key, value in self.application.items():
            kept = _secret(secrets, f"{self.alias}.{key}", value) if key.endswith("_file") else value
            lines.append(f"  {key}: {kept}")
        return [f"  {self.alias}:"] + [f"    {line}" for line in lines + self.more]


def _secret(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.touch(0o600)
    path.write_text(text + "\n", encoding="utf-8")
    return path


class Daemon:
    """Works in `folder`: conf/ (with the secrets), store/ and log."""

    def __init__(self, folder: Path, portals: list[PortalConfig], clock: str, poll: str = "1s") -> None:
        self.folder, self.portals, self.clock = folder, {portal.alias: portal for portal in portals}, clock
        self.store, self.log, self.config = folder / "store", folder / "log", folder / "conf" / "kpistream.yml"
        (folder / "conf").mkdir(mode=0o700, exist_ok=True)
        self.store.mkdir(exist_ok=True)
        self.poll = poll
        self.directory = ""  # how often directories are read; empty: as seldom as usual
        self.admin_address = '"127.0.0.1:0"'  # or a list of them
        self.more: list[str] = []  # lines of the configuration besides the usual ones
        self.environment: dict[str, str] = {}  # besides ours
        self.arguments: list[str] = []  # of serve, besides the usual ones
        self.under: list[str] = []  # a program and its arguments that becomes the daemon
        self.write_config()
        self._process: subprocess.Popen[bytes] | None = None
        self.hook = self.admin = 0

    def write_config(self) -> None:
        """The file and its secrets, as `portals` says now."""
        lines = ["listen:", '  hook: "127.0.0.1:0"', f"  admin: {self.admin_address}", "storage:", f"  path: {self.store}",
                 "log:", "  level: debug", "  format: logfmt", "rest:", "  gather: 0s", f"  poll: {self.poll}"]
        if self.directory:
            lines.append(f"  directory: {self.directory}")
        lines.append("portals:")
        for portal in self.portals.values():
            lines += portal.yaml(self.config.parent)
        lines += self.more
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def start(self, wait: bool = True) -> "Daemon":
        listen = self.store / "listen.json"
        listen.unlink(missing_ok=True)
        command = [*self.under, str(BINARY), "serve", "--config.file", str(self.config), "--clock.start", self.clock, *self.arguments]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                             env={**os.environ, **self.environment})
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds: float = 30.0) -> None:
        listen = self.store / "listen.json"

        def ready() -> bool:
            assert self._process
            if self._process.poll() is not None:
                raise AssertionError(f"the daemon ended with {self._process.returncode}:\n{self.tail()}")
            try:
                ports = json.loads(listen.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                return False
            self.hook, self.admin = ports["hook"], ports["admin"]
            return get(f"http://127.0.0.1:{self.admin}/-/ready")[0] == 200

        until("the daemon is ready", ready, seconds, 0.01)

    def client(self, alias: str) -> HookClient:
        return HookClient(self.hook, self.portals[alias].path)

    def hook_url(self, alias: str) -> str:
        return f"http://127.0.0.1:{self.hook}{self.portals[alias].path}"

    def ask(self, path: str) -> tuple[int, str]:
        """A question to the admin address: status and text."""
        return get(f"http://127.0.0.1:{self.admin}{path}")

    def scrape_text(self) -> str:
        status, text = get(f"http://127.0.0.1:{self.admin}/metrics")
        if status != 200:
            raise AssertionError(f"/metrics answers {status}:\n{self.tail()}")
        return text

    def scrape(self) -> Page:
        """Of the built-in KPIs nothing may be shown that docs/metrics.md does not tell of."""
        page = Page(self.scrape_text())
        if not any(line.startswith("kpis:") for line in self.more) and not os.environ.get("UPDATE"):
            assert not (found := strangers(page)), found
        return page

    def rest(self, seconds: float = 60.0) -> Page:
        """Waits until every record is processed and every reading has come; gives that scrape."""
        last: list[Page] = []

        def at_rest() -> bool:
            last[:] = [self.scrape()]
            page = last[0]
            if not page.series("kpistream_log_unprocessed_events"):
                raise AssertionError("there is no kpistream_log_unprocessed_events")
            return page.total("kpistream_log_unprocessed_events") == 0 and page.total("kpistream_enrichment_queue") == 0

        try:
            until("the daemon is at rest", at_rest, seconds, 0.02)
        except AssertionError as error:
            page = last[0]
            raise AssertionError(f"{error}: unprocessed {page.total('kpistream_log_unprocessed_events')}, "
                                 f"queue {page.total('kpistream_enrichment_queue')}\n{self.tail()}") from error
        return last[0]

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process
        return self._process

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def reload(self) -> None:
        """Asks for it; the daemon does it in its own time."""
        assert self._process
        self._process.send_signal(signal.SIGHUP)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def run(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """A command of the program with this configuration, beside the daemon or without it."""
        command = [str(BINARY), *arguments, "--config.file", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)

    def stop(self, seconds: float = 20.0) -> None:
        """As an operator would: SIGTERM, and it must end well."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            code = self._process.wait(seconds)
            if code != 0:
                raise AssertionError(f"the daemon ended with {code}:\n{self.tail()}")

    def ended(self) -> int | None:
        """Its exit code; None: it runs."""
        return self._process.poll() if self._process else None

    def verify(self) -> None:
        """Replays the journal of the stopped store: the state must be the same, bit for bit."""
        self.stop()
        done = self.run("verify")
        if done.returncode != 0:
            raise AssertionError(f"verify ended with {done.returncode}:\n{done.stdout}\n{done.stderr}\n{self.tail()}")

    def tail(self, lines: int = 25) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
