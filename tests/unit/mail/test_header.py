"""Encoded words and parameters, read as badly as they are written and written strictly."""

from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest

from parley.mail.header import (
    Field,
    Header,
    decode_words,
    encode_parameter,
    encode_phrase,
    encode_words,
    parse_parameterised,
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?iso-8859-1?q?Gr=FC=DFe_aus?= Ulm", "Grüße aus Ulm"),
        (b"=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        (b"=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),
        (b"=?utf-8*de?Q?=C3=BC?=", "ü"),
        (b"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?Q?a?= c =?utf-8?Q?b?=", "a c b"),
        (b"=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"),
        (b"=?utf-8?B?ww==?= =?utf-8?B?vA==?=", "ü"),
        (b"Re:=?utf-8?Q?=C3=BC?=x", "Re:üx"),
        (b"=?utf-8?Q?Frage? Ja?=", "Frage? Ja"),
        (b"=?invalid?Q?=A1Hola?=", "¡Hola"),
        (b"=?UTF-7?B?TStBUHctbGxlcg==?=", "Müller"),
        (b"=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"),
        (b"=?utf-8?Q?unclosed", "=?utf-8?Q?unclosed"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("cp1252"), "Grüße"),
        (b"=?utf-8?q?a=0D=0ABcc:_b=00c?=", "a  Bcc: b c"),
        (b"=?utf-8?q??=", ""),
    ],
)
def test_encoded_words_are_shown_as_mail_programs_show_them(raw: bytes, text: str) -> None:
    assert decode_words(raw) == text


def test_a_field_full_of_unclosed_words_is_read_to_its_end() -> None:
    raw = b"=?x?q? " * 30_000
    assert decode_words(raw) == raw.decode()


@pytest.mark.parametrize("text", ["Bestellung 4711", "", "a  b", "Re: <x> (y)"])
def test_plain_ascii_stays_as_it_is(text: str) -> None:
    assert encode_words(text) == text


@pytest.mark.parametrize(
    "text", ["Grüße aus Köln", "日本語の件名" * 20, "ü" * 300, "=?utf-8?q?x?=", "a" * 1_500, "😀" * 90]
)
def test_other_text_comes_back_from_its_encoded_words(text: str) -> None:
    encoded = encode_words(text)
    assert encoded.isascii()
    assert all(len(line) <= 76 for line in f"Subject: {encoded}".split("\r\n"))
    assert decode_words(encoded.replace("\r\n", "").encode()) == text
    assert str(make_header(decode_header(encoded.replace("\r\n", "")))) == text


def test_line_ends_and_nul_cannot_be_written() -> None:
    assert encode_words("a\r\nBcc: b\0c\u2028d") == "a  Bcc: b c d"
    assert "\n" not in encode_phrase("a\r\nb ü").replace("\r\n ", "")


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("Anna Schmidt", "Anna Schmidt"),
        ("Müller & Co. GmbH", "=?utf-8?q?M=C3=BCller_=26_Co=2E_GmbH?="),
        ("Mueller & Co. GmbH", '"Mueller & Co. GmbH"'),
        ('a "b" \\c', '"a \\"b\\" \\\\c"'),
        ("a@b.example", '"a@b.example"'),
        ("", ""),
        (" a \r\n b ", "a b"),
    ],
)
def test_a_phrase_is_written_in_the_plainest_form_that_is_safe(text: str, encoded: str) -> None:
    assert encode_phrase(text) == encoded


@pytest.mark.parametrize("name", ["Anna Käufer", 'x" <evil@x.example>, "', "a, b", "=?utf-8?q?x?="])
def test_the_standard_library_reads_the_phrase_as_one_name(name: str) -> None:
    raw = f"From: {encode_phrase(name)} <a@b.example>\r\n\r\n".encode()
    (address,) = BytesParser(policy=default).parsebytes(raw)["from"].addresses
    assert (address.display_name, address.addr_spec) == (name, "a@b.example")


