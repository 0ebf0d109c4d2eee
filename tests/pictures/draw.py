"""Dashboards drawn with Grafana's own components: queries to a Prometheus, answers into a page, the page to Chromium."""

from __future__ import annotations

import html
import json
import math
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stored import Stored, grafana

HERE = Path(__file__).resolve().parent
CELL, BARS = 38, 96  # pixels of a row of the grid, and of the bars above it
NARROW = 769
RANGES = {"en": {"now-7d": "Last 7 days", "now-24h": "Last 24 hours"}, "ru": {"now-7d": "Последние 7 дней", "now-24h": "Последние 24 часа"}}
ALL = {"en": "All", "ru": "Все"}
LOCALES = {"en": "en_US.UTF-8", "ru": "ru_RU.UTF-8"}
Json = dict[str, Any]


@dataclass
class Picture:
    dashboard: str
    language: str
    theme: str
    width: int
    height: int = 0  # 0: as high as the dashboard is


def bundle(folder: Path) -> Path:
    """The page's program, built of tests/pictures/app."""
    out = folder / "page.js"
    subprocess.run(["npx", "esbuild", "app/main.tsx", "--bundle", f"--outfile={out}", "--jsx=automatic", "--log-level=error",
                    "--define:process.env.NODE_ENV=\"production\"", "--define:global=window", "--minify", "--loader:.svg=text", "--loader:.ttf=empty",
                    *(f"--alias:@grafana/{name}=./node_modules/@grafana/{name}/dist/cjs/index.cjs" for name in ("data", "schema", "ui"))],
                   cwd=HERE, check=True)
    return out


class Drawer:
    def __init__(self, prometheus: Stored, folder: Path) -> None:
        self._prometheus, self._folder, self._page = prometheus, folder, bundle(folder)
        self._asked: dict[str, Json] = {}

    def draw(self, picture: Picture, out: Path) -> None:
        dashboard = grafana.load(picture.language)[picture.dashboard]
        given = self._given(dashboard, picture) | {"theme": picture.theme, "dashboard": dashboard}
        page = self._folder / "page.html"
        language = f'<html lang="{picture.language}">'
        script = json.dumps(given).replace("</", "<\\/")
        page.write_text(f'<!doctype html>{language}<meta charset="utf-8"><style>body{{margin:0;overflow:hidden}}</style>'
                        f'<link rel="stylesheet" href="{self._page.with_suffix(".css").name}">'
                        f'<div id="root"></div><script>window.GIVEN = {script}</script>'
                        f'<script src="{html.escape(self._page.name)}"></script>', encoding="utf-8")
        height = picture.height or self._height(dashboard, picture.width)
        out.parent.mkdir(parents=True, exist_ok=True)
        browser = shutil.which("chromium")
        if browser is None:
            raise RuntimeError("chromium is not installed (Debian package: chromium)")
        subprocess.run([browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
                        f"--lang={picture.language}", f"--accept-lang={picture.language}", f"--user-data-dir={self._folder / 'browser'}", "--virtual-time-budget=20000",
                        "--allow-file-access-from-files", "--enable-logging=stderr",
                        f"--window-size={picture.width},{height}", f"--screenshot={out}", page.as_uri()],
                       check=True, stderr=(self._folder / "browser.log").open("w"), stdout=subprocess.DEVNULL,
                       env={"HOME": str(self._folder), "PATH": "/usr/bin:/bin", "LANG": LOCALES[picture.language], "LANGUAGE": picture.language})

    @staticmethod
    def _height(dashboard: Json, width: int) -> int:
        places = [panel["gridPos"] for panel in dashboard["panels"]]
        rows = sum(at["h"] for at in places) if width < NARROW else max(at["y"] + at["h"] for at in places)
        return BARS + rows * CELL

    def _given(self, dashboard: Json, picture: Picture) -> Json:
        """Answers do not depend on the language, its words do."""
        name, language = picture.dashboard, picture.language
        span = self._prometheus.span(dashboard["time"]["from"])
        if name not in self._asked:
            values = grafana.everything(dashboard)
            found: dict[int, Json] = {}
            for panel, target in grafana.targets(dashboard):
                found.setdefault(panel["id"], {})[target["refId"]] = self._answer(target, values, span)
            self._asked[name] = found
        shown = [variable for variable in dashboard["templating"]["list"] if variable["type"] != "datasource"]
        texts = {one["name"]: one["current"].get("text", "") for one in shown}
        variables = [{"label": one["label"], "text": one["current"]["text"] if one["type"] == "custom" else ALL[language]} for one in shown]
        return {"answers": self._asked[name], "variables": variables, "texts": texts, "zone": "Europe/Moscow",
                "range": {"from": span.begin, "to": span.end, "text": RANGES[language][dashboard["time"]["from"]]}}

    def _answer(self, target: Json, values: dict[str, str], span: grafana.Span) -> list[Json]:
        query = grafana.substitute(target["expr"], values, span)
        if target["instant"]:
            series = [(labels, [(span.end, value)]) for labels, value in self._prometheus.query(query)]
        else:
            series = self._prometheus.query_range(query, span.begin, span.end, span.step)
        return [{"labels": labels, "points": [point for point in points if math.isfinite(point[1])]} for labels, points in series]
