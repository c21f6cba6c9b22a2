"""I1 way by way: each way to hide a mailbox that the fuzzer knows, alone in a mail, for awkward parties."""

import base64
import html
from collections.abc import Callable, Iterator

import pytest

from tests.fuzz.hiding import FIELD, HTML, NAME, TEXT
from tests.fuzz.mails import RELAY_MAILBOXES, Case
from tests.fuzz.parties import PAIRS, Parties
from tests.fuzz.target import examine

KEPT = ("Das Paket ist heute angekommen", "Grüße aus Köln")
Write = Callable[[str], str]


def in_text(hide: Write) -> Write:
    return lambda secret: (
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{KEPT[0]}\r\n\r\n{hide(secret)}\r\n\r\n{KEPT[1]}\r\n"
    )


def in_html(hide: Write) -> Write:
    def write(secret: str) -> str:
        body = f"<html><body><p>{KEPT[0]}</p>\r\n<p>{hide(secret)}</p>\r\n<p>{KEPT[1]}</p></body></html>\r\n"
        encoded = base64.encodebytes(body.encode()).decode().replace("\n", "\r\n")
        label = "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        return label + encoded

    return write


def in_field(name: str, hide: Write) -> Write:
    """The text of the mail below tells what must stay."""
    return lambda secret: f"{name}: {hide(secret)}\r\n{in_text(lambda _: '')(secret)}"


def in_name(style: Callable[[str, str], str]) -> Write:
    def write(secret: str) -> str:
        file = (
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment; {style('filename', f'Brief {secret}.bin')}\r\n\r\nAAECAw==\r\n"
        )
        text = in_text(lambda _: "")(secret)
        return f"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n{text}\r\n--x\r\n{file}--x--\r\n"

    return write


def ways() -> Iterator[tuple[str, Write]]:
    yield from ((f"text-{name}", in_text(hide)) for name, hide in TEXT.items())
    yield from ((f"html-{name}", in_html(hide)) for name, hide in HTML.items())
    yield from ((f"html-escaped-{name}", in_html(escaped(hide))) for name, hide in TEXT.items())
    for field in ("Subject", "Comments", "Content-Description", "X-Original-Sender"):
        yield from ((f"{field}-{name}", in_field(field, hide)) for name, hide in FIELD.items())
    yield from ((f"file-name-{name}", in_name(style)) for name, style in NAME.items())


def escaped(hide: Write) -> Write:
    return lambda secret: html.escape(hide(secret))


@pytest.mark.parametrize(("name", "write"), list(ways()), ids=[name for name, _ in ways()])
def test_a_hidden_mailbox_is_masked_and_the_text_around_it_stays(name: str, write: Write) -> None:
    for buyer, seller in PAIRS:
        head = f"From: {buyer}\r\nTo: {RELAY_MAILBOXES['seller']}\r\nMIME-Version: 1.0\r\n"
        for secret in (buyer, seller):
            raw = (head + write(secret)).encode()
            trial = examine(Case(raw, Parties(buyer, seller), texts=KEPT, is_ordinary=True))
            # How fast it is, the benchmark tells; what the gate sees of the unmasked mail, the fuzzer.
            troubles = [trouble for trouble in trial.troubles if trouble.kind not in ("slow", "gate-blind")]
            assert (secret, troubles) == (secret, [])
