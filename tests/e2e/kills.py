"""kill -9 at a step of a renewal of tokens: the process dies as it enters a system call that strace picks."""

from __future__ import annotations

import subprocess

from client import until
from harness import World

# How the file is written, twice: before the server is asked, and when its answer has come.
STEPS = [(call, time) for time in (1, 2) for call in ("unlink", "openat", "write", "fsync", "rename", "folder")]


def kill_at(made: World, call: str, time: int) -> None:
    """`folder`: the fsync that follows a rename; a folder is opened for it."""
    place = str(made.daemon.store / "tokens")
    name, number = ("fsync", 2 * time) if call == "folder" else (call, 2 * time - 1 if call in ("fsync", "openat") else time)
    process = made.daemon.process
    # Only calls about the token file: by its path, also where a descriptor stands for it.
    paths = ["-P", f"{place}/{made.alias}.json.new", "-P", place]
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", str(made.folder / "strace"), *paths, "-e", f"trace={name}",
         "-e", f"inject={name}:signal=SIGKILL:when={number}", "-p", str(process.pid)], stderr=subprocess.PIPE)
    until("strace is attached", lambda: _traced(process.pid), 30)
    made.fake.control("faults", expire_token=True)
    until("it is dead", lambda: process.poll() is not None, 30)
    tracer.wait(10)
    assert tracer.stderr
    tracer.stderr.close()


def _traced(pid: int) -> bool:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in status)
