"""Attached text files: what they say of their own encoding stays true."""

import email

import pytest

from parley.mail.compose import compose
from parley.mail.structure import read
from parley.masking.mask import ContactRules, mask
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for, relayed
from tests.unit.masking.probes import MAILBOX, leaf, mail, multipart


def attached(content: bytes, media_type: str, name: str) -> bytes:
    """What the file decodes to after masking."""
    parameters = f'; name="{name}"'
    raw = multipart(leaf("text"), leaf(content, media_type + parameters, "", "base64"))
    masked = mask(
        read(raw),
        protected_for(BUYER_TO_SELLER),
        ContactRules(),
        content_id_seed="seed",
        relay_domain=RELAY_DOMAIN,
    )
    outgoing = email.message_from_bytes(compose([("Subject", "x")], masked.body, b"seed"))
    (file,) = [part for part in outgoing.walk() if part.get_filename() == name]
    octets = file.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets


UTF_16 = [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")]


@pytest.mark.parametrize(("codec", "mark"), UTF_16)
def test_an_attached_file_in_utf_16_keeps_its_octets(codec: str, mark: bytes) -> None:
    content = mark + '<?xml version="1.0" encoding="UTF-16"?><a>Grüße</a>'.encode(codec)
    assert attached(content, "text/xml", "list.xml") == content


@pytest.mark.parametrize(("codec", "mark"), UTF_16)
def test_a_masked_file_in_utf_16_stays_in_utf_16(codec: str, mark: bytes) -> None:
    content = attached(mark + f"name;{MAILBOX};Grüße\r\n".encode(codec), "text/csv", "list.csv")
    assert content.startswith(mark)
    text = content[2:].decode(codec)
    assert text.startswith("name;")
    assert text.endswith(";Grüße\r\n")
    assert MAILBOX not in text


def test_text_whose_charset_nobody_names_gets_no_label_and_keeps_its_octets() -> None:
    japanese = "注文ありがとう".encode("shift_jis")
    raw = mail(leaf(japanese + f" {MAILBOX}\r\n".encode(), charset=""))
    outgoing = relayed(raw, BUYER_TO_SELLER).outgoing
    part = email.message_from_bytes(outgoing)
    assert part.get_param("charset") is None
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    assert octets.startswith(japanese)
    assert MAILBOX.encode() not in octets
