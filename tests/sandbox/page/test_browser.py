"""The page in a real browser: written, answered and followed by clicking and typing."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.sandbox.page.browser import PATIENCE_MS, Tab, tab
from tests.sandbox.page.world import Served
from tests.sandbox.whole import written
from tests.support.canary import BUYER_MAILBOX, SELLER_MAILBOX

pytestmark = pytest.mark.slow
expect.set_options(timeout=PATIENCE_MS)


def column(window: Tab, role: str) -> Locator:
    return window.page.locator(f".mailbox.{role}")


def write(window: Tab, role: str, subject: str, text: str) -> None:
    """A new mail."""
    side = column(window, role)
    side.get_by_role("link", name=f"Write as {role}").click()
    side.get_by_label("Subject").fill(subject)
    side.get_by_label("Text", exact=True).fill(text)
    side.get_by_role("button", name="Send").click()
    expect(side.get_by_text("Handed to the relay")).to_be_visible()


def answer(window: Tab, role: str, text: str) -> None:
    """Opens the newest mail and answers above its quote."""
    side = column(window, role)
    side.locator(".mails .row").first.click()
    side.get_by_role("link", name="Reply").click()
    field = side.get_by_label("Text", exact=True)
    expect(field).to_have_value(re.compile(r"wrote:\n> "))
    field.fill(text + field.input_value())
    side.get_by_role("button", name="Send").click()
    expect(side.get_by_text("Handed to the relay")).to_be_visible()


def relayed(window: Tab, count: int) -> None:
    expect(window.page.locator(".messages > li.relayed")).to_have_count(count)


def parsed(raw: bytes) -> EmailMessage:
    made = message_from_bytes(raw, policy=default)
    assert isinstance(made, EmailMessage)
    return made


def test_three_rounds_by_clicking_stay_in_one_thread_and_show_no_mailbox(world: Served, window: Tab) -> None:
    write(window, "buyer", "Order 303", f"When? Write to {BUYER_MAILBOX}")
    relayed(window, 1)
    answer(window, "seller", f"Tomorrow. Or ask at {SELLER_MAILBOX}")
    relayed(window, 2)
    answer(window, "buyer", "Thank you.")
    relayed(window, 3)

    (first, third), (second,) = world.inbox(world.seller), world.inbox(world.buyer)
    sent = [parsed(raw)["Message-ID"] for raw in world.inbox(world.buyer, "Sent")]
    (replied,) = [parsed(raw)["Message-ID"] for raw in world.inbox(world.seller, "Sent")]
    assert parsed(second)["In-Reply-To"] == sent[0]
    assert parsed(third)["In-Reply-To"] == replied
    assert parsed(first)["Message-ID"] in parsed(third)["References"].split()
    assert parsed(third)["Subject"] == "Re: Order 303"

    column(window, "seller").locator(".mails .row").first.click()
    expect(column(window, "seller").locator("article")).to_contain_text("Thank you.")
    # The mail that was answered is still open.
    expect(column(window, "buyer").locator("article")).to_contain_text("Tomorrow.")
    assert world.buyer.account.domain not in column(window, "seller").inner_html()
    assert world.seller.account.domain not in column(window, "buyer").inner_html()
    assert window.told == []


def test_the_relay_shows_what_was_masked_and_why(world: Served, window: Tab) -> None:
    write(window, "buyer", "Order 303", f"Write to {BUYER_MAILBOX}")
    relay = window.page.locator("#relay")
    expect(relay.locator(".findings")).to_contain_text("would have shown a real mailbox")
    expect(relay.locator(".diff del")).to_have_text(BUYER_MAILBOX)
    expect(relay.locator(".diff ins")).to_have_text(world.seller.writes_to)
    relay.get_by_text("Header fields:").click()
    expect(relay.get_by_role("row", name=re.compile("^From"))).to_contain_text(world.seller.writes_to)
    relay.get_by_text("Where it is kept").click()
    kept = world.exchange.archive.kept(world.exchange.archive.messages()[0])
    for key in (kept.original, kept.relayed, kept.entry):
        expect(relay.get_by_text(key, exact=True)).to_be_visible()


def test_what_comes_in_appears_without_reloading_and_is_announced(world: Served, window: Tab) -> None:
    window.page.evaluate("window.same = true")
    to = world.buyer.writes_to
    world.whole.post(world.whole.buyer, written(world.whole.buyer, to, "Hello\n", Subject="News"), to)
    expect(column(window, "seller").locator(".mails")).to_contain_text("News")
    relayed(window, 1)
    expect(window.page.locator("#news")).to_contain_text("Seller: 1 unread")
    expect(window.page.locator("#news")).to_contain_text("the last one relayed")
    assert window.page.evaluate("window.same")


def test_what_somebody_writes_stays_while_everything_around_it_changes(world: Served, window: Tab) -> None:
    side = column(window, "buyer")
    side.get_by_role("link", name="Write as buyer").click()
    side.get_by_label("Text", exact=True).fill("Half a sent")
    world.deliver(world.buyer, b"From: a@b.example\r\nSubject: Meanwhile\r\n\r\nHello")
    expect(side.locator(".mails")).to_contain_text("Meanwhile")
    column(window, "seller").get_by_role("link", name="Sent").click()
    expect(column(window, "seller").locator("nav [aria-current]")).to_have_text("Sent")
    side.get_by_label("Text", exact=True).press_sequentially("ence")
    expect(side.get_by_label("Text", exact=True)).to_have_value("Half a sentence")
    side.get_by_role("button", name="Send").click()
    relayed(window, 1)
    expect(column(window, "seller").locator("nav [aria-current]")).to_have_text("Sent")


def test_what_was_written_is_not_thrown_away_unasked(world: Served, window: Tab) -> None:
    world.deliver(world.buyer, b"From: a@b.example\r\nSubject: One\r\n\r\nHello")
    side = column(window, "buyer")
    side.get_by_role("link", name="Write as buyer").click()
    side.get_by_label("Text", exact=True).fill("Important")
    side.locator(".mails .row").click()  # the question is answered with no
    assert window.told == ["dialog: Throw away what you have written?"]
    expect(side.get_by_label("Text", exact=True)).to_have_value("Important")


def test_a_details_that_is_open_and_the_focus_stay_where_they_are(world: Served, window: Tab) -> None:
    write(window, "buyer", "One", "Hello")
    relayed(window, 1)
    summary = window.page.get_by_text("Where it is kept")
    window.page.locator("#message-1").click()
    # Until the answer is there, a second click would ask for the same again.
    expect(summary).to_have_count(0)
    window.page.locator("#message-1").click()
    summary.click()
    window.page.locator("#message-1").focus()
    to = world.buyer.writes_to
    world.whole.post(world.whole.buyer, written(world.whole.buyer, to, "Again\n"), to)
    relayed(window, 2)
    expect(window.page.locator("details[data-key=kept]")).to_have_attribute("open", "")
    expect(window.page.locator("#message-1")).to_be_focused()


def test_a_refusal_is_shown_and_what_was_written_stays(world: Served, window: Tab) -> None:
    side = column(window, "buyer")
    side.get_by_role("link", name="Write as buyer").click()
    side.get_by_label("To").fill("somebody@elsewhere.example")
    side.get_by_label("Text", exact=True).fill("Hello")
    side.get_by_role("button", name="Send").click()
    expect(side.get_by_role("alert")).to_contain_text("The relay refused: 550")
    expect(side.get_by_label("Text", exact=True)).to_have_value("Hello")


def test_an_attachment_goes_with_the_mail(world: Served, window: Tab) -> None:
    side = column(window, "buyer")
    side.get_by_role("link", name="Write as buyer").click()
    content = b"%PDF-1.7\n" + bytes(range(256))
    side.get_by_label("Attach").set_input_files(
        {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    side.get_by_role("button", name="Send").click()
    relayed(window, 1)
    column(window, "seller").locator(".mails .row").first.click()
    with window.page.expect_download() as download:
        column(window, "seller").get_by_role("link", name="invoice.pdf").click()
    assert download.value.path().read_bytes() == content


def test_all_of_it_works_with_the_keyboard_alone(world: Served, window: Tab) -> None:
    keyboard = window.page.keyboard
    focused = window.page.locator(":focus")

    def tab_to(name: str) -> None:
        for _ in range(30):
            keyboard.press("Tab")
            if focused.count() and name in (focused.get_attribute("id") or focused.inner_text()):
                return
        raise AssertionError(f"the Tab key does not lead to {name}")

    tab_to("buyer-write")
    keyboard.press("Enter")
    expect(column(window, "buyer").get_by_label("Subject")).to_be_focused()
    keyboard.type("By keyboard")
    keyboard.press("Tab")
    keyboard.type("Hello")
    tab_to("Send")
    keyboard.press("Enter")
    relayed(window, 1)
    expect(column(window, "buyer").get_by_text("Handed to the relay")).to_be_focused()
    tab_to("seller-mail-")
    keyboard.press("Enter")
    expect(column(window, "seller").locator("article")).to_contain_text("Hello")
    tab_to("seller-reply")
    keyboard.press("Enter")
    expect(column(window, "seller").get_by_label("Text", exact=True)).to_be_focused()
    keyboard.type("Yes.")
    tab_to("Send")
    keyboard.press("Enter")
    relayed(window, 2)
    assert parsed(world.inbox(world.buyer)[0])["Subject"] == "Re: By keyboard"


def test_back_leads_back(world: Served, window: Tab) -> None:
    world.deliver(world.buyer, b"From: a@b.example\r\nSubject: One\r\n\r\nFirst text")
    column(window, "buyer").locator(".mails .row").click()
    expect(column(window, "buyer").locator("article")).to_contain_text("First text")
    window.page.go_back()
    expect(column(window, "buyer").locator("article")).to_have_count(0)


def test_without_scripts_one_can_write_and_read_too(world: Served, browser: Browser) -> None:
    with tab(browser, world.page.url, java_script_enabled=False) as window:
        write(window, "buyer", "Plain", "Hello")
        column(window, "seller").locator(".mails .row").click()
        expect(column(window, "seller").locator("article")).to_contain_text("Hello")
        answer_form = column(window, "seller")
        answer_form.get_by_role("link", name="Reply").click()
        answer_form.get_by_role("button", name="Send").click()
        expect(window.page.locator(".messages > li.relayed")).to_have_count(2)


def test_a_sandbox_that_ends_is_told(world: Served, window: Tab) -> None:
    expect(column(window, "buyer")).to_be_visible()
    world.page.close()
    expect(window.page.get_by_text("The sandbox does not answer")).to_be_visible()


def test_a_click_counts_though_something_new_comes_in_before_its_answer(world: Served, window: Tab) -> None:
    world.deliver(world.buyer, b"From: a@b.example\r\nSubject: One\r\n\r\nHello")
    side = column(window, "buyer")
    side.locator(".mails .row").click()
    held: list[Route] = []
    window.page.route("**/*reply*", lambda route: route.continue_() if held else held.append(route))
    side.get_by_role("link", name="Reply").click()
    world.deliver(world.buyer, b"From: a@b.example\r\nSubject: Two\r\n\r\nHello")
    expect(side.locator(".mails")).to_contain_text("Two")
    field = side.get_by_label("Text", exact=True)
    expect(field).to_be_focused()
    field.fill("Typed before the first answer came")
    with window.page.expect_response(re.compile("reply")):
        held[0].continue_()
    expect(field).to_have_value("Typed before the first answer came")
