"""Mails that lie in an archive as files: what their transfer encodings hide is masked where it stands.

The rest of such a file, its header section too, is text like any other and masked as that.
"""

import binascii
from typing import Final

import pybase64

from parley.mail.structure import Part, StructureError, read
from parley.mail.text import UnreadableText, decode_body, decode_text
from parley.mail.transfer import IDENTITY
from parley.mail.walk import parts
from parley.masking.budget import MAX_MASKED, UNREADABLE, Budget, MaskedFile, MaskFile
from parley.masking.edits import Edit, FormatError, edited
from parley.masking.markup import mask_markup
from parley.masking.matcher import Matcher

_LINE: Final = 76


def mask_letter(data: bytes, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    """The mail's encoded parts, masked. Raises `text.UnsettledError`."""
    if len(data) > MAX_MASKED:
        return UNREADABLE
    edits: list[Edit] = []
    codes: list[str] = []
    protected = 0
    try:
        for part in _encoded_leaves(data):
            masked = _leaf(part, matcher, budget, mask_file)
            protected += masked.protected
            codes += masked.codes
            if masked.content is not None:
                written = _written(masked.content, part.transfer_encoding)
                edits.append(Edit(part.body_start, part.body_end, written))
        content = edited(data, edits) if edits else None
    except (StructureError, UnreadableText, FormatError):
        return UNREADABLE
    return MaskedFile(content, protected, tuple(dict.fromkeys(codes)))


def _encoded_leaves(data: bytes) -> list[Part]:
    """The parts that do not stand plainly in the file. An enclosed mail that was decoded stands in octets of
    its own, whose places mean nothing here: the whole counts as unreadable then."""
    leaves = [part for _, part in parts(read(data)) if not part.children and part.enclosed is None]
    if any(part.source is not data and bytes(part.source) != data for part in leaves):
        raise FormatError
    return [part for part in leaves if part.transfer_encoding not in IDENTITY]


def _leaf(part: Part, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    if not part.content_type.value.startswith("text/"):
        return mask_file(decode_body(part), matcher, budget)
    text = decode_text(part)
    masked = mask_markup(text.text, matcher)
    if not masked.protected:
        return MaskedFile()
    octets = masked.text.encode(text.charset, "replace")
    return MaskedFile(octets, masked.protected, ("attachment-masked",))


def _written(content: bytes, transfer_encoding: str) -> bytes:
    """The content under the encoding that its part declares."""
    if transfer_encoding == "quoted-printable":
        return binascii.b2a_qp(content) + b"\r\n"
    if transfer_encoding != "base64":
        raise FormatError
    packed = pybase64.b64encode(content)
    return b"".join(packed[at : at + _LINE] + b"\r\n" for at in range(0, len(packed), _LINE))
