"""The leak gate: reads the finished bytes again, independently, and says where a protected string shows.

It shares no decoding code with the masker or the scanner: the standard library's parser reads mails up to
1 MB, a linear search over the decoded parts reads larger ones. Opaque attachments follow policy and are not
searched (DESIGN: text in pictures, PDF and office files remains); everything that is text is.
"""

import email
import email.header
import email.policy
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from email.message import Message
from email.utils import collapse_rfc2231_value
from itertools import chain
from typing import Final

from parley.mail.address import Mailbox
from parley.mail.findings import Finding, Severity
from parley.masking.gate_forms import Needles, reveals
from parley.masking.protected import Protected

LEAK: Final = "leak"
UNREADABLE: Final = "leak-gate-unreadable"
MAX_PARSED: Final = 1024 * 1024
_MAX_DEPTH: Final = 30
_BATCH: Final = 64 * 1024
_BETWEEN_TEXTS: Final = "\n|<>|\n"
_FIELD_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_BETWEEN_WORDS: Final = re.compile(r"(\?=)\s+(=\?)")


Exempt = Mapping[str, tuple[str, ...]]
"""Name of a field of the mail's own header section → the strings that may stand in it."""
_NOTHING: Final[Exempt] = {}


class _UnreadableError(ValueError):
    pass


def leaks(
    outgoing: bytes, protected: Protected, addressee: Mailbox, returned_ids: Collection[str] = ()
) -> tuple[Finding, ...]:
    """A finding (code `leak`) for each place where a protected string can be read; none if the mail is clean.

    The addressee may stand in the mail's own To field, nowhere else. returned_ids: Message-IDs that come back
    to the recipient, who wrote them; they may stand in In-Reply-To and References. A mail that cannot be
    read gives a finding too (code `leak-gate-unreadable`): the gate fails closed.
    """
    try:
        needles = Needles(protected)
        read = _parsed if len(outgoing) <= MAX_PARSED else _scanned
        ids = tuple(returned_ids)
        exempt = {"to": (str(addressee),), "in-reply-to": ids, "references": ids}
        places = Counter(_revealing(read(outgoing, exempt), needles))
    except Exception:  # whatever goes wrong here, the mail was not cleared
        return (Finding(UNREADABLE, Severity.SERIOUS),)
    return tuple(Finding(LEAK, Severity.SERIOUS, place, count) for place, count in places.items())


def _revealing(texts: Iterable[tuple[str, str]], needles: Needles) -> Iterator[str]:
    """The places of those texts that show a protected string.

    Texts are read many at a time, and one by one only where something was found. What stands between them
    ends every token, tag, entity, escape and encoded run, so nothing is hidden by its neighbours.
    """
    batch: list[tuple[str, str]] = []
    size = 0
    for place, text in chain(texts, (("", ""),)):
        batch.append((place, text))
        size += len(text)
        if size < _BATCH and place:
            continue
        if reveals(_BETWEEN_TEXTS.join(text for _, text in batch), needles):
            yield from (known for known, text in batch if reveals(text, needles))
        batch, size = [], 0


def _parsed(outgoing: bytes, exempt: Exempt) -> Iterator[tuple[str, str]]:
    """Every text of a mail, with its place, as the standard library's parser reads it."""
    yield from _part(email.message_from_bytes(outgoing, policy=email.policy.compat32), "1", exempt)


def _part(part: Message, path: str, exempt: Exempt) -> Iterator[tuple[str, str]]:
    if path.count(".") > _MAX_DEPTH:
        raise _UnreadableError
    yield from _header(part, path, exempt)
    place = f"part:{path}"
    for outside in (part.preamble, part.epilogue):
        if outside:
            yield place, outside
    payload = part.get_payload()
    if isinstance(payload, list):
        for index, child in enumerate(payload, 1):
            yield from _part(child, f"{path}.{index}", _NOTHING)
        return
    content = part.get_payload(decode=True)
    if isinstance(content, bytes) and content:
        yield from _content(content, part, place)


