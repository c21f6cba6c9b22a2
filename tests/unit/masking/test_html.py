"""HTML: readable afterwards, without what runs, loads or reveals."""

import html as entities
import re
from base64 import b64encode

import pytest

from parley.masking.attributes import TAGS
from parley.masking.encoded import some_run_reveals
from parley.masking.hypertext import mask_html
from parley.masking.views import TooComplexError
from parley.masking.visible import GONE
from tests.unit.masking.test_text import ALIAS, OWN_DOMAIN

MAILBOX = "anna.kaeufer@privatmail.example"
STANDARD = frozenset(
    """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink
    blockquote br button canvas caption center cite code col colgroup command content data datalist dd
    del details dfn dialog dir div dl dt embed em fencedframe fieldset figcaption figure font footer
    form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr i iframe image img input ins isindex kbd
    keygen label layer legend li link listing main map mark marquee menu menuitem meta meter multicol
    nav nextid nobr noembed noframes noscript object ol optgroup option output p param picture plaintext
    portal pre progress q rb rp rt rtc ruby s samp script search section select shadow slot small source
    spacer span strike strong style sub summary sup table tbody td template textarea tfoot th thead time
    title tr track tt u ul var video wbr xmp
    """.split()  # noqa: SIM905
)
"""Every element that a version of HTML or a browser had, except `html` and `body`."""
NOT_IN_LINE = {
    *("form", "dialog", "search", "marquee", "listing", "textarea", "xmp", "plaintext", "fieldset", "legend"),
    *("button", "select", "option", "optgroup", "datalist", "meter", "progress", "output", "isindex"),
    *(
        "object",
        "applet",
        "embed",
        "iframe",
        "video",
        "audio",
        "canvas",
        "noscript",
        "input",
        "keygen",
        "image",
    ),
}
"""Those that a browser shows as a block, as a control or as a frame."""
WORDS = {
    **{name: ["eins", "zweidrei"] for name in ("embed", "input", "keygen", "image")},  # without content
    "iframe": ["eins", "drei"],
    "plaintext": ["eins", "zwei</plaintext>drei"],
}
_TAG_OF_BLOCK = re.compile(r"</?(?:div|pre|p|fieldset|legend)(?: [^>]*)?>")


def _words(html: str) -> list[str]:
    return entities.unescape(re.sub("<[^>]*>", "", html)).split()


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
        ('<img src="https://t.example/p.gif">', " "),
        ('<p style="margin:0;background:url(//t.example/p)">x</p>', '<p style="margin:0">x</p>'),
        ('<a href="//shop.example/a">x</a>', '<a href="https://shop.example/a">x</a>'),
        ('<a href="www.shop.example/a">x</a>', '<a href="http://www.shop.example/a">x</a>'),
        ('<a href="javascript:alert(1)" onclick="x()">x</a>', "<a>x</a>"),
        ("<math><mi>x</mi><mo>=</mo><mn>5</mn></math> <map>y</map>", "x=5 <map>y</map>"),
        (f"<svg><g><text>Größe {MAILBOX}</text></g></svg>", f"  Größe {ALIAS}  "),
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
        '<img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7" alt="x">',
        '<p hidden="">x</p>',
        "<fieldset><legend>Größe</legend><label>M</label><nobr>47 11</nobr></fieldset>",
    ],
)
def test_layout_stays(html: str) -> None:
    assert masked(html) == html


@pytest.mark.parametrize("name", sorted(NOT_IN_LINE - TAGS))
def test_words_around_an_element_that_does_not_go_out_stay_apart(name: str) -> None:
    lines = _TAG_OF_BLOCK.sub("\n", masked(f"eins<{name} class=x>zwei</{name}>drei"))
    assert _words(lines) == WORDS.get(name, ["eins", "zwei", "drei"])


@pytest.mark.parametrize("name", sorted(STANDARD - NOT_IN_LINE - TAGS - GONE))
def test_words_that_a_browser_shows_as_one_stay_one(name: str) -> None:
    assert _words(masked(f"eins<{name}>zwei</{name}>drei")) == ["einszweidrei"]


