"""An address that stays while the daemon behind it moves: what a proxy in front of it is to a CRM."""

from __future__ import annotations

import socket
import threading


class Door:
    """Passes connections on to `port`; without one it closes them at once. It ends with the `with` block."""

    def __init__(self) -> None:
        self.port = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                outer, _ = self._listener.accept()
            except OSError:
                return
            try:
                if not self.port:
                    raise ConnectionRefusedError
                inner = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                outer.close()
                continue
            threading.Thread(target=_join, args=(outer, inner), daemon=True).start()


def _join(outer: socket.socket, inner: socket.socket) -> None:
    """Both ways, until either end has had enough."""
    with outer, inner:
        back = threading.Thread(target=_pass_on, args=(inner, outer), daemon=True)
        back.start()
        _pass_on(outer, inner)
        back.join()


def _pass_on(source: socket.socket, drain: socket.socket) -> None:
    try:
        while got := source.recv(65536):
            drain.sendall(got)
    except OSError:
        pass
    for end in (source, drain):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other direction was quicker
