"""Decoding: transfer encodings and charsets, right, wrong and missing."""

import base64

import pytest

from parley.mail.structure import MAX_TEXT_BYTES, read
from parley.mail.text import Text, UnreadableText, decode_body, decode_text
from parley.mail.transfer import decode_uuencoded


def text(body: bytes, charset: str | None = None, *, media_type: str = "text/plain") -> Text:
    parameter = "" if charset is None else f"; charset={charset}"
    return decode_text(read(f"Subject: x\nContent-Type: {media_type}{parameter}\n\n".encode() + body).root)


def decoded(body: bytes, encoding: str) -> bytes:
    return decode_body(read(f"Subject: x\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body).root)


@pytest.mark.parametrize(
    ("label", "codec", "sample"),
    [
        ("utf-8", "utf-8", "Grüße 日本"),
        ('"UTF8"', "utf-8", "Grüße"),
        ("utf8mb4", "utf-8", "Grüße"),
        ("iso-8859-1", "latin-1", "Grüße"),
        ("iso-8859-15", "iso8859-15", "5 €"),
        ("iso-8859-8-i", "iso8859-8", "שלום"),
        ("windows-1252", "cp1252", "5 € “x”"),
        ("x-cp1251", "cp1251", "Привет"),
        ("win-1251", "cp1251", "Привет"),
        ("koi8r", "koi8-r", "Привет"),
        ("koi8-u", "koi8-u", "Київ"),
        ("cp-850", "cp850", "Grüße"),
        ("ibm866", "cp866", "Привет"),
        ("windows-874", "cp874", "สวัสดี"),
        ("tis-620", "cp874", "สวัสดี"),
        ("macintosh", "mac-roman", "Grüße"),
        ("x-gbk", "gbk", "你好"),
        ("gb2312", "gb18030", "镕你好€"),
        ("gb_2312-80", "gb2312", "你好"),
        ("big5", "big5", "你好"),
        ("x-sjis", "cp932", "日本①"),
        ("shift_jis", "cp932", "㈱髙"),
        ("euc-jp", "euc-jp", "日本"),
        ("iso-2022-jp", "iso2022-jp", "日本 abc"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("euc-kr", "euc-kr", "안녕"),
        ("iso-2022-kr", "iso2022-kr", "안녕"),
        ("utf-7", "utf-7", "Grüße @"),
        ("unicode-1-1-utf-7", "utf-7", "Grüße"),
        ("utf-16", "utf-16", "Grüße"),
        ("utf-16le", "utf-16-le", "Grüße"),
        ("utf-16be", "utf-16-be", "Grüße"),
        ("utf-32", "utf-32", "Grüße"),
        ("hz-gb-2312", "hz", "你好"),
        ("cp037", "cp037", "Hello"),
    ],
)
def test_text_is_read_by_its_label_however_it_is_spelled(label: str, codec: str, sample: str) -> None:
    assert text(sample.encode(codec), label).text == sample


@pytest.mark.parametrize(
    "label", ["unknown-8bit", "none", "x-unknown", "", "default", "rot13", "base64", "undefined", "idna"]
)
@pytest.mark.parametrize(("codec", "name"), [("utf-8", "utf_8"), ("cp1252", "cp1252")])
def test_an_unknown_label_is_guessed(label: str, codec: str, name: str) -> None:
    assert text("Grüße – 5 €".encode(codec), label) == Text("Grüße – 5 €", name)


@pytest.mark.parametrize(
    "label", ["zlib", "hex", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "bz2", "uu"]
)
def test_codecs_that_are_no_charsets_are_never_used(label: str) -> None:
    assert text(b"\\u0041 41 xn--", label).text == "\\u0041 41 xn--"


def test_a_wrong_ascii_label_is_read_as_utf_8_or_windows() -> None:
    assert text("Grüße".encode(), "us-ascii").text == "Grüße"
    assert text("Grüße".encode("cp1252"), "us-ascii").text == "Grüße"


def test_latin_1_with_windows_characters_is_read_as_windows() -> None:
    assert text("„5 €“".encode("cp1252"), "iso-8859-1") == Text("„5 €“", "cp1252")


def test_no_byte_is_lost_where_windows_has_a_hole() -> None:
    assert text(b"a\x81b\x8fc", "windows-1252").text == "a\x81b\x8fc"


def test_a_wrong_utf_8_label_is_read_as_windows() -> None:
    assert text("Grüße aus Köln".encode("cp1252"), "utf-8") == Text("Grüße aus Köln", "cp1252")


def test_utf_8_with_one_broken_character_stays_utf_8() -> None:
    assert text("Grüße ä ö ü ß Ä\n".encode() + b"\xc3", "utf-8").text == "Grüße ä ö ü ß Ä\n\ufffd"


def test_damage_in_a_multi_byte_charset_leaves_the_rest_readable() -> None:
    read = text(
        "你好 anna@example.org ".encode("gb18030") + b"\xff" + "你好".encode("gb18030"), "gb2312"
    ).text
    assert read.startswith("你好 anna@example.org ")
    assert read.endswith("你好")


@pytest.mark.parametrize(
    ("label", "body"), [("utf-7", b"a +ZZ!\xff b"), ("hz", b"~{\xff~}"), ("iso-2022-kr", b"\x1b$)C\x0e\xff")]
)
def test_text_that_other_charsets_would_show_differently_is_refused(label: str, body: bytes) -> None:
    with pytest.raises(UnreadableText) as error:
        text(body, label)
    assert error.value.code == "undecodable-text"


def test_iso_2022_jp_with_vendor_characters_is_read() -> None:
    body = b"\x1b$B-!-j9b\x1b(B abc\n\x1b$B|b\x1b(B"
    assert text(body, "iso-2022-jp").text.startswith("①㈱高 abc\n")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("label", [None, "utf-8", "iso-8859-1", "us-ascii"])
def test_utf_16_under_another_label_is_noticed(codec: str, label: str | None) -> None:
    assert text("Write to anna@example.org!".encode(codec), label).text == "Write to anna@example.org!"


def test_utf_16_without_byte_order_mark_is_read_in_either_order() -> None:
    assert text("Hello".encode("utf-16-be"), "utf-16").text == "Hello"
    assert text("Hello".encode("utf-16-le"), "utf-16").text == "Hello"


@pytest.mark.parametrize("label", ["utf-16", "utf-16le", "utf-32", "iso-2022-jp"])
def test_a_wrong_label_of_a_wide_charset_is_noticed(label: str) -> None:
    assert text("Grüße aus Köln\n".encode(), label).text == "Grüße aus Köln\n"


def test_nul_and_byte_order_marks_are_left_out() -> None:
    assert text(b"\xef\xbb\xbfan\0na", "utf-8").text == "anna"


def test_html_may_name_its_charset_itself() -> None:
    html = "<html><head><meta charset='windows-1251'></head>Привет".encode("cp1251")
    assert text(html, media_type="text/html").text.endswith("Привет")


def test_the_label_wins_over_what_html_says_of_itself() -> None:
    html = "<meta charset=utf-8>Привет".encode("cp1251")
    assert text(html, "windows-1251", media_type="text/html").text.endswith("Привет")


def test_html_cannot_name_a_charset_that_hides_ascii() -> None:
    assert (
        "anna"
        in text(b'<meta http-equiv=x content="text/html; charset=utf-7">anna', media_type="text/html").text
    )


def test_text_over_the_cap_is_refused() -> None:
    with pytest.raises(UnreadableText) as error:
        text(b"x" * (MAX_TEXT_BYTES + 1))
    assert error.value.code == "text-too-large"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"aGVsbG8=", b"hello"),
        (b"aGVs\r\nbG8=\r\n", b"hello"),
        (b"aGVsbG8", b"hello"),
        (b"aGVsbG8=====", b"hello"),
        (b"aGVsbG8h!!", b"hello!"),
        (b"a*G?V s-b_G8=", b"hello"),
        (b"aGVsbG8=d29ybGQ=", b"helloworld"),
        (b"aGVsbG8h\n=\nd29ybGQ=", b"hello!world"),
        (b"aGVsbG8hA", b"hello!"),
        (b"=", b""),
        (b"", b""),
        (b"\xff\xfe", b""),
    ],
)
def test_broken_base64_is_read_to_its_end(body: bytes, expected: bytes) -> None:
    assert decoded(body, "base64") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a=3Db=\nc", b"a=bc"),
        (b"a=\r\nb", b"ab"),
        (b"a= \t\r\nb", b"ab"),
        (b"a=\rb\nc", b"ab\nc"),
        (b"a=zz b=", b"a=zz b"),
        (b"=c3=BC", "ü".encode()),
        (b"\xc3\xbc", "ü".encode()),
        (b"", b""),
    ],
)
def test_broken_quoted_printable_is_read_to_its_end(body: bytes, expected: bytes) -> None:
    assert decoded(body, "quoted-printable") == expected


