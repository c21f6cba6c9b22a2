"""Which of our mails a report is about: a delivery report (RFC 3464) or an abuse report (RFC 5965) encloses
the mail, or its header section, and that one carries our mark or the Message-ID that it went out with.

Everything read here was written by whoever sent the report: it names a mail, and proves nothing.
"""

import re
from dataclasses import dataclass

from parley.mail.header import Header
from parley.mail.structure import Mail, Part, StructureError, read_header
from parley.mail.transfer import decode

MARK = "x-parley-message"
_ENCLOSED = frozenset(("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"))
_ID = re.compile(rb"\s*([A-Za-z0-9_-]{1,128})\s*")
_MESSAGE_ID = re.compile(rb"\s*<([!-;=?-~]{1,320})>\s*")
_MAX_PARTS = 20
_MAX_HEADER = 64 * 1024


@dataclass(frozen=True, slots=True)
class Named:
    """What a report names: our own id of the message, and the Message-ID without angle brackets, as far as it
    does."""

    message: str | None
    message_id: str | None


def named_in(report: Mail) -> Named | None:
    """The first mail that the report encloses and that names itself; None if there is none."""
    parts, looked_at = [report.root], 0
    while parts and looked_at < _MAX_PARTS:
        part, looked_at = parts.pop(0), looked_at + 1
        parts += part.children
        if part.content_type.value in _ENCLOSED and (header := _header(part)) is not None:
            found = Named(_matched(_ID, header, MARK), _matched(_MESSAGE_ID, header, "message-id"))
            if found.message or found.message_id:
                return found
    return None


def _header(part: Part) -> Header | None:
    octets = decode(part.body[: 2 * _MAX_HEADER], part.transfer_encoding)[:_MAX_HEADER]
    try:
        # A header section alone may end without the empty line.
        return read_header(octets + b"\r\n\r\n")
    except StructureError:
        return None


def _matched(form: re.Pattern[bytes], header: Header, name: str) -> str | None:
    values = header.all(name)
    found = form.fullmatch(values[0]) if len(values) == 1 else None
    return found[1].decode("ascii") if found else None
