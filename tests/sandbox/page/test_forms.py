"""Forms with files as browsers send them."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.page import forms
from sandbox.page.forms import MAX_PARTS, BadFormError, Form, Upload

TYPE = "multipart/form-data; boundary=----Boundary7"


def read_form(content_type: str, octets: bytes) -> Form:
    return asyncio.run(forms.read_form(content_type, octets))


def body(*parts: bytes) -> bytes:
    return b"".join(b"------Boundary7\r\n" + part + b"\r\n" for part in parts) + b"------Boundary7--\r\n"


def text(name: str, value: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


def file(name: str, content: bytes, kind: str = "application/pdf") -> bytes:
    head = f'Content-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: {kind}'
    return head.encode() + b"\r\n\r\n" + content


def test_fields_and_files_are_read() -> None:
    form = read_form(
        TYPE, body(text("to", "a@b.example"), text("text", "Grüße\r\n\r\n"), file("März.pdf", b"%PDF"))
    )
    assert (form.text("to"), form.text("text"), form.text("other")) == ("a@b.example", "Grüße\r\n\r\n", "")
    assert form.files == (Upload("März.pdf", "application", "pdf", b"%PDF"),)


@given(st.binary(max_size=200))
def test_a_file_comes_through_octet_for_octet(content: bytes) -> None:
    tricky = content + b"\r\n--\r\n------Boundary\r\n"
    (upload,) = read_form(TYPE, body(file("a", tricky))).files
    assert upload.content == tricky


def test_where_no_file_was_chosen_there_is_none() -> None:
    assert read_form(TYPE, body(file("", b"", "application/octet-stream"))).files == ()


def test_what_does_not_print_in_a_name_cannot_reach_a_header_field() -> None:
    (upload,) = read_form(TYPE, body(file("a\x0bb\u2028.txt", b"x"))).files
    assert upload.name == "a_b_.txt"


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/related", "nonsense", "text/html; charset=x"])
def test_a_type_that_cannot_be_an_attachment_becomes_octets(kind: str) -> None:
    (upload,) = read_form(TYPE, body(file("a", b"x", kind))).files
    assert (upload.maintype, upload.subtype) == ("application", "octet-stream")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/x-www-form-urlencoded", b"to=a"),
        ("multipart/form-data", body(text("to", "a"))),
        (TYPE, b"before\r\n" + body(text("to", "a"))),
        (TYPE, body(b"Content-Disposition: form-data\r\n\r\nx")),
        (TYPE, body(b"Content-Disposition: form-data; name=x")),
        (TYPE, body(*[text("to", "a")] * (MAX_PARTS + 1))),
    ],
)
def test_what_no_browser_sends_is_refused(kind: str, content: bytes) -> None:
    with pytest.raises(BadFormError):
        read_form(kind, content)
