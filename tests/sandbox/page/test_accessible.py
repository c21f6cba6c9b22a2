"""Everybody can use the page: what WCAG 2.2 asks for on level AA, as far as a program can tell.

Names and roles are those that Chromium gives to assistive technology.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.sandbox.page.browser import Tab, tab
from tests.sandbox.page.hostile import mail
from tests.sandbox.page.world import Served
from tests.sandbox.whole import written
from tests.support.canary import BUYER_MAILBOX

pytestmark = pytest.mark.slow

CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(paper(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([ratio, walker.currentNode.data.trim().slice(0, 40)]);
  }
  return found;
}"""


def fill(world: Served) -> str:
    """Something of all that the page can show; the address where it shows it."""
    to = world.buyer.writes_to
    raw = written(world.whole.buyer, to, f"Write to {BUYER_MAILBOX}\n\n> quoted\n", Subject="Order 303")
    world.whole.post(world.whole.buyer, raw, to)
    world.whole.post(None, raw, to, author=BUYER_MAILBOX)
    world.deliver(world.buyer, mail("<p>Hello <a href='https://shop.example/'>shop</a></p>", BUYER_MAILBOX))
    world.deliver(world.buyer, b"\x00 no mail")
    return f"{world.page.url}?buyer=INBOX/101&seller=INBOX/101/reply&message=1"


def tree(page: Page) -> list[tuple[str, str]]:
    """Role and name of all that assistive technology is told of."""
    nodes: list[dict[str, Any]] = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")[
        "nodes"
    ]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]


@pytest.fixture
def filled(world: Served, browser: Browser) -> Iterator[Tab]:
    with tab(browser, fill(world)) as window:
        yield window


def test_every_control_has_a_name(filled: Tab) -> None:
    controls = [
        (role, name)
        for role, name in tree(filled.page)
        if role
        in ("link", "button", "textbox", "DisclosureTriangle", "form", "navigation", "region", "article")
    ]
    assert len(controls) > 30
    assert [role for role, name in controls if not name.strip()] == []


def test_links_with_one_name_lead_to_one_place_within_a_column(filled: Tab) -> None:
    """WCAG 2.4.4: each side's controls are told apart by the region around them."""
    for role in ("buyer", "seller"):
        links = filled.page.locator(f".mailbox.{role} .bar a, .mailbox.{role} article .actions a").all()
        names = [link.inner_text().strip() for link in links]
        assert len(names) == len(set(names))


def test_there_are_landmarks_and_one_first_heading(filled: Tab) -> None:
    roles = [role for role, _ in tree(filled.page)]
    assert [roles.count(role) for role in ("banner", "main")] == [1, 1]
    regions = [name for role, name in tree(filled.page) if role == "region"]
    assert len(regions) == 3
    assert [name.split()[0].lower() for name in regions] == ["buyer", "relay", "seller"]
    levels = filled.page.eval_on_selector_all("h1,h2,h3,h4,h5,h6", "all => all.map(each => +each.tagName[1])")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_no_id_is_there_twice_and_no_order_is_forced(filled: Tab) -> None:
    ids = filled.page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
    assert len(ids) == len(set(ids))
    orders = filled.page.eval_on_selector_all("[tabindex]", "all => all.map(each => each.tabIndex)")
    assert max(orders) == 0
    assert filled.page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_in_both_schemes(world: Served, browser: Browser, scheme: str) -> None:
    address = fill(world)
    with tab(browser, address, color_scheme=scheme) as window:
        for seq in (1, 2):
            window.page.goto(address.replace("message=1", f"message={seq}"))
            expect(window.page.locator(".messages > .open .seq")).to_have_text(str(seq))
            window.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            window.page.evaluate("document.querySelector('.problem').textContent = 'The relay refused'")
            window.page.evaluate("document.getElementById('offline').hidden = false")
            found = window.page.evaluate(CONTRAST)
            assert len(found) > 80
            assert [(round(ratio, 2), text) for ratio, text in found if ratio < 4.5] == []


def test_the_focus_can_be_seen_wherever_it_is(filled: Tab) -> None:
    seen = 0
    for _ in range(60):
        filled.page.keyboard.press("Tab")
        name, style, width = filled.page.evaluate(
            "() => { const each = document.activeElement, style = getComputedStyle(each);"
            " return [each.tagName, style.outlineStyle, parseFloat(style.outlineWidth)]; }"
        )
        if name == "BODY":  # the browser's own controls have it
            continue
        seen += 1
        assert (name, style, width) == (name, "solid", 3)
    assert seen > 40


def test_the_first_tab_leads_past_everything_to_the_relay(filled: Tab) -> None:
    filled.page.evaluate("document.activeElement.blur()")
    filled.page.goto(filled.page.url.partition("?")[0])
    filled.page.keyboard.press("Tab")
    expect(filled.page.get_by_text("Skip to what the relay did")).to_be_focused()
    expect(filled.page.get_by_text("Skip to what the relay did")).to_be_in_viewport()
    filled.page.keyboard.press("Enter")
    expect(filled.page.locator("#relay")).to_be_focused()


@pytest.mark.parametrize("width", [320, 700, 1024, 1280])
def test_nothing_has_to_be_scrolled_sideways(world: Served, browser: Browser, width: int) -> None:
    """WCAG 1.4.10: down to 320 CSS pixels."""
    with tab(browser, fill(world)) as window:
        window.page.set_viewport_size({"width": width, "height": 800})
        wider = window.page.eval_on_selector_all(
            "html, main > section", "all => all.map(each => each.scrollWidth - each.clientWidth)"
        )
        assert max(wider) <= 0


def test_what_is_to_be_hit_is_large_enough(filled: Tab) -> None:
    """WCAG 2.5.8: 24 CSS pixels, except links within text."""
    for each in filled.page.locator(".button:visible, .row:visible, nav a:visible, input:visible").all():
        box = each.bounding_box()
        assert box is not None
        assert box["height"] >= 24


def test_nothing_moves_for_who_does_not_want_it(world: Served, browser: Browser) -> None:
    moving = "all => all.filter(each => getComputedStyle(each).transitionDuration !== '0s').length"
    with tab(browser, fill(world)) as window:
        assert window.page.eval_on_selector_all("*", moving) == 0
    with tab(browser, fill(world), reduced_motion="no-preference") as window:
        assert window.page.eval_on_selector_all("*", moving) > 0