@pytest.mark.parametrize("name", sorted({*STANDARD, "custom-element", "form\x0b", "option/"} - TAGS))
def test_no_element_goes_out_that_is_not_listed(name: str) -> None:
    cleaned = masked(f"<p>eins<{name} title='<{name}>'><{name}>zwei</{name}></{name}>drei")
    assert set(re.findall(r"<([^\s/>]+)", cleaned)) <= TAGS


def test_markup_within_a_verbatim_element_is_text() -> None:
    cleaned = masked("<xmp><script>x()</script></xmp><textarea></textarea><img src=x onerror=x()></textarea>")
    assert "<script" not in cleaned
    assert "onerror" not in cleaned
    assert "&lt;script&gt;x()" in cleaned


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<form action="u" class="a" style="color:red">x</form>', '<div class="a" style="color:red">x</div>'),
        (
            "<table><form><tr><td>x</td></tr></form></table>",
            "<table> <tbody><tr><td>x</td></tr></tbody></table>",
        ),
        ("<select><option>S<option>M</select>", " <span> <span>S</span>  <span>M</span> </span> "),
        ('<x-line style="display:block">x</x-line>', '<span style="display:block">x</span>'),
        ("<object data=u><param name=a>Ersatz</object>", " <span>Ersatz</span> "),
        ("<noscript><p>Bitte <b>hier</b></p></noscript>", " <p>Bitte <b>hier</b></p> "),
        ("<svg><text>19</text><text>Uhr</text></svg>", "  19  Uhr  "),
        ("<svg><text>Grö<tspan>ße</tspan> <tspan dy='1'>M</tspan></text></svg>", "  Größe  M  "),
    ],
)
def test_what_stands_in_an_elements_place_keeps_its_looks(html: str, expected: str) -> None:
    assert masked(html) == expected


@pytest.mark.parametrize("name", ["label", "nobr", "x-word", "rb"])
def test_a_mailbox_that_an_element_divides_is_found(name: str) -> None:
    local_part, _, domain = MAILBOX.partition("@")
    assert ALIAS in masked(f"{local_part}<{name}>@{domain}</{name}>")


@pytest.mark.parametrize(
    "html",
    [
        "<body background='https://t.example/b.png'>x",
        "<table background='//t.example/b.png'><tr><td>x</table>",
        "<table><tr><td background=https://t.example/b.png>x</table>",
        "<p style='background:#fff url(https://t.example/b.png)'>x",
        '<p style="background-image:url(&quot;//t.example/b.png&quot;)">x',
        "<style>p { background: url('https://t.example/b.png') }</style>x",
        "<style>@import 'https://t.example/a.css';</style>x",
        "<style>@font-face { src: url(//t.example/a.woff) }</style>x",
        "<link rel=stylesheet href='https://t.example/a.css'>x",
        "<script src='https://t.example/a.js'></script>x",
        "<img src='https://t.example/a.png'>x",
        "<img src='cid:a@b' srcset='https://t.example/a.png 2x'>x",
        "<img lowsrc='https://t.example/a.png'>x",
        "<image src='https://t.example/a.png'>x",
        "<picture><source srcset='https://t.example/a.webp'></picture>x",
        "<input type=image src='https://t.example/a.png'>x",
        "<video poster='https://t.example/a.png'></video>x",
        "<video src='https://t.example/a.mp4'></video>x",
        "<audio><source src='https://t.example/a.mp3'></audio>x",
        "<iframe src='https://t.example/'></iframe>x",
        "<embed src='https://t.example/'>x",
        "<object data='https://t.example/'></object>x",
        "<svg><image href='https://t.example/a.png'/></svg>x",
        "<svg><use xlink:href='https://t.example/a.svg#b'/></svg>x",
        "<!--[if mso]><v:fill src='https://t.example/a.png'/><![endif]-->x",
    ],
)
def test_remote_content_that_goes_is_told(html: str) -> None:
    result = mask_html(html, OWN_DOMAIN, {"a@b": "new"})
    assert "t.example" not in result.text
    assert result.remote


