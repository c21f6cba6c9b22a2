"""The outgoing mail: its header section, its parts, its limits."""

import base64
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default

import pytest

from parley.mail.compose import (
    MAX_OUTGOING_PARTS,
    BytesPart,
    ComposeError,
    KeptPart,
    Label,
    MessagePart,
    MultipartPart,
    OutgoingPart,
    TextPart,
    compose,
)
from parley.mail.header import encode_words
from parley.mail.structure import Part, read

SEED = b"0123456789abcdef"
PLAIN = Label(media_type="text/plain")
ATTACHED = Label(media_type="application/pdf", disposition="attachment", filename="x.pdf")


def parsed(raw: bytes) -> EmailMessage:
    message: Message = BytesParser(policy=default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def composed(body: OutgoingPart, *fields: tuple[str, str]) -> bytes:
    out = compose(fields, body, SEED)
    assert out.isascii()
    assert b"\0" not in out
    assert out.replace(b"\r\n", b"").count(b"\n") == out.replace(b"\r\n", b"").count(b"\r") == 0
    assert all(len(line) <= 998 for line in out.split(b"\r\n"))
    assert out.endswith(b"\r\n")
    return out


def original(body: bytes, encoding: str, content_type: str = "text/plain; charset=utf-8") -> Part:
    head = f"Subject: x\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return read(head.encode() + body).root


def body_of(out: bytes) -> bytes:
    return out.partition(b"\r\n\r\n")[2]


# header section


def test_fields_are_written_in_order_with_mime_version_behind() -> None:
    out = composed(TextPart(PLAIN, "hello\n", "utf_8"), ("From", "a@b.example"), ("Subject", "x"))
    assert out == (
        b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n\r\nhello\r\n"
    )


def test_no_field_is_written_twice() -> None:
    fields = (("Subject", "a"), ("SUBJECT", "b"), ("MIME-Version", "2"), ("Content-Type", "text/html"))
    message = parsed(composed(TextPart(PLAIN, "x", "utf_8"), *fields))
    assert message.get_all("subject") == ["a"]
    assert message.get_all("mime-version") == ["1.0"]
    assert message.get_all("content-type") == ['text/plain; charset="utf-8"']


@pytest.mark.parametrize(
    "value", ["x\r\nBcc: b@c.example", "x\nBcc: b", "x\rBcc: b", "x\0y", "x\r\n\r\nbody", "x\r\n \r\n y"]
)
def test_nothing_is_smuggled_through_a_value(value: str) -> None:
    message = parsed(composed(TextPart(PLAIN, "text", "utf_8"), ("Subject", value), ("To", "a@b.example")))
    assert message.keys() == ["Subject", "To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
    assert message.get_content().strip() == "text"


def test_a_name_that_is_no_field_name_is_not_written() -> None:
    assert parsed(composed(TextPart(PLAIN, "x", "utf_8"), ("A b\r\nc", "x")))["mime-version"] == "1.0"


def test_long_references_are_folded_at_blanks_and_stay_as_they_are() -> None:
    ids = " ".join(f"<{n}.{'a' * 45}@b.example>" for n in range(40))
    out = composed(TextPart(PLAIN, "x", "utf_8"), ("References", ids))
    assert b"=?" not in out
    assert max(map(len, out.split(b"\r\n"))) <= 78
    assert read(out).header.first("references") == ids.encode()


def test_a_word_that_no_line_can_hold_is_left_out() -> None:
    out = composed(TextPart(PLAIN, "x", "utf_8"), ("References", f"<a@b> <{'c' * 2000}@d> <e@f>"))
    assert read(out).header.first("references") == b"<a@b> <e@f>"


def test_folded_encoded_words_are_written_as_they_are() -> None:
    subject = "Grüße aus Köln " * 20
    out = composed(TextPart(PLAIN, "x", "utf_8"), ("Subject", encode_words(subject)))
    assert read(out).header.text("subject") == subject


# text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("hello\r\n", "7bit"),
        ("", "7bit"),
        ("a  \r\nb\r\n", "7bit"),
        ("x" * 998 + "\r\n", "7bit"),
        ("x" * 999 + "\r\n", "quoted-printable"),
        ("From here\r\n", "quoted-printable"),
        ("a\r\nFrom here\r\n", "quoted-printable"),
        ("a stray control \x1b\r\n", "quoted-printable"),
        ("Viele Grüße aus Köln und noch mehr Text\r\n", "quoted-printable"),
        ("no line end", "quoted-printable"),
        ("Привет, как дела?\r\n", "base64"),
    ],
)
def test_text_is_written_in_the_shortest_encoding_that_is_safe(text: str, encoding: str) -> None:
    message = parsed(composed(TextPart(PLAIN, text, "utf_8")))
    assert message["content-transfer-encoding"] == encoding
    assert message.get_payload(decode=True) == text.encode()


