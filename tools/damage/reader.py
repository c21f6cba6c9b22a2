"""Reads a mail as the standard library does: its subjects and leaves, in order.

Knows nothing of the product. A leaf's place is numbered as findings number it: "1" is the root, "1.2" its
second part, "1.2.1" the body of a mail enclosed there. The Subject field of a mail counts as a leaf as
well, at "subject" and, of an enclosed mail, at "1.2:header".
"""

import email
import email.errors
import email.header
import email.policy
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from typing import cast

SUBJECT = "header/subject"
_ENCLOSING = ("message/rfc822", "message/global", "message/news")
_GROUPS = ("multipart/alternative", "multipart/related")
_LABELS = {
    **dict.fromkeys(("us-ascii", "ascii", "iso-8859-1", "latin-1", "iso8859-1", "latin1"), "cp1252"),
    **dict.fromkeys(("gb2312", "x-gbk", "gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("iso-8859-11", "tis-620"), "cp874"),
    "iso-8859-9": "cp1254",
    "shift_jis": "cp932",
    "cp-850": "cp850",
}
"""How browsers and mail programs read these (WHATWG Encoding §4.2)."""
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_TEXTS = ("application/json", "application/xml", "application/rtf", "image/svg+xml", "application/ics")


class _Part(Message):
    """Keeps reports (message/delivery-status and the like) as the text that they are."""

    def get_content_type(self) -> str:
        value = super().get_content_type()
        is_report = value.startswith("message/") and value not in _ENCLOSING
        return "text/x-report" if is_report else value


@dataclass(frozen=True)
class Leaf:
    """One leaf or Subject. content: octets after the transfer encoding. charset: as labelled, or "". within:
    the alternatives, relations and messages around it, from the outside."""

    place: str
    media_type: str
    content: bytes
    charset: str = ""
    filename: str = ""
    content_id: str = ""
    within: tuple[str, ...] = field(default=())

    @property
    def is_text(self) -> bool:
        """Whether it is compared by characters."""
        return self.media_type.startswith(("text/", "header/")) or self.media_type in _TEXTS

    @property
    def is_html(self) -> bool:
        """Whether it is read as HTML."""
        return self.media_type in ("text/html", "application/xhtml+xml")

    @cached_property
    def text(self) -> str:
        """Its characters, with LF line ends, without NUL and byte order mark."""
        text = _decoded(self.content, self.charset, self.is_html)
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")


def leaves(mail: bytes) -> list[Leaf]:
    """The mail's subjects and leaves, in order."""
    return list(_message(_parsed(mail), "1", "subject", ()))


def _parsed(mail: bytes) -> Message:
    return email.message_from_bytes(mail, _class=_Part, policy=email.policy.compat32)


def _message(mail: Message, path: str, subject_place: str, within: tuple[str, ...]) -> Iterator[Leaf]:
    subject = _words(_raw(mail, "subject", _charset(mail))).strip()
    yield Leaf(subject_place, SUBJECT, subject.encode("utf-8", "replace"), "utf-8", within=within)
    yield from _part(mail, path, within)


def _part(part: Message, path: str, within: tuple[str, ...]) -> Iterator[Leaf]:
    media_type = part.get_content_type()
    inner = part.get_payload()
    if media_type in _ENCLOSING and isinstance(inner, list) and inner:
        enclosed = _enclosed(part, cast(Message, inner[0]))
        yield from _message(enclosed, f"{path}.1", f"{path}:header", (*within, "message"))
    elif isinstance(inner, list):
        inside = (*within, media_type) if media_type in _GROUPS else within
        for number, child in enumerate(cast(list[Message], inner), 1):
            yield from _part(child, f"{path}.{number}", inside)
    else:
        yield _leaf(part, media_type, path, within)


def _enclosed(part: Message, parsed: Message) -> Message:
    """The mail in a part; the parser takes one that is transfer-encoded for a mail without fields."""
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding not in ("base64", "quoted-printable") or parsed.keys():
        return parsed
    parsed["Content-Transfer-Encoding"] = encoding
    return _parsed(_octets(parsed))


def _leaf(part: Message, media_type: str, path: str, within: tuple[str, ...]) -> Leaf:
    if media_type.startswith("multipart/"):
        media_type = "text/plain"  # Without its delimiters a multipart is what programs show: text.
    content_id = str(part.get("content-id", "")).strip().strip("<>").lower()
    charset = _charset(part)
    return Leaf(path, media_type, _octets(part), charset, _filename(part), content_id, within)


def _octets(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset("") or ""
    except (LookupError, UnicodeError):
        return ""


def _filename(part: Message) -> str:
    """As labelled; octets above ASCII have no charset there, so that the library alone gives up on them."""
    plain = Message()
    for name in ("content-disposition", "content-type"):
        plain[name] = _raw(part, name, "")
    try:
        return _words(plain.get_filename("") or "")
    except (LookupError, TypeError, ValueError):
        return ""  # Some damaged RFC 2231 parameters are more than the library can read.


def _raw(mail: Message, wanted: str, charset: str) -> str:
    """The first field of that name: UTF-8, or in that charset."""
    for name, raw in mail.raw_items():
        if name.lower() == wanted:
            octets = str(raw).encode("utf-8", "surrogateescape")
            return _decoded(octets, "" if _is_utf8(octets) else charset, False)
    return ""


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _words(value: str) -> str:
    """A field's value, unfolded, its encoded words decoded (RFC 2047 §6.2: blanks between two are none)."""
    value = re.sub(r"(\?=)\s+(=\?)", r"\1\2", re.sub(r"\r?\n[ \t]", " ", value))
    try:
        pieces = email.header.decode_header(value)
    except (email.errors.HeaderParseError, ValueError):
        return value
    return "".join(
        _decoded(piece, codec or "", False) if isinstance(piece, bytes) else piece for piece, codec in pieces
    )


def _decoded(content: bytes, charset: str, is_html: bool) -> str:
    """The first reading without an error: as labelled, as the HTML says, UTF-8, Windows-1252, Latin-1."""
    meta = _META.search(content, 0, 4_096) if is_html and not charset else None
    named = charset or (meta[1].decode("ascii") if meta else "")
    for codec in (_LABELS.get(named.lower(), named), "utf-8", "cp1252"):
        try:
            return content.decode(codec) if codec else content.decode("utf-8")
        except (LookupError, UnicodeError):
            continue
    return content.decode("latin-1")
