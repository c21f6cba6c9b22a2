"""Encoded runs: what is found in them, and that a long text of them is read only once."""

import gzip
import hashlib
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import pybase64
import pytest

from parley.mail.address import Mailbox
from parley.masking import revealing
from parley.masking.encoded import encoded_hits, some_run_reveals
from parley.masking.matcher import Matcher
from parley.masking.text import mask_text
from parley.masking.views import View
from tests.golden.pipeline import BUYER_TO_SELLER, protected_for

MAILBOX = "anna.kaeufer@privatmail.example"


@pytest.fixture
def matcher() -> Matcher:
    return Matcher(protected_for(BUYER_TO_SELLER), "relay.example")


@pytest.fixture
def decodings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many octets each call of the decoder was given."""
    sizes: list[int] = []
    decode = pybase64.b64decode

    def counted(octets: bytes) -> bytes:
        sizes.append(len(octets))
        return decode(octets)

    monkeypatch.setattr(revealing.pybase64, "b64decode", counted)
    return sizes


def run(text: str) -> str:
    return run_of(text.encode())


def run_of(octets: bytes) -> str:
    return b64encode(octets).decode().rstrip("=")


def test_a_mailbox_far_behind_a_domain_that_only_looks_like_hers_is_found(matcher: Matcher) -> None:
    text = run(f"xprivatmail.example {'.' * 3_000} {MAILBOX}")
    assert [(hit.start, hit.end) for hit in encoded_hits(View(text), matcher)] == [(0, len(text))]


def test_only_the_runs_with_something_in_them_are_replaced(matcher: Matcher) -> None:
    runs = [
        run(f"Zeile {number} {MAILBOX if number == 40 else 'ohne alles Weitere'}") for number in range(60)
    ]
    text = "\n".join(runs)
    hits = list(encoded_hits(View(text), matcher))
    assert [text[hit.start : hit.end] for hit in hits] == [runs[40]]


def test_a_mailbox_in_utf_16_within_a_run_is_found(matcher: Matcher) -> None:
    assert some_run_reveals(b64encode(MAILBOX.encode("utf-16-le")).decode(), matcher)


def test_letters_above_ascii_do_not_move_the_place_of_a_run(matcher: Matcher) -> None:
    text = f"Grüße 漢字 {run(MAILBOX)} Ende"
    (hit,) = encoded_hits(View(text), matcher)
    assert text[: hit.start] == "Grüße 漢字 "
    assert text[hit.end :] == " Ende"


def test_a_run_that_was_read_is_not_read_again(matcher: Matcher, decodings: list[int]) -> None:
    text = "\n".join(run(f"Zeile {number} ohne alles Weitere") for number in range(500))
    assert not some_run_reveals(text, matcher)
    assert decodings
    decodings.clear()
    assert not some_run_reveals(text, matcher)
    assert decodings == []


def test_a_text_of_encoded_lines_is_decoded_in_proportion(matcher: Matcher, decodings: list[int]) -> None:
    lines = [
        run(f"{'Zeile':<20}{number:>12} {MAILBOX if number % 50 == 0 else ''}") for number in range(1_000)
    ]
    masked = mask_text("\r\n".join(lines) + f"\r\n{MAILBOX} =3D %41", matcher)
    assert masked.text.count("masked") >= 20
    assert sum(decodings) < 60 * len("".join(lines))


WORDS = " viele liebe Grüße aus dem schönen München und bis bald, deine Anna "


def lines(coded: str, width: int) -> list[str]:
    return [coded[start : start + width] for start in range(0, len(coded), width)]


@pytest.mark.parametrize("width", [8, 11, 20, 39, 40, 64, 76])
@pytest.mark.parametrize("line_end", ["\r\n", "\r\n\r\n", "\n> ", " \r\n> \r\n> ", "\n\n\n\xa0"])
@pytest.mark.parametrize("digits", [False, True])
def test_a_run_that_line_ends_break_is_replaced_as_a_whole(
    width: int, line_end: str, digits: bool, matcher: Matcher
) -> None:
    octets = (WORDS + MAILBOX + WORDS).encode()
    coded = octets.hex() if digits else b64encode(octets).decode().rstrip("=")
    masked = mask_text(f"Hallo,{line_end}{line_end.join(lines(coded, width))}{line_end}Gruß", matcher).text
    left = "".join(masked.split()).replace(">", "")
    assert masked.startswith("Hallo,")
    assert masked.endswith("Gruß")
    assert "masked" in masked
    assert not some_run_reveals(left, matcher)


def test_words_in_lines_of_their_own_around_a_broken_run_stay(matcher: Matcher) -> None:
    coded = lines(run(WORDS + MAILBOX + WORDS), 20)
    text = "\n".join(("Bestellnummer", "Zahlungsart", *coded[:-1], "Lieferadresse"))
    assert mask_text(text, matcher).text == "Bestellnummer\nZahlungsart\nmasked\nLieferadresse"


def test_lines_of_single_words_stay_as_they_are(matcher: Matcher) -> None:
    text = "\r\n".join(("Bestellnummer", "Zahlungsart", "PayPal2024", "Lieferadresse") * 50)
    assert mask_text(text, matcher).text == text


@pytest.fixture
def at_provider() -> Matcher:
    """Of a party whose domain is everybody's."""
    return Matcher(
        protected_for(BUYER_TO_SELLER, buyer=Mailbox("anna.schmidt", "gmail.com")), "relay.example"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Unsubscribed 00{run('anna.schmidt@gmail.com')}", "Unsubscribed masked"),
        (f"{run('1 anna.schmidt@gmail.com')}a Unsubscribed", "masked Unsubscribed"),
    ],
)
def test_characters_beside_the_whole_groups_of_a_run_hide_nothing(
    text: str, shown: str, at_provider: Matcher
) -> None:
    assert mask_text(text, at_provider).text == shown