def test_line_ends_become_crlf_and_nul_is_left_out() -> None:
    message = parsed(composed(TextPart(PLAIN, "a\nb\rc\r\nd\0\n", "utf_8")))
    assert message.get_payload(decode=True) == b"a\r\nb\r\nc\r\nd\r\n"


def test_a_lone_surrogate_does_no_harm() -> None:
    assert parsed(composed(TextPart(PLAIN, "a\ud800b", "utf_8"))).get_payload(decode=True) == b"a?b"


@pytest.mark.parametrize(
    ("text", "codec", "charset"),
    [
        ("Grüße", "latin_1", "iso-8859-1"),
        ("Grüße", "cp1252", "windows-1252"),
        ("Grüße 日本", "cp1252", "utf-8"),
        ("a\x81b", "latin_1", "utf-8"),
        ("日本", "cp932", "utf-8"),
        ("日本", "iso2022_jp", "utf-8"),
        ("Grüße", "utf_7", "utf-8"),
        ("Grüße", "no such codec", "utf-8"),
        ("你好", "gb18030", "gb18030"),
        ("hello", "ascii", "us-ascii"),
    ],
)
def test_the_charset_is_kept_where_every_reader_knows_it(text: str, codec: str, charset: str) -> None:
    message = parsed(composed(TextPart(PLAIN, text, codec)))
    assert message.get_content_charset() == charset
    assert message.get_content() == text


def test_parameters_of_flowed_text_are_kept_and_charset_and_boundary_are_not() -> None:
    given = {"format": "flowed", "delsp": "yes", "charset": "x", "boundary": "y", "name": "z", "a b": "c"}
    message = parsed(
        composed(TextPart(Label(media_type="text/plain", parameters=given), "a \r\nb\r\n", "utf_8"))
    )
    assert dict(message["content-type"].params) == {"charset": "utf-8", "format": "flowed", "delsp": "yes"}


# kept parts


@pytest.mark.parametrize(
    ("body", "encoding", "written"),
    [
        (b"aGVsbG8=\r\n", "base64", b"aGVsbG8=\r\n"),
        (b"A" * 76 + b"\r\n" + b"B" * 8, "base64", b"A" * 76 + b"\r\n" + b"B" * 8 + b"\r\n"),
        (b"hello  \r\n=46\r\n", "7bit", b"hello  \r\n=46\r\n"),
        (b"hello\n", "7bit", b"hello\r\n"),
        (b"=C3=BC=\r\nx\r\n", "quoted-printable", b"=C3=BC=\r\nx\r\n=\r\n"),
    ],
)
def test_what_every_reader_decodes_alike_is_spliced(body: bytes, encoding: str, written: bytes) -> None:
    assert body_of(composed(KeptPart(PLAIN, original(body, encoding)))) == written


