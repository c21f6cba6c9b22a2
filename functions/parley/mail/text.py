"""Decoding of text parts, and of bodies in general: transfer encodings and charsets."""

import re
from dataclasses import dataclass

from parley.mail import charsets, transfer
from parley.mail.charset_labels import codec_for, is_ascii_compatible
from parley.mail.structure import MAX_TEXT_BYTES, Part


class UnreadableText(ValueError):  # noqa: N818 - the name says what is the case, as in `raise`
    """The text cannot be decoded with certainty; `code` is stable: "undecodable-text" or "text-too-large"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded text part. text: as written, line ends kept, without NUL characters and byte order mark;
    charset: the Python codec that decoded it."""

    text: str
    charset: str


def decode_body(part: Part) -> bytes:
    """The part's bytes after its transfer encoding. Broken padding and garbage in base64 are tolerated the
    way mail programs do; never raises for bad input; linear."""
    if part.transfer_encoding in transfer.IDENTITY:
        return part.source[part.body_start : part.body_end]
    return transfer.decode(part.body, part.transfer_encoding)


def decode_text(part: Part) -> Text:
    """The part's text: declared charset, common wrong labels mapped, else UTF-8, else Windows-1252.

    A declared multi-byte charset that does not decode strictly falls back only where the fallback shows
    the same ASCII. UTF-7, UTF-16 and ISO-2022 are decoded as such. Raises `UnreadableText`.
    """
    # No transfer encoding takes more than three octets for one, and line ends.
    if part.body_end - part.body_start > 4 * MAX_TEXT_BYTES:
        raise UnreadableText("text-too-large")
    data = decode_body(part)
    if len(data) > MAX_TEXT_BYTES:
        raise UnreadableText("text-too-large")
    codec = codec_for(part.content_type.parameters.get("charset", ""))
    if codec is None and part.content_type.value in ("text/html", "application/xhtml+xml"):
        codec = _meta_charset(data)
    decoded = charsets.guess(data) if codec is None else charsets.decode(data, codec)
    if decoded is None:
        raise UnreadableText("undecodable-text")
    text, codec = decoded
    if "\0" in text:
        # RFC 5322 §4 has no NUL; readers leave it out, and so does the text that is searched.
        text = text.replace("\0", "")
    return Text(text.removeprefix("\ufeff"), codec)


_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s{0,10}=\s{0,10}[\"']?\s{0,10}([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)


def _meta_charset(data: bytes) -> str | None:
    """The charset that an HTML document names for itself, if it is one whose ASCII is ASCII."""
    found = _META.search(data, 0, 4_096)
    codec = codec_for(found[1].decode("ascii")) if found else None
    return codec if codec is not None and is_ascii_compatible(codec) else None
