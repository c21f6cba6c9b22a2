"""Writing the outgoing mail: fresh header sections from an allow-list, fresh boundaries, 7-bit, CRLF.

Guarantees: no line over 998 octets, no field twice, no CR, LF or NUL smuggled through a value; a `Kept`
part decodes to exactly the bytes that it decoded to before. Deterministic: the same arguments give the
same bytes (boundaries derive from `seed`).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from parley.mail.charsets import encode
from parley.mail.content import Content, in_base64, in_text_encoding, kept
from parley.mail.folding import write_field, write_fields, write_parameterised
from parley.mail.header import encode_parameter
from parley.mail.outgoing import (
    MAX_OUTGOING_BYTES,
    MAX_OUTGOING_PARTS,
    BytesPart,
    ComposeError,
    KeptPart,
    Label,
    MessagePart,
    MultipartPart,
    OutgoingPart,
    TextPart,
)
from parley.mail.splicing import Piece

__all__ = [
    "MAX_OUTGOING_BYTES",
    "MAX_OUTGOING_PARTS",
    "BytesPart",
    "ComposeError",
    "KeptPart",
    "Label",
    "MessagePart",
    "MultipartPart",
    "OutgoingPart",
    "TextPart",
    "compose",
]


def compose(fields: Sequence[tuple[str, str]], body: OutgoingPart, seed: bytes) -> bytes:
    """The finished mail.

    fields: (name, value) in order, values already ASCII (`encode_words`, `encode_phrase`); they may hold
    CRLF SP folds made by those functions and nothing else of the kind; long structured values (References)
    are folded here at spaces. MIME-Version is added here; Content-* come from `body`.
    seed: ≥ 16 bytes that differ per message. Raises `ComposeError`.
    """
    writer = _Writer("=_" + hashlib.sha256(b"boundary:" + seed).hexdigest()[:24])
    return writer.mail(fields, body)


_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}")
_PARAMETER = re.compile(r"[A-Za-z0-9._-]{1,60}")
_CHARSET = re.compile(r"[A-Za-z0-9._:+-]{1,40}")
_COMPOSITE = ("multipart/", "message/rfc822", "message/global", "message/news")
_SET_HERE = frozenset(("charset", "boundary", "name"))
_LONGEST_FILENAME = 200


class _Writer:
    """Writes one mail piece by piece, so that content is never held twice."""

    def __init__(self, boundary: str) -> None:
        self.boundary = boundary
        self.out = BytesIO()
        self.parts = 0
        self.multiparts = 0

    def mail(self, fields: Sequence[tuple[str, str]], body: OutgoingPart) -> bytes:
        self._message(fields, body, at_end=True)
        return self.out.getvalue()

    def _add(self, *pieces: Piece) -> None:
        for piece in pieces:
            if self.out.tell() + len(piece) > MAX_OUTGOING_BYTES:
                raise ComposeError("outgoing-too-large")
            self.out.write(piece)

    def _message(self, fields: Sequence[tuple[str, str]], body: OutgoingPart, *, at_end: bool) -> None:
        own = [(name, value) for name, value in fields if not name.lower().startswith(("content-", "mime-"))]
        self._add("".join(write_fields([*own, ("MIME-Version", "1.0")])).encode("ascii"))
        self._part(body, at_end=at_end)

    def _part(self, part: OutgoingPart, *, at_end: bool) -> None:
        self.parts += 1
        if self.parts > MAX_OUTGOING_PARTS:
            raise ComposeError("too-many-parts")
        match part:
            case MultipartPart(label, children):
                self._multipart(label, children, at_end=at_end)
            case MessagePart(label, fields, body):
                # RFC 2046 §5.2.1: enclosed 7-bit as it stands, without a transfer encoding.
                self._add(_label("message/rfc822", label, ()), b"\r\n")
                self._message(fields, body, at_end=at_end)
            case TextPart(label, text, codec):
                charset, data = encode(text, codec)
                content = in_text_encoding(data, at_end=at_end)
                self._leaf(_leaf_type(label, "text/plain"), label, charset, content, at_end=at_end)
            case BytesPart(label, data):
                content = in_base64(data, at_end=at_end)
                self._leaf(_leaf_type(label), label, None, content, at_end=at_end)
            case KeptPart(label, original):
                media_type = _leaf_type(label)
                is_text = media_type.startswith(("text/", "message/"))
                content = kept(original, as_text=is_text, at_end=at_end)
                charset = original.content_type.parameters.get("charset", "")
                self._leaf(media_type, label, charset, content, at_end=at_end)

    def _leaf(
        self, media_type: str, label: Label, charset: str | None, content: Content, *, at_end: bool
    ) -> None:
        if content.encoding == "7bit":
            # Neither base64 nor quoted-printable can hold "=_": such text cannot end its own part.
            text = b"".join(content.pieces)
            if self.boundary.encode("ascii") in text:
                content = in_base64(text, at_end=at_end)
        parameters: list[str] = []
        if charset and _CHARSET.fullmatch(charset) and media_type.startswith(("text/", "application/")):
            parameters.append(f"charset={charset}")
        encoding = write_field("Content-Transfer-Encoding", content.encoding)
        self._add(_label(media_type, label, parameters), encoding.encode("ascii"), b"\r\n")
        for piece in content.pieces:
            self._add(piece)

    def _multipart(self, label: Label, children: Sequence[OutgoingPart], *, at_end: bool) -> None:
        boundary = f"{self.boundary}_{self.multiparts}"
        self.multiparts += 1
        is_multipart = label.media_type.lower().startswith("multipart/")
        is_written = is_multipart and _MEDIA_TYPE.fullmatch(label.media_type)
        media_type = label.media_type if is_written else "multipart/mixed"
        self._add(_label(media_type, label, [f'boundary="{boundary}"']))
        delimiter = f"\r\n--{boundary}".encode("ascii")
        # RFC 2046 §5.1.1: at least one part.
        for child in children or (TextPart(Label(media_type="text/plain"), "", "ascii"),):
            self._add(delimiter, b"\r\n")
            self._part(child, at_end=False)
        self._add(delimiter, b"--\r\n" if at_end else b"--")


def _leaf_type(label: Label, otherwise: str = "application/octet-stream") -> str:
    """A leaf never says that it has structure: a reader would look for it where nobody masked it."""
    media_type = label.media_type if _MEDIA_TYPE.fullmatch(label.media_type) else otherwise
    return otherwise if media_type.lower().startswith(_COMPOSITE) else media_type


def _label(media_type: str, label: Label, first: Sequence[str]) -> bytes:
    """The Content-* fields of a part, transfer encoding excepted."""
    filename = _shortened(label.filename) if label.filename else None
    type_parameters = [*first, *_parameters(label.parameters)]
    disposition = label.disposition
    if disposition is None and filename is not None:
        type_parameters.extend(encode_parameter("name", filename))
    lines = write_parameterised("Content-Type", media_type, type_parameters)
    if disposition is not None:
        named = encode_parameter("filename", filename) if filename is not None else ()
        value = "inline" if disposition.lower() == "inline" else "attachment"
        lines += write_parameterised("Content-Disposition", value, named)
    if label.content_id:
        content_id = re.sub(r"[^!-;=?-~]", "", label.content_id)[:200]
        lines += write_field("Content-ID", f"<{content_id}>")
    return lines.encode("ascii")


def _parameters(parameters: Mapping[str, str]) -> Iterator[str]:
    for name, value in parameters.items():
        if _PARAMETER.fullmatch(name) and name.lower() not in _SET_HERE:
            yield from encode_parameter(name, value)


def _shortened(filename: str) -> str:
    if len(filename) <= _LONGEST_FILENAME:
        return filename
    stem, dot, extension = filename.rpartition(".")
    if not dot or len(extension) > 20:
        return filename[:_LONGEST_FILENAME]
    return stem[: _LONGEST_FILENAME - 1 - len(extension)] + "." + extension
