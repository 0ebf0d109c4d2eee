"""The real Alertmanager with the sample of deploy/alertmanager, and a Bot API of Telegram that keeps what it is sent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from client import free_port, get, until
from daemon import ROOT
from mail_server import MailServer

SAMPLE = ROOT / "deploy/alertmanager"


class Telegram:
    """sendMessage of the Bot API: https://core.telegram.org/bots/api#sendmessage. Any other request is a
    watchdog's and gets a 200 too."""

    def __init__(self) -> None:
        self._messages: list[dict[str, str]] = []
        self._lock = threading.Lock()
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                if self.path.endswith("/sendMessage"):
                    api._keep(json.loads(body))
                answer = json.dumps({"ok": True, "result": {"message_id": 1, "date": 1, "chat": {"id": 1}}}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _keep(self, message: dict[str, str]) -> None:
        with self._lock:
            self._messages.append(message)

    def texts(self) -> list[str]:
        """What was sent so far."""
        with self._lock:
            return [message["text"] for message in self._messages]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Alertmanager:
    """The sample as it is, but for addresses and the hours of people: those of a test are now. Unless it `waits` as the
    sample does, a group is told after a second."""

    def __init__(self, folder: Path, telegram: Telegram, mails: MailServer, waits: bool = False) -> None:
        config = yaml.safe_load((SAMPLE / "alertmanager.yml").read_text(encoding="utf-8"))
        shutil.copytree(SAMPLE / "templates", folder / "templates")
        for route in [config["route"], *config["route"]["routes"]]:
            route.pop("active_time_intervals", None)
            if not waits:
                route["group_wait"] = route["group_interval"] = "1s"
        password = folder / "kpistream.smtp"
        password.write_text("a password", encoding="utf-8")
        config["global"] |= {"smtp_smarthost": mails.address, "smtp_auth_password_file": str(password)}
        for receiver in config["receivers"]:
            for one in receiver.get("telegram_configs", []):
                one["api_url"] = telegram.url
            for one in receiver.get("webhook_configs", []):
                one["url"] = telegram.url
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
