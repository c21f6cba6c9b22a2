"""Zip files, which office documents are: opened within limits, their members masked, everything else kept.

A document names its author in its properties, a photograph the place where it was taken. Members that need
no change stay octet for octet, packed as they are; only what must be read is inflated, and only up to a
limit. An archive that cannot be read, or not wholly, is reported and passes as it is.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from parley.masking.edits import Edit, FormatError, edited
from parley.masking.matcher import Matcher
from parley.masking.properties import naming_spans
from parley.masking.text import MaskedText, Medium, mask_text, mask_view
from parley.masking.views import View
from parley.masking.zips import Directory, Member, directory_of, inflated, rewritten

MAX_INFLATED: Final = 16 * 1024 * 1024
MAX_MASKED: Final = 5 * 1024 * 1024
MAX_DEPTH: Final = 2
_PROPERTIES: Final = frozenset({"docProps/core.xml", "docProps/app.xml", "meta.xml"})
_TEXTUAL: Final = (
    ".xml",
    ".rels",
    ".txt",
    ".csv",
    ".htm",
    ".html",
    ".json",
    ".vcf",
    ".ics",
    ".eml",
    ".vml",
    ".md",
)
_OPENED: Final = (
    *(".jpg", ".jpeg", ".png", ".webp", ".heic", ".tif", ".tiff", ".gif"),
    *(".pdf", ".doc", ".xls", ".ppt"),
    *(".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"),
)
_PROGRAMS: Final = (
    *(".exe", ".com", ".scr", ".msi", ".lnk", ".jar", ".apk"),
    *(".bat", ".cmd", ".ps1", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta"),
)
_MACROS: Final = ("vbaproject.bin", "basic/script-lc.xml")
_SIGNATURES: Final = ("_xmlsignatures/", "META-INF/documentsignatures.xml", "META-INF/macrosignatures.xml")
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(slots=True)
class Budget:
    """What may still be inflated of a mail's attachments, and masked as text there; how deep we are."""

    octets: int = MAX_INFLATED
    text: int = MAX_MASKED
    depth: int = 0


@dataclass(frozen=True, slots=True)
class MaskedFile:
    """A file's content as it goes out (None: as it came), what was found, and codes of what was done."""

    content: bytes | None = None
    protected: int = 0
    codes: tuple[str, ...] = ()


MaskFile = Callable[[bytes, Matcher, Budget], MaskedFile]


def mask_archive(data: bytes, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    """The archive, masked. mask_file: masks a file that is no text. Raises `text.UnsettledError`."""
    try:
        directory = directory_of(data)
    except FormatError:
        return MaskedFile(codes=("attachment-unreadable",))
    opened = _Opened(data, directory, matcher, budget, mask_file)
    for member in sorted(directory.members, key=_urgency):
        opened.name(member)
        opened.member(member)
    content = None
    if opened.contents or opened.names:
        content = rewritten(data, directory, opened.contents, opened.names)
    return MaskedFile(content, opened.protected, tuple(dict.fromkeys((*_observed(directory), *opened.codes))))


def _urgency(member: Member) -> int:
    """The order in which members are inflated while the budget lasts."""
    return 0 if member.name in _PROPERTIES else 1 if member.name.lower().endswith(_TEXTUAL) else 2


def _observed(directory: Directory) -> list[str]:
    names = [member.name.lower() for member in directory.members]
    codes = []
    if any(member.is_encrypted for member in directory.members):
        codes.append("attachment-encrypted")
    if any(name.endswith(_MACROS) for name in names):
        codes.append("attachment-macros")
    if any(name.endswith(_PROGRAMS) for name in names):
        codes.append("program-in-archive")
    return codes


@dataclass(slots=True)
class _Opened:
    data: bytes
    directory: Directory
    matcher: Matcher
    budget: Budget
    mask_file: MaskFile
    contents: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    protected: int = 0
    codes: list[str] = field(default_factory=list)

    def name(self, member: Member) -> None:
        # With its ending a name may read as another domain (…@shop.example.bin), so it is read without, too.
        stem, dot, ending = member.name.rpartition(".")
        name = mask_text(stem, self.matcher, mask_contacts=False)
        whole = mask_text(f"{name.text}{dot}{ending}", self.matcher, mask_contacts=False)
        if name.protected or whole.protected:
            self.names[member.name] = whole.text
            self._count(name.protected + whole.protected)

    def member(self, member: Member) -> None:
        name = member.name.lower()
        if member.is_encrypted or not member.size or not name.endswith(_TEXTUAL + _OPENED):
            return
        is_text = name.endswith(_TEXTUAL)
        # What is stored plainly costs nothing, since members never overlap.
        limit = len(self.data) if member.is_stored else self.budget.octets
        try:
            content = inflated(self.data, member, min(limit, MAX_MASKED) if is_text else limit)
        except FormatError:
            self.codes.append("attachment-unreadable")
            return
        if not member.is_stored:
            self.budget.octets -= len(content)
        if is_text:
            self._text(member, content)
        elif self.budget.depth < MAX_DEPTH:
            self._file(member, content)

    def _text(self, member: Member, content: bytes) -> None:
        if member.name in _PROPERTIES and (spans := list(naming_spans(content))):
            if any(other.name.startswith(_SIGNATURES) for other in self.directory.members):
                self.codes.append("document-names-author")
            else:
                content = edited(content, [Edit(start, end) for start, end in spans])
                self.contents[member.name] = content
                self.codes.append("document-author-removed")
        text = content.decode("utf-8", "surrogateescape")
        if not _seems_protected(text, self.matcher):
            return
        self.budget.text -= len(content)
        if self.budget.text < 0:
            self.codes.append("protected-in-attachment")
        elif (masked := mask_markup(text, self.matcher)).protected:
            self.contents[member.name] = masked.text.encode("utf-8", "surrogateescape")
            self._count(masked.protected)

    def _file(self, member: Member, content: bytes) -> None:
        self.budget.depth += 1
        masked = self.mask_file(content, self.matcher, self.budget)
        self.budget.depth -= 1
        if masked.content is not None:
            self.contents[member.name] = masked.content
        self.protected += masked.protected
        self.codes += masked.codes

    def _count(self, protected: int) -> None:
        self.protected += protected
        self.codes.append("attachment-masked")


def _seems_protected(text: str, matcher: Matcher) -> bool:
    bare = html.unescape(_TAG.sub("", text)).lower()
    return matcher.anchored(text.lower()) or matcher.anchored("".join(bare.split()))


def mask_markup(text: str, matcher: Matcher, *, mask_contacts: bool = False) -> MaskedText:
    """The source of an XML document, masked also where tags stand inside a protected string."""
    masked = mask_text(text, matcher, mask_contacts=mask_contacts)
    joined = mask_view(masked.text, matcher, _MARKUP, mask_contacts=False)
    return MaskedText(joined.text, masked.protected + joined.protected, masked.contacts)


def _without_tags(text: str) -> View:
    return View(text).rewritten(_TAG, lambda _: "")


def _between_tags(text: str, start: int, end: int, replacement: str) -> str:
    return html.escape(replacement, quote=False) + "".join(_TAG.findall(text[start:end]))


_MARKUP: Final = Medium(read=_without_tags, show=lambda text: _TAG.sub("", text), replace=_between_tags)
