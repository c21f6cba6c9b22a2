"""The page of a transcript."""

import re
import time
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from parley.archive.records import EventKind
from parley.archive.transcript import wording
from parley.archive.transcript.languages import LANGUAGES
from parley.archive.transcript.model import Lack, Missing
from parley.archive.transcript.rendering import POLICY, render
from parley.archive.verification import Verdict
from parley.conversation.messages import State
from parley.conversation.parties import Role
from tests.support.transcripts import BUYER_MAILBOX, FAULTY, SELLER_MAILBOX, Exchange, rich, text_mail

VOID = {"meta", "img", "br", "hr"}


class _Balanced(HTMLParser):
    """Every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("originals", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_well_formed_and_says_its_language(language: str, originals: bool) -> None:
    page = rich().page(language, with_originals=originals, verdict=FAULTY)
    reader = _Balanced()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    assert f'<html lang="{language}">' in page


def test_the_policy_admits_the_pages_own_style_and_nothing_else() -> None:
    page = rich().page()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    ) == POLICY
    assert "url(" not in style
    assert "@import" not in style


def test_nothing_in_the_page_points_outside_of_it() -> None:
    targets = re.findall(r'<[^>]*\s(?:href|src)="([^"]*)"', rich().page(with_originals=True))
    assert len(targets) > 20
    assert all(target.startswith(("#", "data:image/png;base64,")) for target in targets)


def test_every_link_has_its_place_in_the_page() -> None:
    page = rich().page(verdict=FAULTY)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'\sid="([^"]+)"', page))


def test_no_id_is_there_twice() -> None:
    ids = re.findall(r'\sid="([^"]+)"', rich().page(with_originals=True))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_masked_form_has_no_real_mailbox(language: str) -> None:
    exchange = rich()
    masked = render(exchange.transcript(with_originals=True), language).decode()
    for mailbox in (BUYER_MAILBOX, SELLER_MAILBOX):
        assert mailbox.partition("@")[2] not in masked
    assert BUYER_MAILBOX in exchange.page(language, with_originals=True)


def test_what_was_not_passed_on_says_that_nobody_saw_it() -> None:
    exchange = Exchange()
    exchange.mail(text_mail("x"), State.REFUSED)
    assert "Never seen by the other party." in exchange.page()
    assert "As the other party saw it" not in exchange.page()


def test_a_held_mail_may_still_be_seen() -> None:
    exchange = Exchange()
    exchange.mail(text_mail("x"), State.HELD)
    assert "So far, the other party has not seen it." in exchange.page()


def test_a_window_that_runs_and_one_that_is_over_are_told_apart() -> None:
    exchange = Exchange()
    exchange.mail(text_mail("?"))
    later = exchange.now + timedelta(days=9)
    assert "still possible until 6 September 2026, 16:12:00 UTC" in exchange.page()
    assert "no, the time ended on 6 September 2026" in exchange.page(generated_at=later)


def test_the_verdict_on_the_chain_is_told() -> None:
    exchange = Exchange()
    exchange.mail(text_mail("x"))
    assert "not verified when this page was made" in exchange.page()
    assert "verified: nothing was removed" in exchange.page(
        verdict=Verdict(conversation="c1", count=1, signed=1, faults=())
    )
    page = exchange.page(verdict=FAULTY)
    assert "object-altered" in page
    for told in ("signed up to link 8", "without an outcome yet: 9", "contents erased: 1"):
        assert f"<li>{told}</li>" in page


def test_sizes_and_spans_are_written_as_people_write_them() -> None:
    exchange = Exchange()
    exchange.mail(text_mail("?"))
    exchange.mail(
        b"From: a@b.example\r\nContent-Type: application/pdf\r\n\r\n" + b"x" * 1_240_000, author=Role.SELLER
    )
    assert "application/pdf, 1,2 MB" in exchange.page("de")
    assert "application/pdf, 1.2 MB" in exchange.page("en")
    assert "nach 1 Stunde" in exchange.page("de")
    assert "after 1 hour" in exchange.page("en")
    assert "Within 2 days" in exchange.page("en")


def test_an_answer_within_seconds_has_its_words() -> None:
    assert wording.of_span(LANGUAGES["en"], timedelta(seconds=5)) == "less than a minute"
    assert wording.of_span(LANGUAGES["de"], timedelta(days=2, minutes=1)) == "2 Tagen 1 Minute"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("part:1.1", "in the text"),
        ("part:1.2", "in attachment 1 of the original"),
        ("part:1.2.1", "in attachment 1 of the original"),
        ("part:1.3:filename", "in the name of attachment 2 of the original"),
        ("part:1.9", "in part 1.9"),
        ("part:1.9:filename", "in the file name of part 1.9"),
        ("part:1.1.4", "in part 1.1.4"),
        ("header:reply-to", "in the field Reply-To"),
        ("subject", "in the subject"),
        ("", ""),
    ],
)
def test_places_are_told_as_a_person_finds_them(place: str, told: str) -> None:
    parts = {"1.1": 0, "1.2": 1, "1.3": 2}
    assert wording.of_place(LANGUAGES["en"], place, parts) == told


def test_what_the_mail_service_found_is_told_in_words() -> None:
    verdicts = (("spam", "PASS"), ("virus", "FAIL"), ("SPF", "PASS"), ("DKIM", "-"), ("DMARC", "PASS"))
    assert list(wording.of_verdicts(LANGUAGES["en"], verdicts)) == [
        ("spam: none found", True),
        ("viruses: found", False),
        ("Proofs of who wrote it: SPF, DMARC", True),
    ]
    assert list(wording.of_verdicts(LANGUAGES["de"], (("spam", "GRAY"), ("SPF", "-")))) == [
        ("Spam: unsicher", None),
        ("Nachweise, wer sie schrieb: keine", False),
    ]


def test_what_many_messages_lack_is_told_once() -> None:
    missing = [Missing(Lack.ERASED, seq, "erased") for seq in (1, 2, 4)] + [Missing(Lack.SHARE, 2, "db.tt")]
    assert wording.gathered(missing, frozenset((1, 2))) == [
        (Lack.ERASED, "erased", [1, 2]),
        (Lack.SHARE, "db.tt", [2]),
    ]


def test_facts_of_an_event_are_told_in_words() -> None:
    exchange = Exchange()
    held = exchange.mail(text_mail("x"), State.HELD)
    exchange.event(EventKind.OUTCOME, held, outcome="held", codes="spam virus", other="a-1")
    page = exchange.page()
    for told in (
        "outcome: <bdi>held for a reviewer</bdi>",
        "why: <bdi>the mail service takes it for spam; the mail service found a virus</bdi>",
        "other: <bdi>a-1</bdi>",
    ):
        assert told in page


def test_of_what_went_its_way_only_reasons_that_are_no_findings_are_told() -> None:
    exchange = Exchange()
    found = [["protected-masked", "note", "part:1", 1]]
    exchange.mail(text_mail("x"), findings=found, codes=("protected-masked", "auto-reply"))
    exchange.mail(text_mail("x"), State.HELD, findings=found, codes=("protected-masked",))
    passed, held = exchange.transcript().messages
    assert wording.reasons(passed) == ("auto-reply",)
    assert wording.reasons(held) == ("protected-masked",)


def test_what_was_masked_for_the_page_alone_does_not_pass_for_unchanged() -> None:
    exchange = Exchange()
    exchange.mail(text_mail("x"), State.REFUSED)
    told = "not recorded: it was masked for this page alone"
    assert told in exchange.page()
    with_originals = exchange.page(with_originals=True)
    assert told not in with_originals
    assert "As it was written, not masked" in with_originals


def test_the_same_conversation_gives_the_same_page() -> None:
    assert rich().page() == rich().page()


def of_many(count: int) -> Exchange:
    """That many mails of 2 KB text and 20 KB HTML by turns."""
    exchange = Exchange()
    html = "<p>Guten Tag, <b>eine</b> <a href='https://shop.example/x'>Bestellung</a>.</p>" * 250
    for number in range(count):
        is_html = number % 2
        exchange.mail(
            text_mail(html, subtype="html") if is_html else text_mail("Guten Tag, eine Bestellung.\n" * 70),
            author=Role.SELLER if is_html else Role.BUYER,
        )
    return exchange


def seconds(exchange: Exchange) -> float:
    """CPU seconds to build and render."""
    began = time.thread_time()
    exchange.page()
    return time.thread_time() - began


def test_time_grows_linearly() -> None:
    """`make bench` measures how much it is. Eight times the messages would take 64 times as long if each
    looked at all others; the least of three runs is what the machine's other work disturbs least."""
    few, many = (min(seconds(exchange) for _ in range(3)) for exchange in (of_many(40), of_many(320)))
    assert many / few < 16
