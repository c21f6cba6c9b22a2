"""No mailbox of anybody in what no masking has seen."""

import time

import pytest

from parley.archive.transcript.strangers import Strangers

HIDDEN = Strangers(frozenset({"relay.example"}))


@pytest.mark.parametrize(
    "written",
    [
        "berta.braun@third-post.example",
        "BERTA@sub.third-post.example",
        "berta@xn--dn-mja.example",
        "bérta@dön.example",
        "berta%40third-post.example",
        "berta&#64;third-post&period;example",
        "berta\uff20third-post\u3002example",
        "ber\u200bta@third\xad-post.example",
        "berta[U+200B]@third-post.example",
        "berta @ third-post.example",
        '"berta b"@third-post.example',
        "berta+shop@third-post.example",
        "berta@[192.0.2.1]",
        "berta@masked.invalid.third-post.example",
        "b-7k2m@relay.example.third-post.example",
    ],
)
def test_a_mailbox_is_hidden_in_every_form(written: str) -> None:
    assert HIDDEN.finds(written)
    assert HIDDEN.over(f"write to <{written}>, or not") == "write to <***@***>, or not"
    assert HIDDEN.over(f"&lt;{written}&gt;") == "&lt;***@***&gt;"


@pytest.mark.parametrize(
    "written",
    [
        "b-7k2m@relay.example",
        "B-7K2M@Relay.Example",
        "help@mail.relay.example",
        "***@***",
        "unknown-author@masked.invalid",
        "Ticket #4711@Q4, 3 @ 2 EUR, @berta, berta@",
        "@example.com",
    ],
)
def test_the_relays_own_and_what_is_no_mailbox_stay(written: str) -> None:
    assert not HIDDEN.finds(written)
    assert HIDDEN.over(written) == written


@pytest.mark.parametrize("between", ["", ",", ";", " ", "\n", "/", "b-7k2m@relay.example"])
def test_mailboxes_side_by_side_are_all_hidden(between: str) -> None:
    text = between.join(["berta@one.example"] * 3)
    assert "one" not in HIDDEN.over(text)
    assert "berta" not in HIDDEN.over(text)


def test_what_stands_before_and_behind_stays() -> None:
    text = "Anna:berta@one.example. And https://x.example/?a=1&to=carl@two.example#end"
    assert HIDDEN.over(text) == "Anna:***@***. And https://x.example/?a=1&to=***@***#end"


@pytest.mark.parametrize(
    "piece", ["@", "a@", "a@b", "a@b.c", "a%2540", "&amp;", "x" * 50, "[U+200B]", '"', "a="]
)
def test_a_long_text_takes_no_longer_than_another(piece: str) -> None:
    began = time.thread_time()
    HIDDEN.over("@b.c" + piece * 40_000 + "@b.c")
    assert time.thread_time() - began < 2