@pytest.mark.parametrize(
    "html",
    [
        "<a href='https://shop.example/'>x</a>",
        "<img src='cid:a@b'>",
        "<table background='cid:a@b'><tr><td>x</table>",
        "<p style='background:url(cid:a@b)'>x",
        "<body background='cid:a@b'>x",
        "<link rel=File-List href='cid:filelist.xml@1'>x",
        "<svg><use href='#a'/></svg>x",
        "<style>p { color: red }</style><p style='width:calc(1px + 1px)'>url(https://t.example)",
    ],
)
def test_what_loads_nothing_from_elsewhere_is_not_told(html: str) -> None:
    assert not mask_html(html, OWN_DOMAIN, {"a@b": "new"}).remote


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<table background="cid:a@b"></table>', '<table background="cid:new@relay.example"></table>'),
        ('<body background="cid:a@b">x', '<html><body background="cid:new@relay.example">x</body></html>'),
        (
            "<p style=\"background:red url('cid:a@b') no-repeat;margin:0\">x</p>",
            '<p style="background:red url(&quot;cid:new@relay.example&quot;) no-repeat;margin:0">x</p>',
        ),
        ('<p style="background-image:url(cid:unknown);margin:0">x</p>', '<p style="margin:0">x</p>'),
    ],
)
def test_the_mails_own_pictures_stay_behind_text(html: str, expected: str) -> None:
    assert masked(html, **{"a@b": "new@relay.example"}) == expected


@pytest.mark.parametrize("encoded", ["", "YW5uYS5rYWV1ZmVyQHByaXZhdG1haWwuZXhhbXBsZQ"])
def test_a_pictures_new_name_is_no_mailbox_to_be_masked(encoded: str) -> None:
    html = f'<p style="background-image:url(cid:a@b)" class="{encoded}">x</p>'
    assert "cid:new@relay.example" in masked(html, **{"a@b": "new@relay.example"})


def test_words_around_a_picture_that_goes_stay_apart() -> None:
    assert _words(masked("Rot<img src=//t.example/a.gif alt=''>Grün")) == ["Rot", "Grün"]


def test_angle_brackets_in_values_are_no_missing_text() -> None:
    # Apple Mail writes the Content-ID of a picture so.
    page = '<div>Foto: <img alt="IMG_1.jpeg" id="<5A1B2C3D-0000-4E5F@example>" src="cid:a@b"> Ende</div>'
    result = mask_html(page, OWN_DOMAIN, {"a@b": "new"})
    assert result.is_html
    assert 'src="cid:new"' in result.text


def test_text_that_the_sanitiser_swallows_is_sent_as_text() -> None:
    result = mask_html(f"<p>Hallo</p><math><style>Wichtig: {MAILBOX} und mehr", OWN_DOMAIN, {})
    assert not result.is_html
    assert f"Wichtig: {ALIAS} und mehr" in result.text


def test_html_sent_as_text_keeps_table_cells_apart() -> None:
    result = mask_html(
        "<math><style>x und mehr und mehr<table><tr><td>47</td><td>11</td></tr>", OWN_DOMAIN, {}
    )
    assert "47\t11" in result.text


@pytest.mark.parametrize("piece", ["<div>", "<", "<p a=b c=d "])
def test_html_that_would_take_a_parser_too_long_is_refused(piece: str) -> None:
    with pytest.raises(TooComplexError):
        mask_html(piece * 250_000, OWN_DOMAIN, {})


@pytest.mark.parametrize(
    "line",
    [
        "<div>{}</div>",
        "<div><span>{}</span></div>\r\n",
        "<p>{}</p>",
        "{}<br>\r\n",
        "<table><tr>\n<td><p>{}</p></td>\n</tr></table>\n",
    ],
)
@pytest.mark.parametrize("before", [0, 40, 44, 49])
def test_an_encoded_run_with_each_line_in_an_element_is_found_wherever_it_stands(
    line: str, before: int
) -> None:
    coded = b64encode(f"{'Zeile ' * 8 * before} {MAILBOX} {'und mehr ' * 30}".encode()).decode()
    lines = [coded[start : start + 76] for start in range(0, len(coded), 76)]
    masked = mask_html("".join(map(line.format, lines)), OWN_DOMAIN, {}).text
    left = re.sub(r"<[^>]*>|\s", "", masked)
    assert "masked" in left
    assert not some_run_reveals(left, OWN_DOMAIN)