@pytest.mark.parametrize("before", ["x", " x"])
def test_a_run_that_lost_its_first_characters_is_found(before: str, at_provider: Matcher) -> None:
    # What is left of the first octets is no letter.
    coded = run(f"{before}anna.schmidt@gmail.com")[len(before) :]
    assert mask_text(f"þ{coded}", at_provider).text == "þmasked"


def test_runs_with_mailboxes_of_others_at_the_same_provider_stay(at_provider: Matcher) -> None:
    text = f"{run('berta@gmail.com')} {run('carla@gmail.com')}"
    assert mask_text(text, at_provider).text == text


def test_a_run_in_a_subject_that_was_folded_is_found(matcher: Matcher) -> None:
    first, second = lines(run(MAILBOX), 24)
    assert mask_text(f"Re: {first} {second}, bitte", matcher).text == "Re: masked, bitte"


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_a_mailbox_in_a_compressed_token_is_found(
    compress: Callable[[bytes], bytes], matcher: Matcher
) -> None:
    token = urlsafe_b64encode(compress(f'{{"to":"{MAILBOX}"}}'.encode())).decode().rstrip("=")
    assert mask_text(f"https://t.example/c/{token}?x=1", matcher).text == "https://t.example/c/masked?x=1"


def test_a_compressed_token_that_lost_its_end_is_read_all_the_same(matcher: Matcher) -> None:
    token = run_of(zlib.compress(f"{MAILBOX} {WORDS * 3}".encode())[:-20])
    assert some_run_reveals(token, matcher)


def test_of_a_compressed_token_only_its_beginning_is_read(matcher: Matcher) -> None:
    bomb = zlib.compress(bytes(5_000_000) + MAILBOX.encode())
    assert not some_run_reveals(run_of(bomb), matcher)


@pytest.mark.parametrize(
    "written",
    [
        "anna.k@m%C3%BCller-tee.de",
        "anna.k@m%FCller-tee.de",
        "anna.k@müller-tee.de",
        "anna.k@xn--mller-tee-q9a.de",
        "".join(f"&#{ord(char)};" for char in "anna.k@müller-tee.de"),
        "".join(f"%{octet:02X}" for octet in "anna.k@müller-tee.de".encode()),
    ],
)
def test_a_mailbox_behind_escapes_within_a_run_is_found(written: str) -> None:
    matcher = Matcher(
        protected_for(BUYER_TO_SELLER, buyer=Mailbox("anna.k", "xn--mller-tee-q9a.de")), "relay.example"
    )
    assert some_run_reveals(run(written), matcher)


@pytest.mark.parametrize(
    "token", [run(MAILBOX).encode().hex(), MAILBOX.encode().hex("-"), run(MAILBOX.encode().hex())]
)
def test_hexadecimal_digits_hide_nothing(token: str, matcher: Matcher) -> None:
    assert mask_text(f"https://t.example/?t={token}&x=1", matcher).text == "https://t.example/?t=masked&x=1"


def test_the_digest_of_a_mailbox_at_a_long_domain_is_found() -> None:
    mailbox = Mailbox("anna", "a-domain-of-many-letters.privatmail.example")
    matcher = Matcher(protected_for(BUYER_TO_SELLER, buyer=mailbox), "relay.example")
    digest = hashlib.md5(str(mailbox).encode(), usedforsecurity=False).hexdigest()
    assert mask_text(f"https://t.example/{digest}.png", matcher).text == "https://t.example/masked.png"
