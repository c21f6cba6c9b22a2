"""What a reader sees of a text: the fast tests see the same as the slow way does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.masking.readings import glance, plain
from parley.masking.views import View

PIECES = (
    *(
        "anna",
        "Ä",
        "\u0430",
        "\u0440",
        "·",
        "@",
        "privatmail.example",
        " ",
        "\n",
        "\u00a0",
        "…",
        "€",
        "½",
        "ﬁ",
    ),
    *("&amp;", "&#64;", "&#x430;", "&copy", "\\u0041", "\\x41", "\\n", "\u00ad", "\u200b\u200d", "\uff41"),
    *("e\u0301", "漢字", "İ", "„“", "x & y", "\\", "\x01"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_a_glance_shows_what_the_plain_view_shows(text: str) -> None:
    assert glance(text).text == plain(View(text)).text


@pytest.mark.parametrize("text", ["Grüße aus Köln, 5,00 € – „bald“", "plain <ASCII> + 100 %\r\n"])
def test_a_western_text_reads_as_it_is_written(text: str) -> None:
    view = View(text)
    assert plain(view) is view


@pytest.mark.parametrize(
    "text", ["priv&#1072;tmail", "priv\\u0430tmail", "priv\u0430tmail", "ä priv&#1072;tmail"]
)
def test_a_letter_that_looks_alike_is_seen_however_it_is_written(text: str) -> None:
    assert plain(View(text)).text.endswith("privatmail")
