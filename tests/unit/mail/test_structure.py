"""The scanner: what the tree is, what is only odd, and what cannot be read."""

import base64

import pytest

from parley.mail.structure import (
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_HEADER_BYTES,
    MAX_MAIL_BYTES,
    MAX_NEAR_BOUNDARIES,
    MAX_PARTS,
    Defect,
    Mail,
    Part,
    StructureError,
    read,
    read_header,
)

HEAD = b"From: a@b.example\nSubject: x\n"


def multipart(*lines: str, boundary: str = "b") -> bytes:
    head = HEAD + f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n'.encode()
    return head + "\n".join(lines).encode()


def bodies(mail: Mail) -> list[bytes]:
    return [bytes(child.body) for child in mail.root.children]


def refused(raw: bytes) -> Defect:
    with pytest.raises(StructureError) as error:
        read(raw)
    return error.value.defect


# header sections


def test_fields_are_unfolded_trimmed_and_in_order() -> None:
    mail = read(b"Subject : a\r\n\tb \r\nTo:c\r\nTO: d\r\n\r\nbody")
    assert [(f.name, f.value) for f in mail.header.fields] == [
        ("subject", b"a\tb"),
        ("to", b"c"),
        ("to", b"d"),
    ]


def test_a_continuation_of_blanks_alone_does_not_end_the_header_section() -> None:
    mail = read(b"Subject: a\n \t \n b\nTo: c\n\nbody")
    assert mail.header.first("to") == b"c"
    assert bytes(mail.root.body) == b"body"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_kind_of_line_end_is_read(end: bytes) -> None:
    raw = HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\none\n--b\nX-A: b\n\ntwo\n--b--\n'
    mail = read(raw.replace(b"\n", end))
    assert bodies(mail) == [b"one", b"two"]
    assert set(mail.defects) == ({Defect.BARE_CARRIAGE_RETURNS} if end == b"\r" else set())


def test_mixed_line_ends_are_read() -> None:
    raw = (
        HEAD.replace(b"\n", b"\r\n")
        + b"Content-Type: multipart/mixed; boundary=b\n\r\n--b\r\n\none\r\n--b\n\r\ntwo\n--b--"
    )
    assert bodies(read(raw)) == [b"one", b"two"]


def test_a_line_that_mbox_puts_in_front_is_ignored() -> None:
    assert read(b"From a@b Mon Nov 16 09:12:44 2026\n" + HEAD + b"\nbody").header.first("subject") == b"x"


def test_empty_lines_in_front_are_ignored() -> None:
    assert read(b"\r\n\n" + HEAD + b"\nbody").header.first("subject") == b"x"


def test_a_multipart_whose_blank_line_holds_a_blank_begins_at_its_delimiter() -> None:
    head = HEAD + b'Content-Type: multipart/mixed; boundary="b"\n \n'
    mail = read(head + b"--b\nContent-Type: text/plain\n\none\n--b\n\ntwo\n--b--\n")
    assert bodies(mail) == [b"one", b"two"]
    assert mail.defects == (Defect.MISSING_BLANK_LINE,)


def test_a_junk_line_between_fields_is_skipped() -> None:
    mail = read(b"From: a@b.example\n>From x@y Mon\nSubject: x\n\nbody")
    assert mail.header.first("subject") == b"x"
    assert bytes(mail.root.body) == b"body"
    assert mail.defects == (Defect.JUNK_IN_HEADER,)


def test_a_field_with_an_odd_name_is_a_field() -> None:
    mail = read(HEAD + b"X(odd)[name]: y\n\nbody")
    assert bytes(mail.root.body) == b"body"
    assert mail.defects == ()


def test_a_body_without_the_empty_line_begins_at_its_first_line() -> None:
    mail = read(HEAD + b"Dear shop,\nNote: it is late\n\nAnna")
    assert bytes(mail.root.body) == b"Dear shop,\nNote: it is late\n\nAnna"
    assert mail.defects == (Defect.MISSING_BLANK_LINE,)


def test_a_quoted_header_section_is_not_taken_for_the_real_one() -> None:
    mail = read(HEAD + b"Hello\nFrom: c@d.example\nSubject: y\n\nAnna")
    assert mail.header.all("from") == (b"a@b.example",)
    assert bytes(mail.root.body).startswith(b"Hello\nFrom: c@d.example")


def test_lines_that_end_with_two_carriage_returns_are_read() -> None:
    mail = read((HEAD + b"\nbody\n").replace(b"\n", b"\r\r\n"))
    assert mail.header.first("subject") == b"x"
    assert bytes(mail.root.body).strip() == b"body"


