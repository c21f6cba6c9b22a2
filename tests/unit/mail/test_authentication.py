"""What SES found, and what others would like it to have found."""

import pytest

from parley.mail.authentication import Authentication, ses_authentication
from parley.mail.structure import read

SES = (
    "amazonses.com; spf=pass (spfCheck: domain of example.org designates 192.0.2.1 as permitted sender) "
    "client-ip=192.0.2.1; envelope-from={envelope}; helo=mail.example.org; "
    "dkim={dkim} header.i=@example.org; dmarc={dmarc} header.from=example.org;"
)
AUTHOR = "DKIM-Signature: v=1; d=example.org\r\nFrom: x@example.org\r\nSubject: x\r\n"


def field(envelope: str = "x@example.org", dkim: str = "pass", dmarc: str = "pass") -> str:
    return "Authentication-Results: " + SES.format(envelope=envelope, dkim=dkim, dmarc=dmarc) + "\r\n"


def found(*above: str, below: str = "") -> Authentication | None:
    top = "Return-Path: <x@example.org>\r\nReceived: from mail.example.org by inbound-smtp.amazonaws.com\r\n"
    verdicts = "X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\nReceived-SPF: pass\r\n"
    raw = top + verdicts + "".join(above) + "X-SES-RECEIPT: AAAA\r\n" + below + AUTHOR + "\r\nbody"
    return ses_authentication(read(raw.encode()).header)


def test_spf_dkim_and_dmarc_are_read_from_the_field_of_ses() -> None:
    assert found(field()) == Authentication("example.org", frozenset({"example.org"}), "example.org")


def test_results_that_did_not_pass_name_no_domain() -> None:
    assert found(field(dkim="fail", dmarc="fail").replace("spf=pass", "spf=softfail")) == Authentication()


def test_several_signatures_are_all_read() -> None:
    several = "dkim=pass header.i=@Example.ORG; dkim=fail header.i=@b.example; dkim=pass header.i=u@c.example"
    result = found(field().replace("dkim=pass header.i=@example.org", several))
    assert result is not None
    assert result.dkim_domains == {"example.org", "c.example"}


def test_an_identity_may_stand_in_header_d() -> None:
    result = found(field().replace("header.i=@", "header.d="))
    assert result is not None
    assert result.dkim_domains == {"example.org"}


def test_comments_are_no_results() -> None:
    comment = "dkim=fail (dkim=pass header.i=@bank.example; (nested \\) dmarc=pass)) header.i=@bank.example"
    result = found(field().replace("dkim=pass header.i=@example.org", comment))
    assert result == Authentication("example.org", frozenset(), "example.org")


def test_the_null_reverse_path_passes_spf_for_no_domain() -> None:
    result = found(field(envelope=""))
    assert result is not None
    assert result.spf_domain is None


@pytest.mark.parametrize(
    "envelope",
    [
        '"a; dmarc=pass header.from=bank.example"@example.org',
        '"a\\"; dmarc=pass header.from=bank.example; x=\\""@example.org',
        '"a; dkim=pass header.i=@bank.example; helo=b"@example.org',
    ],
)
def test_a_quoted_local_part_injects_nothing(envelope: str) -> None:
    result = found(field(envelope=envelope, dkim="fail", dmarc="fail"))
    assert result == Authentication("example.org", frozenset(), None)


@pytest.mark.parametrize(
    "envelope",
    [
        "a; dmarc=pass header.from=bank.example; b@example.org",
        "a; dkim=pass header.i=@bank.example; b@example.org",
        "a; helo=b; dkim=pass header.i=@bank.example; c@example.org",
        'a"; dmarc=pass header.from=bank.example; b@example.org',
        "a(@example.org",
    ],
)
def test_an_envelope_that_breaks_out_makes_the_field_worthless(envelope: str) -> None:
    assert found(field(envelope=envelope, dkim="fail", dmarc="fail")) is None


def test_a_field_below_the_receipt_is_the_authors() -> None:
    assert found(below=field()) is None
    assert found(field(dmarc="fail"), below=field()) == Authentication(
        "example.org", frozenset({"example.org"}), None
    )


def test_another_authserv_id_is_not_believed() -> None:
    other = field().replace("amazonses.com", "amazonses.com.evil.example")
    assert found(other) is None
    assert found(other, field(dmarc="fail")) == found(field(dmarc="fail"))


def test_of_two_fields_of_ses_neither_is_believed() -> None:
    assert found(field(), field()) is None


def test_a_field_that_cannot_be_read_makes_the_other_worthless() -> None:
    assert found(field(), 'Authentication-Results: amazonses.com; x="\r\n') is None


def test_without_a_receipt_nothing_is_believed() -> None:
    header = read((field() + "From: x@example.org\r\n\r\nbody").encode()).header
    assert ses_authentication(header) is None


def test_fields_of_the_author_above_the_receipt_show_a_wrong_order() -> None:
    assert found("From: x@example.org\r\n", field()) is None


def test_no_result_is_a_result() -> None:
    assert found("Authentication-Results: amazonses.com 1; none\r\n") == Authentication()
