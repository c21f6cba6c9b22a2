"""HTML that shows a mailbox in a browser shows the alias once it is masked."""

import pytest
from playwright.sync_api import Browser, Page

from parley.masking.hypertext import mask_html
from tests.unit.masking.test_concealed import BACKWARDS, MAILBOX
from tests.unit.masking.test_text import ALIAS, OWN_DOMAIN

_LEFT = "<div>anna.kaeufer@privat"
_RIGHT = "mail.example</div>"


def _read(page: Page, html: str) -> str:
    page.set_content(html)
    return page.inner_text("body").strip()


@pytest.mark.parametrize(
    "decoy",
    [
        "<span style='display:none'> und </span>",
        "<span style='font-size:0'> und </span>",
        "<span style='visibility:hidden'> und </span>",
        "<style>.x{display:none}</style><span class=x> und </span>",
        "<style>i{display:none!important}</style><i style='display:inline'> und </i>",
        "<rp> und </rp>",
        "<div hidden> und </div>",
    ],
)
def test_a_mailbox_around_hidden_text_is_seen_as_its_alias(browser: Browser, decoy: str) -> None:
    page = browser.new_page()
    html = f"{_LEFT}{decoy}{_RIGHT}"
    assert "".join(_read(page, html).replace("und", "").split()) == MAILBOX
    assert _read(page, mask_html(html, OWN_DOMAIN, {}).text) == ALIAS
    page.close()


def _order(page: Page) -> str:
    """The letters of the page as they stand from left to right."""
    return str(
        page.evaluate(
            """() => {
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                const seen = [];
                for (let node; (node = walker.nextNode());)
                    for (let at = 0; at < node.length; at++) {
                        const range = document.createRange();
                        range.setStart(node, at);
                        range.setEnd(node, at + 1);
                        const box = range.getBoundingClientRect();
                        if (box.width) seen.push([box.left, node.data[at]]);
                    }
                return seen.sort((a, b) => a[0] - b[0]).map(([, letter]) => letter).join("");
            }"""
        )
    )


@pytest.mark.parametrize(
    "html",
    [
        f"<bdo dir=rtl>{BACKWARDS[:9]}<b>{BACKWARDS[9:]}</b></bdo>",
        f"<p>\u202e{BACKWARDS}\u202c</p>",
        "".join(f"<i style='float:right'>{letter}</i>" for letter in BACKWARDS),
    ],
)
def test_a_mailbox_written_backwards_is_not_seen_forwards(browser: Browser, html: str) -> None:
    page = browser.new_page()
    page.set_content(html)
    assert MAILBOX in _order(page)
    page.set_content(mask_html(html, OWN_DOMAIN, {}).text)
    assert "privatmail" not in _order(page)
    page.close()
