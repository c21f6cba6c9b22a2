"""Which mail a report is about."""

import pytest

from parley.mail.returned import Named, named_in
from parley.mail.structure import read


def report(*parts: str, kind: str = "delivery-status") -> bytes:
    bodies = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return (
        "From: mailer-daemon@seller.example\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\r\n\r\n{bodies}--b--\r\n'
    ).encode()


TEXT = "Content-Type: text/plain\r\n\r\nX-Parley-Message: m0\r\n"
HEADERS = "From: b-1@relay.example\r\nX-Parley-Message: m1\r\nMessage-ID: <0102@eu-west-1.amazonses.com>\r\n"
BOTH = Named("m1", "0102@eu-west-1.amazonses.com")


@pytest.mark.parametrize(
    ("part", "named"),
    [
        (f"Content-Type: message/rfc822\r\n\r\n{HEADERS}\r\nHello", BOTH),
        (f"Content-Type: text/rfc822-headers\r\n\r\n{HEADERS}", BOTH),
        ("Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\nX-Parley-Message: m1", None),
        ("Content-Type: message/rfc822\r\n\r\nX-Parley-Message: m1\r\nX-Parley-Message: m2\r\n", None),
        ("Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nX-Parley-Message: <m1>\r\n", None),
        ("Content-Type: message/rfc822\r\n\r\nMessage-ID: <a@b.example>\r\n", Named(None, "a@b.example")),
        (HEADERS, None),
    ],
)
def test_a_report_names_the_mail_that_it_encloses(part: str, named: Named | None) -> None:
    assert named_in(read(report(TEXT, part))) == named


def test_a_report_of_many_parts_is_not_searched_for_long() -> None:
    enclosed = f"Content-Type: text/rfc822-headers\r\n\r\n{HEADERS}"
    assert named_in(read(report(*[TEXT] * 5, enclosed))) == BOTH
    assert named_in(read(report(*[TEXT] * 50, enclosed))) is None
