"""The real Alertmanager with the sample of deploy/alertmanager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from client import free_port, get, until
from daemon import ROOT
from mail_server import MailServer

sys.path.insert(0, str(ROOT / "tests/fakes"))
from kit.sink import Sink  # noqa: E402
from kit.telegram import Telegram  # noqa: E402

SAMPLE = ROOT / "deploy/alertmanager"


class Alertmanager:
    """The sample as it is, but for addresses and the hours of people: those of a test are now. Unless it `waits` as the
    sample does, a group is told after a second."""

    def __init__(self, folder: Path, mails: MailServer, waits: bool = False) -> None:
        config = yaml.safe_load((SAMPLE / "alertmanager.yml").read_text(encoding="utf-8"))
        shutil.copytree(SAMPLE / "templates", folder / "templates")
        for route in [config["route"], *config["route"]["routes"]]:
            route.pop("active_time_intervals", None)
            if not waits:
                route["group_wait"] = route["group_interval"] = "1s"
        password = folder / "kpistream.smtp"
        password.write_text("a password", encoding="utf-8")
        config["global"] |= {"smtp_smarthost": mails.address, "smtp_auth_password_file": str(password)}
        chats = [one for receiver in config["receivers"] for one in receiver.get("telegram_configs", [])]
        self.telegram = Telegram(chats[0]["bot_token"], {str(one["chat_id"]): one["chat_id"] for one in chats})
        self._watchdog = Sink()
        for one in chats:
            one["api_url"] = self.telegram.url
        for receiver in config["receivers"]:
            for one in receiver.get("webhook_configs", []):
                one["url"] = self._watchdog.url
        file = folder / "alertmanager.yml"
        file.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
        binary = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
        if binary is None:
            raise RuntimeError("alertmanager is not installed (Debian package: prometheus-alertmanager)")
        self.port = free_port()
        self._log = (folder / "alertmanager.log").open("wb")
        self._process = subprocess.Popen(
            [binary, f"--config.file={file}", f"--storage.path={folder / 'alertmanager'}", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"],
            stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL,
            env={**os.environ, "SSL_CERT_FILE": str(mails.certificate)})
        until("alertmanager is ready", lambda: get(f"http://127.0.0.1:{self.port}/-/ready")[0] == 200)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()
        self.telegram.stop()
        self._watchdog.stop()
