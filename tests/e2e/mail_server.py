"""A mail server as the sample of deploy/alertmanager expects one: it takes STARTTLS and a password, and keeps what it is sent."""

from __future__ import annotations

import email
import email.message
import email.policy
import socketserver
import ssl
import subprocess
import threading
from pathlib import Path


class MailServer:
    """RFC 5321 as far as one sender needs it. `certificate` is who it is, for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.certificate, key = folder / "mail.pem", folder / "mail.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
                        "-out", str(self.certificate)], check=True, capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self._mails: list[email.message.EmailMessage] = []
        self._lock = threading.Lock()
        box = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 mail ESMTP")
                secret = proved = False
                while line := self.rfile.readline():
                    word = line.split()[0].upper()
                    if word == b"EHLO":
                        self.say("250-mail", "250 AUTH PLAIN" if secret else "250 STARTTLS")
                    elif word == b"STARTTLS":
                        self.say("220 go on")
                        self.connection = tls.wrap_socket(self.connection, server_side=True)
                        self.setup_files()
                        secret = True
                    elif word == b"AUTH" and secret:
                        proved = True
                        self.say("235 welcome")
                    elif word in (b"MAIL", b"RCPT") and proved:
                        self.say("250 well")
                    elif word == b"DATA" and proved:
                        self.say("354 go on")
                        box.keep(self.message())
                        self.say("250 taken")
                    elif word == b"QUIT":
                        return self.say("221 bye")
                    else:
                        self.say("530 not so")
                return None

            def setup_files(self) -> None:
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

            def finish(self) -> None:
                super().finish()
                self.connection.close()

            def message(self) -> bytes:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line.removeprefix(b"."))
                return b"".join(lines)

            def say(self, *lines: str) -> None:
                self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Session)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def keep(self, text: bytes) -> None:
        with self._lock:
            self._mails.append(email.message_from_bytes(text, policy=email.policy.default))  # type: ignore[arg-type]

    def mails(self) -> list[email.message.EmailMessage]:
        """What was sent so far."""
        with self._lock:
            return list(self._mails)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
