"""ENVELOPE and BODYSTRUCTURE of a mail as RFC 3501 §7.4.2 wants them.

pymap writes header fields decoded, sizes that include the part's header section, and dispositions in another
form; mail programs then show wrong names or fetch wrong octets. Here header fields stay as they were written,
and sizes are those of the encoded body.
"""

import re
from collections.abc import Iterable
from email.utils import getaddresses

from pymap.mime import MessageContent

from sandbox.ses import header
from sandbox.ses.header import Field

NIL = b"NIL"
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"]*)')
_NOT_QUOTABLE = re.compile(rb"[\x80-\xff\r\n\0]")

Fields = tuple[Field, ...]
Parameters = list[tuple[str, str]]


def envelope(content: MessageContent) -> bytes:
    fields, _ = header.split(bytes(content.header))
    authors = _addresses(fields, "from")
    members = [
        string(_first(fields, "date")),
        string(_first(fields, "subject")),
        authors,
        # RFC 3501: absent Sender and Reply-To are those of From.
        *(
            authors if found == NIL else found
            for found in (_addresses(fields, n) for n in ("sender", "reply-to"))
        ),
        *(_addresses(fields, name) for name in ("to", "cc", "bcc")),
        string(_first(fields, "in-reply-to")),
        string(_first(fields, "message-id")),
    ]
    return _list(members)


def body_structure(content: MessageContent, *, extended: bool) -> bytes:
    """extended: BODYSTRUCTURE, else BODY."""
    fields, _ = header.split(bytes(content.header))
    media_type, parameters = _media_type(fields)
    kind, _, subtype = media_type.partition("/")
    disposition, its_parameters = _with_parameters(_first(fields, "content-disposition"))
    extension = [
        _list([string(disposition), _parameters(its_parameters)]) if disposition else NIL,
        string(_first(fields, "content-language")),
        string(_first(fields, "content-location")),
    ]
    if kind == "multipart":
        parts = b"".join(body_structure(each, extended=extended) for each in content.body.nested)
        members = [(parts or _EMPTY_PART) + b" " + string(subtype)]
        return _list(members + ([_parameters(parameters), *extension] if extended else []))
    body = bytes(content.body)
    members = [
        string(kind),
        string(subtype),
        _parameters(parameters),
        string(_first(fields, "content-id")),
        string(_first(fields, "content-description")),
        string((_first(fields, "content-transfer-encoding") or "7bit").lower()),
        b"%d" % len(body),
    ]
    if kind == "text":
        members.append(b"%d" % body.count(b"\n"))
    elif media_type == "message/rfc822" and content.body.nested:
        enclosed = content.body.nested[0]
        members += [envelope(enclosed), body_structure(enclosed, extended=extended)]
        members.append(b"%d" % body.count(b"\n"))
    return _list(members + ([NIL, *extension] if extended else []))


def string(value: str | None) -> bytes:
    """An nstring: NIL, quoted, or a literal where a quoted string may not hold the octets."""
    if value is None:
        return NIL
    octets = value.encode()
    if _NOT_QUOTABLE.search(octets):
        return b"{%d}\r\n%b" % (len(octets), octets)
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _list(members: Iterable[bytes]) -> bytes:
    return b"(" + b" ".join(members) + b")"


def _first(fields: Fields, name: str) -> str | None:
    return next(iter(header.values(fields, name)), None)


def _addresses(fields: Fields, name: str) -> bytes:
    found = [
        _list([string(phrase or None), NIL, *map(string, _parts(mailbox))])
        for phrase, mailbox in getaddresses(header.values(fields, name))
        if phrase or mailbox
    ]
    return b"(" + b"".join(found) + b")" if found else NIL


def _parts(mailbox: str) -> tuple[str, str]:
    """A domain that is missing is "", for NIL would begin a group."""
    local_part, at, domain = mailbox.rpartition("@")
    return (local_part, domain) if at else (mailbox, "")


def _media_type(fields: Fields) -> tuple[str, Parameters]:
    """RFC 2045 §5.2: text/plain in us-ascii where nothing, or nothing sensible, is said."""
    media_type, parameters = _with_parameters(_first(fields, "content-type"))
    if not media_type or media_type.count("/") != 1:
        return "text/plain", [("charset", "us-ascii")]
    return media_type, parameters


def _with_parameters(value: str | None) -> tuple[str, Parameters]:
    """Parameters as they were written: RFC 2231 is for the mail program to undo."""
    if value is None:
        return "", []
    name, _, rest = value.partition(";")
    pairs = [(match[1].lower(), _unquoted(match[2])) for match in _PARAMETER.finditer(";" + rest)]
    return name.strip().lower(), pairs


def _unquoted(value: str) -> str:
    if value[:1] != '"':
        return value.strip()
    return re.sub(r"\\(.)", r"\1", value[1:-1])


def _parameters(parameters: Parameters) -> bytes:
    return _list(string(each) for pair in parameters for each in pair) if parameters else NIL


_EMPTY_PART = b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)'
