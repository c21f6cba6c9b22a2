"""Originals beside what was seen, for those who may see them."""

from collections.abc import Mapping

from parley.archive.readable import is_attachment, readable
from parley.archive.transcript.mails import Line, Original
from parley.archive.transcript.markup import MAX_TEXT, cleaned, named, plainly
from parley.mail.authentication import ses_authentication
from parley.mail.header import Header, decode_words
from parley.mail.structure import StructureError, read, read_header

_FIELDS = ("from", "sender", "reply-to", "to", "cc", "date", "subject", "message-id")
_SPELLED = {"message-id": "Message-ID", "reply-to": "Reply-To"}
_MAX_VALUE = 500


def original_of(raw: bytes, shown: bytes | None) -> Original:
    """shown: the mail that was seen in its place, None if there is none. Linear: a line counts as kept if it
    stands anywhere in what was seen. Raises `StructureError`."""
    mail = read(raw)
    told = readable(mail)
    kept = _lines_of(shown)
    text = cleaned(told.text[:MAX_TEXT])
    return Original(
        fields=_fields(mail.header),
        lines=tuple(Line(line, not line.strip() or line.strip() in kept) for line in text.split("\n")),
        files=tuple((named(each.name), each.media_type[:100], each.size) for each in told.attachments),
        is_cut=len(told.text) > MAX_TEXT,
    )


def parts_of(raw: bytes) -> Mapping[str, int]:
    """What each leaf of a mail is, by its path ("1.2"): 0 for a text, else which attachment, from 1. Empty
    for what is no mail."""
    try:
        pending = [("1", read(raw).root)]
    except StructureError:
        return {}
    known: dict[str, int] = {}
    attachments = 0
    while pending:
        place, part = pending.pop()
        if part.children:
            pending += [(f"{place}.{n}", each) for n, each in reversed(list(enumerate(part.children, 1)))]
        else:
            attachments += is_attachment(part)
            known[place] = attachments if is_attachment(part) else 0
    return known


def verdicts(raw: bytes) -> tuple[tuple[str, str], ...]:
    """What SES found, name and status, as it wrote above the mail's own header section: above X-SES-RECEIPT.
    Of authentication only whether it passed ("PASS" or "-"): domains would tell who wrote."""
    try:
        header = read_header(raw)
    except StructureError:
        return ()
    names = [field.name for field in header.fields]
    above = Header(header.fields[: names.index("x-ses-receipt")] if "x-ses-receipt" in names else ())
    fields = (("spam", "x-ses-spam-verdict"), ("virus", "x-ses-virus-verdict"))
    given = ((name, above.first(field)) for name, field in fields)
    found = [(name, plainly(value.decode("ascii", "replace"))[:20]) for name, value in given if value]
    if (proved := ses_authentication(header)) is not None:
        passed = (
            ("SPF", proved.spf_domain),
            ("DKIM", proved.dkim_domains),
            ("DMARC", proved.dmarc_domain),
        )
        found += [(name, "PASS" if domains else "-") for name, domains in passed]
    return tuple(found)


def _lines_of(shown: bytes | None) -> frozenset[str]:
    if shown is None:
        return frozenset()
    text = cleaned(readable(read(shown)).text)
    return frozenset(line.strip() for line in text.split("\n"))


def _fields(header: Header) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_SPELLED.get(name, name.title()), plainly(decode_words(value))[:_MAX_VALUE])
        for name in _FIELDS
        for value in header.all(name)
    )
