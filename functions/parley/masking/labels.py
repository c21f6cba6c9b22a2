"""What an outgoing part says of itself: built from an allow-list, never copied."""

import re
from collections.abc import Mapping
from typing import Final

from parley.mail.compose import Label
from parley.mail.structure import Part
from parley.mail.walk import filename
from parley.masking.content_ids import names_of
from parley.masking.matcher import Matcher
from parley.masking.text import mask_text

_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+\-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+\-]{0,100}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-]{1,40}")
_MULTIPARTS: Final = frozenset({"multipart/mixed", "multipart/alternative", "multipart/related"})
_USUAL: Final = frozenset({"text/plain", "text/html", "application/pdf", "image/jpeg", "image/png"})
_MAX_FILENAME: Final = 200

# RFC 3676 (flowed), RFC 5545 (calendar), RFC 2387 (related). Nothing else passes.
_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "text/plain": ("format", "delsp"),
    "text/calendar": ("method",),
    "multipart/related": ("type",),
}


def media_type(part: Part, matcher: Matcher) -> str:
    """The part's media type if it is one and reveals nothing, else application/octet-stream; that of a
    multipart, if it is not a usual one, multipart/mixed."""
    value = part.content_type.value
    if value.startswith("multipart/"):
        # Whatever it reveals, it stays a multipart: under another type nobody would find its parts.
        return value if value in _MULTIPARTS else "multipart/mixed"
    if value in _USUAL and not matcher.anchored(value):
        return value
    if not _MEDIA_TYPE.fullmatch(value) or mask_text(value, matcher, mask_contacts=False).text != value:
        return "application/octet-stream"
    return value


def masked_filename(name: str, matcher: Matcher) -> str | None:
    """A file name without path, control characters and protected strings."""
    if not name:
        return None
    name = "".join(char for char in re.split(r"[/\\]", name)[-1] if char.isprintable()).strip()
    stem, dot, extension = name.rpartition(".")
    masked = mask_text(stem, matcher).text
    # With its ending a name may read as another domain (…@shop.example.bin), without it as none (…@shop).
    masked = f"{masked}{dot}{extension}" if masked != stem else name
    masked = mask_text(masked, matcher).text
    if masked != name and masked.lower().endswith(tuple(matcher.alias_domains)):
        # The ending of the alias's domain is no file's: SES would refuse "…@relay.com" as a program.
        masked += "_"
    return masked[-_MAX_FILENAME:] or None


def label(part: Part, matcher: Matcher, content_ids: Mapping[str, str]) -> Label:
    """The label of a part."""
    kind = media_type(part, matcher)
    shown = masked_filename(filename(part), matcher)
    parameters = {}
    for parameter in _PARAMETERS.get(kind, ()):
        value = part.content_type.parameters.get(parameter, "").strip()
        wanted = _MEDIA_TYPE if parameter == "type" else _TOKEN
        if wanted.fullmatch(value.lower() if parameter == "type" else value):
            parameters[parameter] = value
    if parameters and mask_text(" ".join(parameters.values()), matcher, mask_contacts=False).protected:
        parameters = {}
    new_id = next((content_ids[key] for key in names_of(part) if key in content_ids), None)
    return Label(
        media_type=kind,
        parameters=parameters,
        disposition=_disposition(part, kind, shown, new_id),
        filename=shown,
        content_id=new_id,
    )


def _disposition(part: Part, kind: str, name: str | None, content_id: str | None) -> str | None:
    if kind.startswith("multipart/"):
        return None
    if part.disposition is None or not part.disposition.value:
        return None if name is None else "inline" if content_id else "attachment"
    # RFC 2183 §2.8: an unknown disposition is an attachment.
    return "inline" if part.disposition.value == "inline" else "attachment"
