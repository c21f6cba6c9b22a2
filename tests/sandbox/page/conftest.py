"""The page, and a real browser before it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.sandbox.page.browser import Tab, chromium, tab
from tests.sandbox.page.world import Served, served


@pytest.fixture
def world(template: dict[str, Any]) -> Iterator[Served]:
    with served(template) as made:
        yield made


@pytest.fixture(scope="class")
def shared(template: dict[str, Any]) -> Iterator[Served]:
    """One for all tests of a class that change nothing."""
    with served(template) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with the module: while Playwright runs, asyncio.run fails in this thread."""
    with chromium() as started:
        yield started


@pytest.fixture
def window(browser: Browser, world: Served) -> Iterator[Tab]:
    with tab(browser, world.page.url) as opened:
        yield opened
