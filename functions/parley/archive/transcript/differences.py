"""What the codes of a message's findings say of it: in which way it differs from its original, what was
flagged, and what of it cannot be known."""

from collections.abc import Iterable
from typing import Final

from parley.archive.transcript.messages import Difference, Found, Kind
from parley.archive.transcript.model import Lack

KINDS: Final = {
    "protected-masked": Kind.MAILBOX,
    "contact-mailbox-masked": Kind.CONTACT,
    "contact-phone-masked": Kind.CONTACT,
    "contact-iban-masked": Kind.CONTACT,
    "contact-handle-masked": Kind.CONTACT,
    "contact-link-masked": Kind.CONTACT,
    "filename-masked": Kind.FILE_NAME,
    "attachment-masked": Kind.ATTACHMENT_MASKED,
    "image-metadata-removed": Kind.ATTACHMENT_CLEANED,
    "document-author-removed": Kind.ATTACHMENT_CLEANED,
    "uuencoded-file-removed": Kind.ATTACHMENT_REMOVED,
    "amp-removed": Kind.TEXT_REMOVED,
    "part-empty": Kind.TEXT_REMOVED,
    "remote-content-removed": Kind.REMOTE_REMOVED,
    "signature-removed": Kind.SIGNATURE_REMOVED,
    "certificate-removed": Kind.SIGNATURE_REMOVED,
    "tnef-opened": Kind.FORM_CHANGED,
    "html-replaced-by-text": Kind.FORM_CHANGED,
    "enclosed-header-reduced": Kind.FORM_CHANGED,
}
"""What each code that changes a mail changed."""

FLAGS: Final = frozenset(
    (
        *("protected-in-attachment", "attachment-type-mismatch", "attachment-unreadable"),
        *("attachment-encrypted", "attachment-macros", "program-in-archive", "document-names-author"),
        *("contact-mailbox", "contact-phone", "contact-iban", "contact-handle", "contact-link"),
        *("contact-obfuscated", "spam-uncertain", "spam-scan-disabled", "virus-scan-disabled", "bulk"),
        "auto-generated",
    )
)
"""Codes that let a mail pass and are for a reviewer to look at."""

LACKS: Final = {
    "too-large": Lack.OVERSIZE,
    "mail-too-large": Lack.OVERSIZE,
    "outgoing-too-large": Lack.OVERSIZE,
    "text-too-large": Lack.OVERSIZE,
    "encrypted": Lack.ENCRYPTED,
    "attachment-encrypted": Lack.ENCRYPTED,
    "attachment-unreadable": Lack.UNREADABLE,
    "undecodable-text": Lack.UNREADABLE,
    "remote-content-removed": Lack.REMOTE,
}
"""Codes of what the parties may have seen, or sent, and a reviewer cannot."""


def differences(findings: Iterable[Found]) -> tuple[Difference, ...]:
    """By kind and place, in the order of the findings."""
    counts: dict[tuple[Kind, str], int] = {}
    for found in findings:
        if (kind := KINDS.get(found.code)) is not None:
            counts[kind, found.place] = counts.get((kind, found.place), 0) + found.count
    return tuple(Difference(kind, place, count) for (kind, place), count in counts.items())
