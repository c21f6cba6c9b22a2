"""HTML: readable afterwards, without what runs, loads or reveals."""

import pytest

from parley.masking.hypertext import mask_html
from parley.masking.views import TooComplexError
from tests.unit.masking.test_text import ALIAS, OWN_DOMAIN

MAILBOX = "anna.kaeufer@privatmail.example"


def masked(html: str, **content_ids: str) -> str:
    return mask_html(html, OWN_DOMAIN, content_ids).text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<b>{MAILBOX}</b>bitte", f"<b>{ALIAS}</b>bitte"),
        (f"<i>x</i><b>{MAILBOX}</b>", f"<i>x</i><b>{ALIAS}</b>"),
        ("anna.kaeufer<b>@</b>privatmail<wbr>.example", f"{ALIAS}<b></b><wbr>"),
        ("<b>third@web.example</b>bitte", "<b>***@***</b>bitte"),
        ('<a href="mailto:third@web.example">x</a>', "<a>x</a>"),
        (f'<a href="mailto:{MAILBOX}">x</a>', f'<a href="mailto:{ALIAS}">x</a>'),
        ('<img src="cid:a@b" alt="x">', '<img src="cid:new" alt="x">'),
        ('<img src="https://t.example/p.gif" alt="x">', '<img alt="x">'),
        ('<img src="https://t.example/p.gif">', ""),
        ('<p style="margin:0;background:url(//t.example/p)">x</p>', '<p style="margin:0">x</p>'),
        ('<a href="//shop.example/a">x</a>', '<a href="https://shop.example/a">x</a>'),
        ('<a href="www.shop.example/a">x</a>', '<a href="http://www.shop.example/a">x</a>'),
        ('<a href="javascript:alert(1)" onclick="x()">x</a>', "<a>x</a>"),
        ("<math><mi>x</mi><mo>=</mo><mn>5</mn></math> <map>y</map>", "x=5 <map>y</map>"),
        (f"<svg><g><text>Größe {MAILBOX}</text></g></svg>", f"Größe {ALIAS}"),
        (f"{MAILBOX}<a>Artikel</a> ansehen", f"{ALIAS}<a>Artikel</a> ansehen"),
        ("<script>x</script><style>p{}</style><!-- x --><title>x</title>y", "y"),
    ],
)
def test_html_is_sanitised_and_masked(html: str, expected: str) -> None:
    assert masked(html, **{"a@b": "new"}) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<table border="0" cellpadding="4"><tbody><tr><td colspan="2" style="padding:4px">x</td></tr>'
        "</tbody></table>",
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex" type="cite">x</blockquote>',
        '<div dir="rtl" lang="he" id="a" class="b">x</div>',
        "<pre>a\n\n\nb</pre>",
        '<font color="red" face="Arial">5 &lt; 6 &amp; 7&nbsp;€</font>',
        '<a href="https://shop.example/a?b=1&amp;c=2#d" target="_blank">x</a>',
        '<img src="data:image/png;base64,iVBORw0KGgo=" alt="x">',
    ],
)
def test_layout_stays(html: str) -> None:
    assert masked(html) == html


def test_text_that_the_sanitiser_swallows_is_sent_as_text() -> None:
    result = mask_html(f"<p>Hallo</p><math><style>Wichtig: {MAILBOX} und mehr", OWN_DOMAIN, {})
    assert not result.is_html
    assert f"Wichtig: {ALIAS} und mehr" in result.text


def test_html_sent_as_text_keeps_table_cells_apart() -> None:
    result = mask_html(
        "<math><style>x und mehr und mehr<table><tr><td>47</td><td>11</td></tr>", OWN_DOMAIN, {}
    )
    assert "47\t11" in result.text


@pytest.mark.parametrize("piece", ["<div>", "<", "&", "\xad", "<p a=b c=d "])
def test_html_that_would_take_a_parser_too_long_is_refused(piece: str) -> None:
    with pytest.raises(TooComplexError):
        mask_html(piece * 250_000, OWN_DOMAIN, {})
