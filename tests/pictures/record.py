"""A week of a department's /metrics, every hour, as blocks of the real Prometheus.

The daemon is started anew at each hour of the week (season.py), so what is kept is what it showed then. `promtool` makes
blocks of it, since Prometheus itself scrapes the present only.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e")]

from season import NOW, Department  # noqa: E402

DAYS = 7
NIGHT_STEP = 2  # hours; in the day every one
HEARD_BEFORE = 60  # seconds before the moment: the page of the process that heard the hour's webhooks
ZONE = ZoneInfo("Europe/Moscow")
SAMPLE = re.compile(r"^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$")


def moments() -> list[datetime]:
    first = (NOW - timedelta(days=DAYS)).replace(minute=0)
    hours = [first + timedelta(hours=n) for n in range(DAYS * 24 + 1)]
    return [hour for hour in hours if hour < NOW and (8 <= hour.hour <= 20 or hour.hour % NIGHT_STEP == 0)] + [NOW]


def kept(page: str, at: float) -> list[str]:
    """The samples as a scrape of job kpistream would have put them, with their time; buckets of KPIs, of which no dashboard
    asks and which are most, left out."""
    lines = []
    for line in page.splitlines():
        match = SAMPLE.match(line)
        if match and not (match[1].startswith("crm_") and match[1].endswith("_bucket")):
            labels = ",".join(filter(None, [match[2], 'job="kpistream"', 'instance="127.0.0.1:10481"']))
            lines.append(f"{match[1]}{{{labels}}} {match[3]} {at:.0f}")
    return lines


def record(folder: Path) -> None:
    """`folder` becomes a data folder of Prometheus."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    days: dict[str, list[str]] = {}
    with Department() as department:
        for moment in moments():
            heard = department.live_until(moment)
            at = moment.replace(tzinfo=ZONE).timestamp()
            lines = days.setdefault(f"{datetime.utcfromtimestamp(at):%Y-%m-%d}", [])
            lines += kept(heard, at - HEARD_BEFORE) + kept(department.world.daemon.scrape_text(), at)
            print(f"{moment:%a %H:%M}", flush=True)
    for day, lines in days.items():
        path = folder / f"{day}.openmetrics"
        path.write_text("\n".join([*lines, "# EOF\n"]), encoding="utf-8")
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "-q", str(path), str(folder)], check=True)
        path.unlink()


if __name__ == "__main__":
    record(Path(sys.argv[1]))
