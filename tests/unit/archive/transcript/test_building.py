"""A conversation is told completely, whatever its mails are."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.archive.chain import Committed
from parley.archive.content import content_of
from parley.archive.keys import ORIGINAL, RELAYED, content_key, object_key
from parley.archive.records import EventKind
from parley.archive.transcript.building import build
from parley.archive.transcript.mails import File
from parley.archive.transcript.markup import MAX_TEXT
from parley.archive.transcript.markup import text_of as text_of_markup
from parley.archive.transcript.messages import Difference, Kind, Told
from parley.archive.transcript.model import Lack, Missing
from parley.archive.transcript.rendering import render
from parley.archive.transcript.room import MAX_ATTEMPTS, MAX_UNPROVED
from parley.archive.transcript.seen import MAX_ALL_OCTETS, MAX_FILES, Album
from parley.conversation.messages import State
from parley.conversation.parties import Role
from parley.mail.address import Mailbox
from tests.support.transcripts import (
    BEGAN,
    BUYER_MAILBOX,
    PARTIES,
    RELAY_DOMAIN,
    SELLER_MAILBOX,
    Exchange,
    rich,
    rich_mail,
    text_mail,
)
from tests.unit.archive.transcript.test_pictures import png

# What mails are made of, to be put together wrongly.
_PIECES = (
    *(b"From: a@b.example\r\n", b"Subject: =?utf-8?q?=ED=A0=80?=\r\n", b"\r\n", b"\0", b"+2AA-"),
    *(b"Content-Type: text/html\r\n", b"Content-Type: message/rfc822\r\n", b"Content-Type: image/png\r\n"),
    *(b"Content-Type: multipart/alternative; boundary=b\r\n", b"--b\r\n", b"--b--\r\n"),
    *(b"Content-Type: text/plain; charset=utf-7\r\n", b"Content-Transfer-Encoding: base64\r\n"),
    *(b'Content-Disposition: attachment; filename="\xff\xed\xa0\x80"\r\n', b"\x89PNG\r\n\x1a\n"),
    *(b"PHA+eA==\r\n", b"> quoted\r\n", b"<p>x", b"</template>"),
)


def told(exchange: Exchange, place: int = 0) -> Told:
    return exchange.transcript().messages[place]


def text_of(message: Told) -> str:
    assert message.shown is not None
    return "\n".join(each.text for each in message.shown.passages)


def files_of(message: Told) -> tuple[File, ...]:
    assert message.shown is not None
    return message.shown.files


class TestContact:
    def test_nobody_wrote(self) -> None:
        contact = Exchange().transcript().summary.contact
        assert (contact.at, contact.first, contact.answer) == (None, 0, 0)

    def test_the_first_message_and_its_answer_within_the_window(self) -> None:
        exchange = Exchange()
        question = exchange.mail(text_mail("?"))
        exchange.event(EventKind.DELIVERED, question)
        exchange.mail(text_mail("still?"))
        exchange.mail(text_mail("!"), author=Role.SELLER)
        contact = exchange.transcript().summary.contact
        assert (contact.first, contact.author, contact.delivered) == (1, Role.BUYER, True)
        assert (contact.answer, contact.took, contact.in_time) == (4, timedelta(hours=3), True)

    def test_an_answer_after_the_window_is_late(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("?"))
        exchange.mail(text_mail("!"), author=Role.SELLER)
        contact = exchange.transcript(window=timedelta(minutes=59)).summary.contact
        assert (contact.in_time, contact.until) == (False, BEGAN + timedelta(minutes=59))

    def test_automatic_mail_is_neither_question_nor_answer(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("auto"), author=Role.SELLER, automatic="auto-reply")
        exchange.mail(text_mail("?"))
        exchange.mail(text_mail("away"), author=Role.SELLER, automatic="auto-reply")
        contact = exchange.transcript().summary.contact
        assert (contact.first, contact.answer, contact.in_time) == (2, 0, None)

    def test_what_was_not_passed_on_is_an_attempt_and_no_contact(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("held"), State.HELD)
        exchange.mail(text_mail("who"), State.REFUSED, author=None)
        exchange.mail(text_mail("in work"), State.RECEIVED)
        exchange.mail(text_mail("?"), author=Role.SELLER)
        summary = exchange.transcript().summary
        assert summary.contact.first == 4
        assert summary.attempts == (1, 2)

    def test_a_released_mail_counts_from_its_release(self) -> None:
        exchange = Exchange()
        held = exchange.mail(text_mail("?"), State.RELEASED)
        exchange.mail(text_mail("!"), author=Role.SELLER)
        exchange.event(EventKind.RELEASED, held)
        contact = exchange.transcript().summary.contact
        assert (contact.first, contact.author, contact.at) == (2, Role.SELLER, BEGAN + timedelta(hours=1))
        assert (contact.answer, contact.took) == (1, timedelta(hours=1))

    @pytest.mark.parametrize("kind", [EventKind.BOUNCED, EventKind.SUPPRESSED, EventKind.REJECTED])
    def test_what_came_back_was_not_delivered_even_after_a_delivery(self, kind: EventKind) -> None:
        exchange = Exchange()
        question = exchange.mail(text_mail("?"))
        assert exchange.transcript().summary.contact.delivered is None
        exchange.event(EventKind.DELIVERED, question)
        exchange.event(kind, question)
        assert exchange.transcript().summary.contact.delivered is False


class TestSummary:
    def test_counts_are_by_author_and_state(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("1"))
        exchange.mail(text_mail("2"))
        exchange.mail(text_mail("3"), State.REFUSED, author=None)
        assert exchange.transcript().summary.counts == (
            ("buyer", State.RELAYED, 2),
            ("unproved", State.REFUSED, 1),
        )

    def test_each_hold_is_lifted_on_its_own(self) -> None:
        exchange = Exchange()
        exchange.event(EventKind.HOLD_PLACED, text="one", case="c-1", hold="h1")
        exchange.event(EventKind.HOLD_PLACED, text="two", case="c-2", hold="h2")
        exchange.event(EventKind.HOLD_LIFTED, text="over", case="c-1", hold="h1")
        first, second = exchange.transcript().summary.holds
        assert (first.case, first.reason, first.lifted_at) == ("c-1", "one", BEGAN + timedelta(hours=2))
        assert (second.case, second.reason, second.lifted_at) == ("c-2", "two", None)

    def test_flags_name_the_messages_that_have_them(self) -> None:
        exchange = Exchange()
        for _ in range(2):
            exchange.mail(
                text_mail("x"),
                findings=[["contact-phone", "note", "subject", 1], ["protected-masked", "note", "", 1]],
            )
        assert exchange.transcript().summary.flags == (("contact-phone", (1, 2)),)

    def test_what_lies_elsewhere_or_cannot_be_read_is_not_in_evidence(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("https://we.tl/t-1 and <b>not</b> https://shop.example/x"))
        exchange.mail(text_mail("<a href='https://www.dropbox.com/s/1'>here</a>", subtype="html"))
        exchange.mail(text_mail("big"), State.REFUSED, codes=("too-large",))
        exchange.mail(text_mail("x"), findings=[["attachment-encrypted", "warning", "part:1.2", 1]])
        assert exchange.transcript().summary.missing == (
            Missing(Lack.SHARE, 1, "we.tl"),
            Missing(Lack.SHARE, 2, "dropbox.com"),
            Missing(Lack.OVERSIZE, 3, "too-large"),
            Missing(Lack.ENCRYPTED, 4, "attachment-encrypted"),
        )


class TestMessage:
    def test_it_has_its_record_its_events_and_its_paths(self) -> None:
        exchange = Exchange()
        message = exchange.mail(
            text_mail("seen"),
            original=text_mail("written"),
            findings=[
                ["protected-masked", "note", "part:1", 2],
                ["protected-masked", "note", "part:1", 1],
                ["remote-content-removed", "note", "part:1.2", 1],
            ],
        )
        exchange.event(EventKind.BOUNCED, message, code="550")
        exchange.event(EventKind.NOTE, message, text="odd")
        made = told(exchange)
        assert (made.recipient, made.intended, made.policy, made.rules) == (
            Role.SELLER,
            "relayed",
            "default-1",
            3,
        )
        assert made.differences == (
            Difference(Kind.MAILBOX, "part:1", 3),
            Difference(Kind.REMOTE_REMOVED, "part:1.2", 1),
        )
        assert [(each.kind, each.facts) for each in made.deliveries] == [("bounced", (("code", "550"),))]
        assert [(each.kind, each.text) for each in made.changes] == [("note", "odd")]
        assert (made.original_key, made.relayed_key) == (message.folder + ORIGINAL, message.folder + RELAYED)
        assert len(made.original_digest) == 64
        assert text_of(made) == "seen"
        assert made.original is None

    def test_html_keeps_its_structure_and_an_alternative_that_says_something_else_is_told(self) -> None:
        exchange = Exchange()
        exchange.mail(rich_mail(), author=Role.SELLER)
        shown = told(exchange).shown
        assert shown is not None
        html, enclosed = shown.passages
        assert "<blockquote>" in html.markup
        assert "<mark>s-9q4t@relay.example</mark>" in html.markup
        assert html.links == ("https://drive.google.com/file/d/303",)
        assert [other.strip() for other in shown.others] == ["Nur im Text: Gutschein 10 EUR"]
        assert (enclosed.enclosed, enclosed.text.strip()) == ("Anlage", "Der beigefügte Text")

    def test_attachments_have_name_size_and_the_key_of_their_object(self) -> None:
        exchange = Exchange()
        exchange.mail(rich_mail(), author=Role.SELLER)
        first, again, document, enclosed = files_of(told(exchange))
        assert (first.name, first.media_type, first.key) == (
            "lampe.png",
            "image/png",
            f"conversations/c1/attachments/{first.digest}/attachment.png",
        )
        assert (document.name, document.size) == ("rechnung[U+202E]fdp.exe", 8)
        assert enclosed.media_type == "message/rfc822"
        assert first.picture is not None
        assert (again.picture, again.first_at) == (None, 1)

    def test_attachments_of_what_was_not_passed_on_lie_within_their_mail_alone(self) -> None:
        exchange = Exchange()
        exchange.mail(rich_mail(), State.HELD, author=Role.SELLER)
        assert {each.key for each in files_of(told(exchange))} == {""}

    def test_a_held_mail_is_masked_anew_and_was_not_passed_on(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("masked"), State.HELD, original=text_mail(f"from {BUYER_MAILBOX}"))
        made = told(exchange)
        assert (text_of(made), made.passed_at, made.relayed_key) == ("masked", None, "")

    def test_a_released_mail_is_read_where_its_release_put_it(self) -> None:
        exchange = Exchange()
        held = exchange.mail(text_mail("as it went"), State.RELEASED)
        event = exchange.event(EventKind.RELEASED, held, text="fine")
        for kind in (Committed.RELAYED, Committed.CONTENT):
            moved = exchange.objects.pop(object_key(held.folder, kind))
            exchange.objects[object_key(event.folder, kind)] = moved
        made = told(exchange)
        assert (text_of(made), made.relayed_key) == ("as it went", event.folder + RELAYED)

    def test_where_the_relayed_mail_is_gone_its_content_is_told(self) -> None:
        exchange = Exchange()
        message = exchange.mail(rich_mail())
        del exchange.objects[message.folder + RELAYED]
        made = told(exchange)
        assert "Ihre Bestellung" in text_of(made)
        assert [each.name for each in files_of(made)][:2] == ["lampe.png", "noch einmal.png"]

    def test_a_mailbox_that_was_registered_later_is_hidden_from_all_that_is_shown(self) -> None:
        exchange = Exchange(order=f"303 {BUYER_MAILBOX}")
        cut = "<p>anna.kaeufer<b>@</b>privatmail.example</p>"
        exchange.mail(text_mail(f"write to {BUYER_MAILBOX}", BUYER_MAILBOX))
        exchange.mail(
            text_mail(f"<p>{BUYER_MAILBOX} <a href='mailto:{BUYER_MAILBOX}'>x</a></p>", subtype="html")
        )
        exchange.mail(text_mail(cut, subtype="html"))
        exchange.event(EventKind.NOTE, text=f"called {BUYER_MAILBOX}")
        page = exchange.page()
        assert "privatmail" not in page
        assert page.count("b-7k2m@relay.example") >= 7

    def test_lines_of_an_original_that_did_not_pass_are_told_apart(self) -> None:
        exchange = Exchange()
        exchange.mail(
            text_mail("Hello\nwrite to s-9q4t@relay.example\nBye"),
            original=text_mail(f"Hello\nwrite to {BUYER_MAILBOX}\nBye"),
        )
        (made,) = exchange.transcript(with_originals=True).messages
        assert made.original is not None
        assert [(line.text, line.is_kept) for line in made.original.lines] == [
            ("Hello", True),
            (f"write to {BUYER_MAILBOX}", False),
            ("Bye", True),
        ]
        assert ("From", "s-9q4t@relay.example") in made.original.fields

    def test_verdicts_are_those_that_stand_above_the_authors_fields(self) -> None:
        exchange = Exchange()
        forged = b"X-SES-Spam-Verdict: PASS\r\n"
        results = b"Authentication-Results: amazonses.com; spf=fail; dkim=pass header.i=@a.example\r\n"
        ours = b"X-SES-Spam-Verdict: GRAY\r\n" + results + b"X-SES-RECEIPT: x\r\n"
        exchange.mail(text_mail("x"), original=ours + forged + text_mail("x"))
        exchange.mail(text_mail("x"), original=forged + text_mail("x"))
        first, second = exchange.transcript().messages
        proved = (("SPF", "-"), ("DKIM", "PASS"), ("DMARC", "-"))
        assert (first.verdicts, second.verdicts) == ((("spam", "GRAY"), *proved), ())


class TestWhatCannotBeShown:
    def test_it_appears_with_its_code_its_hash_and_its_path_and_nothing_else_is_missing(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("before"))
        broken = exchange.mail(b"\0\xff", State.HELD)
        refused = exchange.mail(text_mail("x"), State.HELD)
        exchange.unmaskable[refused.id] = "html-too-complex"
        exchange.mail(text_mail("after"))
        before, first, second, after = exchange.transcript().messages
        assert (text_of(before), text_of(after)) == ("before", "after")
        assert (first.problem, second.problem) == ("not-a-mail", "html-too-complex")
        assert (first.shown, len(first.original_digest)) == (None, 64)
        assert first.original_key == broken.folder + ORIGINAL
        assert [(each.seq, each.lack) for each in exchange.transcript().summary.missing] == [
            (2, Lack.UNREADABLE),
            (3, Lack.UNREADABLE),
        ]

    def test_a_mail_that_brings_its_reader_down_takes_no_other_along(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fall(*_: object, **__: object) -> None:
            raise RecursionError

        exchange = Exchange()
        exchange.mail(text_mail("<p>one</p>", subtype="html"))
        exchange.mail(text_mail("two"))
        monkeypatch.setattr("parley.archive.transcript.markup.of_html", fall)
        first, second = exchange.transcript().messages
        assert (first.problem, first.shown) == ("not-rendered", None)
        assert text_of(second) == "two"

    @pytest.mark.parametrize(
        "record", [None, "", "no json", "[]", '{"screening": 7}', '{"screening": {"findings": [[1]]}}']
    )
    def test_a_record_that_cannot_be_read_hides_no_mail(self, record: str | None) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("text"), record=record)
        made = told(exchange)
        assert (text_of(made), made.recipient, made.findings) == ("text", Role.SELLER, ())

    def test_an_object_that_is_missing_is_told_from_one_that_was_erased(self) -> None:
        exchange = Exchange()
        lost = [exchange.mail(text_mail("lost"))]
        exchange.event(EventKind.ERASED)
        lost.append(exchange.mail(text_mail("lost")))
        lost.append(exchange.mail(text_mail("lost")))
        exchange.event(EventKind.ERASED, lost[2])
        for each in lost:
            for kind in set(Committed) - {Committed.RECORD}:
                del exchange.objects[object_key(each.folder, kind)]
        transcript = exchange.transcript()
        assert [each.problem for each in transcript.messages] == ["erased", "object-missing", "erased"]
        assert [each.lack for each in transcript.summary.missing] == [Lack.ERASED, Lack.MISSING, Lack.ERASED]

    def test_a_note_that_was_erased_is_told_as_such(self) -> None:
        exchange = Exchange()
        event = exchange.event(EventKind.NOTE, text="gone")
        del exchange.objects[content_key(event.folder)]
        (note,) = exchange.transcript().happenings
        assert (note.text, note.is_lost) == (None, True)

    def test_a_text_that_cannot_be_decoded_is_named_beside_those_that_can(self) -> None:
        exchange = Exchange()
        part = b"--b\r\nContent-Type: text/plain; charset=%s\r\n\r\n%s\r\n"
        raw = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        raw += part % (b"utf-7", b"+ABC\xff") + part % (b"utf-8", b"fine") + b"--b--\r\n"
        exchange.mail(raw)
        made = told(exchange)
        assert made.shown is not None
        assert made.shown.unreadable == ("undecodable-text",)
        assert text_of(made).strip() == "fine"

    def test_a_text_that_is_too_long_for_a_page_is_cut_and_says_so(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("0123456789\n" * 100_000))
        shown = told(exchange).shown
        assert shown is not None
        assert shown.passages[0].is_cut
        assert len(shown.passages[0].markup) <= 200_000


def multipart(kind: str, *parts: str, boundary: str = "b", head: str = "Subject: x\r\n") -> bytes:
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    kind = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    return f"{head}MIME-Version: 1.0\r\n{kind}{inside}--{boundary}--\r\n".encode()


PLAIN, HTML = "Content-Type: text/plain\r\n\r\nsame", "Content-Type: text/html\r\n\r\n<p>same</p>"
CALENDAR = "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nSUMMARY:at noon"
PDF = 'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="bill.pdf"\r\n\r\n%PDF'


class TestNothingIsLeftOut:
    def test_a_picture_that_is_not_shown_is_told_by_its_words(self) -> None:
        exchange = Exchange()
        html = "<p>Hello</p><img alt='I never sent it'><b title='nor will I'>x</b>"
        exchange.mail(text_mail(html, subtype="html"))
        page = exchange.page()
        assert page.count("[image: I never sent it]") == 1
        assert page.count("[title: nor will I]") == 1

    def test_remarks_are_told_also_where_the_archives_content_lacks_them(self) -> None:
        exchange = Exchange()
        message = exchange.mail(text_mail("<b title='nor will I'>x</b>", subtype="html"))
        exchange.objects[content_key(message.folder)] = content_of(text_mail("x"))
        assert exchange.page().count("[title: nor will I]") == 1

    def test_files_and_calendars_of_every_alternative_are_told(self) -> None:
        inner = multipart("mixed", PLAIN, PDF, boundary="i", head="").decode()
        exchange = Exchange()
        exchange.mail(multipart("alternative", inner, HTML, CALENDAR))
        made = told(exchange)
        assert [(each.name, each.media_type) for each in files_of(made)] == [
            ("bill.pdf", "application/pdf"),
            ("", "text/calendar"),
        ]
        assert all(each.key for each in files_of(made))
        assert made.shown is not None
        assert [other.split() for other in made.shown.others] == [["BEGIN:VCALENDAR", "SUMMARY:at", "noon"]]
        assert text_of(made).split() == ["same"]

    def test_an_enclosed_mails_files_and_alternatives_are_told(self) -> None:
        both = multipart("alternative", PLAIN.replace("same", "seven"), HTML, boundary="i", head="").decode()
        enclosed = multipart("mixed", both, PDF, boundary="e", head="Subject: inner\r\n").decode()
        exchange = Exchange()
        exchange.mail(multipart("mixed", PLAIN, f"Content-Type: message/rfc822\r\n\r\n{enclosed}"))
        made = told(exchange)
        assert [(each.name, each.enclosed, bool(each.key)) for each in files_of(made)] == [
            ("", None, True),
            ("bill.pdf", "inner", False),
        ]
        assert made.shown is not None
        assert [other.strip() for other in made.shown.others] == ["seven"]
        assert "in the enclosed mail: <bdi>inner</bdi>" in exchange.page()

    def test_a_text_of_the_archives_content_that_the_page_lacks_is_told(self) -> None:
        exchange = Exchange()
        empty = "Content-Type: text/html\r\n\r\n<p> </p>"
        exchange.mail(
            multipart(
                "mixed",
                multipart("alternative", PLAIN, empty, boundary="i", head="").decode(),
                CALENDAR,
                PLAIN.replace("same", "footer"),
            )
        )
        made = told(exchange)
        assert made.shown is not None
        assert "same" in "\n".join((text_of(made), *made.shown.others))

    def test_every_attachment_is_counted(self) -> None:
        exchange = Exchange()
        exchange.mail(multipart("mixed", PLAIN, *([PDF] * (MAX_FILES + 50))))
        transcript = exchange.transcript()
        (made,) = transcript.messages
        assert made.shown is not None
        assert (len(made.shown.files), made.shown.more_files) == (MAX_FILES, 50)
        assert transcript.summary.files == MAX_FILES + 50
        assert "and 50 more; all of them are in the mail itself" in exchange.page()

    @pytest.mark.parametrize("has_mail", [True, False])
    def test_an_alternative_that_is_too_long_for_a_page_is_cut_and_says_so(self, has_mail: bool) -> None:
        exchange = Exchange()
        long = "Content-Type: text/plain\r\n\r\n" + "0123456789\r\n" * 20_000
        message = exchange.mail(multipart("alternative", long, HTML))
        if not has_mail:
            del exchange.objects[message.folder + RELAYED]
        made = told(exchange)
        assert made.shown is not None
        assert made.shown.is_cut
        assert len(made.shown.others[0]) == MAX_TEXT
        assert exchange.page().count("There is more text") == 1


class TestMailboxesOfNobodyInTheConversation:
    def test_what_the_marketplace_wrote_shows_none(self) -> None:
        exchange = Exchange(order="303 carl@one.example")
        exchange.event(EventKind.NOTE, text="Her sister writes from berta@two.example")
        exchange.event(EventKind.HOLD_PLACED, text="see dora@three.example", case="c-1", hold="h1")
        page = exchange.page()
        assert not {name for name in ("carl", "berta", "dora", "three.example") if name in page}
        assert "Her sister writes from ***@***" in page

    def test_a_mailbox_that_was_given_up_shows_nowhere(self) -> None:
        exchange = Exchange()
        exchange.event(EventKind.NOTE, text=f"called {BUYER_MAILBOX}")
        exchange.parties = {
            **PARTIES,
            Role.BUYER: replace(PARTIES[Role.BUYER], mailboxes=(Mailbox("new", "x.example"),)),
        }
        assert "privatmail" not in exchange.page()

    def test_once_a_party_is_erased_no_mail_shows_any(self) -> None:
        exchange = Exchange(parties={Role.BUYER: PARTIES[Role.BUYER]})
        cut = SELLER_MAILBOX.replace("@", "<b>@</b>")
        exchange.mail(text_mail(f"write to {SELLER_MAILBOX} or s-9q4t@relay.example", SELLER_MAILBOX))
        exchange.mail(text_mail(f"<p>{cut}</p><a href='mailto:{SELLER_MAILBOX}'>x</a>", subtype="html"))
        exchange.event(EventKind.NOTE, text=f"called {SELLER_MAILBOX}")
        page = exchange.page()
        assert "haendler" not in page
        assert page.count("***@***") >= 5
        assert "<mark>s-9q4t@relay.example</mark>" in page

    def test_a_mail_that_passed_is_shown_as_it_was_seen(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("our service: help@shop.example"))
        assert text_of(told(exchange)) == "our service: help@shop.example"


def test_an_export_says_for_whom_it_was_made() -> None:
    exchange = Exchange()
    exchange.event(EventKind.EXPORTED, case="case-7", **{"for": "buyer", "opens": "1-3 5", "shows": "2"})
    exchange.event(EventKind.EXPORTED, case="case-8", **{"for": "everything"})
    page = exchange.page("de")
    assert "für: <bdi>Käufer</bdi>" in page
    assert "für: <bdi>Prüfer, mit allem</bdi>" in page
    assert "<bdi>1-3 5</bdi>" in page


def test_an_album_takes_no_more_than_a_page_can_carry() -> None:
    album, octets = Album(), png()
    album.room = len(octets)
    assert album.add(octets, "one", 1)[0] is not None
    assert album.add(octets, "two", 2) == (None, 0)
    assert album.add(octets, "one", 3) == (None, 1)
    assert MAX_ALL_OCTETS <= 8_000_000


def test_events_of_no_message_stand_on_their_own() -> None:
    kinds = [each.kind for each in rich().transcript().happenings]
    assert kinds == ["hold-placed", "note", "hold-lifted", "hold-placed"]


def test_a_conversation_without_messages_has_a_transcript() -> None:
    assert "There are no messages." in Exchange(parties={}).page()


@given(st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(_PIECES)).map(b"".join)))
def test_whatever_octets_a_mail_is_it_is_told(raw: bytes) -> None:
    exchange = Exchange()
    for state in (State.RELAYED, State.HELD):
        exchange.mail(raw, state)
    transcript = exchange.transcript(with_originals=True)
    for each in transcript.messages:
        assert (each.shown is None) == bool(each.problem)
        assert each.problem != "not-rendered"
    page = render(transcript, "de", with_originals=True).decode()
    assert page.count("<article") == 2
    assert page.endswith("</html>")


_CUT = BUYER_MAILBOX.replace("@", "<b>@</b>")


@pytest.mark.parametrize(
    "written",
    [
        f"<p>{BUYER_MAILBOX}</p><p>{_CUT}</p>",
        f"<p>{BUYER_MAILBOX}{_CUT}</p>",
        f"<p>{_CUT}{BUYER_MAILBOX}</p>",
        f"<p>b-7k2m@relay.example{_CUT}</p>",
        "<table><tr><td>anna.kaeufer</td><td>@privatmail.example</td></tr></table>",
        "<p>an&#8203;na.<i>kaeufer</i>@privat&shy;mail.example</p>",
        "<p>anna.kaeufer@privatmail。example &lt;anna.kaeufer@privatmail.example&gt;</p>",
        "<a href='https://x.example/?to=%61nna.kaeufer%2540privatmail.example'>x</a>",
    ],
)
def test_a_mailbox_is_hidden_however_tags_and_signs_cut_it(written: str) -> None:
    exchange = Exchange()
    exchange.mail(text_mail(written, subtype="html"))
    exchange.mail(text_mail(written))
    (html, plain) = exchange.transcript().messages
    for told_one in (html, plain) if "<b>" not in written else (html,):
        assert told_one.shown is not None
        for each in told_one.shown.passages:
            said = re.sub(
                r"\[U\+[0-9A-F]+\]|[\W\d_]+", "", "".join((text_of_markup(each.markup), *each.links))
            )
            assert "kaeuferprivatmail" not in said


def test_a_long_name_of_a_file_keeps_its_ending() -> None:
    exchange = Exchange()
    name = "rechnung " + "lang " * 60 + ".pdf.exe"
    exchange.mail(f'From: a@b.example\r\nContent-Type: application/pdf; name="{name}"\r\n\r\nx'.encode())
    (file,) = files_of(told(exchange))
    assert file.name.startswith("rechnung lang")
    assert file.name.endswith("lang .pdf.exe")
    assert len(file.name) == 200
    original = exchange.transcript(with_originals=True).messages[0].original
    assert original is not None
    assert original.files[0][0] == file.name


def test_parts_of_an_original_are_told_as_text_or_as_its_attachments() -> None:
    exchange = Exchange()
    exchange.mail(rich_mail(), findings=[["protected-masked", "note", "part:1.2", 1]])
    exchange.mail(rich_mail())
    exchange.mail(b"Content-Type: application/pdf\r\n\r\nx", findings=[["x", "note", "part:1", 1]])
    mixed, unfound, lone = exchange.transcript().messages
    assert dict(mixed.parts) == {"1.1.1": 0, "1.1.2": 0, "1.2": 1, "1.3": 2, "1.4": 3, "1.5": 4}
    assert dict(unfound.parts) == {}
    assert dict(lone.parts) == {"1": 1}


class TestWhatIsNotMaskedAnew:
    def test_of_many_attempts_by_strangers_the_latest_are_shown_and_the_others_listed(self) -> None:
        exchange = Exchange()
        link = '{"commitments": {"original": "c0ffee"}}'
        for _ in range(MAX_ATTEMPTS + 2):
            exchange.mail(text_mail("spam"), State.REFUSED, author=None, codes=("stranger",), link=link)
        first, second, third, *_ = exchange.transcript().messages
        assert (first.problem, first.original_commitment, first.codes) == (
            "one-of-many",
            "c0ffee",
            ("stranger",),
        )
        assert (second.shown, third.problem, text_of(third)) == (None, "", "spam")
        page = exchange.page()
        assert page.count("c0ffee") == 2
        assert first.original_key in page

    def test_what_waits_for_a_reviewer_is_shown_before_later_attempts(self) -> None:
        exchange = Exchange()
        exchange.mail(text_mail("decide me"), State.HELD, author=None)
        for _ in range(MAX_ATTEMPTS):
            exchange.mail(text_mail("spam"), State.REFUSED, author=None)
        held, first, *_ = exchange.transcript().messages
        assert (text_of(held), first.problem) == ("decide me", "one-of-many")

    def test_the_original_of_a_listed_attempt_is_not_read(self) -> None:
        exchange = Exchange()
        listed = exchange.mail(text_mail("spam"), State.REFUSED, author=None)
        for _ in range(MAX_ATTEMPTS):
            exchange.mail(text_mail("spam"), State.REFUSED, author=None)
        asked: list[str] = []

        def stored(key: str) -> bytes | None:
            asked.append(key)
            return exchange.objects.get(key)

        build(
            exchange.conversation,
            exchange.parties,
            exchange.history,
            stored,
            exchange.mask,
            relay_domain=RELAY_DOMAIN,
            generated_at=exchange.now,
        )
        assert asked
        assert not [key for key in asked if key.startswith(listed.folder)]

    def test_a_large_mail_by_a_stranger_is_listed_with_its_hash(self) -> None:
        exchange = Exchange()
        large = text_mail("x" * MAX_UNPROVED)
        exchange.mail(large, State.REFUSED, author=None)
        exchange.mail(large, State.HELD)
        stranger, party = exchange.transcript().messages
        assert (stranger.problem, len(stranger.original_digest)) == ("too-large-to-mask", 64)
        assert party.problem == ""

    def test_strangers_use_up_no_more_than_their_share_of_a_page(self) -> None:
        exchange = Exchange()
        for _ in range(5):
            exchange.mail(text_mail("x" * 900_000), State.REFUSED, author=None)
        problems = [each.problem for each in exchange.transcript().messages]
        assert problems == ["", "", "", "one-of-many", "one-of-many"]


def test_attachments_of_a_mail_that_was_composed_and_never_went_out_have_no_key() -> None:
    exchange = Exchange()
    message = exchange.mail(rich_mail(), State.HELD, author=Role.SELLER)
    exchange.objects[message.folder + RELAYED] = rich_mail()
    exchange.objects[content_key(message.folder)] = content_of(rich_mail())
    made = told(exchange)
    assert {each.key for each in files_of(made)} == {""}
    assert made.relayed_key == ""
