"""Everybody can read a transcript: what WCAG 2.2 asks for on level AA, as far as programs can tell."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from parley.archive.transcript.rendering import render
from tests.sandbox.page.browser import Tab, tab
from tests.support.transcripts import FAULTY, rich

pytestmark = pytest.mark.slow
AXE = Path(__file__).parents[2] / "tools" / "node" / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, bool], str]:
    """Addresses by language and whether originals are beside."""
    folder = tmp_path_factory.mktemp("transcripts")
    transcript = rich().transcript(with_originals=True, verdict=FAULTY)
    made = {}
    for language in ("de", "en"):
        for originals in (False, True):
            path = folder / f"{language}-{originals}.html"
            path.write_bytes(render(transcript, language, with_originals=originals))
            made[language, originals] = path.as_uri()
    return made


@pytest.fixture
def window(browser: Browser, pages: dict[tuple[str, bool], str]) -> Iterator[Tab]:
    with tab(browser, pages["en", True]) as opened:
        yield opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("originals", [False, True], ids=["masked", "with originals"])
def test_axe_finds_nothing(
    browser: Browser, pages: dict[tuple[str, bool], str], scheme: str, language: str, originals: bool
) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core (make setup)")
    with tab(browser, pages[language, originals], color_scheme=scheme) as window:
        window.page.evaluate(AXE.read_text(encoding="utf-8"))
        options = {"runOnly": {"type": "tag", "values": STANDARDS}}
        found: dict[str, Any] = window.page.evaluate("options => axe.run(document, options)", options)
        assert len(found["passes"]) > 20
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
        assert [each["id"] for each in found["incomplete"] if each["id"] != "color-contrast"] == []


def test_there_are_landmarks_and_an_outline_without_gaps(window: Tab) -> None:
    assert window.page.locator("header").count() == 1
    assert window.page.locator("main").count() == 1
    assert window.page.locator("nav").count() == 1
    levels = window.page.eval_on_selector_all("h1,h2,h3,h4,h5,h6", "all => all.map(each => +each.tagName[1])")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_says_its_language(
    browser: Browser, pages: dict[tuple[str, bool], str], language: str
) -> None:
    with tab(browser, pages[language, False]) as window:
        assert window.page.locator("html").get_attribute("lang") == language


def test_the_first_tab_leads_past_the_summary_to_the_messages(window: Tab) -> None:
    window.page.keyboard.press("Tab")
    expect(window.page.get_by_text("Skip to the messages")).to_be_focused()
    expect(window.page.get_by_text("Skip to the messages")).to_be_in_viewport()
    window.page.keyboard.press("Enter")
    expect(window.page.locator("#messages")).to_be_focused()


def test_all_that_can_be_focused_is_seen_to_be(window: Tab) -> None:
    seen = 0
    for _ in range(60):
        window.page.keyboard.press("Tab")
        name, style, width = window.page.evaluate(
            "() => { const each = document.activeElement, style = getComputedStyle(each);"
            " return [each.tagName, style.outlineStyle, parseFloat(style.outlineWidth)]; }"
        )
        if name == "BODY":
            break
        seen += 1
        assert (name, style, width) == ("A", "solid", 3)
    assert seen == window.page.locator("a[href]").count()


def test_a_place_in_the_contents_leads_to_its_message(window: Tab) -> None:
    window.page.locator("nav a").nth(1).press("Enter")
    expect(window.page.locator("article").nth(1)).to_be_focused()
    expect(window.page.locator("article").nth(1)).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 700, 1280])
def test_nothing_has_to_be_scrolled_sideways(window: Tab, width: int) -> None:
    """WCAG 1.4.10: down to 320 CSS pixels."""
    window.page.set_viewport_size({"width": width, "height": 800})
    overflow = "all => Math.max(...all.map(each => each.scrollWidth - each.clientWidth))"
    assert window.page.eval_on_selector_all("html, article, section, .mail, .html", overflow) <= 0


def test_what_was_changed_is_told_without_colour(window: Tab) -> None:
    """WCAG 1.4.1."""
    for selector, rule in ((".removed", "textDecorationLine"), ("mark", "borderBottomStyle")):
        value = window.page.locator(selector).first.evaluate(f"each => getComputedStyle(each).{rule}")
        assert value in ("underline", "dotted")
    for state in window.page.locator(".state").all():
        assert state.inner_text().strip()


def test_a_text_from_right_to_left_is_shown_so_and_turns_nothing_else_around(window: Tab) -> None:
    hebrew = window.page.get_by_text("שלום").first
    assert hebrew.evaluate("each => getComputedStyle(each.closest('.mail')).direction") == "ltr"
    name = window.page.get_by_text("rechnung").first
    assert "[U+202E]" in name.inner_text()
    assert name.evaluate("each => getComputedStyle(each).unicodeBidi") == "isolate"


def test_a_printed_page_has_all_texts_in_black_on_white(window: Tab) -> None:
    text_of = "document.querySelector('main > section:last-child').innerText"
    on_screen = window.page.evaluate(text_of)
    window.page.emulate_media(media="print", color_scheme="dark")
    assert window.page.evaluate(text_of) == on_screen
    assert window.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert window.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(window.page.locator("nav")).to_be_hidden()
    expect(window.page.get_by_text("Skip to the messages")).to_be_hidden()
    assert window.page.pdf(format="A4").startswith(b"%PDF")


def test_a_picture_is_shown_once_with_its_name(window: Tab) -> None:
    pictures = window.page.locator("article img")
    expect(pictures).to_have_count(1)
    assert pictures.evaluate("each => each.naturalWidth") == 1
    assert pictures.get_attribute("alt") == "Picture: lampe.png"
    expect(window.page.get_by_text("shown with message 4")).to_have_count(1)
