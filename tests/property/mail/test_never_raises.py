"""Whatever the bytes are: readers of values never raise, and `read` raises `StructureError` only."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.mail.address import AddressError, Mailbox, address_list, parse_mailbox, parse_reverse_path
from parley.mail.authentication import ses_authentication
from parley.mail.header import (
    Field,
    Header,
    decode_words,
    encode_parameter,
    encode_phrase,
    encode_words,
    parse_parameterised,
)
from parley.mail.reports import automatic
from parley.mail.structure import Part, StructureError, read
from parley.mail.text import UnreadableText, decode_body, decode_text

profile = settings(max_examples=150, derandomize=True, deadline=None)

# Alphabets that hit the grammar more often than arbitrary bytes do.
ADDRESS = st.text(alphabet='ab.@<>(),;:"\\[] \t\r\nü=?', max_size=60)
WORDS = st.lists(
    st.sampled_from(
        [
            b"=?",
            b"?=",
            b"?",
            b"utf-8",
            b"utf-7",
            b"q",
            b"B",
            b"=C3",
            b"w7w=",
            b" ",
            b"\xff",
            b"\0",
            b"a",
            b"=",
        ]
    ),
    max_size=30,
).map(b"".join)
PARAMETERS = st.lists(
    st.sampled_from(
        [
            b"a",
            b"/",
            b";",
            b"=",
            b'"',
            b"\\",
            b"*",
            b"0",
            b"1",
            b"'",
            b"%41",
            b" ",
            b"(",
            b")",
            b"filename",
            b"\xff",
        ]
    ),
    max_size=40,
).map(b"".join)
LINES = st.lists(
    st.sampled_from(
        [
            b"From: a@b.example",
            b"Subject: x",
            b"Content-Type: multipart/mixed; boundary=b",
            b"Content-Type: multipart/digest; boundary=bb",
            b"Content-Type: message/rfc822",
            b"Content-Type: text/html; charset=utf-7",
            b"Content-Transfer-Encoding: base64",
            b"Content-Transfer-Encoding: quoted-printable",
            b"Content-Transfer-Encoding: x-uuencode",
            b"Auto-Submitted: auto-replied",
            b"--b",
            b"--b--",
            b"--bb",
            b"--bb--",
            b"",
            b" folded",
            b"junk",
            b"=?utf-8?q?=C3?=",
            b"aGVsbG8=",
            b"begin 644 x",
            b"\xff\xfe\0",
            b"=\r",
        ]
    ),
    max_size=40,
)
MAILS = st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"])).map(lambda pair: pair[1].join(pair[0]))


def leaves(part: Part) -> list[Part]:
    inner = part.children if part.enclosed is None else (part.enclosed.root,)
    return [leaf for child in inner for leaf in leaves(child)] if inner else [part]


def everything_is_readable(raw: bytes) -> None:
    try:
        mail = read(raw)
    except StructureError:
        return
    automatic(mail, null_reverse_path=True)
    ses_authentication(mail.header)
    codes = set()
    for part in leaves(mail.root):
        assert mail.root.body_start <= len(raw)
        decode_body(part)
        try:
            assert "\0" not in decode_text(part).text
        except UnreadableText as error:
            codes.add(error.code)
    assert codes <= {"undecodable-text", "text-too-large"}


@profile
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    everything_is_readable(raw)
    everything_is_readable(b"Subject: x\n" + raw)


@settings(profile, max_examples=400)
@given(MAILS)
def test_any_lines_of_mails_are_read_or_refused(raw: bytes) -> None:
    everything_is_readable(raw)
    everything_is_readable(b"From: a@b.example\n" + raw)


@settings(profile, max_examples=400)
@given(ADDRESS)
def test_any_address_list_is_read(value: str) -> None:
    for named in address_list(value):
        assert isinstance(named.mailbox, Mailbox)
        assert parse_mailbox(str(named.mailbox)) == named.mailbox


@profile
@given(st.one_of(ADDRESS, st.text(max_size=60)))
def test_a_mailbox_is_read_or_refused_and_reads_back(text: str) -> None:
    parse = (parse_mailbox, parse_reverse_path)
    for function in parse:
        try:
            found = function(text)
        except AddressError:
            continue
        if isinstance(found, Mailbox):
            assert parse_mailbox(str(found)) == found
            assert str(found).isprintable()


@settings(profile, max_examples=400)
@given(st.one_of(WORDS, st.binary(max_size=100)))
def test_any_field_value_is_decoded_without_line_ends(raw: bytes) -> None:
    assert not re.search(r"[\r\n\0]", decode_words(raw))


@settings(profile, max_examples=400)
@given(st.one_of(PARAMETERS, st.binary(max_size=100)))
def test_any_value_with_parameters_is_read(raw: bytes) -> None:
    read_value = parse_parameterised(raw)
    assert read_value.value == read_value.value.lower()


@profile
@given(st.binary(max_size=200))
def test_any_authentication_results_are_read(raw: bytes) -> None:
    value = b"amazonses.com; " + raw
    ses_authentication(Header((Field("authentication-results", value), Field("x-ses-receipt", b"x"))))


@settings(profile, max_examples=300)
@given(st.text(max_size=300))
def test_any_text_is_written_as_ascii_and_read_back(text: str) -> None:
    shown = text.encode("utf-8", "replace").decode()
    shown = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", shown)
    encoded = encode_words(text)
    assert encoded.isascii()
    assert re.fullmatch(r"(?:[^\r\n\0]|\r\n )*", encoded)
    assert decode_words(encoded.replace("\r\n", "").encode()) == shown
    phrase = encode_phrase(text)
    (named,) = address_list(phrase.replace("\r\n", "") + " <a@b.example>")
    assert named.name == " ".join(shown.split())


@settings(profile, max_examples=300)
@given(st.text(max_size=200))
def test_any_parameter_is_written_as_ascii_and_read_back(value: str) -> None:
    pieces = list(encode_parameter("filename", value))
    assert all(piece.isascii() and piece.isprintable() and len(piece) <= 76 for piece in pieces)
    kept = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", "", value.encode("utf-8", "replace").decode())
    assert parse_parameterised(("a; " + "; ".join(pieces)).encode()).parameters["filename"] == kept
