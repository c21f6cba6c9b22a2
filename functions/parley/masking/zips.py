"""Zip files (PKWARE APPNOTE): their directory, single members, and changes that leave all other octets alone.

The directory at the end says what there is. A file whose directory, members and end do not fit together
without doubt, that uses Zip64 or spans disks, raises `FormatError`: programs would differ in what they see.
"""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from parley.masking.edits import Edit, FormatError, edited

MAX_MEMBERS: Final = 2_000
MAX_DIRECTORY: Final = 1024 * 1024
_END: Final = struct.Struct("<4s4H2IH")
_ENTRY: Final = struct.Struct("<4s6H3I5H2I")
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_MAX_COMMENT: Final = 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _STREAMED, _UTF_8 = 0x01, 0x08, 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip file. at: of its directory entry. start, content, end: of its local header, its
    octets, and the end of these."""

    name: str
    flags: int
    method: int
    size: int
    at: int
    start: int
    content: int
    end: int

    @property
    def is_encrypted(self) -> bool:
        return bool(self.flags & _ENCRYPTED)

    @property
    def is_stored(self) -> bool:
        return self.method == _STORED


@dataclass(frozen=True, slots=True)
class Directory:
    """start, end: of the directory; the end record follows it. comments: of the members and the whole."""

    members: tuple[Member, ...]
    start: int
    end: int
    comments: tuple[bytes, ...] = ()


def directory_of(data: bytes) -> Directory:
    """Raises `FormatError`."""
    end = data.rfind(b"PK\5\6", max(0, len(data) - _END.size - _MAX_COMMENT))
    if end < 0 or end + _END.size > len(data):
        raise FormatError
    _, disk, other_disk, here, count, size, start, comment = _END.unpack_from(data, end)
    if disk or other_disk or here != count or count > MAX_MEMBERS or size > MAX_DIRECTORY:
        raise FormatError
    if start + size != end or end + _END.size + comment != len(data):
        raise FormatError
    members, at = [], start
    for _ in range(count):
        member, at = _member(data, at, start)
        members.append(member)
    in_place = sorted((member.start, member.end) for member in members)
    overlap = any(former[1] > latter[0] for former, latter in pairwise(in_place))
    if at != end or overlap or len({member.name for member in members}) != count:
        raise FormatError
    ends = [*(member.at for member in members[1:]), end]
    comments = [_comment(data, member.at, ending) for member, ending in zip(members, ends, strict=True)]
    return Directory(tuple(members), start, end, tuple(filter(None, (*comments, data[end + _END.size :]))))


def _comment(data: bytes, at: int, end: int) -> bytes:
    """The extra fields and the comment of a directory entry, which end it."""
    return data[at + _ENTRY.size + int.from_bytes(data[at + 28 : at + 30], "little") : end]


def _member(data: bytes, at: int, limit: int) -> tuple[Member, int]:
    """The member whose directory entry stands there, and where the next entry does."""
    if at + _ENTRY.size > len(data):
        raise FormatError
    fields = _ENTRY.unpack_from(data, at)
    signature, _, _, flags, method, _, _, _, packed, size, name_length, extra, comment, _, _, _, start = (
        fields
    )
    name = data[at + _ENTRY.size : at + _ENTRY.size + name_length]
    if signature != b"PK\1\2" or 0xFFFFFFFF in (packed, size, start) or start + _LOCAL.size > limit:
        raise FormatError
    local = _LOCAL.unpack_from(data, start)
    content = start + _LOCAL.size + local[9] + local[10]
    local_name = data[start + _LOCAL.size : start + _LOCAL.size + local[9]]
    if local[0] != b"PK\3\4" or local[3] != method or local_name != name or content + packed > limit:
        raise FormatError
    member = Member(
        name.decode("utf-8" if flags & _UTF_8 else "cp437", "replace"),
        flags | local[2],
        method,
        size,
        at,
        start,
        content,
        content + packed,
    )
    return member, at + _ENTRY.size + name_length + extra + comment


def inflated(data: bytes, member: Member, limit: int) -> bytes:
    """The member's content. Raises `FormatError` if it cannot be read, or has more than `limit` octets."""
    if member.is_encrypted or member.size > limit:
        raise FormatError
    if member.method == _STORED:
        content = data[member.content : member.end]
    elif member.method == _DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(memoryview(data)[member.content : member.end], member.size + 1)
        except zlib.error:
            raise FormatError from None
    else:
        raise FormatError
    if len(content) != member.size:
        raise FormatError
    return content


