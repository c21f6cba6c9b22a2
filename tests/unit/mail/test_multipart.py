"""Delimiter lines far from each other: nothing is missed where the search skips what cannot hold one."""

from random import Random

import pytest

from parley.mail.multipart import Delimiters

WINDOW = 64 * 1024


def spans(body: bytes, boundary: str) -> list[tuple[int, int]]:
    found, closed = Delimiters().part_spans(body, 0, len(body), boundary)
    assert closed
    return found


@pytest.mark.parametrize("filler", [b"A", b"-", b"\n-", b"A" * 75 + b"\n"])
@pytest.mark.parametrize("boundary", ["b", "-" * 60, "=_" + "x" * 66])
def test_a_delimiter_anywhere_around_the_searched_window_is_found(filler: bytes, boundary: str) -> None:
    opening = f"--{boundary}\n".encode()
    for offset in range(-2 * len(opening) - 4, 8):
        content = (filler * WINDOW)[: WINDOW + offset]
        body = opening + content + f"\n--{boundary}--\n".encode()
        assert spans(body, boundary) == [(len(opening), len(opening) + len(content))]


def test_a_boundary_longer_than_the_searched_window_is_found() -> None:
    boundary = "b-" * WINDOW
    body = f"--{boundary}\nfirst\n--{boundary}\nsecond\n--{boundary}--\n".encode()
    assert [body[start:end] for start, end in spans(body, boundary)] == [b"first", b"second"]


def test_delimiters_are_found_where_a_plain_search_finds_them() -> None:
    chance = Random(1)
    for _ in range(30):
        pieces = [
            b"".join(
                chance.choices((b"A" * 20_000, b"-", b"\n-", b"\n--", b"x\n"), k=chance.randrange(1, 20))
            )
            for _ in range(4)
        ]
        body = b"--b\n" + b"\n--b\n".join(pieces) + b"\n--b--\n"
        assert [body[start:end] for start, end in spans(body, "b")] == pieces
