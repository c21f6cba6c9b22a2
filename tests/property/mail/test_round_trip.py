"""What is composed reads back as what was given: by this package's reader and by the standard library's."""

import base64
import quopri
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import default

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.mail.compose import (
    BytesPart,
    KeptPart,
    Label,
    MessagePart,
    MultipartPart,
    OutgoingPart,
    TextPart,
    compose,
)
from parley.mail.header import encode_phrase, encode_words
from parley.mail.structure import Part, read
from parley.mail.text import decode_body, decode_text

profile = settings(max_examples=250, derandomize=True, deadline=None)

CODECS = {
    "us-ascii": "ascii",
    "utf-8": "utf_8",
    "iso-8859-1": "latin_1",
    "windows-1252": "cp1252",
    "koi8-r": "koi8_r",
    "gb18030": "gb18030",
    "shift_jis": "cp932",
    "iso-2022-jp": "iso2022_jp",
    "utf-16": "utf_16",
    "utf-7": "utf_7",
}
SAMPLES = [
    "",
    "hello",
    "Grüße aus Köln\n",
    "a \nb\n",
    "From me\n",
    ".\n..\n",
    "x" * 1200,
    "日本語\n",
    "Привет\n" * 9,
    "=41 =?x?q?y?=\n",
]
TEXTS = st.one_of(
    st.sampled_from(SAMPLES),
    st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=200),
    st.text(alphabet="ab .=\n\tü€", max_size=200),
)


def encoded_body(data: bytes, encoding: str) -> bytes:
    match encoding:
        case "base64":
            return base64.encodebytes(data).replace(b"\n", b"\r\n")
        case "quoted-printable":
            return quopri.encodestring(data)
        case _:
            return data


@st.composite
def kept_parts(draw: st.DrawFn) -> KeptPart:
    data = draw(st.one_of(st.binary(max_size=300), TEXTS.map(str.encode)))
    encoding = draw(st.sampled_from(["7bit", "8bit", "binary", "base64", "quoted-printable"]))
    media_type = draw(st.sampled_from(["text/plain", "text/html", "application/pdf", "image/png"]))
    charset = draw(st.sampled_from(["utf-8", "iso-8859-1", "x-unknown", "utf-16"]))
    labels = f"Content-Type: {media_type}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    head = f"Subject: x\r\n{labels}\r\n"
    part = read(head.encode() + encoded_body(data, encoding)).root
    return KeptPart(Label(media_type=media_type, filename=draw(st.none() | TEXTS)), part)


@st.composite
def text_parts(draw: st.DrawFn) -> TextPart:
    parameters = draw(st.sampled_from([{}, {"format": "flowed", "delsp": "yes"}, {"method": "REQUEST"}]))
    label = Label(
        media_type=draw(st.sampled_from(["text/plain", "text/html", "text/calendar"])), parameters=parameters
    )
    return TextPart(label, draw(TEXTS), draw(st.sampled_from(sorted(CODECS.values()))))


BYTES_PARTS = st.builds(
    BytesPart,
    st.builds(
        Label,
        media_type=st.just("image/png"),
        disposition=st.sampled_from(["inline", "attachment"]),
        filename=TEXTS,
    ),
    st.binary(max_size=400),
)
LEAVES: st.SearchStrategy[OutgoingPart] = st.one_of(text_parts(), kept_parts(), BYTES_PARTS)


def nested(children: st.SearchStrategy[OutgoingPart]) -> st.SearchStrategy[OutgoingPart]:
    kinds = st.sampled_from(["multipart/mixed", "multipart/alternative", "multipart/related"])
    multiparts = st.builds(
        MultipartPart,
        st.builds(Label, media_type=kinds),
        st.lists(children, min_size=1, max_size=4).map(tuple),
    )
    subject = TEXTS.map(lambda text: (("Subject", encode_words(text)),))
    return st.one_of(
        multiparts, st.builds(MessagePart, st.just(Label(media_type="message/rfc822")), subject, children)
    )


TREES = st.recursive(LEAVES, nested, max_leaves=8)


def given_leaves(part: OutgoingPart) -> Iterator[OutgoingPart]:
    match part:
        case MultipartPart(_, children):
            for child in children:
                yield from given_leaves(child)
        case MessagePart(_, _, body):
            yield from given_leaves(body)
        case _:
            yield part


def read_leaves(part: Part) -> Iterator[Part]:
    inner = part.children if part.enclosed is None else (part.enclosed.root,)
    for child in inner:
        yield from read_leaves(child)
    if not inner:
        yield part


def parsed_leaves(message: Message) -> Iterator[Message]:
    payload = message.get_payload()
    if isinstance(payload, list):
        for child in payload:
            assert isinstance(child, Message)
            yield from parsed_leaves(child)
    else:
        yield message


def with_lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def expected(part: OutgoingPart) -> bytes:
    match part:
        case BytesPart(_, content):
            return content
        case KeptPart(_, original):
            return decode_body(original)
        case _:
            raise AssertionError(part)


def is_text(part: OutgoingPart) -> bool:
    return part.label.media_type.startswith("text/")


@profile
@given(TREES, TEXTS, st.binary(min_size=16, max_size=16))
def test_every_leaf_comes_back(body: OutgoingPart, subject: str, seed: bytes) -> None:
    subject = " ".join(subject.split())
    out = compose(
        [("Subject", encode_words(subject)), ("To", encode_phrase(subject) + " <a@b.example>")], body, seed
    )
    assert out.isascii()
    assert out.endswith(b"\r\n")
    assert out.count(b"\r") == out.count(b"\n") == out.count(b"\r\n")
    assert max(map(len, out.split(b"\r\n"))) <= 998
    mail = read(out)
    assert mail.defects == ()
    assert mail.header.text("subject") == subject
    message = BytesParser(policy=default).parsebytes(out)
    ours, theirs, wanted = (
        list(read_leaves(mail.root)),
        list(parsed_leaves(message)),
        list(given_leaves(body)),
    )
    assert len(ours) == len(theirs) == len(wanted)
    for our, their, want in zip(ours, theirs, wanted, strict=True):
        decoded = decode_body(our)
        assert decoded == their.get_payload(decode=True)
        if isinstance(want, TextPart):
            text = decode_text(our).text
            assert text.replace("\r\n", "\n") == want.text.removeprefix("\ufeff")
            assert decoded.decode(str(their.get_content_charset())).replace("\r\n", "\n") == want.text
        elif is_text(want):
            assert decoded == expected(want) or with_lf(decoded) == with_lf(expected(want))
        else:
            assert decoded == expected(want)


@profile
@given(TEXTS, st.sampled_from(sorted(CODECS)), st.sampled_from(["8bit", "base64", "quoted-printable"]))
def test_text_is_decoded_to_what_was_encoded(text: str, charset: str, encoding: str) -> None:
    try:
        data = text.encode(CODECS[charset])
    except UnicodeEncodeError:
        return
    if encoding == "quoted-printable" and charset == "utf-16":
        encoding = "base64"
    head = (
        f"Subject: x\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    decoded = decode_text(read(head.encode() + encoded_body(data, encoding)).root).text
    assert decoded == data.decode(CODECS[charset]).removeprefix("\ufeff")
