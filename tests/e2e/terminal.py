"""A command at a terminal, whose questions are answered as a person would."""

from __future__ import annotations

import os
import pty
import select
import signal

from daemon import BINARY


def converse(command: list[str], answers: list[tuple[str, str]], seconds: float = 20) -> tuple[int, str]:
    """Its exit code and all it said. `answers`: the end of each question, in order, and what is answered."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(str(BINARY), command, os.environ)
    ended = False
    try:
        said = ""
        for question, answer in answers:
            part = ""
            while not part.endswith(question):
                if not select.select([terminal], [], [], seconds)[0]:
                    raise AssertionError(f"no question {question!r} after {part!r}")
                part += os.read(terminal, 1).decode("utf-8", "replace")
            said += part
            os.write(terminal, answer.encode() + b"\n")
        try:
            while got := os.read(terminal, 4096):
                said += got.decode("utf-8", "replace")
        except OSError:
            pass  # the end
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        ended = True
        return code, said
    finally:
        os.close(terminal)
        if not ended:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