@pytest.mark.parametrize(
    ("body", "encoding", "content"),
    [
        (b"aGVsbG8=d29ybGQ=", "base64", b"helloworld"),
        (b"aGVs*bG8h", "base64", b"hello!"),
        (b"aGVs bG8h\r\n", "base64", b"hello!"),
        (b"A" * 2000, "base64", bytes(1500)),
        (b"A" * 96 + b"\n", "base64", bytes(72)),
        (b"A" * 75 + b"\n" + b"A" * 75 + b"\n" + b"AA", "base64", bytes(114)),
        (b"A" * 76 + b"\r\n" + b"A" * 70 + b"\r\n" + b"A" * 6, "base64", bytes(114)),
        (b"A" * 76 + b"\r\n" + b"\xe4" * 4, "base64", bytes(57)),
        ("Grüße\r\n".encode(), "8bit", "Grüße\r\n".encode()),
        ("Grüße".encode(), "8bit", "Grüße".encode()),
        (b"a\rb\r\n", "7bit", b"a\rb\r\n"),
        (b"a\0b\r\n", "binary", b"a\0b\r\n"),
        (b"x" * 1500 + b"\r\n", "7bit", b"x" * 1500 + b"\r\n"),
        (b"a=zz\r\n", "quoted-printable", b"a=zz\r\n"),
        (b"a= \r\nb\r\n", "quoted-printable", b"ab\r\n"),
        (b"a=\rb\nc\n", "quoted-printable", b"ab\r\nc\r\n"),
        (b"\xc3\xbc\r\n", "quoted-printable", b"\xc3\xbc\r\n"),
        (b"begin 644 x\n#86)C\n`\nend\n", "x-uuencode", b"abc"),
    ],
)
def test_what_readers_decode_differently_is_written_anew(body: bytes, encoding: str, content: bytes) -> None:
    message = parsed(composed(KeptPart(PLAIN, original(body, encoding))))
    assert message.get_payload(decode=True) == content
    assert message.get_content_charset() == "utf-8"


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "binary", "quoted-printable"])
def test_an_attachment_keeps_its_line_ends(encoding: str) -> None:
    part = original(b"a\nb\r\nc\n", encoding, "application/octet-stream")
    assert parsed(composed(KeptPart(ATTACHED, part))).get_payload(decode=True) == b"a\nb\r\nc\n"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "cp037"])
def test_a_text_whose_line_ends_are_no_octets_is_kept_octet_by_octet(codec: str) -> None:
    data = "Grüße\n\u0a0a\n".encode(codec) if codec != "cp037" else "Gruesse\n".encode(codec)
    part = original(base64.encodebytes(data) + b"!", "base64", f"text/plain; charset={codec}")
    assert parsed(composed(KeptPart(PLAIN, part))).get_payload(decode=True) == data
    part = original(data, "binary", f"text/plain; charset={codec}")
    assert parsed(composed(KeptPart(PLAIN, part))).get_payload(decode=True) == data


def test_a_charset_that_is_no_token_is_not_written() -> None:
    part = original(b"x\r\n", "7bit", 'text/plain; charset="a\\"; name=b"')
    assert parsed(composed(KeptPart(PLAIN, part)))["content-type"] == "text/plain"


@pytest.mark.parametrize(
    "media_type", ["multipart/mixed", "message/rfc822", "message/global", "not a type", "a/b/c"]
)
def test_a_leaf_never_claims_to_have_structure(media_type: str) -> None:
    out = composed(KeptPart(Label(media_type=media_type), original(b"Subject: y\r\n\r\nx", "7bit")))
    assert parsed(out).get_content_type() == "application/octet-stream"


@pytest.mark.parametrize("media_type", ["application/octet-stream", "message/rfc822", "not a type"])
def test_a_multipart_always_says_that_it_has_structure(media_type: str) -> None:
    out = composed(MultipartPart(Label(media_type=media_type), (TextPart(PLAIN, "x", "utf_8"),)))
    assert parsed(out).get_content_type() == "multipart/mixed"


# structure


