"""Sanitised HTML as it is read: blocks apart, elements of a line joined, each entity decoded once."""

import pytest

from parley.masking.rendering import as_page, page_text, unescaped


@pytest.mark.parametrize(
    ("cleaned", "shown"),
    [
        ("<p>anna</p><p>schmidt</p>", "\nanna\n\nschmidt\n"),
        ('an<b>na</b>@<span class="x">shop</span>.example', "anna@shop.example"),
        ("a<strong>b</strong>c<br>d<strange>e", "abc\nd\ne"),
        ("a<tt>b</tt><table>c<time>d</time><title>e", "ab\ncd\ne"),
    ],
)
def test_a_page_reads_the_same_as_text_and_as_a_view(cleaned: str, shown: str) -> None:
    assert page_text(cleaned) == shown
    assert as_page(cleaned).text == shown


def test_an_entity_that_another_one_leaves_behind_is_not_decoded_again() -> None:
    assert (
        unescaped("&amp;lt;a&amp;quot; &lt;b&gt;&nbsp;&quot;&#39;&amp;amp;") == "&lt;a&quot; <b>\xa0\"'&amp;"
    )


def test_what_is_found_in_a_page_is_found_in_its_source() -> None:
    cleaned = "<p>x &amp; <b>anna@</b>shop.example</p>"
    view = as_page(cleaned)
    start, end = view.base_span(view.text.index("anna"), view.text.index("example"))
    assert cleaned[start:end] == "anna@</b>shop."
