"""Debian's Chromium before the page. It records what it asks for, and what its pages complain about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
PATIENCE_MS = 15_000


@dataclass(slots=True)
class Tab:
    """requests: every URL that the page asked for. told: what it logged, what dialogs said, what failed."""

    page: Page
    requests: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def away(self, origin: str) -> list[str]:
        """The requests to anywhere else."""
        return [url for url in self.requests if not url.startswith(origin)]


@contextmanager
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@contextmanager
def tab(browser: Browser, url: str, **options: Any) -> Iterator[Tab]:
    """A window of its own that has loaded the URL."""
    options = {"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce", **options}
    context: BrowserContext = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    made = Tab(page)
    context.on("request", lambda request: made.requests.append(request.url))
    page.on("console", lambda message: made.told.append(message.text))
    page.on("pageerror", lambda error: made.told.append(str(error)))
    page.on("popup", lambda popup: made.told.append("a window opened"))

    def dismiss(dialog: Any) -> None:
        made.told.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto(url)
    yield made
    context.close()
