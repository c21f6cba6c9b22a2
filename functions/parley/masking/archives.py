"""Zip files, which office documents are: opened within limits, their members masked, everything else kept.

A document names its author in its properties, a photograph the place where it was taken. Members that need
no change stay octet for octet, packed as they are; only what must be read is inflated, and only up to a
limit. An archive that cannot be read, or not wholly, is reported and passes as it is.
"""

from dataclasses import dataclass, field
from typing import Final

from parley.masking.binaries import reveals_plainly
from parley.masking.budget import MAX_MASKED, UNREADABLE, Budget, MaskedFile, MaskFile
from parley.masking.edits import Edit, FormatError, edited
from parley.masking.matcher import Matcher
from parley.masking.members import OPENED, TEXTUAL, mask_member
from parley.masking.properties import names_in_changes, naming_spans
from parley.masking.text import mask_text
from parley.masking.zips import Directory, Member, directory_of, inflated, rewritten

_PROPERTIES: Final = frozenset({"docProps/core.xml", "docProps/app.xml", "meta.xml"})
_PROGRAMS: Final = (
    *(".exe", ".com", ".scr", ".msi", ".lnk", ".jar", ".apk"),
    *(".bat", ".cmd", ".ps1", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta"),
)
_MACROS: Final = ("vbaproject.bin", "basic/script-lc.xml")
_SIGNATURES: Final = ("_xmlsignatures/", "META-INF/documentsignatures.xml", "META-INF/macrosignatures.xml")


def mask_archive(data: bytes, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    """The archive, masked. mask_file: masks a file that is no text. Raises `text.UnsettledError`."""
    try:
        directory = directory_of(data)
    except FormatError:
        return UNREADABLE
    opened = _Opened(data, directory, matcher, budget, mask_file, budget.room(len(data)))
    for member in sorted(directory.members, key=_urgency):
        opened.name(member)
        opened.member(member)
    has_comment = any(reveals_plainly(comment, matcher) for comment in directory.comments)
    if has_comment:
        opened.count(1)
    content = None
    if opened.contents or opened.names or has_comment:
        content = rewritten(data, directory, opened.contents, opened.names, keep_comments=not has_comment)
    return MaskedFile(content, opened.protected, tuple(dict.fromkeys((*_observed(directory), *opened.codes))))


def _urgency(member: Member) -> int:
    """The order in which members are inflated while the budget lasts."""
    return 0 if member.name in _PROPERTIES else 1 if member.name.lower().endswith(TEXTUAL) else 2


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
    """room: octets that may still be inflated of this archive."""

    data: bytes
    directory: Directory
    matcher: Matcher
    budget: Budget
    mask_file: MaskFile
    room: int
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
            self.count(name.protected + whole.protected)

    def member(self, member: Member) -> None:
        name = member.name.lower()
        if member.is_encrypted or not member.size or not name.endswith(TEXTUAL + OPENED):
            return
        # What is stored plainly costs nothing, since members never overlap.
        limit = len(self.data) if member.is_stored else min(self.room, self.budget.octets)
        try:
            content = inflated(self.data, member, min(limit, MAX_MASKED) if name.endswith(TEXTUAL) else limit)
            if not member.is_stored:
                self.room -= len(content)
                self.budget.octets -= len(content)
            unnamed = self._without_names(member, content)
        except FormatError:
            self.codes.append("attachment-unreadable")
            return
        masked = mask_member(name, unnamed, self.matcher, self.budget, self.mask_file)
        if masked.content is not None or unnamed is not content:
            self.contents[member.name] = unnamed if masked.content is None else masked.content
        self.protected += masked.protected
        self.codes += masked.codes

    def _without_names(self, member: Member, content: bytes) -> bytes:
        """A document's properties without names; any other member as it is. Raises `FormatError`."""
        if names_in_changes(member.name, content):
            self.codes.append("document-names-author")
        if member.name not in _PROPERTIES or not (spans := list(naming_spans(content))):
            return content
        if any(other.name.startswith(_SIGNATURES) for other in self.directory.members):
            self.codes.append("document-names-author")
            return content
        clean = edited(content, [Edit(start, end) for start, end in spans])
        self.codes.append("document-author-removed")
        return clean

    def count(self, protected: int) -> None:
        self.protected += protected
        self.codes.append("attachment-masked")