def test_a_bare_carriage_return_in_a_field_makes_no_second_field() -> None:
    mail = read(b"From: a@b.example\r\nSubject: x\rBcc: y@z.example\r\n\r\nbody")
    assert mail.header.first("bcc") is None
    assert mail.header.first("subject") == b"x Bcc: y@z.example"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\r\n\r\n",
        b'{"Records": [{"a": 1}]}',
        b'{\n  "Records": []\n}\n',
        b"Dear shop,\n\nwhere is my parcel?\n",
        b"Note: this is no mail\n\nFrom: a@b.example\n",
        bytes(range(256)) * 40,
        b"\x89PNG\r\n\x1a\n" + bytes(1_000),
        b"<!DOCTYPE html>\n<p style='color: red'>\n",
        b"PK\x03\x04" + b"\x00" * 500_000,
    ],
)
def test_what_has_no_header_section_is_not_a_mail(raw: bytes) -> None:
    assert refused(raw) is Defect.NOT_A_MAIL


def test_a_mail_may_have_no_body() -> None:
    assert bytes(read(b"From: a@b.example").root.body) == b""


@pytest.mark.parametrize(
    "body",
    [
        "Content-Type: text/plain; charset=koi8-r\n\nx",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=koi8-r\n\nx",
    ],
)
def test_raw_octets_in_a_field_are_read_in_the_charset_of_the_first_text(body: str) -> None:
    mail = read("From: a@b.example\nSubject: Привет\n".encode("koi8-r") + body.encode())
    assert mail.header.text("subject") == "Привет"
    assert read("Subject: Привет\n".encode() + body.encode()).header.text("subject") == "Привет"


# caps


def test_a_header_section_over_the_cap_is_refused() -> None:
    assert refused(b"Subject: " + b"x" * MAX_HEADER_BYTES + b"\n\nbody") is Defect.HEADER_TOO_LARGE


def test_too_many_fields_are_refused() -> None:
    assert refused(b"To: x\n" * (MAX_FIELDS + 1) + b"\n") is Defect.HEADER_TOO_LARGE


def test_a_mail_over_the_cap_is_refused() -> None:
    assert refused(HEAD + b"\n" + bytes(MAX_MAIL_BYTES)) is Defect.TOO_LARGE


def test_too_many_parts_are_refused() -> None:
    assert refused(multipart(*["--b\n\nx"] * (MAX_PARTS + 1))) is Defect.TOO_MANY_PARTS


def test_too_many_parts_in_enclosed_mails_together_are_refused() -> None:
    inner = 'Content-Type: multipart/mixed; boundary="i"\n\n' + "--i\n\nx\n" * 300
    part = "--b\nContent-Type: message/rfc822\n\n" + inner
    assert refused(multipart(*[part] * 4)) is Defect.TOO_MANY_PARTS


def test_nesting_beyond_the_cap_is_refused() -> None:
    raw = "".join(f"--{n}\nContent-Type: multipart/mixed; boundary={n + 1}\n\n" for n in range(MAX_DEPTH + 1))
    assert refused(multipart(raw, f"--{MAX_DEPTH + 1}\n\nx", boundary="0")) is Defect.TOO_DEEP


def test_enclosed_mails_beyond_the_depth_are_refused() -> None:
    assert refused(HEAD + b"Content-Type: message/rfc822\n\n" * (MAX_DEPTH + 2)) is Defect.TOO_DEEP


def test_encoded_mails_in_each_other_beyond_the_depth_are_refused() -> None:
    inner = b"text"
    for _ in range(MAX_DEPTH + 2):
        head = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        inner = head + base64.encodebytes(inner)
    assert refused(HEAD + inner) is Defect.TOO_DEEP


