"""Two mail programs write to each other, and every mail on the way is looked at."""

from email.message import EmailMessage
from email.policy import SMTP

from tests.programs.desk import Desk, MailProgram
from tests.programs.threads import assert_answers, assert_hides, text_of

ROUNDS = 3
SUBJECT = "Two cups, one broken"
BY_HAND = "<1@laptop.example>"
"""The Message-ID of `hypertext_mail`."""


def exchange(buyer: MailProgram, seller: MailProgram, conversation: str) -> None:
    """Both write three times, in turn, and each says their own mailbox every time."""
    author, reader = buyer, seller
    for number in range(2 * ROUNDS):
        words = f"These are words {number}. Write to {author.desk.mailbox}.\n"
        if number == 0:
            author.write(SUBJECT, words)
        else:
            author.reply(words)
        mail = reader.desk.arrived(number // 2 + 1)
        said = text_of(mail)
        assert mail["From"].addresses[0].addr_spec == reader.desk.writes_to
        assert mail["Subject"].removeprefix("Re: ") == SUBJECT
        assert f"These are words {number}. Write to {reader.desk.writes_to}." in said
        assert_hides(mail, author.desk)
        if number > 0:
            assert_answers(mail, reader.desk, conversation)
            assert_quotes(said, number, reader.desk)
        author, reader = reader, author


def assert_quotes(said: str, number: int, reader: Desk) -> None:
    """What was said before is quoted, each time deeper; and where the quoted header named the mailbox of who
    now writes, their alias stands."""
    quoted = [line for line in said.splitlines() if line.startswith(">")]
    for earlier in range(number):
        (line,) = [line for line in quoted if f"words {earlier}." in line]
        assert line.replace(" ", "").count(">") == number - earlier
    assert f"> To: {reader.writes_to}" in quoted


def hypertext_mail(author: Desk, hypertext: str) -> bytes:
    """A first mail that is HTML only; none of the programs here would write it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = author.mailbox, author.writes_to, SUBJECT
    mail["Message-ID"] = BY_HAND
    mail.set_content(hypertext, subtype="html")
    return mail.as_bytes()
