"""Damaged mails: what gateways, bad programs and attackers make of good ones."""

import base64
from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.mails import Case, random_mail
from tests.fuzz.parties import PAIRS, Parties

Mutation = Callable[[bytes, Random, str], bytes]
_NASTY = (
    *(
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"\0",
        b"=",
        b"=\r\n",
        b"--",
        b"\r\n--",
        b"--\r\n",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x1b$B",
    ),
    *(
        b'"',
        b"<",
        b">",
        b"<!--",
        b"-->",
        b"&",
        b"&#",
        b"%",
        b"%25",
        b"=?utf-8?b?",
        b"?=",
        b"+A",
        b"\x80",
        b"@",
        b"\\",
    ),
    *(
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Type: text/html\r\n",
        b"Content-Type: message/rfc822\r\n",
    ),
    *(
        b"; charset=utf-16",
        b"; charset=utf-7",
        b"; charset=iso-2022-jp",
        b"; charset=",
        b"boundary=x;",
        b"\r\n ",
    ),
    *(
        b"<style>",
        b"</title>",
        b"<math><style>",
        b"<svg>",
        b"<plaintext>",
        b"<![CDATA[",
        b"begin 644 a\n",
        b"====",
    ),
    *(
        "\u202e".encode(),
        "\u200d".encode(),
        "＠".encode(),
        b"multipart/mixed; boundary=",
        b"; format=flowed; delsp=yes",
    ),
)


def _insert(raw: bytes, chance: Random, _: str) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(_NASTY) + raw[at:]


def _replace(raw: bytes, chance: Random, _: str) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(_NASTY) + raw[at + chance.randint(1, 8) :]


def _cut(raw: bytes, chance: Random, _: str) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _drop_line(raw: bytes, chance: Random, _: str) -> bytes:
    lines = raw.splitlines(keepends=True)
    at = chance.randrange(max(1, len(lines)))
    return b"".join(lines[:at] + lines[at + chance.randint(1, 3) :])


def _repeat_line(raw: bytes, chance: Random, _: str) -> bytes:
    lines = raw.splitlines(keepends=True)
    at = chance.randrange(max(1, len(lines)))
    return b"".join(lines[:at] + lines[at : at + 1] * chance.choice((2, 2, 50)) + lines[at + 1 :])


def _swap_lines(raw: bytes, chance: Random, _: str) -> bytes:
    lines = raw.splitlines(keepends=True)
    one, other = (chance.randrange(max(1, len(lines))) for _ in range(2))
    if lines:
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _plant(raw: bytes, chance: Random, secret: str) -> bytes:
    """A mailbox anywhere, as it is."""
    at = chance.randrange(len(raw) + 1)
    ways = (
        secret,
        f" {secret} ",
        f"<{secret}>",
        secret.upper(),
        secret.replace("@", "%40"),
        secret.replace("@", "=40"),
    )
    return raw[:at] + chance.choice(ways).encode() + raw[at:]


def _plant_encoded(raw: bytes, chance: Random, secret: str) -> bytes:
    at = chance.randrange(len(raw) + 1)
    text = f"{chance.choice(('', 'x', 'ab'))}{secret}".encode()
    coded = chance.choice(
        (base64.b64encode(text), base64.urlsafe_b64encode(text).rstrip(b"="), text.hex().encode())
    )
    return raw[:at] + coded + raw[at:]


def _other_line_ends(raw: bytes, chance: Random, _: str) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(
        b"\n", chance.choice((b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\n"))
    )


def _flip(raw: bytes, chance: Random, _: str) -> bytes:
    octets = bytearray(raw)
    for _number in range(chance.randint(1, 6) if octets else 0):
        octets[chance.randrange(len(octets))] = chance.randrange(256)
    return bytes(octets)


def _exchange_word(raw: bytes, chance: Random, _: str) -> bytes:
    """One word of MIME for another of its kind."""
    kinds: tuple[tuple[bytes, ...], ...] = (
        (
            b"text/plain",
            b"text/html",
            b"message/rfc822",
            b"multipart/mixed",
            b"application/octet-stream",
            b"text/calendar",
        ),
        (b"base64", b"quoted-printable", b"8bit", b"7bit", b"x-uuencode", b"binary"),
        (b"utf-8", b"iso-8859-1", b"utf-16", b"utf-7", b"iso-2022-jp", b"gb18030", b"us-ascii", b"cp037"),
        (b"attachment", b"inline", b"form-data"),
    )
    kind = chance.choice(kinds)
    present = [word for word in kind if word in raw]
    return raw.replace(chance.choice(present), chance.choice(kind), 1) if present else raw


_MUTATIONS: tuple[Mutation, ...] = (
    *(_insert, _insert, _replace, _cut, _drop_line, _repeat_line, _swap_lines, _plant, _plant, _plant),
    *(_plant_encoded, _other_line_ends, _flip, _exchange_word, _exchange_word),
)


def mutated_mail(chance: Random, corpus: Sequence[bytes]) -> Case:
    """A mail of the corpus or a random one, changed in one to five places."""
    if corpus and chance.random() < 0.5:
        buyer, seller = PAIRS[chance.randrange(2)]
        raw, parties = chance.choice(corpus), Parties(buyer, seller)
    else:
        case = random_mail(chance)
        raw, parties = case.raw, case.parties
    for _ in range(chance.randint(1, 5)):
        raw = chance.choice(_MUTATIONS)(raw, chance, chance.choice((parties.buyer, parties.seller)))
    return Case(raw, parties)
