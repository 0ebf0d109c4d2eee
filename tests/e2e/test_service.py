#!/usr/bin/env python3
"""What systemd sees: the daemon tells it when it serves, reloads, lives and ends; and it does nothing that its unit forbids."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import unittest
from pathlib import Path

from client import until
from daemon import ROOT
from harness import SCENARIOS, World, main

UNIT = ROOT / "deploy/systemd/kpistream.service"


def allowed(name: str) -> set[str]:
    """The system calls of a set as this systemd knows it."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], capture_output=True, text=True, check=True)
    calls: set[str] = set()
    for line in map(str.strip, told.stdout.splitlines()[1:]):
        if line and not line.startswith("#"):
            calls |= allowed(line) if line.startswith("@") else {line}
    return calls


def filtered(unit: str) -> set[str]:
    """As systemd.exec(5) adds up SyscallFilter=: a list, then what is taken from it."""
    calls: set[str] = set()
    for value in re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE):
        names = set().union(*(allowed(name) for name in value.lstrip("~").split()))
        calls = calls - names if value.startswith("~") else calls | names
    return calls


class Service(unittest.TestCase):
    def test_systemd_is_told_how_it_goes(self) -> None:
        with World(SCENARIOS / "amocrm_sample_day.scenario", rest=False) as world, \
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            daemon, place = world.daemon, world.folder / "notify"
            daemon.stop()
            manager.bind(str(place))
            manager.settimeout(20)
            # A watchdog that waits for two tenths of a second.
            daemon.environment = {"NOTIFY_SOCKET": str(place), "WATCHDOG_USEC": "200000"}
            daemon.start(wait=False)
            told: list[str] = []

            def hears(word: str) -> None:
                told.clear()
                until(f"systemd hears {word}", lambda: told.append(manager.recv(4096).decode()) or told[-1] == word)

            hears("READY=1")
            self.assertNotIn("WATCHDOG=1", told, "it is watched once it serves")
            daemon.wait_ready()
            hears("WATCHDOG=1")
            hears("WATCHDOG=1")
            daemon.reload()
            hears("RELOADING=1")
            hears("READY=1")
            daemon.stop()
            hears("STOPPING=1")

    def test_it_does_nothing_that_the_unit_forbids(self) -> None:
        unit = UNIT.read_text(encoding="utf-8")
        may, families = filtered(unit), set(re.findall(r"^RestrictAddressFamilies=(.*)$", unit, re.MULTILINE)[0].split())
        self.assertGreater(len(may), 200)
        self.assertFalse({"mount", "ptrace", "setuid", "sched_setaffinity"} & may)
        with World(SCENARIOS / "amocrm_sample_day.scenario") as world:
            daemon, trace = world.daemon, world.folder / "trace"
            daemon.stop()
            daemon.under = shlex.split(f"strace -D -f -q -o {trace} --")
            daemon.more = ["backup:", f"  path: {world.folder / 'backups'}"]
            daemon.write_config()
            daemon.start()
            world.aim()
            world.fake.control("play")
            daemon.rest()
            self.assertEqual(0, daemon.run("backup").returncode)
            daemon.stop()
            until("the trace is whole", lambda: "+++ exited with 0 +++" in trace.read_text(errors="replace").splitlines()[-1])
            self._holds(trace, may, families)

    def _holds(self, trace: Path, may: set[str], families: set[str]) -> None:
        calls: dict[str, str] = {}
        for line in trace.read_text(errors="replace").splitlines():
            if match := re.match(r"\d+ +(\w+)\(", line):
                calls.setdefault(match[1], line)
            if family := re.search(r" socket\((AF_\w+)", line):
                self.assertIn(family[1], families, line)
            self.assertFalse("PROT_WRITE" in line and "PROT_EXEC" in line, f"MemoryDenyWriteExecute: {line}")
        self.assertTrue({"openat", "fdatasync", "accept4", "clone3"} & set(calls), "something was traced")
        self.assertEqual({}, {name: line for name, line in calls.items() if name not in may})


if __name__ == "__main__":
    main()
