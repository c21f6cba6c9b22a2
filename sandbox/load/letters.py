"""The octets of each mail. Pure: the same letter between the same parties gives the same octets."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from sandbox.load.plan import Kind, Letter
from sandbox.ses.verdicts import EICAR, GTUBE
from tests.fuzz.hiding import FIELD, HTML, TEXT, hidden

_LINE = 76
_WAYS_A_MAIL = 6


@dataclass(frozen=True, slots=True)
class Envelope:
    """Between whom: the author's mailbox, the aliases written to, and the other party's mailbox, which the
    author cannot know and a hostile mail names all the same."""

    author: str
    aliases: tuple[str, ...]
    other: str


def subject(letter: Letter) -> str:
    """The beginning of the Subject, by which a mail is known when it arrives."""
    return f"Load {letter.number},"


def attachment(letter: Letter) -> bytes:
    """What a large mail carries: octets of chance, which nothing may change."""
    return Random(letter.number).randbytes(letter.size)  # noqa: S311  # nothing here is a secret


def written(letter: Letter, envelope: Envelope) -> bytes:
    """The mail as its author's program hands it over."""
    return _WRITERS.get(letter.kind, _plain)(letter, envelope)


def _head(letter: Letter, envelope: Envelope, rest: str = "a question") -> str:
    domain = envelope.author.rpartition("@")[2]
    return (
        f"From: {envelope.author}\r\nTo: {', '.join(envelope.aliases)}\r\n"
        f"Subject: {subject(letter)} {rest}\r\nMessage-ID: <{letter.number}@{domain}>\r\n"
        f"Reply-To: {envelope.author}\r\nMIME-Version: 1.0\r\n"
    )


def _text(letter: Letter, envelope: Envelope, extra: str = "") -> str:
    line = f"Please write to {envelope.author} when it is on its way.\r\n"
    return f"{extra}{line * (letter.size // len(line) + 1)}"


def _plain(letter: Letter, envelope: Envelope, extra: str = "", fields: str = "") -> bytes:
    label = "Content-Type: text/plain; charset=utf-8\r\n"
    return f"{_head(letter, envelope)}{fields}{label}\r\n{_text(letter, envelope, extra)}".encode()


def _with_file(letter: Letter, envelope: Envelope, content: bytes, name: str) -> bytes:
    boundary = f"=_load_{letter.number}"
    head = (
        f'{_head(letter, envelope)}Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"It is attached. {envelope.author}\r\n"
        f"--{boundary}\r\nContent-Type: application/octet-stream\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    encoded = base64.b64encode(content)
    lines = b"\r\n".join(encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE))
    return head.encode() + lines + f"\r\n--{boundary}--\r\n".encode()


def _large(letter: Letter, envelope: Envelope) -> bytes:
    return _with_file(letter, envelope, attachment(letter), "measurements.dat")


def _hostile(letter: Letter, envelope: Envelope) -> bytes:
    """Both mailboxes, in the Subject, in a text and in HTML, by the fuzzer's ways of hiding one."""
    chance = Random(letter.number)  # noqa: S311  # nothing here is a secret
    both = (envelope.author, envelope.other)
    boundary = f"=_load_{letter.number}"
    text, html = (
        "\r\n".join(hidden(ways, chance.choice(both), chance) for _ in range(_WAYS_A_MAIL))
        for ways in (TEXT, HTML)
    )
    return (
        f"{_head(letter, envelope, hidden(FIELD, chance.choice(both), chance))}"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--{boundary}--\r\n"
    ).encode()


def _spam(letter: Letter, envelope: Envelope) -> bytes:
    return _plain(letter, envelope, extra=f"{GTUBE.decode()}\r\n")


def _virus(letter: Letter, envelope: Envelope) -> bytes:
    return _plain(letter, envelope, extra=f"{EICAR.decode()}\r\n")


def _ambiguous(letter: Letter, envelope: Envelope) -> bytes:
    return _plain(letter, envelope, fields="Content-Type: text/html\r\n")


def _loop(letter: Letter, envelope: Envelope) -> bytes:
    return _plain(letter, envelope, fields="X-Parley-Message: aaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")


def _program(letter: Letter, envelope: Envelope) -> bytes:
    return _with_file(letter, envelope, b"MZ, a program", "invoice.exe")


_WRITERS: Mapping[Kind, Callable[[Letter, Envelope], bytes]] = {
    Kind.LARGE: _large,
    Kind.HUGE: _large,
    Kind.HOSTILE: _hostile,
    Kind.SPAM: _spam,
    Kind.VIRUS: _virus,
    Kind.AMBIGUOUS: _ambiguous,
    Kind.LOOP: _loop,
    Kind.PROGRAM: _program,
}
