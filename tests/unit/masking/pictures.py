"""Pictures of every format that is read, built from their formats' parts around a canary."""

import struct
import zlib

CANARY = b"CANARY 51.5007N Anna Kaeufer SN-12345"
PROFILE = b"a colour profile"
PIXELS = b"\x12\x34" * 50


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def exif(orientation: int, order: str = ">", extra: bytes = CANARY) -> bytes:
    """A TIFF structure with an orientation, and an artist outside of the entry."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(f"{order}HHII", 0x013B, 2, len(extra), 38)
    return mark + struct.pack(f"{order}IH", 8, 2) + entries + bytes(4) + extra


JFIF = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
FRAME = segment(0xDB, bytes(65)) + segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x11\x22\xff\0\x33\xff\xd0\x44"
JPEG_PROFILE = segment(0xE2, b"ICC_PROFILE\0\1\1" + PROFILE)
EOI = b"\xff\xd9"
CLEAN_JPEG = b"\xff\xd8" + JFIF + JPEG_PROFILE + FRAME + SCAN + EOI


def jpeg(*metadata: bytes, between_scans: bytes = b"", trailer: bytes = b"") -> bytes:
    head = b"\xff\xd8" + JFIF + b"".join(metadata) + JPEG_PROFILE + FRAME + SCAN
    return head + (between_scans + SCAN if between_scans else b"") + EOI + trailer


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*before: bytes, after: bytes = b"", trailer: bytes = b"") -> bytes:
    head = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    picture = png_chunk(b"IDAT", zlib.compress(b"\0\0"))
    return head + b"".join(before) + picture + after + png_chunk(b"IEND", b"") + trailer


def riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def webp(*chunks: bytes, flags: int = 0x20) -> bytes:
    header = riff_chunk(b"VP8X", bytes([flags]) + bytes(9))
    content = b"WEBP" + header + riff_chunk(b"ICCP", PROFILE) + riff_chunk(b"VP8 ", PIXELS) + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def gif(*extensions: bytes, trailer: bytes = b"") -> bytes:
    image = b"\x2c" + bytes(4) + b"\1\0\1\0\0\x02" + b"\x02\x4c\x01\0"
    return b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + b"".join(extensions) + image + b";" + trailer


def gif_extension(label: int, *blocks: bytes) -> bytes:
    return b"\x21" + bytes([label]) + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def tiff(
    *entries: tuple[int, int, bytes], order: str = "<", following: int | None = 0, trailer: bytes = b""
) -> bytes:
    """One directory at the end, the pixels in front. entries: tag, type, value. following: the offset of the
    next directory; None for this one's own."""
    size = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}
    data = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4) + PIXELS)

    def number(code: str, value: int) -> bytes:
        return struct.pack(f"{order}{code}", value)

    whole = {
        256: (3, number("H", 10)),
        257: (3, number("H", 10)),
        258: (3, number("H", 8)),
        259: (3, number("H", 1)),
        262: (3, number("H", 1)),
        273: (4, number("I", 8)),
        274: (3, number("H", 6)),
        279: (4, number("I", len(PIXELS))),
        34675: (7, PROFILE),
        **{tag: (kind, value) for tag, kind, value in entries},
    }
    written = []
    for tag, (kind, value) in sorted(whole.items()):
        head = struct.pack(f"{order}HHI", tag, kind, len(value) // size[kind])
        if len(value) > 4:
            written.append(head + number("I", len(data)))
            data += value + b"\0" * (len(value) % 2)
        else:
            written.append(head + value.ljust(4, b"\0"))
    data[4:8] = number("I", len(data))
    next_one = len(data) if following is None else following
    data += number("H", len(written)) + b"".join(written) + number("I", next_one)
    return bytes(data) + trailer


def box(kind: bytes, *content: bytes) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I", len(whole) + 8) + kind + whole


def full_box(kind: bytes, version: int, *content: bytes) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), *content)


def heic(
    exif_item: bytes = b"\0\0\0\0" + CANARY,
    xmp: bytes = b"<x>" + CANARY,
    *more: bytes,
    brand: bytes = b"heic",
) -> bytes:
    """A picture (item 1), Exif (item 2) and XMP (item 3), all in one mdat at the end."""
    items = [(1, b"hvc1", b""), (2, b"Exif", b""), (3, b"mime", b"application/rdf+xml\0")]
    entries = [
        full_box(b"infe", 2, struct.pack(">HH", item, 0), kind, b"\0", rest) for item, kind, rest in items
    ]
    properties = box(b"iprp", box(b"ipco", box(b"colr", b"prof", PROFILE), full_box(b"udes", 0, CANARY)))

    def whole(start: int) -> bytes:
        places = b""
        at = start
        for (item, _, _), content in zip(items, (PIXELS, exif_item, xmp), strict=True):
            places += struct.pack(">HHHII", item, 0, 1, at, len(content))
            at += len(content)
        meta = full_box(
            b"meta",
            0,
            full_box(b"hdlr", 0, bytes(4), b"pict", bytes(13)),
            full_box(b"iinf", 0, struct.pack(">H", len(items)), *entries),
            full_box(b"iloc", 0, b"\x44\0", struct.pack(">H", len(items)), places),
            properties,
        )
        return box(b"ftyp", brand, bytes(4), b"mif1") + meta + b"".join(more)

    head = whole(0)
    return whole(len(head) + 8) + box(b"mdat", PIXELS, exif_item, xmp)


def mp4(place: bytes = CANARY) -> bytes:
    track = box(b"trak", box(b"tkhd", bytes(84)), box(b"udta", place), box(b"mdia", box(b"mdhd", bytes(24))))
    tags = box(b"udta", box(b"\xa9xyz", place))
    movie = box(b"moov", box(b"mvhd", bytes(100)), track, tags, box(b"meta", place))
    return box(b"ftyp", b"mp42", bytes(4)) + movie + box(b"uuid", place) + box(b"mdat", PIXELS)
