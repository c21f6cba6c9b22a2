"""Attachments that do not call themselves text: kept, unless their content says otherwise."""

import re
from dataclasses import replace
from typing import Final, Protocol

from parley.mail import transfer
from parley.mail.compose import BytesPart, KeptPart, Label, MessagePart
from parley.mail.structure import Mail, Part, StructureError, read
from parley.mail.text import UnreadableText, decode_body
from parley.masking.armor import ArmoredMessageError
from parley.masking.budget import UNREADABLE, Budget
from parley.masking.files import CLOSED, MAX_SEARCHED, OPENED, mask_file
from parley.masking.kinds import Kind
from parley.masking.matcher import Matcher
from parley.masking.media import Media, claimed, contradicts, media_of
from parley.masking.openpgp import begins_like_key
from parley.masking.pdf import seems_silent
from parley.masking.shifted import mask_shifted
from parley.masking.text import UnsettledError
from parley.masking.texts import MaskedLeaf, UnreadableLeafError, encoded, mask_by_kind
from parley.masking.textual import decoded as as_text
from parley.masking.tnef import TnefError, read_tnef
from parley.masking.views import TooComplexError
from parley.masking.winmail import as_parts

_SNIFFED: Final = 4_096
_END: Final = 512 * 1024
_PGP: Final = (".pgp", ".gpg")
_SVG: Final = re.compile(r"<(?:[a-z]{1,20}:)?svg[\s>]")


class Masker(Protocol):
    """What an attachment needs to know of the mail that it is in."""

    matcher: Matcher
    content_ids: dict[str, str]
    mask_contacts: bool
    has_text: bool
    budget: Budget

    def enclosed(self, mail: Mail, shown: Label, path: str) -> MessagePart:
        """An enclosed mail, masked."""


def mask_attachment(part: Part, label: Label, kind: Kind, masker: Masker, path: str) -> MaskedLeaf:
    """An opaque attachment. Raises `UnreadableLeafError`."""
    if kind is not Kind.TNEF and part.body_end - part.body_start > MAX_SEARCHED * 3 // 2:
        head = transfer.decode(part.body[:_SNIFFED], part.transfer_encoding)
        media = media_of(head)
        if media not in OPENED or (media is Media.PDF and seems_silent(_ends(part))):
            codes = (*_claim_codes(media, label), *(UNREADABLE.codes if media in CLOSED else ()))
            return MaskedLeaf(KeptPart(label, part), codes=(*codes, "attachment-not-searched"))
    data = decode_body(part)
    try:
        if kind is Kind.TNEF:
            return _opened(data, masker, path)
        leaf = mask_content(data, label, masker, path)
        return leaf if leaf.part is not None else replace(leaf, part=KeptPart(label, part))
    except TnefError:
        raise UnreadableLeafError("tnef") from None
    except ArmoredMessageError:
        raise UnreadableLeafError("encrypted") from None
    except UnreadableText as unreadable:
        raise UnreadableLeafError(unreadable.code) from None
    except UnsettledError:
        raise UnreadableLeafError("masking-unsettled") from None
    except TooComplexError:
        raise UnreadableLeafError("text-too-complex") from None


def mask_content(data: bytes, label: Label, masker: Masker, path: str) -> MaskedLeaf:
    """The content masked by what it is; without a part if it may go out as it came."""
    media = media_of(data)
    decoded = None if media in OPENED else as_text(data)
    told = _claim_codes(media, label, is_text=decoded is not None)
    if decoded is not None:
        leaf = _textual(*decoded, data, label, masker, path)
        if decoded[1].startswith("utf-16"):
            leaf = _unshifted(leaf, data, decoded[1], label, masker)
        # What begins like UTF-16 need not be: it is searched like a file as well.
        if leaf.part is not None or not decoded[1].startswith("utf-16"):
            return replace(leaf, codes=(*told, *leaf.codes))
    if decoded is None and _is_named_key(data, label):
        return MaskedLeaf(BytesPart(label, b""), codes=("certificate-removed",))
    masked = mask_file(data, masker.matcher, masker.budget)
    if masked.content is not None:
        # What was changed could be read, whatever its name says.
        told = tuple(code for code in told if code != "attachment-encrypted")
    content = None if masked.content is None else BytesPart(label, masked.content)
    return MaskedLeaf(content, masked.protected, codes=tuple(dict.fromkeys((*told, *masked.codes))))


def _ends(part: Part) -> bytes:
    """The beginning and the end of a large content; of base64, lines of the usual length are supposed."""
    last = bytes(part.body[-_END:])
    return b"\n".join(
        transfer.decode(end, part.transfer_encoding)
        for end in (part.body[:_END], last[last.find(b"\n") + 1 :])
    )


def _claim_codes(media: Media, label: Label, *, is_text: bool = False) -> tuple[str, ...]:
    """What there is to say of a content of that family under that label."""
    name = (label.filename or "").lower()
    claim = claimed(label.media_type, name)
    if media is Media.PROGRAM:
        return ("attachment-program",)
    if contradicts(media, claim) or (is_text and claim is not Media.OTHER):
        return ("attachment-type-mismatch",)
    return ("attachment-encrypted",) if media is Media.OTHER and not is_text and name.endswith(_PGP) else ()


def _is_named_key(data: bytes, label: Label) -> bool:
    """Whether it is an OpenPGP key by its name and its first octet, though it may be damaged."""
    return (label.filename or "").lower().endswith(_PGP) and begins_like_key(data)


def _textual(text: str, codec: str, data: bytes, label: Label, masker: Masker, path: str) -> MaskedLeaf:
    kind = _kind(text, label.filename or "")
    if kind is Kind.ENCLOSED:
        try:
            mail = read(data)
        except StructureError:
            kind = Kind.TEXT
        else:
            return MaskedLeaf(masker.enclosed(mail, label, path))
    masked, _, codes = mask_by_kind(text, kind, label, masker.matcher, masker.content_ids, False)
    if not masked.protected and (kind is Kind.HTML or masked.text == text):
        return MaskedLeaf(None)
    return MaskedLeaf(BytesPart(label, encoded(masked.text, codec)), masked.protected, (), codes)


def _unshifted(leaf: MaskedLeaf, data: bytes, codec: str, label: Label, masker: Masker) -> MaskedLeaf:
    """The leaf, masked in the other order of octets too if some were lost."""
    if leaf.part is not None and not isinstance(leaf.part, BytesPart):
        return leaf
    known = data if leaf.part is None else leaf.part.content
    content, protected = mask_shifted(known, codec, masker.matcher)
    if not protected:
        return leaf
    return replace(leaf, part=BytesPart(label, content), protected=leaf.protected + protected)


def _kind(text: str, name: str) -> Kind:
    head = text[:_SNIFFED].lstrip("\ufeff \t\r\n").lower()
    if name.lower().endswith(".eml"):
        return Kind.ENCLOSED
    if head.startswith(("begin:vcard", "begin:vcalendar")):
        return Kind.CONTENT_LINES
    if head.startswith(("<!doctype html", "<html")):
        return Kind.HTML
    if head.startswith("<") and _SVG.search(head):
        return Kind.SVG
    return Kind.TEXT


def _opened(data: bytes, masker: Masker, path: str) -> MaskedLeaf:
    """A winmail.dat. Its text goes out only where the mail has no other, since that is the same again."""

    def inside(content: bytes, label: Label, place: str) -> MaskedLeaf:
        return mask_content(content, label, masker, place)

    tnef = read_tnef(data)
    leaf = as_parts(tnef, masker, path, inside, with_text=not masker.has_text)
    if leaf.part is None and not masker.has_text:
        raise TnefError
    return leaf
