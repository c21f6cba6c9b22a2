"""Makes docs/pictures/sandbox.png: a real exchange on the sandbox's page, written by clicking in Chromium.

.venv/bin/python -m tools.picture [URL]

URL: of a page whose mailboxes are empty, such as http://127.0.0.1:8025/ of a sandbox that was just started.
Without one, a sandbox runs for as long as it takes. Needs Debian's chromium.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from sandbox.page.connecting import exchange_of  # needs the path set above
from sandbox.page.page import Page
from sandbox.stack import running

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "pictures" / "sandbox.png"
CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)
WIDTH, HEIGHT = 1280, 860
MAX_BYTES = 300_000
PATIENCE_MS = 60_000

QUESTION = """Hello,

when will the blue cup be sent? If it is easier, write to {mailbox} directly
or call me.

Best wishes
Anna
"""
ANSWER = "Hello Anna,\n\nit leaves us tomorrow. For anything else: {mailbox}"
THANKS = "Thank you, that is soon enough."


def exchange(page: BrowserPage) -> None:
    """The buyer asks, the seller answers, the buyer thanks; each reads what came by clicking on it."""
    page.locator("#buyer-write").click()
    page.get_by_label("Subject").fill("Order 303-11: the blue cup")
    page.get_by_label("Text", exact=True).fill(QUESTION.format(mailbox=_own(page, "buyer")))
    _send(page, "buyer", passed=1)
    _reply(page, "seller", ANSWER.format(mailbox=_own(page, "seller")), passed=2)
    _reply(page, "buyer", THANKS, passed=3)
    page.locator(".mailbox.seller .mails .row").first.click()
    page.locator(".mailbox.buyer .mails .row").first.click()
    page.locator("#message-2").click()
    expect(page.locator(".messages > li.open .seq")).to_have_text("2")


def _own(page: BrowserPage, role: str) -> str:
    return page.locator(f".mailbox.{role} .head code").first.inner_text()


def _reply(page: BrowserPage, role: str, text: str, *, passed: int) -> None:
    column = page.locator(f".mailbox.{role}")
    column.locator(".mails .row").first.click()
    column.get_by_role("link", name="Reply").click()
    field = column.get_by_label("Text", exact=True)
    expect(field).to_have_value(re.compile("wrote:"))
    field.fill(text + field.input_value())
    _send(page, role, passed=passed)
    column.get_by_role("link", name="Close").click()


def _send(page: BrowserPage, role: str, *, passed: int) -> None:
    page.locator(f".mailbox.{role}").get_by_role("button", name="Send").click()
    expect(page.locator(".messages > li.relayed")).to_have_count(passed)


def draw(url: str, target: Path = PICTURE, *, scheme: str = "light") -> None:
    """Raises OSError if the picture is larger than a README should load."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.goto(url)
        exchange(page)
        page.mouse.move(0, 0)
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target)
        browser.close()
    if target.stat().st_size > MAX_BYTES:
        raise OSError(f"{target.name} has {target.stat().st_size} bytes, more than {MAX_BYTES}")


def main() -> int:
    if len(sys.argv) > 1:
        draw(sys.argv[1])
    else:
        with running(progress=print) as sandbox, Page(port=0, exchange=exchange_of(sandbox)) as served:
            draw(served.url)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1000} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
