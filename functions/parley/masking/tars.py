"""Tar files (POSIX.1-2017 pax, "ustar Interchange Format"): members are masked, and their owners' names go.

A header holds the login name of whoever packed the file. Members that need no change stay as they are, header
aside. What is not understood (sparse files, sizes beyond eleven digits or in a pax record) raises nothing and
changes nothing: it is reported as unreadable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parley.masking.binaries import overwritten
from parley.masking.budget import UNREADABLE, Budget, MaskedFile, MaskFile
from parley.masking.edits import Edit, FormatError, edited
from parley.masking.matcher import Matcher
from parley.masking.members import OPENED, TEXTUAL, mask_member

MAX_MEMBERS: Final = 2_000
_BLOCK: Final = 512
_NAME, _SIZE, _SUM, _KIND, _OWNERS = slice(0, 100), slice(124, 136), slice(148, 156), 156, slice(265, 329)
_FILES: Final = b"\x000"
_LINKS_AND_FOLDERS: Final = b"12345"
_ABOUT_THE_NEXT: Final = b"xgLK"
"""Pax records (their names, times, owners), and GNU's way to write a long name."""
_NOBODY: Final = (b"", b"root", b"wheel", b"staff", b"users", b"nobody", b"nogroup")


@dataclass(frozen=True, slots=True)
class _Member:
    header: bytes
    start: int
    content: int
    end: int

    @property
    def kind(self) -> int:
        return self.header[_KIND]

    @property
    def name(self) -> str:
        return self.header[_NAME].split(b"\0", 1)[0].decode("utf-8", "replace").lower()


def mask_tar(data: bytes, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    """The archive, masked. Raises `text.UnsettledError`."""
    edits: list[Edit] = []
    codes: list[str] = []
    protected = 0
    try:
        long_name = ""
        for member in _members(data):
            name, long_name = long_name or member.name, ""
            masked = MaskedFile()
            if member.kind in _ABOUT_THE_NEXT:
                content = data[member.content : member.end]
                long_name = _long_name(member.kind, content)
                fresh = overwritten(content, matcher)
                if fresh != content:
                    masked = MaskedFile(fresh, 1, ("attachment-masked",))
            elif member.kind in _FILES and name.endswith(TEXTUAL + OPENED):
                masked = mask_member(name, data[member.content : member.end], matcher, budget, mask_file)
            protected += masked.protected
            codes += masked.codes
            edits += _member_edits(member, masked.content, matcher, codes)
        return MaskedFile(edited(data, edits) if edits else None, protected, tuple(dict.fromkeys(codes)))
    except FormatError:
        return UNREADABLE


def _members(data: bytes) -> Iterator[_Member]:
    """Raises `FormatError`."""
    at = 0
    for _ in range(MAX_MEMBERS):
        header = data[at : at + _BLOCK]
        if not header.strip(b"\0"):
            return
        if len(header) < _BLOCK or _octal(header[_SUM]) != _sum(header):
            raise FormatError
        size, kind = _octal(header[_SIZE]), header[_KIND]
        if kind in _LINKS_AND_FOLDERS:
            size = 0
        elif kind not in _FILES + _ABOUT_THE_NEXT:
            raise FormatError
        content = at + _BLOCK
        if content + size > len(data):
            raise FormatError
        yield _Member(header, at, content, content + size)
        at = content + size + -size % _BLOCK
    raise FormatError


def _octal(number: bytes) -> int:
    try:
        return int(number.strip(b" \0") or b"0", 8)
    except ValueError:
        raise FormatError from None


def _sum(header: bytes) -> int:
    """Of the header's octets, its own place counted as blanks."""
    return sum(header[: _SUM.start]) + 8 * 0x20 + sum(header[_SUM.stop :])


def _long_name(kind: int, content: bytes) -> str:
    """The next member's name, if the records tell one. Raises `FormatError` if they tell its size."""
    if kind == ord("L"):
        return content.rstrip(b"\0").decode("utf-8", "replace").lower()
    if kind not in b"xg":
        return ""
    if b" size=" in content or b" GNU.sparse" in content:
        raise FormatError
    _, told, path = content.partition(b" path=")
    return path.split(b"\n", 1)[0].decode("utf-8", "replace").lower() if told else ""


def _member_edits(member: _Member, content: bytes | None, matcher: Matcher, codes: list[str]) -> list[Edit]:
    """The header without its owner's names, with what else must change; and the content if it did."""
    header = overwritten(member.header, matcher)
    if header != member.header:
        codes.append("attachment-masked")
    if any(name.rstrip(b"\0") not in _NOBODY for name in (header[265:297], header[297:329])):
        header = header[: _OWNERS.start] + bytes(64) + header[_OWNERS.stop :]
        codes.append("document-author-removed")
    edits: list[Edit] = []
    if content is not None:
        header = header[: _SIZE.start] + b"%011o\0" % len(content) + header[_SIZE.stop :]
        edits.append(
            Edit(member.content, member.end + -member.end % _BLOCK, content + bytes(-len(content) % _BLOCK))
        )
    if header == member.header:
        return edits
    header = header[: _SUM.start] + b"%06o\0 " % _sum(header) + header[_SUM.stop :]
    return [Edit(member.start, member.content, header), *edits]
