"""The transcript by way of the page: when it is offered, and that it cannot reach the page."""

import pytest
from playwright.sync_api import Browser

from parley.archive.transcript.rendering import POLICY
from tests.sandbox.page.browser import tab
from tests.sandbox.page.test_archive import post
from tests.sandbox.page.test_server import ask
from tests.sandbox.page.world import Served
from tests.support.canary import BUYER_MAILBOX

OFFER = 'href="/transcript"'


def test_before_the_first_one_there_is_none_to_open(world: Served) -> None:
    assert OFFER not in ask(world.page).text
    assert ask(world.page, "/transcript").status == 404


def test_it_is_offered_once_it_is_made(world: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as waiting:
        waiting.setattr(world.whole.market, "follow", list)
        post(world, "Hello\n")
    assert OFFER not in ask(world.page).text
    world.whole.market.follow()
    told = ask(world.page, "/transcript")
    assert (told.status, told.fields["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Hello" in told.text


def test_it_comes_under_a_policy_of_its_own_and_without_an_origin(world: Served) -> None:
    post(world, "Hello\n")
    policy = ask(world.page, "/transcript").fields["Content-Security-Policy"]
    assert policy.startswith(POLICY)
    assert {"sandbox", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert "script-src" not in policy


def test_the_page_follows_when_it_is_made_anew(world: Served, browser: Browser) -> None:
    """The version that the page asks for depends on it: an entry that comes later shows without a reload."""
    with pytest.MonkeyPatch.context() as waiting:
        waiting.setattr(world.whole.market, "follow", list)
        post(world, "Hello\n")
    with tab(browser, world.page.url) as window:
        window.page.get_by_text("Where it is kept").click()
        window.page.get_by_text("not written yet").wait_for()
        world.whole.market.follow()
        window.page.get_by_text("not written yet").wait_for(state="hidden")
        window.page.get_by_text("The entry, as it is written").wait_for()


def test_it_is_opened_in_a_tab_of_its_own_and_shows_no_mailbox(world: Served, browser: Browser) -> None:
    post(world, f"Write to {BUYER_MAILBOX}\n")
    with tab(browser, world.page.url) as window:
        with window.page.expect_popup() as opening:
            window.page.locator("#transcript").click()
        opened = opening.value
        opened.get_by_role("heading", level=1).wait_for()
        text = opened.inner_text("body")
    assert "Write to" in text
    assert BUYER_MAILBOX not in text
