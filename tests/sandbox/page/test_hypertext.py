"""Of a mail's HTML nothing is left that does anything."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.page.hypertext import TAGS, as_text, shown
from tests.sandbox.page.hostile import PAYLOADS


class _Elements(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    handle_startendtag = handle_starttag


def is_harmless(markup: str) -> bool:
    return all(tag in TAGS and attributes == [] for tag, attributes in _Elements(markup).found)


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_no_element_that_does_anything_and_no_attribute_is_left(payload: str) -> None:
    made = shown(payload)
    assert made is not None
    assert is_harmless(made.markup)


@given(st.lists(st.sampled_from([*PAYLOADS.values(), "<table>", "<a href=x>", "</", "'", "<p", "--", "]]>"])))
def test_no_mixture_of_payloads_leaves_more(pieces: list[str]) -> None:
    made = shown("".join(pieces))
    assert made is not None
    assert is_harmless(made.markup)


def test_what_is_left_reads_the_same_when_it_is_read_again() -> None:
    for payload in PAYLOADS.values():
        once = shown(payload)
        assert once is not None
        again = shown(once.markup)
        assert again is not None
        assert again.markup == once.markup


def test_where_a_link_leads_is_told_and_no_other_attribute() -> None:
    made = shown("<a href='https://shop.example/303' title='x' onclick='y'>order</a>")
    assert made is not None
    assert (made.markup, made.links) == ("<a>order</a>", ("https://shop.example/303",))


def test_a_heading_of_a_mail_is_none_of_the_page() -> None:
    made = shown("<h1>Order</h1><H2 id=relay>303</H2>")
    assert made is not None
    assert made.markup == "<p>Order</p><p>303</p>"


def test_html_that_would_take_long_to_read_is_not_read() -> None:
    assert shown("<div>" * 10_000) is None


def test_as_text_it_has_the_links_behind_it() -> None:
    text = as_text("<p>Hello</p><p>see <a href='https://shop.example/'>here</a></p>")
    assert re.sub(r"\s+", " ", text) == "Hello see here <https://shop.example/>"
