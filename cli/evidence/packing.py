"""Whether a zip file is nothing but its files: what one program passes over, another one shows.

So the files and their directory lie side by side from the first octet to the last (APPNOTE.TXT 6.3.10, §4.3),
without comments, and each is a regular file whose two headers say the same.
"""

import stat
import struct
from typing import IO, Final
from zipfile import ZipFile, ZipInfo

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_CENTRAL_SIZE, _END_SIZE, _ZIP64_END_SIZE = 46, 22, 56 + 20
_ZIP64_EXTRA: Final = 1
_ZIP64_SIZE: Final = 0xFFFFFFFF
_SIZES_BEHIND: Final = 1 << 3
_DIRECTORY: Final = 0x10


def is_tight(bundle: ZipFile, raw: IO[bytes]) -> bool:
    """raw: the octets that the bundle was opened from."""
    infos = sorted(bundle.infolist(), key=lambda each: each.header_offset)
    place = 0
    for info in infos:
        if info.header_offset != place or not _is_plain(info):
            return False
        end = _end_of(info, raw)
        if end is None:
            return False
        place = end
    directory = sum(_CENTRAL_SIZE + len(each.orig_filename) + len(each.extra) for each in infos)
    rest = raw.seek(0, 2) - place - directory
    return (
        place == bundle.start_dir and not bundle.comment and rest in (_END_SIZE, _END_SIZE + _ZIP64_END_SIZE)
    )


def _is_plain(info: ZipInfo) -> bool:
    """Whether it is a regular file with an ASCII name and nothing beside it."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    return (
        kind in (0, stat.S_IFREG)
        and not info.external_attr & _DIRECTORY
        and not info.flag_bits & _SIZES_BEHIND
        and not info.comment
        and info.orig_filename.isascii()
        and _has_sizes_alone(info.extra)
    )


def _end_of(info: ZipInfo, raw: IO[bytes]) -> int | None:
    """Where the file's octets end; None if its own header differs from the directory."""
    raw.seek(info.header_offset)
    header = raw.read(_LOCAL.size)
    if len(header) < _LOCAL.size:
        return None
    signature, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack(header)
    named, beside = raw.read(name), raw.read(extra)
    sizes = ((packed, info.compress_size), (size, info.file_size))
    agrees = (
        signature == _LOCAL_SIGNATURE
        and (flags, method, crc) == (info.flag_bits, info.compress_type, info.CRC)
        and all(local in (told, _ZIP64_SIZE) for local, told in sizes)
        and named == info.orig_filename.encode("ascii")
        and _has_sizes_alone(beside)
    )
    return info.header_offset + _LOCAL.size + name + extra + info.compress_size if agrees else None


def _has_sizes_alone(extra: bytes) -> bool:
    """Whether an extra field holds nothing but the sizes of a large file."""
    if not extra:
        return True
    if len(extra) < 4:
        return False
    kind, length = struct.unpack_from("<2H", extra)
    return bool(kind == _ZIP64_EXTRA and length == len(extra) - 4 and length <= 28)
