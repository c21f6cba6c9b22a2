"""What a person reads in a mail, and the content object that keeps it."""

import json

import pytest

from parley.archive.content import (
    ContentError,
    Note,
    content_of,
    note_content,
    read_content,
    read_note,
)
from parley.archive.hypertext import MAX_NESTING, read_html
from parley.archive.readable import Readable, readable
from parley.mail.structure import read


def shown(raw: str | bytes) -> Readable:
    return readable(read(raw.encode() if isinstance(raw, str) else raw))


def alternatives(*parts: tuple[str, str]) -> str:
    inside = "".join(f"--b\nContent-Type: {kind}; charset=utf-8\n\n{text}\n" for kind, text in parts)
    return f'Subject: x\nContent-Type: multipart/alternative; boundary="b"\n\n{inside}--b--\n'


GMAIL = alternatives(
    ("text/plain", "Hello Anna,\n\n*see* the list <https://list.example/1> below.\n\n[image: logo.png]\n"),
    (
        "text/html",
        '<div dir="ltr">Hello Anna,<div><br></div><div><b>see</b> the '
        '<a href="https://list.example/1">list</a> below.</div><div><br></div>'
        '<div><img src="cid:1" alt="logo.png"></div></div>',
    ),
)
OUTLOOK = (
    'Subject: x\nContent-Type: text/html\n\n<html xmlns:o="urn:x"><head><style><!-- p {color:red} --></style>'
    "<title>Mail</title></head><body><div class=WordSection1>"
    "<p class=MsoNormal>Hello,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
    "<![if !supportLists]><span>1.<span>&nbsp; </span></span><![endif]>first<p>Regards</p></div></body>\n"
)


def test_a_plain_text_is_kept_with_its_lines() -> None:
    assert shown("Subject: Order\n\nHello\r\n\r\n  Anna\r\n").text == "Hello\n\n  Anna"


def test_the_plain_text_stands_for_html_that_says_the_same() -> None:
    told = shown(GMAIL)
    assert told.text.startswith("Hello Anna,\n\n*see* the list <https://list.example/1>")
    assert told.others == ()


def test_html_that_says_something_else_is_the_text_and_the_rest_is_kept_too() -> None:
    told = shown(alternatives(("text/plain", "Thank you"), ("text/html", "<p>Pay twice, or else</p>")))
    assert (told.text, told.others) == ("Pay twice, or else", ("Thank you",))


def test_remarks_that_the_chosen_text_lacks_are_kept() -> None:
    html = '<p title="not before May">Hello</p><p><img alt="I owe you 500"></p>'
    told = shown(alternatives(("text/plain", "Hello"), ("text/html", html)))
    assert (told.text, told.others) == ("Hello", ("[title: not before May]\n[image: I owe you 500]",))
    told = shown(f"Subject: x\nContent-Type: text/html\n\n{html}")
    assert (told.text, told.others) == ("Hello\n[image: I owe you 500]", ("[title: not before May]",))


def test_a_remark_that_says_what_a_line_says_is_none() -> None:
    html = '<a href="https://x.example" title="To the shop">To the shop!</a><ol start=1><li>a</ol>'
    assert shown(f"Subject: x\nContent-Type: text/html\n\n{html}").others == ()


def test_remarks_of_html_that_no_parser_gets_are_kept_too() -> None:
    deep = "<div>" * (MAX_NESTING + 1) + "x<p title='one &amp; two'><img alt=three><b alt=\"four"
    assert read_html(deep + ">")[1] == ("[title: one & two]", "[image: three]", "[image: four]")


def test_a_word_more_makes_another_text() -> None:
    told = shown(alternatives(("text/plain", "I will not pay"), ("text/html", "<p>I will pay</p>")))
    assert (told.text, told.others) == ("I will pay", ("I will not pay",))


@pytest.mark.parametrize("blank", ["", " \n\t"])
def test_an_empty_alternative_is_none(blank: str) -> None:
    told = shown(alternatives(("text/plain", "Hello"), ("text/html", blank)))
    assert (told.text, told.others) == ("Hello", ())


def test_attachments_inside_an_alternative_are_listed() -> None:
    """Apple Mail lays files beside the HTML within the alternative."""
    inner = (
        'multipart/mixed; boundary="i"\n\n--i\nContent-Type: text/html\n\n<p>Hello</p>\n'
        '--i\nContent-Type: application/pdf; name="a.pdf"\n'
        "Content-Disposition: attachment\n\n%PDF\n--i--"
    )
    raw = (
        'Subject: x\nContent-Type: multipart/alternative; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: {inner}\n--b--\n"
    )
    told = shown(raw)
    assert told.text == "Hello"
    assert [(each.place, each.name, each.size) for each in told.attachments] == [("1.2.2", "a.pdf", 4)]


def test_texts_of_a_mixed_mail_stand_one_below_the_other() -> None:
    raw = (
        'Subject: x\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nHello\n--b\n'
        "Content-Type: text/html\n\n<p>list footer</p>\n--b--\n"
    )
    assert shown(raw).text == "Hello\n\nlist footer"


