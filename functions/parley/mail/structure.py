"""The scanner: finds the spans of header sections and body parts without copying (RFC 2045, 2046).

`read` guarantees linear time and a bounded tree, or raises `StructureError` with a stable code. It never
decides what a part means for the product. Because the outgoing mail is always written anew, with fresh
boundaries, from the tree found here, a receiving program cannot read it otherwise than we did.
"""

import re

from parley.mail.defects import (
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_HEADER_BYTES,
    MAX_MAIL_BYTES,
    MAX_NEAR_BOUNDARIES,
    MAX_PARTS,
    MAX_TEXT_BYTES,
    Defect,
    StructureError,
)
from parley.mail.header import Header
from parley.mail.scanner import Scan
from parley.mail.section import has_known_field, read_section
from parley.mail.tree import Mail, Part

__all__ = [
    "MAX_DEPTH",
    "MAX_FIELDS",
    "MAX_HEADER_BYTES",
    "MAX_MAIL_BYTES",
    "MAX_NEAR_BOUNDARIES",
    "MAX_PARTS",
    "MAX_TEXT_BYTES",
    "Defect",
    "Mail",
    "Part",
    "StructureError",
    "read",
    "read_header",
]


def read(raw: bytes) -> Mail:
    """Scans a mail. LF, CRLF, CR and mixed line ends are understood. Raises `StructureError`."""
    if len(raw) > MAX_MAIL_BYTES:
        raise StructureError(Defect.TOO_LARGE)
    scan = Scan()
    if _ends_lines_with_cr(raw):
        raw = _with_lf(raw)
        scan.defects.append(Defect.BARE_CARRIAGE_RETURNS)
    root = scan.mail(raw)
    if not has_known_field(root.header):
        raise StructureError(Defect.NOT_A_MAIL)
    return Mail(root, tuple(dict.fromkeys(scan.defects)))


def read_header(raw: bytes) -> Header:
    """The mail's own header section alone, also of a mail that `read` refuses for what follows it.

    Raises `StructureError`: NOT_A_MAIL or HEADER_TOO_LARGE.
    """
    if _ends_lines_with_cr(raw):
        raw = _with_lf(raw)
    header = read_section(raw, 0, len(raw), is_mail=True).header
    if not has_known_field(header):
        raise StructureError(Defect.NOT_A_MAIL)
    return header


_CR_FIELD = re.compile(rb"(?:[!-9;-~]+[ \t]*:|From )[^\r\n]*\r(?=[!-9;-~]+:|[ \t]|\r(?!\n))")


def _ends_lines_with_cr(raw: bytes) -> bool:
    """Whether the first line is a field that ends with a bare CR and is followed by another line."""
    return _CR_FIELD.match(raw, 0, MAX_HEADER_BYTES) is not None


def _with_lf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