def test_encoded_mails_in_each_other_may_not_multiply_the_mail() -> None:
    inner = b"Subject: y\n\n" + bytes(MAX_MAIL_BYTES // 4)
    for _ in range(5):
        inner = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n" + inner
    assert refused(HEAD + inner) is Defect.TOO_LARGE


def test_lines_that_only_begin_like_a_delimiter_are_counted() -> None:
    raw = multipart("--b\n\nx", *["--bb"] * (MAX_NEAR_BOUNDARIES + 1), "--b--")
    assert refused(raw) is Defect.TOO_MANY_NEAR_BOUNDARIES


def test_the_header_section_alone_is_read_of_a_mail_that_is_refused() -> None:
    raw = b"From: a@b.example\r\nContent-Transfer-Encoding: yenc\r\n\r\nbody"
    assert refused(raw) is Defect.UNKNOWN_TRANSFER_ENCODING
    assert read_header(raw).first("from") == b"a@b.example"
    assert read_header(raw.replace(b"\r\n", b"\r")).first("from") == b"a@b.example"
    with pytest.raises(StructureError):
        read_header(b"no mail")


# multiparts


def test_preamble_and_epilogue_are_no_parts() -> None:
    mail = read(multipart("preamble", "--b", "", "one", "--b--", "epilogue", "--b", "", "no"))
    assert bodies(mail) == [b"one"]
    assert mail.defects == ()


def test_the_line_end_before_a_delimiter_belongs_to_it_and_no_more() -> None:
    assert bodies(read(multipart("--b", "", "one", "", "--b--"))) == [b"one\n"]


def test_parts_may_be_empty_and_have_no_header_section() -> None:
    mail = read(multipart("--b", "--b", "", "--b", "", "", "--b", "X-A: b", "--b--"))
    assert bodies(mail) == [b"", b"", b"", b""]
    assert [child.content_type.value for child in mail.root.children] == ["text/plain"] * 4


def test_a_part_that_begins_with_text_has_no_header_section() -> None:
    assert bodies(read(multipart("--b", "Dear shop,", "", "hello", "--b--"))) == [b"Dear shop,\n\nhello"]


def test_a_part_that_begins_with_prose_like_a_field_loses_nothing() -> None:
    assert bodies(read(multipart("--b", "Note: it is late", "Anna", "", "x", "--b--"))) == [
        b"Note: it is late\nAnna\n\nx"
    ]


def test_a_boundary_that_begins_like_another_is_not_taken_for_it() -> None:
    inner = (
        "--b",
        'Content-Type: multipart/alternative; boundary="b1"',
        "",
        "--b1",
        "",
        "x",
        "--b1--",
        "--b--",
    )
    mail = read(multipart(*inner))
    assert len(mail.root.children) == 1
    assert bytes(mail.root.children[0].children[0].body) == b"x"
    assert mail.defects == ()


def test_blanks_behind_a_delimiter_are_ignored() -> None:
    assert bodies(read(multipart("--b \t", "", "one", "--b-- "))) == [b"one"]


def test_the_delimiter_may_stand_at_the_very_start_or_end() -> None:
    assert bodies(read(multipart("--b\n\none\n--b--"))) == [b"one"]


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ('"a b"', "a b"),
        ("a b", "a b"),
        ("ab (comment)", "ab"),
        ("a'()+_,-./:=?", "a'()+_,-./:=?"),
        ('"=?x?q?a?="', "=?x?q?a?="),
        ('"a\\"b"', 'a"b'),
        ('"unclosed', "unclosed"),
    ],
)
def test_boundaries_are_read_as_written(written: str, used: str) -> None:
    head = HEAD + f"Content-Type: multipart/mixed; boundary={written}\n\n".encode()
    assert bodies(read(head + f"--{used}\n\none\n--{used}--\n".encode())) == [b"one"]


def test_a_boundary_in_rfc_2231_form_is_read() -> None:
    head = HEAD + b"Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n"
    assert bodies(read(head + b"--ab\n\none\n--ab--\n")) == [b"one"]


def test_a_missing_close_is_closed_by_the_parent() -> None:
    lines = ("--b", "Content-Type: multipart/mixed; boundary=i", "", "--i", "", "x", "--b", "", "y", "--b--")
    mail = read(multipart(*lines))
    assert bytes(mail.root.children[0].children[0].body) == b"x"
    assert bytes(mail.root.children[1].body) == b"y"
    assert mail.defects == (Defect.MISSING_CLOSE,)


@pytest.mark.parametrize("parameter", ["", "; boundary=", '; boundary=""', "; boundary=other"])
def test_a_multipart_without_delimiters_is_one_plain_text(parameter: str) -> None:
    mail = read(HEAD + f"Content-Type: multipart/mixed{parameter}\n\n--b\n\nx\n-- \nAnna\n".encode())
    assert mail.root.content_type.value == "text/plain"
    assert bytes(mail.root.body) == b"--b\n\nx\n-- \nAnna\n"
    assert mail.defects == (Defect.MISSING_BOUNDARY,)


@pytest.mark.parametrize("parameter", ["", "; boundary=", "; bo", "; boundary=other"])
def test_a_lost_boundary_is_told_from_the_body(parameter: str) -> None:
    body = b"preamble\n-- \n--bbb\n\none\n--bbb \n\ntwo\n--bbb--\n"
    mail = read(HEAD + f"Content-Type: multipart/mixed{parameter}\n\n".encode() + body)
    assert bodies(mail) == [b"one", b"two"]
    assert mail.defects == (Defect.MISSING_BOUNDARY,)


