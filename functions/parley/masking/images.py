"""Picture metadata: left out without touching the picture itself.

JPEG application segments and comments, PNG text and Exif chunks, WebP Exif and XMP chunks go, and so does
what follows the end of the picture; the orientation and the colour profile stay. A picture that does not
add up is left as it is.
"""

import struct
import zlib
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_METADATA: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_ORIENTATION: Final = 0x0112
_WEBP_METADATA: Final = {b"EXIF": 0x08, b"XMP ": 0x04}
_KEPT_SEGMENTS: Final = (0xE0, 0xEE)  # JFIF, Adobe's colour transform


def without_metadata(data: bytes) -> bytes | None:
    """The picture without metadata; None if there is none, or the content is no such picture."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            clean = _jpeg(data)
        elif data.startswith(_PNG):
            clean = _png(data)
        elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            clean = _webp(data)
        else:
            return None
    except (struct.error, IndexError):
        return None
    return None if clean is None or clean == data else clean


def _jpeg(data: bytes) -> bytes | None:
    """ITU-T T.81 annex B: segments up to the start of scan, then coded data in which FF is always escaped."""
    pieces = [data[:2]]
    at = 2
    while True:
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xDA:
            break
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(data):
            return None
        segment = data[at:end]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            pieces.append(_exif_segment(_orientation(segment[10:])))
        elif (
            (marker not in range(0xE0, 0xF0) and marker != 0xFE)
            or marker in _KEPT_SEGMENTS
            or (marker == 0xE2 and segment[4:16] == b"ICC_PROFILE\0")
        ):
            pieces.append(segment)
        at = end
    finish = data.find(b"\xff\xd9", at)
    pieces.append(data[at : finish + 2] if finish >= 0 else data[at:])
    return b"".join(pieces)


def _orientation(tiff: bytes) -> int:
    """The orientation tag of TIFF 6.0's first directory; 1 (upright) where there is none."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 1
    (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
    if directory + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(f"{order}H", tiff, directory)
    for entry in range(directory + 2, min(directory + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind = struct.unpack_from(f"{order}HH", tiff, entry)
        if tag == _ORIENTATION and kind == 3:
            (value,) = struct.unpack_from(f"{order}H", tiff, entry + 8)
            return int(value) if 1 <= value <= 8 else 1
    return 1


def _tiff(orientation: int) -> bytes:
    return b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0) + b"\0\0\0\0"


def _exif_segment(orientation: int) -> bytes:
    if orientation == 1:
        return b""
    content = b"Exif\0\0" + _tiff(orientation)
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


def _png(data: bytes) -> bytes | None:
    """PNG §5: length, type, content and checksum of each chunk, up to IEND."""
    pieces = [_PNG]
    at = len(_PNG)
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 12 + length
        if end > len(data):
            return None
        kind = data[at + 4 : at + 8]
        if kind == b"eXIf" and (orientation := _orientation(data[at + 8 : end - 4])) != 1:
            content = b"eXIf" + _tiff(orientation)
            pieces.append(
                struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
            )
        elif kind not in _PNG_METADATA:
            pieces.append(data[at:end])
        at = end
        if kind == b"IEND":
            return b"".join(pieces)


def _webp(data: bytes) -> bytes | None:
    """RIFF chunks, padded to even length; the extended header's flags say which ones follow."""
    end = min(len(data), 8 + int(struct.unpack_from("<I", data, 4)[0]))
    chunks: list[bytes] = []
    at = 12
    dropped = 0
    while at < end:
        kind = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        following = at + 8 + length + length % 2
        if at + 8 + length > end:
            return None
        if kind in _WEBP_METADATA:
            dropped |= _WEBP_METADATA[kind]
        else:
            chunks.append(data[at:following])
        at = following
    if chunks and chunks[0].startswith(b"VP8X"):
        chunks[0] = chunks[0][:8] + bytes([chunks[0][8] & ~dropped]) + chunks[0][9:]
    content = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content
