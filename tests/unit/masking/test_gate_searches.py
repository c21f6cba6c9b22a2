"""The leak gate's shortcuts: they skip what can hold nothing, and nothing else."""

import re
from random import Random

import pytest

from parley.mail.address import parse_mailbox
from parley.masking.gate_delimiters import delimiters
from parley.masking.gate_needles import Needles
from parley.masking.protected import Identity, Protected

WINDOW = 64 * 1024
NEEDLES = Needles(
    Protected(
        author=Identity(
            mailboxes=frozenset({parse_mailbox("anna.kaeufer@gmail.com")}),
            private_domains=frozenset({"privatmail.example"}),
            alias=parse_mailbox("b-1@relay.example"),
        ),
        recipient=Identity(
            mailboxes=frozenset({parse_mailbox("shop@mueller.example")}),
            private_domains=frozenset(),
            alias=parse_mailbox("s-1@relay.example"),
        ),
        public_contacts=frozenset({"info@privatmail.example"}),
    )
)


@pytest.mark.parametrize("filler", [b"A", b"-", b"\r\n-", b"A" * 76 + b"\r\n"])
def test_a_delimiter_anywhere_around_the_searched_window_is_found(filler: bytes) -> None:
    for offset in range(-12, 12):
        content = (filler * WINDOW)[: WINDOW + offset]
        mail = b"--b\r\n" + content + b"\r\n--b--"
        end = 5 + len(content)
        assert list(delimiters(mail, 0, len(mail), b"--b")) == [(0, 5, False), (end, len(mail), True)]


def test_delimiters_are_found_where_a_plain_search_finds_them() -> None:
    chance = Random(2)
    for _ in range(30):
        pieces = chance.choices((b"A" * 30_000, b"-", b"\r\n-", b"\r\n--b\r\n", b"x\r\n", b"\r\n--c"), k=12)
        mail = b"--b\r\n" + b"".join(pieces) + b"\r\n--b--"
        opened = [max(0, m.start(1) - 2) for m in re.finditer(rb"(?:\A|(?<=\r\n))(--b)\r\n", mail)]
        assert [
            before for before, _, closes in delimiters(mail, 0, len(mail), b"--b") if not closes
        ] == opened


@pytest.mark.parametrize(
    "shown",
    [
        "anna.kaeufer@gmail.com",
        "a.n.n.a.k.a.e.u.f.e.r@googlemail.com",
        f"a.n.n.a.k.a.e.u.f.e.r+{'x' * 64}@gmail.com",
        "annakaeufer%40gmail.com",
        "shop=mueller.example",
        "privatmail.example",
        "someone@privatmail.example",
    ],
)
def test_a_protected_string_far_from_any_other_is_found(shown: str) -> None:
    far = "nothing to see here. " * 1_000
    assert NEEDLES.found(f"{far}{shown} {far}")
    assert NEEDLES.found(f"{far}info@privatmail.example {shown}, info@privatmail.example {far}")


@pytest.mark.parametrize(
    "shown",
    [
        "joanna.kaeufer@gmail.com",
        "anna.kaeufer@gmail.com.evil.example",
        "webshop@mueller.example",
        "shop@mueller.example-gmbh.example",
        "myprivatmail.example",
        "info@privatmail.example",
    ],
)
def test_what_only_ends_or_begins_like_a_protected_string_is_none_however_far(shown: str) -> None:
    far = "nothing to see here. " * 1_000
    assert not NEEDLES.found(f"{far}{shown} {far}{shown}\n{far}")
