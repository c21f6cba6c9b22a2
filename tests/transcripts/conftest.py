"""A real browser before the pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.sandbox.page.browser import chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for the folder. It ends with it: while Playwright runs, asyncio.run fails in this thread, and so
    does another Playwright."""
    with chromium() as started:
        yield started
