"""The finished bytes as texts, for the leak gate: header fields, parameters, parts, and what stands between.

Reads what `parley.mail.compose` writes, strictly, with searches and `binascii`; a header section that is
written in any other way is left to the standard library's parser. What neither can read is not cleared
(`UnreadableError`). Shares no code with the scanner and the decoders of `parley.mail`. Opaque attachments
follow policy and are not searched; every other octet belongs to some text.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value
from typing import Final

from parley.masking.gate_decoding import UnreadableError, looks_like_text, readings, words
from parley.masking.gate_delimiters import delimiters

Exempt = Mapping[str, tuple[str, ...]]
"""Name of a field of the mail's own header section → the strings that may stand in it."""
Place = tuple[str, str]
"""Where a text stands, and the text."""

MAX_OPAQUE: Final = 1024 * 1024
"""Octets. A larger part that does not call itself text is none."""
MAX_DEPTH: Final = 30
_NOTHING: Final[Exempt] = {}
_BEGINNING: Final = 4_000
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_PLAIN_HEAD: Final = re.compile(r"(?:[A-Za-z0-9\-]++:[\t -~]*+(?:\r\n[ \t][\t -~]*+)*+\r\n)*+")
_FIELD: Final = re.compile(r"([A-Za-z0-9\-]++): ?([^\r]*+(?:\r\n[ \t][^\r]*+)*+)\r\n")
_MEDIA_TYPE: Final = re.compile(
    r"([\w!#$&^.+\-]+/[\w!#$&^.+\-]+)((?:;[ \t]*+[\w.\-]++=(?:\"[^\"\\]*+\"|[^\s;\"\\()*']++))*+)", re.ASCII
)
_MIXED: Final = re.compile(r"[a-z][A-Z0-9]")
_PARAMETER: Final = re.compile(r";[ \t]*+([\w.\-]++)=(?:\"([^\"]*+)\"|([^;]++))")


@dataclass(frozen=True, slots=True)
class _Head:
    """A header section: its fields as written, and what they say of the content."""

    fields: tuple[tuple[str, str], ...]
    media_type: str = "text/plain"
    encoding: str = ""
    charset: str = ""
    boundary: str = ""
    decoded: tuple[str, ...] = ()
    """Parameters that read otherwise than they are written."""


def texts_of(mail: bytes, exempt: Exempt) -> Iterator[Place]:
    """Every text of the mail with its place, as in `Finding.place`. Raises `UnreadableError`."""
    yield from _entity(mail, 0, len(mail), "1", exempt)


def _entity(mail: bytes, start: int, end: int, path: str, exempt: Exempt) -> Iterator[Place]:
    if path.count(".") > MAX_DEPTH:
        raise UnreadableError
    gap = start - 2 if mail.startswith(b"\r\n", start) else mail.find(b"\r\n\r\n", start, end)
    if gap < 0:
        raise UnreadableError
    head, body = _head(mail[start : gap + 2]), gap + 4
    place = f"part:{path}"
    for name, value in head.fields:
        at = f"header:{name.lower()}" if path == "1" else place
        for text in _field(name, value, exempt):
            yield at, text
    for parameter in head.decoded:
        yield place, parameter
    if head.media_type.startswith("multipart/"):
        yield from _multipart(mail, body, end, head.boundary, path)
    elif head.media_type == "message/rfc822":
        yield from _entity(mail, body, end, f"{path}.1", _NOTHING)
    else:
        for text in _leaf(mail, body, end, head):
            yield place, text


def _field(name: str, value: str, exempt: Exempt) -> list[str]:
    """The field as written, unfolded and decoded, where that differs."""
    # What belongs in this field is taken out; anything else in it is searched.
    for own in exempt.get(name.lower(), ()) if exempt else ():
        value = value.replace(own, "")
    texts = [f"{name}: {value}"]
    if "\n" in value:
        value = _FOLD.sub(" ", value)
        texts.append(value)
    if "=?" in value:
        texts.append(words(value))
    if name == "Subject" and _MIXED.search(value):
        # Folding may have put blanks into an encoded run that was too long for its line.
        texts.append("".join(texts[-1].split()))
    return texts


