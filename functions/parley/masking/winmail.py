"""What a winmail.dat holds, as ordinary parts: each masked as if it had come so."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from parley.mail.compose import BytesPart, Label, MultipartPart, OutgoingPart, TextPart
from parley.masking.kinds import Kind
from parley.masking.labels import masked_filename
from parley.masking.matcher import Matcher
from parley.masking.text import mask_text
from parley.masking.texts import MaskedLeaf, mask_by_kind
from parley.masking.tnef import Tnef, TnefFile

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
    """What is to be known of the mail that it came in."""

    matcher: Matcher
    content_ids: dict[str, str]
    mask_contacts: bool


MaskContent = Callable[[bytes, Label, str], MaskedLeaf]


def as_parts(
    tnef: Tnef, masker: Masker, path: str, mask_content: MaskContent, *, with_text: bool
) -> MaskedLeaf:
    """Its files, and its text where that stands nowhere else. Without a part if there is neither.

    mask_content: masks a file of that label at that path.
    """
    leaves = [_text(tnef, masker)] if with_text and (tnef.html.strip() or tnef.text.strip()) else []
    for index, file in enumerate(tnef.files, 1):
        place = f"{path}.{index}"
        if file.mail is not None:
            leaves.append(as_parts(file.mail, masker, place, mask_content, with_text=True))
        else:
            leaves.append(_file(file, index, masker, place, mask_content))
    children: tuple[OutgoingPart, ...] = tuple(leaf.part for leaf in leaves if leaf.part is not None)
    return MaskedLeaf(
        MultipartPart(Label(media_type="multipart/mixed"), children) if children else None,
        sum(leaf.protected for leaf in leaves),
        tuple(code for leaf in leaves for code in leaf.contacts),
        ("tnef-opened", *(code for leaf in leaves for code in leaf.codes)),
    )


def _text(tnef: Tnef, masker: Masker) -> MaskedLeaf:
    source, kind = (tnef.html, Kind.HTML) if tnef.html.strip() else (tnef.text, Kind.TEXT)
    label = Label(media_type="text/html" if kind is Kind.HTML else "text/plain")
    masked, label, codes = mask_by_kind(
        source, kind, label, masker.matcher, masker.content_ids, masker.mask_contacts
    )
    return MaskedLeaf(TextPart(label, masked.text, "utf-8"), masked.protected, masked.contacts, codes)


def _file(file: TnefFile, index: int, masker: Masker, place: str, mask_content: MaskContent) -> MaskedLeaf:
    name = masked_filename(file.name, masker.matcher) or f"attachment-{index}"
    media_type = _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    label = Label(media_type=media_type, disposition="attachment", filename=name)
    leaf = mask_content(file.content, label, place)
    in_name = mask_text(file.name, masker.matcher).protected
    return replace(leaf, part=leaf.part or BytesPart(label, file.content), protected=leaf.protected + in_name)
