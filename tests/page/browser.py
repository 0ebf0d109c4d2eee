"""Chromium without a window, driven through its own driver: sizes, themes, languages, keys, and what its console says."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import Any, Callable

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

AXE = Path(__file__).resolve().parent / "node_modules/axe-core/axe.min.js"
WITHIN = 90.0  # seconds; longer than anything here takes beside compilers
DRIVER, CHROMIUM = "/usr/bin/chromedriver", "/usr/bin/chromium"


class Browser:
    """Ends with the `with` block. `scripts`: whether pages may run any."""

    def __init__(self, scripts: bool = True) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # Chromium has none for root
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(DRIVER), options=options)
        self.driver.set_page_load_timeout(WITHIN)
        self.driver.set_script_timeout(2 * WITHIN)
        if not scripts:
            self._tell("Emulation.setScriptExecutionDisabled", value=True)

    def _tell(self, command: str, **about: Any) -> None:
        self.driver.execute_cdp_cmd(command, about)

    def look(self, width: int, theme: str = "light", height: int = 1000) -> None:
        self._tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700)
        self._tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme},
                                                           {"name": "prefers-reduced-motion", "value": "reduce"}])

    def open(self, url: str) -> None:
        self.driver.get(url)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def until(self, script: str, *arguments: Any, seconds: float = WITHIN) -> Any:
        """The first true value of an expression of JavaScript."""
        return WebDriverWait(self.driver, seconds, 0.05).until(lambda _: self.run(f"return {script}", *arguments), script)

    def arrive(self, there: Callable[[str], bool]) -> None:
        """Waits until the address is that, and the page whole."""
        WebDriverWait(self.driver, WITHIN, 0.05).until(lambda driver: there(driver.current_url) and self.all("footer, #detail"))

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def sheets(self) -> int:
        """How many the page takes when it is printed."""
        printed = self.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
        return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"])))

    def console(self) -> list[str]:
        """What it has complained of since the last time."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def violations(self) -> list[str]:
        """Breaches of axe-core's rules on the page as it is now: rule, why, and where."""
        if not AXE.exists():
            raise AssertionError("axe-core is missing: npm ci in tests/page, or tests/run packages")
        if not self.run("return Boolean(window.axe)"):
            self.run(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: ['violations']})"
            ".then((all) => done(all.violations), (error) => done([{id: String(error), help: '', nodes: []}]))")
        return [f"{each['id']}: {each['help']}: " + json.dumps([node["html"][:160] for node in each["nodes"][:4]], ensure_ascii=False)
                for each in found]

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *error: object) -> None:
        self.driver.quit()
