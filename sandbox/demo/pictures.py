"""What the buyer attaches: a photo that says who took it, and a receipt. Made here, to be small."""

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIDE = 48
_WALL, _CUP, _CRACK = b"\xf2\xea\xdd", b"\x2f\x6f\x8f", b"\x20\x20\x20"


def photo(author: str) -> bytes:
    """A PNG of a cup with a crack. author: stands in its metadata, as cameras and editors write it."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(_SIDE)) for y in range(_SIDE))
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)),
            _chunk(b"tEXt", b"Author\0" + author.encode("latin-1")),
            _chunk(b"IDAT", zlib.compress(rows)),
            _chunk(b"IEND", b""),
        ]
    )


def pixels(png: bytes) -> bytes:
    """What a PNG shows, without what it says about itself."""
    at, found = len(_SIGNATURE), b""
    while at + 8 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        if png[at + 4 : at + 8] == b"IDAT":
            found += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(found)


def receipt(order: str) -> bytes:
    """A PDF of one page."""
    page = f"BT /F1 18 Tf 72 720 Td (Order {order}: 250 g tea, 2 cups, paid) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(written))
    )


def _pixel(x: int, y: int) -> bytes:
    inside = 10 <= x < 34 and 12 <= y < 40
    if inside and abs((x - 22) - (y % 7 - 3)) < 1:
        return _CRACK
    handle = 34 <= x < 42 and 18 <= y < 32 and not (34 <= x < 38 and 22 <= y < 28)
    return _CUP if inside or handle else _WALL


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
