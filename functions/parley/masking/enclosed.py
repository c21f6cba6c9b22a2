"""Header sections of enclosed mails: reduced to what a reader needs, and masked."""

import re
from typing import Final

from parley.mail.address import address_list
from parley.mail.header import Field, Header, decode_words, encode_phrase, encode_words
from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText, mask_text

_ADDRESSES: Final = ("from", "to", "cc")
_SHOWN: Final = {"from": "From", "to": "To", "cc": "Cc", "subject": "Subject", "date": "Date"}
_MAX_MAILBOXES: Final = 50
_UNFOLD: Final = re.compile(r"\r?\n[ \t]+")


def masked_fields(
    header: Header, matcher: Matcher, mask_contacts: bool
) -> tuple[tuple[tuple[str, str], ...], int, tuple[str, ...]]:
    """From, To, Cc, Subject and Date of an enclosed mail, encoded for output; how many protected strings were
    found in them, and the codes of other contact data."""
    fields = []
    protected = 0
    contacts: list[str] = []
    for name, shown in _SHOWN.items():
        raw = header.first(name)
        if raw is None:
            continue
        if name in _ADDRESSES:
            value, found = _addresses(raw, matcher, mask_contacts)
        else:
            masked = mask_text(decode_words(raw)[:2_000], matcher, mask_contacts=mask_contacts)
            value, found = encode_words(masked.text), [masked]
        protected += sum(text.protected for text in found)
        contacts += (code for text in found for code in text.contacts)
        if value:
            fields.append((shown, value))
    return tuple(fields), protected, tuple(contacts)


def _addresses(raw: bytes, matcher: Matcher, mask_contacts: bool) -> tuple[str, list[MaskedText]]:
    listed = address_list(raw.decode("utf-8", "replace"))[:_MAX_MAILBOXES]
    shown: list[str] = []
    found: list[MaskedText] = []
    for named in listed:
        name = mask_text(named.name, matcher, mask_contacts=mask_contacts)
        mailbox = mask_text(str(named.mailbox), matcher, mask_contacts=mask_contacts)
        found += (name, mailbox)
        address = mailbox.text if mailbox.text.isascii() else "***@***"
        # RFC 5322 §2.2.3: a fold stands before a blank, so one mailbox a line keeps lines short.
        shown.append(f"{encode_phrase(name.text)} <{address}>" if name.text else address)
    return ",\r\n ".join(shown), found


def masked_header_text(text: str, matcher: Matcher, mask_contacts: bool) -> MaskedText:
    """A header section that is a text of its own (text/rfc822-headers), reduced and masked."""
    fields = []
    for line in _UNFOLD.sub(" ", text).splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() in _SHOWN:
            fields.append(Field(name.strip().lower(), value.strip().encode("utf-8", "replace")))
    lines = [f"{_SHOWN[field.name]}: {decode_words(field.value)}" for field in fields]
    return mask_text("\r\n".join((*lines, "")), matcher, mask_contacts=mask_contacts)
