"""No mail runs or loads anything in a transcript, in a real browser before which everything is watched."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from parley.archive.records import EventKind
from parley.archive.transcript.markup import TAGS
from parley.archive.transcript.model import Transcript
from parley.archive.transcript.rendering import render
from parley.conversation.messages import State
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox
from tests.sandbox.page.browser import Tab, tab
from tests.sandbox.page.hostile import BAIT, mails
from tests.support.transcripts import PARTIES, Exchange, text_mail
from tests.transcripts.hostile import LOADS, PAYLOADS

pytestmark = pytest.mark.slow
SAMPLES = Path(__file__).parents[2].parent / "shared" / "corpus" / "samples"

WATCH = """
window.happened = [];
for (const kind of ["securitypolicyviolation", "error", "load", "animationstart", "toggle"])
  document.addEventListener(kind, event => {
    const name = event.target.tagName || "page";
    if (kind === "load" && name === "STYLE" && event.target.parentNode === document.head) return;
    if (kind !== "securitypolicyviolation" && event.target === document) return;
    if (kind === "load" && name === "IMG" && event.target.src.startsWith("data:image/")) return;
    window.happened.push(kind + " " + name);
  }, true);
"""
"""Runs before the page does: by DevTools, which no policy of the page stops."""
OWN = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "nav", "article"),
        *("h1", "h2", "h3", "h4", "bdi", "mark", "time", "img"),
    )
)
"""What the page has besides what it lets through of a mail."""


@pytest.fixture
def window(browser: Browser) -> Iterator[Tab]:
    with tab(browser, "about:blank") as opened:
        opened.page.add_init_script(WATCH)
        yield opened


def show(window: Tab, page: bytes, folder: Path) -> None:
    """As a file, which may do more in a browser than what a server sends."""
    path = folder / "transcript.html"
    path.write_bytes(page)
    window.page.goto(path.as_uri(), wait_until="load")
    window.page.mouse.move(300, 300)
    window.page.keyboard.press("Tab")
    window.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)))")


# All at once, because each question to the browser takes longer than its answer.
STATE = """
() => {
  const all = [...document.querySelectorAll("*")];
  const forbidden = /^(on.*|style|srcdoc|action)$/;
  return {
    pwned: window.pwned, happened: window.happened,
    articles: [...document.querySelectorAll("article")].map(each => each.id),
    sections: document.querySelectorAll("main > *").length,
    tags: [...new Set(all.map(each => each.localName))],
    dressed: all.filter(each => each.matches(".html *:not(mark)") && each.attributes.length).length,
    forbidden: all.filter(each => [...each.attributes].some(a => forbidden.test(a.name))).length,
  };
}
"""


def check(window: Tab, transcript: Transcript, name: str) -> None:
    state = window.page.evaluate(STATE)
    assert state["pwned"] is None, name
    assert state["happened"] == [], name
    assert window.told == [], name
    away = [
        url
        for url in window.requests
        if not re.match(r"file:///.*/transcript\.html$|data:image/|about:", url)
    ]
    assert away == [], name
    assert state["articles"] == [f"m{each.seq}" for each in transcript.messages], name
    assert state["sections"] == 3, name
    assert set(state["tags"]) <= OWN | TAGS, name
    assert state["dressed"] == 0, name
    assert state["forbidden"] == 0, name


def everywhere(payload: str) -> Exchange:
    """The payload in every place of a conversation that somebody else fills in."""
    line = " ".join(payload.split()) or "x"
    bad = Party(
        id=PartyId("p"),
        role=Role.BUYER,
        locale="de",
        display_name=line,
        mailboxes=(Mailbox("anna.kaeufer", "privatmail.example"),),
    )
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"] = "x@bait.example", line.replace("\0", "")
    made.set_content(payload.replace("\0", ""))
    made.add_alternative(payload, subtype="html")
    made.add_attachment(payload.encode(), maintype="text", subtype="html", filename=line.replace("\0", ""))
    made.add_attachment(payload.encode(), maintype="image", subtype="svg+xml", filename="a.svg")
    made.add_attachment(
        b"\x89PNG\r\n\x1a\n" + payload.encode(), maintype="image", subtype="png", filename="b.png"
    )
    raw = made.as_bytes()
    exchange = Exchange(order=line, parties={**PARTIES, Role.BUYER: bad})
    finding = [line, line, line, 1]
    places = [["protected-masked", "note", f"part:1:{line}", 1], ["x", "note", f"header:{line}", 1], finding]
    message = exchange.mail(raw, findings=places, codes=(line,), automatic=line, intended=line)
    exchange.mail(raw, State.HELD, codes=("spam", line), findings=[finding])
    exchange.mail(text_mail(payload, line.encode("ascii", "replace").decode()), State.REFUSED, author=None)
    broken = exchange.mail(raw, State.REFUSED, codes=(line,))
    exchange.unmaskable[broken.id] = line
    exchange.event(EventKind.NOTE, text=payload)
    exchange.event(EventKind.HOLD_PLACED, text=payload, case="case-1")
    exchange.event(EventKind.RELEASED, message, text=payload)
    return exchange


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) >= 130
    assert len(LOADS) >= 30


@pytest.mark.parametrize("part", range(4))
def test_no_payload_anywhere_in_a_conversation_runs_or_loads_anything(
    window: Tab, tmp_path: Path, part: int
) -> None:
    for name, payload in list(PAYLOADS.items())[part::4]:
        exchange = everywhere(payload)
        transcript = exchange.transcript(with_originals=True)
        page = render(transcript, "en", with_originals=True)
        show(window, page, tmp_path)
        check(window, transcript, name)


def test_no_mail_of_odd_encodings_does_either(window: Tab, tmp_path: Path) -> None:
    exchange = Exchange()
    for _, raw in mails("anna.kaeufer@privatmail.example"):
        exchange.mail(raw)
        exchange.mail(raw, State.HELD)
    transcript = exchange.transcript(with_originals=True)
    show(window, render(transcript, "de", with_originals=True), tmp_path)
    check(window, transcript, "odd encodings")


def sample_mails() -> list[Path]:
    return sorted(path for path in SAMPLES.rglob("*") if path.is_file()) if SAMPLES.is_dir() else []


def test_no_sample_mail_does_either_and_each_is_told(window: Tab, tmp_path: Path) -> None:
    samples = sample_mails()
    if not samples:
        pytest.skip(f"needs the sample mails in {SAMPLES}")
    exchange = Exchange()
    for path in samples:
        exchange.mail(path.read_bytes())
        exchange.mail(path.read_bytes(), State.HELD, author=Role.SELLER)
    transcript = exchange.transcript(with_originals=True)
    assert len(transcript.messages) == 2 * len(samples)
    assert all(each.original_digest for each in transcript.messages)
    unshown = {each.problem for each in transcript.messages if each.shown is None}
    assert unshown <= {"not-a-mail"}
    show(window, render(transcript, "en", with_originals=True), tmp_path)
    check(window, transcript, "samples")


def test_what_a_mail_hides_is_to_be_seen(window: Tab, tmp_path: Path) -> None:
    exchange = Exchange()
    exchange.mail(text_mail(PAYLOADS["css: hidden text"], subtype="html"))
    deep = (
        "<blockquote>" * 60 + "<ul><li>" * 60 + "<small><sup>" * 60 + "<span>so deep</span>" + "<p>deeper</p>"
    )
    exchange.mail(text_mail(deep, subtype="html"))
    exchange.mail(text_mail("<table><tr>" + "<td><table><tr>" * 30 + "<td>in tables", subtype="html"))
    show(window, render(exchange.transcript(), "en"), tmp_path)
    for text in ("I admit it", "and this", "so deep", "deeper", "in tables"):
        found = window.page.get_by_text(text, exact=True)
        box = found.bounding_box()
        assert box is not None
        assert 0 <= box["x"] < 1280 - 40
        assert found.evaluate("each => parseFloat(getComputedStyle(each).fontSize)") >= 11


def test_the_browser_would_have_told(window: Tab, tmp_path: Path) -> None:
    """The measure itself: in a page without sanitiser and policy the same is noticed in each way."""
    payload = f"<img src={BAIT} onerror=window.pwned=1><details open><summary>x</summary></details>"
    path = tmp_path / "transcript.html"
    path.write_text(f"<!doctype html><main>{payload}</main>")
    window.page.goto(path.as_uri())
    window.page.wait_for_function("window.pwned === 1")
    assert "error IMG" in window.page.evaluate("window.happened")
    assert BAIT in window.requests


def test_the_policy_stops_what_a_mistake_let_through(window: Tab, tmp_path: Path) -> None:
    exchange = Exchange()
    exchange.mail(text_mail("MISTAKE"))
    page = render(exchange.transcript(), "en")
    payload = (
        f"<script>window.pwned=1</script><img src={BAIT} onerror=window.pwned=1><p style='color:red'>x</p>"
        f"<style>@import url({BAIT});</style><iframe src={BAIT}></iframe><link rel=stylesheet href={BAIT}>"
        f"<object data={BAIT}></object><video src={BAIT}></video>"
        f"<form action={BAIT}><button>x</button></form>"
    )
    path = tmp_path / "transcript.html"
    path.write_bytes(page.replace(b"MISTAKE", payload.encode()))
    failures: list[str | None] = []
    window.page.on("requestfailed", lambda request: failures.append(request.failure))
    window.page.goto(path.as_uri())
    window.page.evaluate("document.querySelector('button').click()")
    window.page.wait_for_timeout(300)
    assert window.page.evaluate("window.pwned") is None
    blocked = " ".join(window.told)
    assert all(directive in blocked for directive in ("script-src", "img-src", "style-src", "form-action"))
    assert window.page.url == path.as_uri()
    # Chromium announces frames that the policy then stops.
    assert len(failures) == sum(url.startswith("http") for url in window.requests)
    assert set(failures) <= {"net::ERR_BLOCKED_BY_CSP", "csp"}
