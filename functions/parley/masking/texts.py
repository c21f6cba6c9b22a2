"""Masks one text part: decoded, masked by its kind, and kept as it was where nothing was found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from parley.mail.charset_labels import is_ascii_compatible
from parley.mail.compose import BytesPart, KeptPart, Label, OutgoingPart, TextPart
from parley.mail.structure import Part
from parley.mail.text import UnreadableText, decode_text
from parley.masking.armor import ArmoredMessageError, without_armor
from parley.masking.contentlines import mask_content_lines
from parley.masking.enclosed import masked_header_text
from parley.masking.hypertext import mask_html
from parley.masking.kinds import Kind
from parley.masking.matcher import Matcher
from parley.masking.svg import mask_svg
from parley.masking.text import MaskedText, UnsettledError, mask_text
from parley.masking.views import TooComplexError

_CLEAN_BASE64: Final = re.compile(rb"[A-Za-z0-9+/\s]*={0,2}\s*\Z")


class UnreadableLeafError(ValueError):
    """The part cannot be read or masked with certainty; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class MaskedLeaf:
    """A leaf as it goes out (None: left out), what was found in it (as in `MaskedText`), and codes of what
    else was done."""

    part: OutgoingPart | None
    protected: int = 0
    contacts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def mask_leaf(
    part: Part,
    kind: Kind,
    label: Label,
    matcher: Matcher,
    content_ids: Mapping[str, str],
    mask_contacts: bool,
) -> MaskedLeaf:
    """The text part, masked. Raises `UnreadableLeafError`."""
    try:
        text = decode_text(part)
        masked, label, codes = mask_by_kind(text.text, kind, label, matcher, content_ids, mask_contacts)
    except UnreadableText as unreadable:
        raise UnreadableLeafError(unreadable.code) from None
    except UnsettledError:
        raise UnreadableLeafError("masking-unsettled") from None
    except TooComplexError:
        raise UnreadableLeafError("html-too-complex" if kind is Kind.HTML else "text-too-complex") from None
    except ArmoredMessageError:
        raise UnreadableLeafError("encrypted") from None
    outgoing: OutgoingPart
    same = masked.text == text.text and label.media_type == part.content_type.value
    if same and _is_certain(part, text.charset):
        outgoing = KeptPart(label, part)
    elif label.media_type.startswith("text/"):
        outgoing = TextPart(label, masked.text, _plain_charset(text.charset))
    else:
        outgoing = BytesPart(label, encoded(masked.text, text.charset))
    return MaskedLeaf(outgoing, masked.protected, masked.contacts, codes)


def mask_by_kind(
    text: str, kind: Kind, label: Label, matcher: Matcher, content_ids: Mapping[str, str], mask_contacts: bool
) -> tuple[MaskedText, Label, tuple[str, ...]]:
    """The text masked as its kind asks, the label it then needs, and codes of what was done."""
    try:
        return _by_kind(text, kind, label, matcher, content_ids, mask_contacts)
    finally:
        matcher.known_runs.clear()


def _by_kind(
    text: str, kind: Kind, label: Label, matcher: Matcher, content_ids: Mapping[str, str], mask_contacts: bool
) -> tuple[MaskedText, Label, tuple[str, ...]]:
    match kind:
        case Kind.HTML:
            found = mask_html(text, matcher, content_ids, mask_contacts=mask_contacts)
            codes: tuple[str, ...] = ("remote-content-removed",) if found.remote_images else ()
            if not found.is_html:
                label, codes = replace(label, media_type="text/plain"), (*codes, "html-replaced-by-text")
            elif label.media_type != "text/html":
                label = replace(label, media_type="text/html", parameters={})
            return MaskedText(found.text, found.protected, found.contacts), label, codes
        case Kind.CONTENT_LINES:
            return mask_content_lines(text, matcher, mask_contacts=mask_contacts), label, ()
        case Kind.HEADER_SECTION:
            label = replace(label, media_type="text/plain")
            return masked_header_text(text, matcher, mask_contacts), label, ()
        case Kind.SVG:
            return mask_svg(text, matcher), label, ()
        case _:
            bare, removed = without_armor(text)
            if label.media_type.startswith("message/"):
                # Reports of a kind that is not relayed as such: what they say can be read all the same.
                label = replace(label, media_type="text/plain", parameters={})
            if "html" in label.media_type or label.media_type == "text/enriched":
                label = replace(label, parameters={})
            return mask_text(bare, matcher, mask_contacts=mask_contacts), label, removed


def _is_certain(part: Part, charset: str) -> bool:
    """Whether every program reads the part as we did, so that it may go out as it came."""
    if not is_ascii_compatible(charset):
        return False
    return part.transfer_encoding != "base64" or _CLEAN_BASE64.match(part.body) is not None


def _plain_charset(charset: str) -> str:
    return charset if is_ascii_compatible(charset) else "utf-8"


def encoded(text: str, charset: str) -> bytes:
    """The text in its own charset if that can hold it, else in UTF-8."""
    try:
        return text.encode(charset)
    except (UnicodeError, LookupError):
        return text.encode("utf-8", "replace")