@pytest.mark.parametrize(
    ("raw", "value", "parameters"),
    [
        (b"text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (b'TEXT/Plain;CHARSET="UTF-8";', "text/plain", {"charset": "UTF-8"}),
        (b"text / html ; charset = x", "text/html", {"charset": "x"}),
        (b"text/plain; charset=us-ascii (Plain text)", "text/plain", {"charset": "us-ascii"}),
        (b"text/plain (a; b); charset=x", "text/plain", {"charset": "x"}),
        (b"text/plain charset=utf-8 format=flowed", "text/plain", {"charset": "utf-8", "format": "flowed"}),
        (b"text/plain; charset=utf-8 format=flowed", "text/plain", {"charset": "utf-8", "format": "flowed"}),
        (b'text/plain; charset="utf-8', "text/plain", {"charset": "utf-8"}),
        (b"attachment; filename=my report (1).pdf", "attachment", {"filename": "my report (1).pdf"}),
        (b'attachment; filename="a;b\\"c.pdf"; size=3', "attachment", {"filename": 'a;b"c.pdf', "size": "3"}),
        (b'attachment; filename="C:\\Users\\x.pdf"', "attachment", {"filename": "C:\\Users\\x.pdf"}),
        (b'filename="x.pdf"', "", {"filename": "x.pdf"}),
        (b"attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf", "attachment", {"filename": "Grüße.pdf"}),
        (b"a; filename*0*=utf-8''Gr%C3; filename*1*=%BC; filename*2=x.pdf", "a", {"filename": "Grüx.pdf"}),
        (b"a; filename*1=b; filename*0=a; filename*3=d", "a", {"filename": "ab"}),
        (b"a; filename=old; filename*=utf-8''new", "a", {"filename": "new"}),
        (b'a; filename="=?utf-8?q?=C3=BC?=.pdf"', "a", {"filename": "ü.pdf"}),
        ('a; filename="ü.pdf"'.encode(), "a", {"filename": "ü.pdf"}),
        (b"a; x=1; x=2", "a", {"x": "1"}),
        (b"multipart/mixed; boundary=a b", "multipart/mixed", {"boundary": "a b"}),
        (b'multipart/mixed; boundary="=?x?q?y?="', "multipart/mixed", {"boundary": "=?x?q?y?="}),
        (b"", "", {}),
        (b";;;", "", {}),
        (b"a; =x; y", "a", {}),
    ],
)
def test_values_with_parameters_are_read_however_badly_written(
    raw: bytes, value: str, parameters: dict[str, str]
) -> None:
    read = parse_parameterised(raw)
    assert (read.value, dict(read.parameters)) == (value, parameters)


@pytest.mark.parametrize(
    "raw", [b'a; x="\\' * 20_000, b";" * 200_000, b"a" * 200_000 + b"=", b'a="' * 60_000]
)
def test_hostile_parameters_are_read_to_their_end(raw: bytes) -> None:
    assert len(parse_parameterised(raw).parameters) <= 1_000


@pytest.mark.parametrize(
    "name",
    [
        "x.pdf",
        "my file.pdf",
        'a"b\\c;d.pdf',
        "Grüße.pdf",
        "ü" * 120 + ".pdf",
        "a" * 150,
        "=?utf-8?q?x?=",
        "%41'",
    ],
)
def test_the_standard_library_reads_a_written_parameter(name: str) -> None:
    pieces = list(encode_parameter("filename", name))
    assert all(len(piece) <= 76 and piece.isascii() for piece in pieces)
    raw = "Content-Disposition: attachment;\r\n " + ";\r\n ".join(pieces) + "\r\n\r\n"
    message = BytesParser(_class=EmailMessage, policy=default).parsebytes(raw.encode())
    assert message.get_filename() == name
    assert parse_parameterised(raw[21:].replace("\r\n", "").encode()).parameters["filename"] == name


def test_a_parameter_drops_control_characters() -> None:
    assert list(encode_parameter("name", "a\r\n\0b")) == ["name=ab"]


def test_a_header_answers_by_name_in_order() -> None:
    header = Header((Field("to", b"a"), Field("subject", b"=?utf-8?q?=C3=BC?="), Field("to", b"b")))
    assert header.all("to") == (b"a", b"b")
    assert header.first("to") == b"a"
    assert header.first("cc") is None
    assert header.text("subject") == "ü"
    assert header.text("cc") is None
