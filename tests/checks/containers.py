#!/usr/bin/env python3
"""The containers and the service without an engine and without systemd running: every mounted path is there, every
reference between the configurations holds, the real programs accept the configurations and the flags, the image runs as a
numbered user, and the unit is as closed as we say.

usage: containers.py PROGRAM
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "deploy" / "compose"
EXPOSURE = 15  # tenths
SECRETS = {"acme.tokens": "k3v9x0q2m7a1s5d8f4g6h0j2l9z7c1b4", "acme.rest": "https://acme.bitrix24.ru/rest/1/k3v9x0q2m7a1s5d8/"}


def said(*command: str) -> tuple[int, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def mounts(service: dict[str, object]) -> Iterator[tuple[Path, str]]:
    """Each path of this repository and where it is in the container."""
    for volume in service.get("volumes", []):  # type: ignore[attr-defined]
        source, target = volume.split(":")[:2]
        if source.startswith("."):
            yield (COMPOSE / source).resolve(), target


def container(service: dict[str, object], folder: Path) -> Path:
    """The files of a container as far as they are mounted."""
    for source, target in sorted(mounts(service), key=lambda pair: len(pair[1])):
        place = folder / target.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():  # another mount is below it
            for each in source.iterdir():
                (place / each.name).symlink_to(each)
        else:
            place.symlink_to(source)
    return folder


def flags(service: dict[str, object], program: str) -> Iterator[str]:
    known = said(program, "--help")[1]
    for argument in service["command"]:  # type: ignore[attr-defined]
        flag = argument.split("=")[0]
        if not re.search(rf"{re.escape(flag)}\b", known):
            yield f"{program} knows no {flag}"


def compose(program: str, folder: Path) -> Iterator[str]:
    services = yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for name, service in services.items():
        for source, target in mounts(service):
            if not source.exists():
                yield f"{name}: {source} is mounted at {target}, and is not there"
        image = service.get("image", "")
        if image and not re.fullmatch(r"[\w/.-]+:v?\d+\.\d+\.\d+", image):
            yield f"{name}: {image} is not pinned to a version"
        for port in service.get("ports", []):
            if not port.startswith(("127.0.0.1:", "10480:")):
                yield f"{name}: {port} is open to others"
    files = container(services["prometheus"], folder / "prometheus")
    status, text = said("promtool", "check", "config", str(files / "etc/prometheus/prometheus.yml"))
    if status or text.count("SUCCESS") < 4:
        yield f"promtool: {text}"
    yield from flags(services["prometheus"], "prometheus")
    files = container(services["alertmanager"], folder / "alertmanager")
    status, text = said("amtool", "check-config", str(files / "etc/alertmanager/alertmanager.yml"))
    if status or not re.search(r"[1-9] templates", text):
        yield f"amtool: {text}"
    yield from flags(services["alertmanager"], "prometheus-alertmanager")
    labels = yaml.safe_load((COMPOSE / "prometheus.yml").read_text(encoding="utf-8"))["global"]["external_labels"]
    if not any(labels["grafana_url"] == f"http://{port.rpartition(':')[0]}" for port in services["grafana"]["ports"]):
        yield f"prometheus: grafana_url {labels['grafana_url']} is not where Grafana is published"
    targets = {target for _, target in mounts(services["grafana"])}
    for file in (ROOT / "deploy/grafana/provisioning/dashboards").glob("*.yml"):
        for provider in yaml.safe_load(file.read_text(encoding="utf-8"))["providers"]:
            path = provider["options"]["path"]
            if not any((ROOT / "deploy/grafana/dashboards" / path.removeprefix(target).lstrip("/")).is_dir()
                       for target in targets if path.startswith(target)):
                yield f"grafana: nothing is mounted at {path}"
    yield from portals(program, folder)


def portals(program: str, folder: Path) -> Iterator[str]:
    """The configuration beside the compose file, and that of the package with a portal."""
    for secret, text in SECRETS.items():
        (folder / secret).write_text(text + "\n", encoding="utf-8")
        (folder / secret).chmod(0o600)
    for source in (COMPOSE / "kpistream.yml", ROOT / "deploy/package/kpistream.yml"):
        text = source.read_text(encoding="utf-8").replace("/etc/kpistream/secrets", str(folder)).replace("/etc/kpistream", str(folder))
        text = re.sub(r"^# (portals:|  acme:|    \w+: .*)$", r"\1", text, flags=re.MULTILINE)
        (folder / "kpistream.yml").write_text(text, encoding="utf-8")
        status, said_ = said(program, "check-config", "--config.file", str(folder / "kpistream.yml"))
        if status:
            yield f"{source}: {said_}"


def image() -> Iterator[str]:
    lines = re.sub(r"\\\n", " ", (COMPOSE / "Dockerfile").read_text(encoding="utf-8")).splitlines()
    steps = [(line.split()[0], line.split()[1:]) for line in lines if line and not line.startswith("#")]
    stages, user, health = {""}, "", False
    for step, words in steps:
        if step == "FROM":
            if words[0] not in stages and not re.fullmatch(r"[\w/.-]+:\d+\.\d+(-\w+)?", words[0]):
                yield f"{words[0]} is not pinned"
            stages.add(words[2])
        if step == "ADD":
            yield "ADD: COPY is enough"
        if step == "COPY" and not words[0].startswith("--from"):
            yield from (f"COPY {word}: is not there" for word in words[:-1] if not (ROOT / word).exists())
        if step == "USER":
            user = words[0]
        health = health or step == "HEALTHCHECK"
        if step == "ENTRYPOINT" and not re.fullmatch(r"[1-9]\d*:[1-9]\d*", user):
            yield f"it would run as '{user}': a number, and not 0"
    if not health:
        yield "no HEALTHCHECK"


def service() -> Iterator[str]:
    units = ROOT / "deploy/systemd"
    for unit in units.glob("*.service"):
        status, text = said("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(unit))
        if status:
            yield f"{unit.name} is more open than {EXPOSURE / 10}: {text.splitlines()[-1]}"
    unit = units / "kpistream.service"
    for key in ("Type=notify", "WatchdogSec=", "Restart=on-failure", "ExecStartPre=/usr/bin/kpistream check-config"):
        if key not in unit.read_text(encoding="utf-8"):
            yield f"{unit.name}: no {key}"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        wrong = [*compose(sys.argv[1], Path(folder)), *image(), *service()]
    print("\n".join(wrong) or "containers and service are in order")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