def test_uuencoded_bodies_are_decoded() -> None:
    body = b"begin 644 x.bin\n#86)C\n$9&5F9P  \n`\nend\n"
    assert decoded(body, "x-uuencode") == b"abcdefg"
    assert decode_uuencoded(b"begin-base64 644 x\naGVsbG8=\n====\n") == b"hello"
    assert decode_uuencoded(b"nothing of the kind") == b"nothing of the kind"


def test_a_body_without_encoding_is_itself() -> None:
    data = bytes(range(256))
    assert decoded(data, "binary") == data
    assert decoded(base64.encodebytes(data), "base64") == data


NOTE = b"-- \r\nThis mail was scanned for viruses.\r\nwww.scanner.example\r\n"


def test_a_plain_note_below_padded_base64_stays_as_it_is() -> None:
    body = base64.encodebytes("Grüße aus Köln, Anna".encode()).replace(b"\n", b"\r\n") + NOTE
    assert decoded(body, "base64") == "Grüße aus Köln, Anna".encode() + NOTE


def test_encoded_pieces_that_were_joined_are_all_decoded() -> None:
    body = b"\r\n".join(map(base64.b64encode, (b"one", b"three!!", b"2")))
    assert decoded(body, "base64") == b"onethree!!2"


def test_a_uuencoded_line_with_anything_as_its_filling_is_decoded() -> None:
    assert decode_uuencoded(b"begin 644 x\n$:&%L;&]X\nend\n") == b"hall"
