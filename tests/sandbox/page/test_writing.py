"""What a party writes becomes a mail as any mail program makes it."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from parley.conversation.parties import Role
from sandbox.accounts import Account
from sandbox.page.forms import Upload
from sandbox.page.writing import MAX_ATTACHMENTS, CannotWriteError, Draft, compose, reply_to
from sandbox.seeding import Correspondent, Person

ANNA = Correspondent(
    Person(
        id="p-1",
        role=Role.BUYER,
        locale="en",
        display_name="Anna Schmidt",
        account=Account("anna@privatmail.example", "secret"),
    ),
    "s-1@relay.example",
)
NOW = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
SES_ID = "0102019a7c3b2f11-5e5f6a1b-8d2c-4f0a-9b1e-3c2d1e0f9a8b-000000@eu-west-1.amazonses.com"


def written(draft: Draft) -> EmailMessage:
    raw, _ = compose(draft, ANNA, now=NOW, unique="u1")
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def heard(*fields: str, body: str = "When?\r\nSoon?") -> bytes:
    return "\r\n".join(["From: Lampenhaus <s-1@relay.example>", *fields, "", body]).encode()


def test_a_new_mail_has_what_mail_programs_write() -> None:
    mail = written(Draft(to="s-1@relay.example", subject="Größe", text="Grüße\r\nAnna"))
    assert {name: str(mail[name]) for name in ("From", "To", "Subject", "Date", "Message-ID")} == {
        "From": "Anna Schmidt <anna@privatmail.example>",
        "To": "s-1@relay.example",
        "Subject": "Größe",
        "Date": "Fri, 04 Sep 2026 16:12:00 +0000",
        "Message-ID": "<u1@privatmail.example>",
    }
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == "Grüße\r\nAnna\r\n"
    assert mail["In-Reply-To"] is None


def test_every_mailbox_in_to_is_a_recipient() -> None:
    raw, recipients = compose(
        Draft(to="a@relay.example, Other <b@relay.example>"), ANNA, now=NOW, unique="u1"
    )
    assert recipients == ("a@relay.example", "b@relay.example")
    assert b"To: a@relay.example, b@relay.example\r\n" in raw


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        (Draft(to=""), "Nobody is in To"),
        (Draft(to="the other side"), "Nobody is in To"),
        (Draft(to="grüße@relay.example"), "ASCII only"),
        (
            Draft(to="a@relay.example", files=(Upload("a", "image", "png", bytes(MAX_ATTACHMENTS + 1)),)),
            "larger than 10 MB",
        ),
    ],
)
def test_what_cannot_be_sent_is_told_with_what_to_change(draft: Draft, text: str) -> None:
    with pytest.raises(CannotWriteError, match=text):
        compose(draft, ANNA, now=NOW, unique="u1")


def test_a_line_end_in_the_subject_makes_no_field() -> None:
    mail = written(Draft(to="a@relay.example", subject="x\r\nBcc: b@relay.example"))
    assert (mail["Subject"], mail["Bcc"]) == ("x Bcc: b@relay.example", None)


def test_an_attachment_arrives_octet_for_octet_under_its_name() -> None:
    content = bytes(range(256))
    mail = written(Draft(to="a@relay.example", files=(Upload("Foto März.png", "image", "png", content),)))
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Foto März.png", content)


def test_a_reply_answers_the_mail_in_its_thread() -> None:
    draft = reply_to(
        heard("Subject: Order", f"Message-ID: <{SES_ID}>", "References: <conversation.c1@relay.example>"),
        ANNA,
    )
    assert (draft.to, draft.subject, draft.in_reply_to) == ("s-1@relay.example", "Re: Order", SES_ID)
    assert draft.references == ("conversation.c1@relay.example", SES_ID)


def test_long_ids_are_written_as_ids() -> None:
    """Python's email makes encoded words of ids that are longer than a line: no program threads by these."""
    references = tuple(f"{number}-{SES_ID}" for number in range(20))
    raw, _ = compose(
        Draft(to="a@relay.example", in_reply_to=SES_ID, references=references), ANNA, now=NOW, unique="u1"
    )
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"=?" not in head
    assert all(f"<{reference}>".encode() in head for reference in (SES_ID, *references))
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("subject", ["Re: Order", "RE: Order", "re:Order"])
def test_a_subject_gets_one_re(subject: str) -> None:
    assert reply_to(heard(f"Subject: {subject}"), ANNA).subject == subject


def test_a_reply_quotes_who_wrote_when_and_what() -> None:
    draft = reply_to(heard("Date: Fri, 04 Sep 2026 16:12:00 +0000", body="When?\r\n\r\n> before"), ANNA)
    assert draft.text == (
        "\n\nOn Fri, 04 Sep 2026 at 16:12, Lampenhaus <s-1@relay.example> wrote:\n> When?\n>\n>> before\n"
    )


def test_a_reply_goes_where_the_author_wants_it() -> None:
    assert reply_to(heard("Reply-To: other@relay.example"), ANNA).to == "other@relay.example"


def test_a_reply_to_ones_own_mail_goes_to_its_recipients() -> None:
    raw = b"From: Anna <anna@privatmail.example>\r\nTo: s-1@relay.example\r\n\r\nHello"
    assert reply_to(raw, ANNA).to == "s-1@relay.example"


def test_a_mail_that_cannot_be_read_can_be_answered_nevertheless() -> None:
    draft = reply_to(b"\x00 no mail", ANNA)
    assert (draft.to, draft.subject, draft.references) == ("", "Re:", ())