def test_an_enclosed_mail_is_an_attachment() -> None:
    raw = 'Subject: x\nContent-Type: message/rfc822; name="f.eml"\n\nSubject: inner\n\nSecret\n'
    told = shown(raw)
    assert (told.text, [each.name for each in told.attachments]) == ("", ["f.eml"])


def test_a_text_that_cannot_be_decoded_is_named_by_its_place() -> None:
    raw = (
        b'Subject: x\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nHello\n--b\n'
        b"Content-Type: text/plain\n\n" + b"too much\n" * 600_000 + b"--b--\n"
    )
    told = shown(raw)
    assert told.text == "Hello"
    assert told.unreadable == (("1.2", "text-too-large"),)


def test_utf_16_nul_and_surrogates_leave_a_text_that_can_be_written() -> None:
    raw = (
        b"Subject: a\xff\xed\xa0\x80\nContent-Type: text/plain; charset=utf-16le\n"
        b"Content-Transfer-Encoding: base64\n\nSABpAAAAIQA=\n"
    )
    told = shown(raw)
    assert told.text == "Hi!"
    assert told.subject.encode()


def test_outlooks_html_is_read_without_its_machinery() -> None:
    assert shown(OUTLOOK).text == "Hello,\n\n1. first\nRegards"


def test_hidden_text_is_there_as_well() -> None:
    html = '<div style="display:none">Preview words</div><p>Hello</p>'
    assert read_html(html)[0] == "Preview words\nHello"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("a<br>b<br><br><br>c", "a\nb\n\nc"),
        ("a <b>b</b> c", "a b c"),
        ("a<b>b</b>c", "abc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ("<pre>a\n   b</pre>c", "a\n   b\nc"),
        ('<a href="https://x.example/a">here</a>', "here <https://x.example/a>"),
        ('<a href="https://x.example">https://x.example</a>', "https://x.example"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="javascript:x()">here</a>', "here"),
        ('<img alt="Logo">', "[image: Logo]"),
        ("<script>x()</script><style>p{}</style><title>t</title>a", "a"),
        ("&lt;b&gt; &amp; &euro;&nbsp;5", "<b> & € 5"),
        ("<![foo bar]>a<!-- c --><?x?>", "a"),
        ("a < b <3 c", "a < b <3 c"),
        ("", ""),
    ],
)
def test_html_is_read_as_a_program_shows_it(html: str, text: str) -> None:
    assert read_html(html)[0] == text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * (MAX_NESTING + 1) * 200,
        "&" * 500_000,
        "<!--" * 100_000,
        "<![" * 100_000,
        "<a " * 200_000,
        "<a " + " ".join(f"x{number}=1" for number in range(100_000)) + ">",
        '<a x="' * 100_000,
    ],
    ids=["deep", "entities", "comments", "declarations", "tags", "attributes", "quotes"],
)
def test_html_that_was_built_to_be_slow_keeps_its_text(html: str) -> None:
    assert read_html(f"Hello {html}")[0].startswith("Hello")


def test_the_same_mail_gives_the_same_octets() -> None:
    assert content_of(GMAIL.encode()) == content_of(GMAIL.encode())


def test_a_content_object_is_read_as_it_was_written() -> None:
    for raw in (GMAIL, OUTLOOK, "Subject: ü\nContent-Type: application/pdf; name=x\n\nx"):
        assert read_content(content_of(raw.encode())) == shown(raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"\x00\x01 binary", "not-a-mail"), (b"Subject: x\n" + b"A: b\n" * 3_000, "header-too-large")],
)
def test_a_mail_that_cannot_be_read_still_has_a_content_object(raw: bytes, code: str) -> None:
    content = read_content(content_of(raw))
    assert (content.text, content.unreadable) == ("", (("", code),))


def test_a_note_is_read_as_it_was_written() -> None:
    assert read_note(note_content("Ring\nhim \ud800up", "session")) == Note(
        text="Ring\nhim \ud800up", actor="session"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"kind": "note"},
        {"text": None},
        {"subject": 1},
        {"others": [1]},
        {"attachments": [{}]},
        {"attachments": [{"place": "1", "name": "", "media_type": "x/y", "size": "1"}]},
        {"attachments": 1},
        {"unreadable": [["1"]]},
        {"unreadable": [[1, 2]]},
    ],
)
def test_an_object_that_is_no_content_is_refused(change: dict[str, object]) -> None:
    fields = json.loads(content_of(GMAIL.encode())) | change
    with pytest.raises(ContentError):
        read_content(json.dumps(fields).encode())


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"[" * 50_000, b"\xff", b"{}"])
def test_other_octets_are_no_content(raw: bytes) -> None:
    with pytest.raises(ContentError):
        read_content(raw)
    with pytest.raises(ContentError):
        read_note(raw)