def _header(part: Message, path: str, exempt: Exempt) -> Iterator[tuple[str, str]]:
    for name, raw in part.raw_items():
        value = str(raw).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        # What belongs in this field is taken out; anything else in it is searched.
        for own in exempt.get(name.lower(), ()):
            value = value.replace(own, "")
        place = f"header:{name.lower()}" if path == "1" else f"part:{path}"
        yield place, f"{name}: {value}"
        if "=?" in value or "\n" in value:
            yield place, _words(_FIELD_FOLD.sub(" ", value))
        if (joined := "".join(value.split())) != value:
            yield place, joined
    for parameter in (part.get_filename(), part.get_param("name")):
        if parameter:
            yield f"part:{path}", collapse_rfc2231_value(parameter)


def _words(value: str) -> str:
    pieces = email.header.decode_header(_BETWEEN_WORDS.sub(r"\1\2", value))
    return "".join(
        piece.decode(charset or "utf-8", "replace") if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )


def _content(content: bytes, part: Message, place: str) -> Iterator[tuple[str, str]]:
    textual = part.get_content_maintype() in ("text", "message")
    if not textual and not _looks_like_text(content):
        return
    charset = part.get_content_charset() or "utf-8"
    readings = [_decoded(content, charset), _decoded(content, "utf-8")]
    if readings[1] is None:
        # Octets that are no UTF-8 show the same ASCII in every other charset of eight bits.
        readings.append(content.decode("latin-1"))
    if b"+A" in content:
        readings.append(_decoded(content, "utf-7"))
    for text in dict.fromkeys(readings):
        if text is not None:
            yield place, text
    if b"\0" in content:
        yield place, content.replace(b"\0", b"").decode("latin-1")


def _decoded(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (LookupError, UnicodeError):
        return None


def _looks_like_text(content: bytes) -> bool:
    head = content[:2_048]
    if head.startswith((b"%PDF", b"PK")):
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\0" not in head and sum(octet < 9 or 14 <= octet < 32 for octet in head) == 0


def _scanned(outgoing: bytes, exempt: Exempt) -> Iterator[tuple[str, str]]:
    """The same for a large mail: split at boundaries, large opaque content left alone. Every octet belongs
    to a header section, a part or, outside the parts, to text."""
    yield from _entity(outgoing, 0, len(outgoing), "1", exempt)


def _entity(mail: bytes, start: int, end: int, path: str, exempt: Exempt) -> Iterator[tuple[str, str]]:
    if path.count(".") > _MAX_DEPTH:
        raise _UnreadableError
    if mail.startswith(b"\r\n", start):
        gap = start - 2
    else:
        gap = mail.find(b"\r\n\r\n", start, end)
        if gap < 0:
            raise _UnreadableError
    head, body = mail[start : max(start, gap)], gap + 4
    part = email.message_from_bytes(head + b"\r\n\r\n", policy=email.policy.compat32)
    yield from _header(part, path, exempt)
    kind = part.get_content_type()
    if kind.startswith("multipart/"):
        yield from _multipart(mail, body, end, part.get_boundary() or "", path)
    elif kind == "message/rfc822":
        yield from _entity(mail, body, end, f"{path}.1", _NOTHING)
    elif kind.startswith(("text/", "message/")) or end - body <= MAX_PARSED:
        part.set_payload(mail[body:end].decode("ascii", "surrogateescape"))
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield from _content(content, part, f"part:{path}")


def _multipart(mail: bytes, start: int, end: int, boundary: str, path: str) -> Iterator[tuple[str, str]]:
    """The parts (RFC 2046 §5.1.1) and what stands before, between and after them."""
    delimiter = b"--" + boundary.encode("ascii")
    if not boundary:
        raise _UnreadableError
    at = start if mail.startswith(delimiter, start) else mail.find(b"\r\n" + delimiter, start, end)
    index, outside = 0, start
    while at >= 0:
        if index == 0:
            yield f"part:{path}", mail[outside : max(at, outside)].decode("latin-1")
        line_end = mail.find(b"\n", at + 2, end)
        closes = mail.startswith(b"--", at + len(delimiter) + (2 if mail.startswith(b"\r\n", at) else 0))
        if closes or line_end < 0:
            yield f"part:{path}", mail[at:end].decode("latin-1")
            return
        following = mail.find(b"\r\n" + delimiter, line_end - 1, end)
        if following < 0:
            raise _UnreadableError
        index += 1
        yield from _entity(mail, line_end + 1, following, f"{path}.{index}", _NOTHING)
        at = following
    raise _UnreadableError
