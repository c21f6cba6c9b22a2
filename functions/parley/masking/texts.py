"""Masks one text part: decoded, masked by its kind, and kept as it was where nothing was found."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from parley.mail.charset_labels import is_ascii_compatible
from parley.mail.charsets import encode_windows
from parley.mail.compose import BytesPart, KeptPart, Label, OutgoingPart, TextPart
from parley.mail.structure import Part
from parley.mail.text import Text, UnreadableText, decode_body, decode_text
from parley.masking.armor import ArmoredMessageError, without_armor
from parley.masking.kinds import Kind
from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText, UnsettledError, mask_text
from parley.masking.views import TooComplexError

_MARKS: Final = {"utf_16_le": codecs.BOM_UTF16_LE, "utf_16_be": codecs.BOM_UTF16_BE}


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
    outgoing = _outgoing(part, label, text, masked.text)
    return MaskedLeaf(outgoing, masked.protected, masked.contacts, codes)


def _outgoing(part: Part, label: Label, text: Text, masked: str) -> OutgoingPart:
    same = masked == text.text and label.media_type == part.content_type.value
    if same and is_ascii_compatible(text.charset):
        return KeptPart(label, part)
    if label.filename and (mark := _MARKS.get(text.charset)) is not None:
        octets = decode_body(part)
        if octets.startswith(mark):
            # A file that says itself how it is encoded: in another charset its own declaration would lie.
            return BytesPart(label, octets if same else mark + masked.encode(text.charset, "replace"))
    if text.charset == "cp1252" and not part.content_type.parameters.get("charset"):
        # Nobody knows the charset: the reader's program shall guess from the same octets as it would have.
        return BytesPart(label, encode_windows(masked))
    if label.media_type.startswith("text/"):
        return TextPart(label, masked, _plain_charset(text.charset))
    return BytesPart(label, encoded(masked, text.charset))


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
    # What only some mails need is imported for the first of them, not at every start of the function.
    match kind:
        case Kind.HTML:
            from parley.masking.hypertext import mask_html

            found = mask_html(text, matcher, content_ids, mask_contacts=mask_contacts)
            codes = (*found.codes, *(("remote-content-removed",) if found.remote else ()))
            if not found.is_html:
                label, codes = replace(label, media_type="text/plain"), (*codes, "html-replaced-by-text")
            elif label.media_type != "text/html":
                label = replace(label, media_type="text/html", parameters={})
            return MaskedText(found.text, found.protected, found.contacts), label, codes
        case Kind.CONTENT_LINES:
            from parley.masking.contentlines import mask_content_lines

            return mask_content_lines(text, matcher, mask_contacts=mask_contacts), label, ()
        case Kind.HEADER_SECTION:
            from parley.masking.enclosed import masked_header_text

            label = replace(label, media_type="text/plain")
            return masked_header_text(text, matcher, mask_contacts), label, ("enclosed-header-reduced",)
        case Kind.SVG:
            from parley.masking.remote import drawing_loads
            from parley.masking.svg import mask_svg

            return mask_svg(text, matcher), label, ("remote-content-removed",) if drawing_loads(text) else ()
        case _:
            bare, removed = without_armor(text)
            if label.media_type.startswith("message/"):
                # Reports of a kind that is not relayed as such: what they say can be read all the same.
                label = replace(label, media_type="text/plain", parameters={})
            if "html" in label.media_type or label.media_type == "text/enriched":
                label = replace(label, parameters={})
            return mask_text(bare, matcher, mask_contacts=mask_contacts), label, removed


def _plain_charset(charset: str) -> str:
    return charset if is_ascii_compatible(charset) else "utf-8"


def encoded(text: str, charset: str) -> bytes:
    """The text in its own charset if that can hold it, else in UTF-8."""
    try:
        return text.encode(charset)
    except (UnicodeError, LookupError):
        return text.encode("utf-8", "replace")
