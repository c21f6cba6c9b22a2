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
