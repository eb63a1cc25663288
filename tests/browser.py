"""A real browser for tests: headless Chromium of the system, started and stopped by the test session."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def absent(reason):
    """Skip the test, or fail where nothing may be skipped."""
    (pytest.fail if os.environ.get("SKYMODEL_NO_SKIP") else pytest.skip)(reason)


@contextmanager
def chromium():
    """Yield a running browser; skip without one, or without playwright."""
    path = next((found for found in map(shutil.which, NAMES) if found), None)
    if path is None:
        absent(f"needs a browser: none of {', '.join(NAMES)} is installed (Debian: apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        absent(f"needs the optional library 'playwright': {error}")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"], timeout=60_000)
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page whose console errors and requests to the network are kept."""

    def __init__(self, browser, *, width=1200, height=900):
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.errors, self.requests = [], []
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda asked: self.requests.append(asked.url))

    @property
    def outside(self):
        """Requests to anything but the file itself and what it holds."""
        own = ("file:", "data:", "blob:", "about:")
        return [url for url in self.requests if not url.startswith(own)]