def test_an_encoded_multipart_whose_delimiters_are_hidden_is_refused() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
    assert refused(raw + base64.encodebytes(b"--b\n\nx\n--b--\n")) is Defect.ENCODED_MULTIPART


def test_the_encoding_of_a_multipart_means_nothing_where_its_delimiters_stand_in_the_clear() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: quoted-printable\n\n"
    mail = read(raw + b"--b\n\nx=41\n--b--\n")
    assert bodies(mail) == [b"x=41"]
    assert mail.root.children[0].transfer_encoding == "8bit"
    assert mail.defects == (Defect.IDLE_TRANSFER_ENCODING,)


# types and encodings


@pytest.mark.parametrize("written", ["text", "", ";charset=x", "a/b/c d", "=", "text/", "/plain"])
def test_an_invalid_type_is_plain_text(written: str) -> None:
    mail = read(HEAD + f"Content-Type: {written}\n\nx".encode())
    assert mail.root.content_type.value in ("text/plain", "a/b")


def test_parts_of_a_digest_are_messages() -> None:
    raw = HEAD + b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: y\n\nz\n--b--\n"
    (child,) = read(raw).root.children
    assert child.enclosed is not None
    assert child.enclosed.header.first("subject") == b"y"
    assert bytes(child.enclosed.root.body) == b"z"


@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
def test_an_enclosed_mail_is_read_whether_encoded_or_not(encoding: str) -> None:
    inner = b"Subject: y\n\nbody\n"
    body = {"base64": base64.encodebytes(inner), "quoted-printable": inner.replace(b"y", b"=79")}.get(
        encoding, inner
    )
    head = HEAD + f"Content-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    enclosed = read(head + body).root.enclosed
    assert enclosed is not None
    assert enclosed.header.first("subject") == b"y"
    assert bytes(enclosed.root.body) == b"body\n"


@pytest.mark.parametrize(
    "media_type", ["message/partial", "message/external-body", "message/delivery-status"]
)
def test_other_messages_are_leaves(media_type: str) -> None:
    root = read(HEAD + f"Content-Type: {media_type}\n\nSubject: y\n\nz".encode()).root
    assert (root.enclosed, root.children) == (None, ())


def test_two_types_that_disagree_are_refused() -> None:
    raw = HEAD + b"Content-Type: text/plain\nContent-Type: text/html\n\nx"
    assert refused(raw) is Defect.AMBIGUOUS_CONTENT_TYPE


def test_two_boundaries_are_refused() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=a\nContent-Type: multipart/mixed; boundary=b\n\nx"
    assert refused(raw) is Defect.AMBIGUOUS_CONTENT_TYPE


def test_the_same_type_twice_is_harmless() -> None:
    assert (
        read(HEAD + b"Content-Type: text/html\nContent-Type: TEXT/HTML\n\nx").root.content_type.value
        == "text/html"
    )


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        ("7bit", "7bit"),
        ("7-bit", "7bit"),
        ("8 bit", "8bit"),
        ("8BIT (sic)", "8bit"),
        ("utf-8", "8bit"),
        ("ISO-8859-1", "8bit"),
        ("", "8bit"),
        ("quoted printable", "quoted-printable"),
        ('"Quoted-Printable";', "quoted-printable"),
        ("base-64", "base64"),
        ("BASE64 charset=utf-8", "base64"),
        ("x-uuencode", "x-uuencode"),
        ("binary", "binary"),
    ],
)
def test_wrong_spellings_of_transfer_encodings_are_understood(written: str, encoding: str) -> None:
    root = read(HEAD + f"Content-Transfer-Encoding: {written}\n\nx".encode()).root
    assert root.transfer_encoding == encoding


@pytest.mark.parametrize("written", ["x-zip", "yenc", "7bit-base64"])
def test_an_unknown_transfer_encoding_is_refused(written: str) -> None:
    raw = HEAD + f"Content-Transfer-Encoding: {written}\n\nx".encode()
    assert refused(raw) is Defect.UNKNOWN_TRANSFER_ENCODING


def test_two_transfer_encodings_that_disagree_are_refused() -> None:
    raw = HEAD + b"Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\nx"
    assert refused(raw) is Defect.AMBIGUOUS_TRANSFER_ENCODING


def test_a_part_gives_its_body_without_copying_the_mail() -> None:
    raw = HEAD + b"\nbody"
    root: Part = read(raw).root
    assert root.source is raw
    assert root.body.obj is raw