def _head(octets: bytes) -> _Head:
    text = octets.decode("latin-1")
    if not _PLAIN_HEAD.fullmatch(text):
        return _parsed_head(octets)
    fields = tuple(_FIELD.findall(text))
    about = [(name.lower(), _FOLD.sub(" ", value)) for name, value in fields if name[:1] in "Cc"]
    known = dict(about)
    if len(known) < len(about):
        return _parsed_head(octets)
    typed = _MEDIA_TYPE.fullmatch(known.get("content-type", "text/plain"))
    if typed is None or not {"*", "\\"}.isdisjoint(known.get("content-disposition", "")):
        return _parsed_head(octets)
    parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(typed[2])}
    return _Head(
        fields,
        typed[1].lower(),
        known.get("content-transfer-encoding", "").strip().lower(),
        parameters.get("charset", "").lower(),
        parameters.get("boundary", ""),
    )


def _parsed_head(octets: bytes) -> _Head:
    """The same by the standard library: a header section with RFC 2231 parameters, or an odd one."""
    part = BytesHeaderParser().parsebytes(octets + b"\r\n")
    if part.get_payload() or any(len(part.get_all(name, ())) > 1 for name in _ABOUT_CONTENT):
        raise UnreadableError
    fields = tuple(
        (name, str(raw).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        for name, raw in part.raw_items()
    )
    return _Head(
        fields,
        part.get_content_type(),
        str(part.get("content-transfer-encoding", "")).strip().lower(),
        part.get_content_charset() or "",
        part.get_boundary() or "",
        tuple(_parameters(part)),
    )


_ABOUT_CONTENT: Final = ("content-type", "content-transfer-encoding", "content-disposition")


def _parameters(part: Message) -> Iterator[str]:
    for field in ("content-type", "content-disposition"):
        for _, value in part.get_params([], field)[1:]:
            yield collapse_rfc2231_value(value)


def _leaf(mail: bytes, start: int, end: int, head: _Head) -> Iterator[str]:
    if not head.media_type.startswith(("text/", "message/")):
        beginning = _content(mail[start : min(end, start + _BEGINNING)], head.encoding, is_whole=False)
        if end - start > MAX_OPAQUE or not looks_like_text(beginning):
            return
    yield from readings(_content(mail[start:end], head.encoding, is_whole=True), head.charset)


def _content(octets: bytes, encoding: str, *, is_whole: bool) -> bytes:
    """What the octets decode to (RFC 2045 §6). is_whole: False for a beginning that is cut anywhere."""
    if encoding in ("", "7bit", "8bit", "binary"):
        return octets
    if encoding == "quoted-printable":
        return binascii.a2b_qp(octets)
    if encoding != "base64":
        raise UnreadableError
    if not is_whole:
        octets = octets.translate(None, b"\r\n")
        octets = octets[: len(octets) // 4 * 4]
    return binascii.a2b_base64(octets)


def _multipart(mail: bytes, start: int, end: int, boundary: str, path: str) -> Iterator[Place]:
    """The parts (RFC 2046 §5.1.1) and what stands before, in and after the delimiter lines."""
    if not boundary:
        raise UnreadableError
    place, index, opened = f"part:{path}", 0, -1
    for at, line_end, is_close in delimiters(mail, start, end, b"--" + boundary.encode("latin-1")):
        if index == 0:
            yield place, mail[start:at].decode("latin-1")
        else:
            yield from _entity(mail, opened, at, f"{path}.{index}", _NOTHING)
        if is_close:
            yield place, mail[at:end].decode("latin-1")
            return
        index, opened = index + 1, line_end
    raise UnreadableError
