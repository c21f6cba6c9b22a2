"""Attachments that do not call themselves text: kept, unless their content says otherwise."""

from dataclasses import replace
from typing import Final, Protocol

from parley.mail.compose import BytesPart, KeptPart, Label
from parley.mail.structure import Part
from parley.mail.text import decode_body
from parley.masking.hypertext import TooComplex
from parley.masking.kinds import Kind
from parley.masking.matcher import Matcher
from parley.masking.text import Unsettled
from parley.masking.texts import MaskedLeaf, UnreadableLeaf, mask_by_kind
from parley.masking.views import View

MAX_SEARCHED: Final = 4 * 1024 * 1024
_SNIFFED: Final = 4_096


class Masker(Protocol):
    """What an attachment needs to know of the mail that it is in."""

    matcher: Matcher
    content_ids: dict[str, str]
    mask_contacts: bool


def mask_attachment(part: Part, label: Label, kind: Kind, masker: Masker) -> MaskedLeaf:
    """An opaque attachment. Raises `UnreadableLeaf`."""
    if kind is Kind.TNEF:
        raise UnreadableLeaf("tnef")
    if part.body_end - part.body_start > MAX_SEARCHED * 3 // 2:
        return MaskedLeaf(KeptPart(label, part))
    data = decode_body(part)
    text = _as_text(data)
    if text is None:
        if reveals_plainly(data, masker.matcher):
            return MaskedLeaf(KeptPart(label, part), codes=("protected-in-attachment",))
        return MaskedLeaf(KeptPart(label, part))
    try:
        masked, _, codes = mask_by_kind(text, _kind(text), label, masker.matcher, masker.content_ids, False)
    except Unsettled:
        raise UnreadableLeaf("masking-unsettled") from None
    except TooComplex:
        raise UnreadableLeaf("html-too-complex") from None
    if not masked.protected:
        return MaskedLeaf(KeptPart(label, part))
    return MaskedLeaf(BytesPart(replace(label), masked.text.encode("utf-8", "replace")), masked.protected, 0, codes)


def _as_text(data: bytes) -> str | None:
    """The content if it is text, whatever it calls itself."""
    head = data[:_SNIFFED]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif b"\0" in head or head.startswith((b"%PDF", b"PK\x03\x04")):
        return None
    else:
        codec = "utf-8"
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _kind(text: str) -> Kind:
    head = text[:_SNIFFED].lstrip("\ufeff \t\r\n").lower()
    if head.startswith(("begin:vcard", "begin:vcalendar")):
        return Kind.CONTENT_LINES
    if head.startswith(("<!doctype html", "<html")):
        return Kind.HTML
    return Kind.TEXT


def reveals_plainly(data: bytes, matcher: Matcher) -> bool:
    """Whether a protected string stands in binary content, as single octets or as UTF-16."""
    for octets in (data, data[::2], data[1::2]) if b"\0" in data else (data,):
        lower = octets.lower()
        if matcher.anchored_octets(lower):
            text = octets.decode("latin-1")
            if next(matcher.hits(View(text)), None):
                return True
    return False
