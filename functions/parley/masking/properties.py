"""Who wrote a document, in the XML of its properties: OOXML (docProps), OpenDocument (meta.xml) and XMP.

Only the names of people and companies are found; titles, dates and programs stay.
"""

import re
from collections.abc import Iterator
from typing import Final

_NAMING: Final = (
    rb"(?:[A-Za-z][\w.\-]{0,30}:)?"
    rb"(?:creator|lastModifiedBy|initial-creator|printed-by|Company|Manager|Author|Authors|Owner)"
)
_ELEMENT: Final = re.compile(rb"<(" + _NAMING + rb")(?:\s[^<>]{0,500})?(?<!/)>")
_ATTRIBUTE: Final = re.compile(
    rb"\s" + _NAMING + rb"\s{0,5}=\s{0,5}(?:\"([^\"<]{1,1000})\"|'([^'<]{1,1000})')"
)
_TEXT: Final = re.compile(rb">([^<>]+)(?=<)")
_MAX_ELEMENT: Final = 2_000
_CHANGES: Final = tuple(
    (re.compile(member), re.compile(value))
    for member, value in (
        (r"word/[\w\-]+\.xml", rb"\s(?:[A-Za-z]\w{0,15}:)?author=[\"']([^\"'<]{1,200})"),
        (
            r"ppt/(?:commentAuthors|authors)\.xml|xl/revisions/userNames\.xml",
            rb"\sname=[\"']([^\"'<]{1,200})",
        ),
        (r"xl/comments/?\w{0,20}\.xml", rb"<author>([^<]{1,200})<"),
        (r"xl/persons/\w+\.xml", rb"\sdisplayName=[\"']([^\"'<]{1,200})"),
        (r"content\.xml", rb"<dc:creator>([^<]{1,200})<"),
    )
)
"""Where comments and tracked changes name people (ECMA-376 part 1 §17.13, §18.7, §19.4; OpenDocument §14)."""
_NOBODY: Final = frozenset(
    {
        "admin",
        "administrator",
        "anonymous",
        "apache poi",
        "author",
        "microsoft office user",
        "microsoft office-anwender",
        "openpyxl",
        "python-docx",
        "un-named",
        "unknown",
        "unspecified",
        "user",
        "windows user",
        "windows-benutzer",
    }
)
"""What programs write where they know no name; such a document stays as it is."""


def names_somebody(name: str) -> bool:
    """Whether the value of a property is a name at all."""
    return name.strip(" \t\r\n\0()[]").lower() not in _NOBODY | {""}


def naming_spans(xml: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each name in the properties, in order. Text in UTF-16 is not read."""
    spans = [match.span(match.lastindex or 0) for match in _ATTRIBUTE.finditer(xml)]
    done = 0
    for opening in _ELEMENT.finditer(xml):
        end = xml.find(b"</" + opening[1], opening.end(), opening.end() + _MAX_ELEMENT)
        if end >= 0 and opening.start() >= done:
            spans += [match.span(1) for match in _TEXT.finditer(xml, opening.end() - 1, end + 1)]
            done = end
    done = 0
    for start, end in sorted(spans):
        if start >= done and names_somebody(xml[start:end].decode("utf-8", "replace")):
            yield start, end
            done = end


def names_in_changes(member: str, xml: bytes) -> bool:
    """Whether a member of a document names who commented or changed it. These names stay: whoever answers a
    comment must see whose it is."""
    return any(
        names_somebody(value[1].decode("utf-8", "replace"))
        for name, named in _CHANGES
        if name.fullmatch(member)
        for value in named.finditer(xml)
    )
