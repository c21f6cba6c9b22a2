"""Base64 that lacks its end, or has padding where none belongs: no reader gets less than it got before."""

import base64
import binascii
import email
import email.policy

from hypothesis import given
from hypothesis import strategies as st

from parley.mail.compose import KeptPart, Label, compose
from parley.mail.structure import read

HEAD = b"From: a@web.example\r\nContent-Type: application/x-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
FIELDS = [("From", "a@web.example")]
LINE_ENDS = st.sampled_from((b"\r\n", b"\n", b" \r\n", b""))
DATA = st.binary(min_size=1, max_size=300)


def relayed(body: bytes) -> bytes:
    kept = KeptPart(Label(media_type="application/x-data"), read(HEAD + body).root)
    return compose(FIELDS, kept, b"sixteen octets..")


def by_email(mail: bytes) -> bytes:
    content = email.message_from_bytes(mail, policy=email.policy.compat32).get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def up_to_padding(body: bytes) -> bytes:
    """As readers do that stop at the first padding and drop a last group that is not whole."""
    run = body.partition(b"=")[0].translate(None, b" \r\n")
    whole = run[: len(run) // 4 * 4]
    return binascii.a2b_base64(whole)


@given(DATA, LINE_ENDS, st.sampled_from((b"", b"\r\n", b"\n\n")))
def test_base64_without_padding_decodes_to_the_same_octets(data: bytes, line_end: bytes, end: bytes) -> None:
    body = base64.encodebytes(data).rstrip(b"=\n").replace(b"\n", line_end) + end
    assert by_email(HEAD + body) == data
    assert by_email(relayed(body)) == data


@given(DATA, st.integers(1, 8), LINE_ENDS, st.one_of(st.just(b""), DATA.map(base64.encodebytes)))
def test_whatever_a_reader_got_of_damaged_base64_it_gets_still(
    data: bytes, lost: int, line_end: bytes, more: bytes
) -> None:
    body = base64.encodebytes(data).rstrip(b"\n")[:-lost].replace(b"\n", line_end) + more
    outgoing = relayed(body)
    assert by_email(outgoing).startswith(up_to_padding(body))
    assert by_email(outgoing) == up_to_end(outgoing)


def up_to_end(mail: bytes) -> bytes:
    """As the strictest reader does."""
    return base64.b64decode(b"".join(mail.partition(b"\r\n\r\n")[2].split(b"\r\n")), validate=True)
