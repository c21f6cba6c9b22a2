"""Attachments that do not call themselves text: kept, unless their content says otherwise."""

import re
from dataclasses import replace
from typing import Final, Protocol

from parley.mail.compose import BytesPart, KeptPart, Label, MessagePart, MultipartPart, OutgoingPart, TextPart
from parley.mail.structure import Mail, Part, StructureError, read
from parley.mail.text import decode_body
from parley.masking.archives import mask_archive
from parley.masking.armor import ArmoredMessageError
from parley.masking.binaries import reveals_plainly, scrubbed
from parley.masking.images import without_metadata
from parley.masking.kinds import Kind
from parley.masking.labels import masked_filename
from parley.masking.matcher import Matcher
from parley.masking.text import UnsettledError, mask_text
from parley.masking.texts import MaskedLeaf, UnreadableLeafError, encoded, mask_by_kind
from parley.masking.tnef import TnefError, read_tnef
from parley.masking.views import TooComplexError

MAX_SEARCHED: Final = 4 * 1024 * 1024
_SNIFFED: Final = 4_096
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


class Masker(Protocol):
    """What an attachment needs to know of the mail that it is in."""

    matcher: Matcher
    content_ids: dict[str, str]
    mask_contacts: bool

    def enclosed(self, mail: Mail, shown: Label, path: str) -> MessagePart:
        """An enclosed mail, masked."""


def mask_attachment(part: Part, label: Label, kind: Kind, masker: Masker, path: str) -> MaskedLeaf:
    """An opaque attachment. Raises `UnreadableLeafError`."""
    picture = part.content_type.value.startswith("image/")
    if not picture and kind is not Kind.TNEF and part.body_end - part.body_start > MAX_SEARCHED * 3 // 2:
        return MaskedLeaf(KeptPart(label, part))
    data = decode_body(part)
    try:
        if kind is Kind.TNEF:
            return _opened(data, masker, path)
        return mask_content(data, label, masker, path) or MaskedLeaf(KeptPart(label, part))
    except TnefError:
        raise UnreadableLeafError("tnef") from None
    except ArmoredMessageError:
        raise UnreadableLeafError("encrypted") from None
    except UnsettledError:
        raise UnreadableLeafError("masking-unsettled") from None
    except TooComplexError:
        raise UnreadableLeafError("text-too-complex") from None


def mask_content(data: bytes, label: Label, masker: Masker, path: str) -> MaskedLeaf | None:
    """The content masked by what it is; None if nothing in it needs masking."""
    if (picture := without_metadata(data)) is not None:
        leaf = mask_content(picture, label, masker, path) or MaskedLeaf(BytesPart(label, picture))
        return replace(leaf, codes=("image-metadata-removed", *leaf.codes))
    if data.startswith(b"PK\x03\x04"):
        archive, found = mask_archive(data, masker.matcher)
        if archive is not None:
            return MaskedLeaf(BytesPart(label, archive), found, codes=("attachment-masked",))
    elif (decoded := _as_text(data)) is not None:
        return _textual(*decoded, data, label, masker, path)
    if len(data) > MAX_SEARCHED or not reveals_plainly(data, masker.matcher):
        return None
    clean = scrubbed(data, masker.matcher)
    if clean is None:
        return MaskedLeaf(BytesPart(label, data), codes=("protected-in-attachment",))
    return MaskedLeaf(BytesPart(label, clean), 1, codes=("attachment-masked",))


def _textual(
    text: str, codec: str, data: bytes, label: Label, masker: Masker, path: str
) -> MaskedLeaf | None:
    kind = _kind(text, label.filename or "")
    if kind is Kind.ENCLOSED:
        try:
            mail = read(data)
        except StructureError:
            kind = Kind.TEXT
        else:
            return MaskedLeaf(masker.enclosed(mail, label, path))
    masked, _, codes = mask_by_kind(text, kind, label, masker.matcher, masker.content_ids, False)
    if not masked.protected:
        return None
    return MaskedLeaf(BytesPart(label, encoded(masked.text, codec)), masked.protected, 0, codes)


def _as_text(data: bytes) -> tuple[str, str] | None:
    """The content and its codec if it is text, whatever it calls itself."""
    head = data[:_SNIFFED]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif b"\0" in head or head.startswith(b"%PDF"):
        return None
    else:
        codec = "utf-8"
    try:
        return data.decode(codec), codec
    except UnicodeDecodeError:
        # Octets above ASCII, but no control characters: text in a charset of eight bits.
        return None if _CONTROL.search(head) or codec != "utf-8" else (data.decode("latin-1"), "latin-1")


def _kind(text: str, name: str) -> Kind:
    head = text[:_SNIFFED].lstrip("\ufeff \t\r\n").lower()
    if name.lower().endswith(".eml"):
        return Kind.ENCLOSED
    if head.startswith(("begin:vcard", "begin:vcalendar")):
        return Kind.CONTENT_LINES
    if head.startswith(("<!doctype html", "<html")):
        return Kind.HTML
    return Kind.TEXT


def _opened(data: bytes, masker: Masker, path: str) -> MaskedLeaf:
    """The attachments of a winmail.dat as ordinary parts; its body stands in the mail's own text already."""
    opened = read_tnef(data)
    files = opened.files
    children: list[OutgoingPart] = []
    protected = 0
    if path == "1":
        # The whole mail: without a plain body its text is in a form that is not read here.
        if not opened.body.strip():
            raise TnefError
        body = mask_text(opened.body, masker.matcher, mask_contacts=masker.mask_contacts)
        children.append(TextPart(Label(media_type="text/plain"), body.text, "utf-8"))
        protected = body.protected
    codes = ["tnef-opened"]
    for index, file in enumerate(files, 1):
        name = masked_filename(file.name, masker.matcher) or f"attachment-{index}"
        protected += mask_text(file.name, masker.matcher).protected
        media_type = _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
        label = Label(media_type=media_type, disposition="attachment", filename=name)
        leaf = mask_content(file.content, label, masker, f"{path}.{index}")
        leaf = leaf or MaskedLeaf(BytesPart(label, file.content))
        protected += leaf.protected
        codes += leaf.codes
        if leaf.part is not None:
            children.append(leaf.part)
    if not children:
        return MaskedLeaf(None, protected, 0, tuple(codes))
    mixed = MultipartPart(Label(media_type="multipart/mixed"), tuple(children))
    return MaskedLeaf(mixed, protected, 0, tuple(codes))
