"""Encoded runs: what is found in them, and that a long text of them is read only once."""

from base64 import b64encode

import pybase64
import pytest

from parley.masking import encoded
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

    monkeypatch.setattr(encoded.pybase64, "b64decode", counted)
    return sizes


def run(text: str) -> str:
    return b64encode(text.encode()).decode().rstrip("=")


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
