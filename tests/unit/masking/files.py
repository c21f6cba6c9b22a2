"""Files as attachments carry them, built from their formats' parts."""

import io
import struct
import zipfile
import zlib


def archive(members: dict[str, str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as written:
        for name, content in members.items():
            written.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def png(**texts: str) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    text = b"".join(chunk(b"tEXt", f"{name}\0{value}".encode()) for name, value in texts.items())
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg(comment: str) -> bytes:
    content = comment.encode()
    segment = b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content
    return b"\xff\xd8" + segment + b"\xff\xda\0\x02" + b"\x12\x34" * 20 + b"\xff\xd9"


def pdf(author: str) -> bytes:
    utf16 = ("\ufeff" + author).encode("utf-16-be")
    return b"%PDF-1.4\n1 0 obj <</Author (" + author.encode() + b") /Title (" + utf16 + b")>> endobj\n%%EOF\n"


def tnef(files: dict[str, bytes], body: str = "") -> bytes:
    def attribute(level: int, number: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    if body:
        out += attribute(1, 0x0002800C, body.encode("cp1252") + b"\0")
    for name, content in files.items():
        long_name = (name + "\0").encode("utf-16-le")
        properties = struct.pack("<III", 1, 0x3707001F, 1) + struct.pack("<I", len(long_name)) + long_name
        out += attribute(2, 0x00069002, b"\0" * 14) + attribute(2, 0x00018010, b"SHORT~1.TXT\0")
        out += attribute(2, 0x0006800F, content) + attribute(2, 0x00069005, properties)
    return out