def rewritten(
    data: bytes,
    directory: Directory,
    contents: Mapping[str, bytes],
    names: Mapping[str, str],
    *,
    keep_comments: bool = True,
) -> bytes:
    """The zip file with other contents and names for some members. Every other member's octets stay as they
    are; extra fields and comments of changed members go, and the whole file's comment.

    keep_comments: whether those of the other members stay."""
    edits: list[Edit] = []
    entries: list[bytes] = []
    moved = 0
    fresh: dict[int, tuple[bytes, int]] = {}
    for member in sorted(directory.members, key=lambda member: member.start):
        start = member.start + moved
        if member.name in contents or member.name in names:
            header, packed = _changed(data, member, contents.get(member.name), names.get(member.name))
            edits.append(Edit(member.start, _whole_end(data, member), header.local + packed))
            moved += len(header.local) + len(packed) - (edits[-1].end - edits[-1].start)
            fresh[member.at] = header.entry, start
        else:
            fresh[member.at] = b"", start
    for member, following in zip(
        directory.members, [*(m.at for m in directory.members[1:]), directory.end], strict=True
    ):
        entry, start = fresh[member.at]
        entry = entry or _entry(data[member.at : following], keep_comments)
        entries.append(entry[:42] + struct.pack("<I", start) + entry[46:])
    written = b"".join(entries)
    end = _END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(written), directory.start + moved, 0)
    return edited(data, [*edits, Edit(directory.start, len(data), written + end)])


def _entry(entry: bytes, keep_comments: bool) -> bytes:
    """A directory entry as it was, or without extra fields and comment."""
    if keep_comments:
        return entry
    return entry[:30] + bytes(4) + entry[34 : _ENTRY.size + int.from_bytes(entry[28:30], "little")]


@dataclass(frozen=True, slots=True)
class _Headers:
    local: bytes
    entry: bytes


def _changed(data: bytes, member: Member, content: bytes | None, name: str | None) -> tuple[_Headers, bytes]:
    """Both headers of a changed member, and its octets as they stand in the file."""
    values = list(_ENTRY.unpack_from(data, member.at))
    if content is None:
        packed = data[member.content : member.end]
    else:
        packed = _deflated(content) if member.method == _DEFLATED else content
        values[7:10] = zlib.crc32(content), len(packed), len(content)
    octets = data[member.at + _ENTRY.size : member.at + _ENTRY.size + values[10]]
    flags = values[3] & ~_STREAMED
    if name is not None:
        octets, flags = name.encode("utf-8", "replace"), flags | _UTF_8
    _, _, needed, _, method, time, date, crc, size, plain, *_ = values
    local = _LOCAL.pack(b"PK\3\4", needed, flags, method, time, date, crc, size, plain, len(octets), 0)
    values[3], values[10:14] = flags, (len(octets), 0, 0, 0)
    entry = _ENTRY.pack(*values)
    return _Headers(local + octets, entry + octets), packed


def _deflated(content: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(content) + deflater.flush()


def _whole_end(data: bytes, member: Member) -> int:
    """Behind the data descriptor (§4.3.9), which a streamed member has and a changed one does not."""
    if not member.flags & _STREAMED:
        return member.end
    return member.end + (16 if data.startswith(b"PK\7\x08", member.end) else 12)
