"""Debian's Chromium without a screen, for tests of pages: opened from files, its console read, its requests counted."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests import npm

AXE = "4.14.1"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """Start the browser; skip where it, or its driver, is not installed."""
    browser, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed (Debian: chromium, chromium-driver)")
    options = Options()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver, log_output=os.devnull))
    try:
        yield started
    finally:
        started.quit()


def install_axe(folder: Path) -> str:
    """Return the text of axe-core, fetched with npm; skip where that cannot be."""
    npm.install(folder, f"axe-core@{AXE}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


class Page:
    """A page in the browser, with the words that tests need."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, path: Path, *, width: int = 1280, theme: str = "light") -> None:
        """Open a file in a window of that width, for a reader who prefers that theme."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        self.media(theme)
        for kind in ("browser", "performance"):
            self._log(kind)
        self.driver.get(path.as_uri())
        self.run("localStorage.clear()")
        self.driver.refresh()

    def _log(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]
        return found

    def media(self, theme: str, media: str = "") -> None:
        """Prefer a theme; *media* ``print`` shows the page as it is printed."""
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def texts(self, selector: str) -> list[str]:
        """Return the texts of the visible elements."""
        return [node.text for node in self.driver.find_elements(By.CSS_SELECTOR, selector) if node.is_displayed()]

    def text(self, selector: str) -> str:
        """Return the text of the first."""
        return self.driver.find_element(By.CSS_SELECTOR, selector).text

    def click(self, selector: str, text: str = "") -> None:
        """Click the first element whose text begins so."""
        for node in self.driver.find_elements(By.CSS_SELECTOR, selector):
            if node.is_displayed() and node.text.startswith(text):
                self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", node)
                node.click()
                return
        raise AssertionError(f"nothing to click: {selector} {text}")

    def press(self, keys: str) -> None:
        """Press keys, wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(keys)

    def search(self, text: str) -> None:
        """Type into the search field and wait until the list has changed."""
        field = self.driver.find_element(By.ID, "search")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text or Keys.DELETE)
        self.driver.execute_async_script("setTimeout(arguments[0], 250)")

    def choose(self, label: str, text: str) -> None:
        """Choose from the menu of that label."""
        from selenium.webdriver.support.ui import Select

        Select(self.driver.find_element(By.CSS_SELECTOR, f"select[aria-label='{label}']")).select_by_visible_text(text)

    def focused(self) -> str:
        """Return the text of what has the focus."""
        return self.driver.switch_to.active_element.text

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script and return what it returns."""
        return self.driver.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """Return what the console says: errors, refused scripts and requests."""
        return [entry["message"] for entry in self._log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses asked for since the page was opened."""
        import json

        sent = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return [each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"]

    def accessibility(self, axe: str) -> list[str]:
        """Return what axe-core finds that is serious or critical."""
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
        found = self.driver.execute_async_script(
            """
            const done = arguments[0];
            const failed = (error) => done({violations: [{impact: "critical", id: String(error), nodes: []}]});
            axe.run(document, {resultTypes: ["violations"]}).then(done, failed);
            """
        )
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:200] if each['nodes'] else ''}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