def test_a_tree_is_written_and_read_back() -> None:
    inner = MultipartPart(
        Label(media_type="multipart/alternative"),
        (TextPart(PLAIN, "hello", "utf_8"), TextPart(Label(media_type="text/html"), "<p>ü", "utf_8")),
    )
    enclosed = MessagePart(
        Label(media_type="message/rfc822"), (("Subject", "y"),), TextPart(PLAIN, "ü", "utf_8")
    )
    image = Label(
        media_type="image/png", disposition="inline", filename="ü.png", content_id="1.x@relay.example"
    )
    body = MultipartPart(
        Label(media_type="multipart/related", parameters={"type": "multipart/alternative"}),
        (inner, BytesPart(image, b"\x89PNG"), enclosed),
    )
    message = parsed(composed(body, ("Subject", "x")))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "message/rfc822",
        "text/plain",
    ]
    assert message["content-type"].params["type"] == "multipart/alternative"
    parts = list(message.walk())
    assert parts[2].get_content() == "hello"
    assert parts[4].get_filename() == "ü.png"
    assert parts[4]["content-id"] == "<1.x@relay.example>"
    assert parts[4].get_content_disposition() == "inline"
    assert parts[4].get_payload(decode=True) == b"\x89PNG"
    assert parts[6]["subject"] == "y"
    assert [defect for part in parts for defect in part.defects] == []


def test_the_same_arguments_give_the_same_bytes_and_another_seed_other_boundaries() -> None:
    body = MultipartPart(Label(media_type="multipart/mixed"), (TextPart(PLAIN, "x", "utf_8"),))
    assert compose((), body, SEED) == compose((), body, SEED)
    assert compose((), body, SEED) != compose((), body, b"another seed 1234")


def test_text_that_holds_the_boundary_cannot_end_its_part() -> None:
    def written(text: str) -> bytes:
        leaf = TextPart(PLAIN, text, "utf_8")
        return composed(MultipartPart(Label(media_type="multipart/mixed"), (leaf,)))

    boundary = parsed(written("x")).get_boundary()
    text = f"--{boundary}\r\n\r\nsmuggled\r\n--{boundary}--"
    message = parsed(written(text))
    assert message.get_boundary() == boundary
    (only,) = message.iter_parts()
    assert only.get_payload(decode=True) == text.encode()


def test_a_multipart_without_children_gets_an_empty_one() -> None:
    assert (
        len(list(parsed(composed(MultipartPart(Label(media_type="multipart/mixed"), ()))).iter_parts())) == 1
    )


def test_an_injected_label_stays_a_label() -> None:
    label = Label(
        media_type="text/plain\r\nX-A: b",
        disposition="attachment\r\nX-B: c",
        filename="a\r\nX-C: d",
        content_id="e>\r\nX-D: <f",
        parameters={"g": "h\r\nX-E: i", "j\r\n": "k"},
    )
    message = parsed(composed(BytesPart(label, b"x")))
    assert not any(name.lower().startswith("x-") for name in message)


def test_a_very_long_file_name_is_shortened_before_its_extension() -> None:
    label = Label(media_type="application/pdf", disposition="attachment", filename="ü" * 5_000 + ".pdf")
    name = parsed(composed(BytesPart(label, b"x"))).get_filename()
    assert name == "ü" * 196 + ".pdf"


# limits


def test_too_many_parts_are_refused() -> None:
    body = MultipartPart(
        Label(media_type="multipart/mixed"), (TextPart(PLAIN, "", "utf_8"),) * MAX_OUTGOING_PARTS
    )
    with pytest.raises(ComposeError) as error:
        compose((), body, SEED)
    assert error.value.code == "too-many-parts"


def test_a_mail_that_grows_over_the_limit_is_refused() -> None:
    with pytest.raises(ComposeError) as error:
        compose((), BytesPart(ATTACHED, bytes(31 * 1024 * 1024)), SEED)
    assert error.value.code == "outgoing-too-large"
