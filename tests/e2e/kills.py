"""kill -9 at a step of a renewal of tokens: the process dies as it enters a system call that strace picks."""

from __future__ import annotations

import shutil
import subprocess
import unittest
from typing import ContextManager

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


def refreshed(made: World) -> int:
    return int(made.fake.counters()["refreshed"])


class Kills(unittest.TestCase):
    """To be derived from, for a CRM's protocol."""

    def at_work(self) -> ContextManager[World]:
        """A world whose daemon works with its first pair."""
        raise NotImplementedError

    def lives_on(self, made: World) -> bool:
        """Starts the daemon again, and sees it work. Whether it needed another pair than the one it had."""
        raise NotImplementedError

    def test_at_every_step(self) -> None:
        if shutil.which("strace") is None:
            self.skipTest("there is no strace")
        helped = []
        for call, time in STEPS:
            with self.subTest(call=call, time=time), self.at_work() as made:
                before = refreshed(made)
                kill_at(made, call, time)
                asked = refreshed(made) > before
                self.assertEqual(time == 2, asked, "the server is asked when the file has been written once")
                written = call == "folder"  # in its place already, though not for good
                if self.lives_on(made):
                    helped.append((call, time))
                self.assertEqual(asked and not written, (call, time) in helped)
        print(f"{len(STEPS)} kills, {len(helped)} of them while an answer was on its way")

    def test_a_stop_waits_for_an_answer_that_is_on_its_way(self) -> None:
        with self.at_work() as made:
            before = refreshed(made)
            made.fake.control("faults", expire_token=True, oauth={"after": 1.5})
            until("it was asked", lambda: refreshed(made) > before, 30)
            made.daemon.stop()
            made.fake.control("faults", oauth={"after": 0})
            self.assertFalse(self.lives_on(made))
