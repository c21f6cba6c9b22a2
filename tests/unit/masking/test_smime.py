"""Opaque S/MIME signatures are opened; what cannot be opened is held."""

import pytest

from parley.masking.mask import Unmaskable
from parley.masking.smime import SignedDataError, signed_content
from tests.golden.pipeline import BUYER_TO_SELLER, relayed
from tests.golden.reading import missing, shows
from tests.unit.masking.probes import KEPT, MAILBOX, leaf, mail

SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def ber(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80]) + content + b"\0\0"


def signed(content: bytes, *, indefinite: bool = False) -> bytes:
    if indefinite:
        pieces = der(4, content[:7]) + der(4, content[7:])
        enclosed = ber(0x30, DATA + ber(0xA0, ber(0x24, pieces)))
        inner = b"\x02\x01\x01" + der(0x31, b"") + enclosed + der(0xA0, MAILBOX.encode())
        return ber(0x30, SIGNED_DATA + ber(0xA0, ber(0x30, inner)))
    enclosed = der(0x30, DATA + der(0xA0, der(4, content)))
    inner = b"\x02\x01\x01" + der(0x31, b"") + enclosed + der(0xA0, MAILBOX.encode())
    return der(0x30, SIGNED_DATA + der(0xA0, der(0x30, inner)))


@pytest.mark.parametrize("indefinite", [False, True])
def test_an_opaque_signature_is_opened_and_its_certificate_stays_behind(indefinite: bool) -> None:
    stream = signed(leaf(f"{KEPT} {MAILBOX}"), indefinite=indefinite)
    stated = "" if indefinite else "; smime-type=signed-data"
    raw = mail(leaf(stream, f"application/pkcs7-mime; name=smime.p7m{stated}", "", "base64"))
    result = relayed(raw, BUYER_TO_SELLER)
    assert not missing(result.outgoing, [KEPT])
    assert not shows(result.outgoing, MAILBOX)
    assert "signature-removed" in result.codes


def test_an_opaque_signature_that_calls_itself_octets_is_opened_too() -> None:
    part = leaf(signed(leaf(f"{KEPT} {MAILBOX}")), "application/octet-stream; name=smime.p7m", "", "base64")
    result = relayed(mail(part), BUYER_TO_SELLER)
    assert not missing(result.outgoing, [KEPT])
    assert not shows(result.outgoing, MAILBOX)


@pytest.mark.parametrize(
    "stream", [b"", b"0", signed(b"x" * 300)[:100], der(0x30, SIGNED_DATA), signed(b"no mail")]
)
def test_what_is_not_signed_mail_is_held(stream: bytes) -> None:
    raw = mail(leaf(stream, "application/pkcs7-mime; smime-type=signed-data", "", "base64"))
    with pytest.raises(Unmaskable) as held:
        relayed(raw, BUYER_TO_SELLER)
    assert held.value.finding.code == "signed-opaque"


def test_a_stream_cut_short_anywhere_raises_or_gives_a_part_of_it() -> None:
    whole = signed(b"Content-Type: text/plain\r\n\r\nHallo", indefinite=True)
    for length in range(len(whole)):
        try:
            signed_content(whole[:length])
        except SignedDataError:
            continue
        assert length > 60
