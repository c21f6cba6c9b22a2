"""Mail that wants something of the page gets nothing, in a real browser."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from parley.conversation.messages import State
from sandbox.page.page import Page
from tests.sandbox.page.browser import tab
from tests.sandbox.page.hostile import PAYLOADS, mails
from tests.sandbox.page.world import Served

pytestmark = pytest.mark.slow


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) >= 45


def test_no_mail_in_a_mailbox_runs_or_loads_anything(world: Served, browser: Browser) -> None:
    hostile = list(mails(world.buyer.account.mailbox))
    for _, raw in hostile:
        world.deliver(world.buyer, raw)
    uids = [mail.uid for mail in world.whole.mailboxes.messages(world.buyer.account.mailbox)]
    with tab(browser, world.page.url) as window:
        for uid, (name, _) in zip(uids, hostile, strict=True):
            # Once by the page's own script, once as the server writes it, and once in the form to answer.
            window.page.locator(f"#buyer-mail-{uid}").click()
            expect(window.page.locator(f"#buyer-mail-{uid}")).to_have_attribute("aria-current", "true")
            window.page.goto(f"{world.page.url}?buyer=INBOX/{uid}/reply")
            window.page.mouse.move(200, 500)
            for summary in window.page.locator("article summary").all():
                summary.click()
            assert window.page.evaluate("window.pwned") is None, name
            assert window.page.locator("main > section").count() == 3, name
            assert window.page.url.startswith(world.page.url), name
        assert window.told == []
        assert window.away(world.page.url) == []


_FROM = re.compile(rb"^From:.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE)


def own(raw: bytes, world: Served) -> bytes:
    """The mail as the buyer's, so that the relay passes it on."""
    return f"From: {world.buyer.account.mailbox}\r\n".encode() + _FROM.sub(b"", raw, count=1)


@pytest.mark.parametrize("half", [0, 1])
def test_no_mail_in_the_archive_does_either(world: Served, browser: Browser, half: int) -> None:
    """Whatever the relay decides: the original and what was relayed are compared on the page."""
    hostile = list(mails(world.buyer.writes_to, svg=False))[half::2]
    for _, raw in hostile:
        world.exchange.submit(world.buyer.account, own(raw, world), [world.buyer.writes_to])
    messages = world.exchange.archive.messages()
    assert [message.seq for message in messages] == list(range(1, len(hostile) + 1))
    assert sum(message.state is State.RELAYED for message in messages) > len(hostile) / 2
    with tab(browser, world.page.url) as window:
        for message, (name, _) in zip(messages, hostile, strict=True):
            window.page.goto(f"{world.page.url}?message={message.seq}")
            expect(window.page.locator(".messages > .open .seq")).to_have_text(str(message.seq))
            window.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            assert window.page.evaluate("window.pwned") is None, name
            assert window.page.locator("main > section").count() == 3, name
        assert window.told == []
        assert window.away(world.page.url) == []


def test_the_browser_would_have_told(world: Served, browser: Browser) -> None:
    """The measure itself: without guard and sanitiser the same payload is noticed in each way."""
    with tab(browser, world.page.url) as window:
        payload = "<img src=http://bait.invalid/hit onerror=window.pwned=1>"
        window.page.evaluate("payload => document.body.insertAdjacentHTML('beforeend', payload)", payload)
        window.page.wait_for_timeout(300)
        assert any("Content Security Policy" in told for told in window.told)
        assert window.page.evaluate("window.pwned") is None
        window.page.goto("about:blank")
        window.page.set_content(payload)
        window.page.wait_for_function("window.pwned === 1")
        assert {urlsplit(url).hostname for url in window.away(world.page.url)} >= {"bait.invalid"}


def test_attachments_are_saved_and_never_shown(world: Served, browser: Browser) -> None:
    _, raw = next(mails(world.buyer.account.mailbox))
    world.deliver(world.buyer, raw)
    with tab(browser, f"{world.page.url}?buyer=INBOX/101") as window:
        with window.page.expect_download() as download:
            window.page.locator(".files a").last.click()
        assert download.value.suggested_filename == "a.svg"
        assert window.page.url == f"{world.page.url}?buyer=INBOX/101"


def test_another_site_can_neither_frame_nor_read_nor_write(world: Served, browser: Browser) -> None:
    with Page(port=0, exchange=world.exchange) as other, tab(browser, other.url) as window:
        target = world.page.url
        read = window.page.evaluate(
            "url => fetch(url).then(answer => answer.text()).catch(() => 'refused')", target
        )
        assert read == "refused"
        window.page.goto("about:blank")
        window.page.set_content(f"<form method=post action='{target}send/buyer'><button>x</button></form>")
        window.page.get_by_role("button").click()
        expect(window.page.locator("body")).to_contain_text("Only the page itself may do this.")
        window.page.goto("about:blank")
        window.page.set_content(f"<iframe src='{target}'></iframe>")
        window.page.wait_for_timeout(500)
        frame = window.page.frames[-1]
        assert frame.locator("main").count() == 0
        assert world.inbox(world.buyer, "Sent") == []
