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


def tnef(
    files: dict[str, bytes], body: str = "", properties: bytes = b"", mails: dict[str, bytes] | None = None
) -> bytes:
    """properties: `mapi` list of the mail itself. mails: attached ones, each a TNEF stream."""

    def attribute(level: int, number: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    out += attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    if body:
        out += attribute(1, 0x0002800C, body.encode("cp1252") + b"\0")
    if properties:
        out += attribute(1, 0x00069003, properties)
    for name, content in files.items():
        out += attribute(2, 0x00069002, b"\0" * 14) + attribute(2, 0x00018010, b"SHORT~1.TXT\0")
        out += attribute(2, 0x0006800F, content) + attribute(2, 0x00069005, mapi((0x3707, 0x1F, name)))
    for name, content in (mails or {}).items():
        mail = bytes.fromhex("0703020000000000c000000000000046") + content
        out += attribute(2, 0x00069002, b"\0" * 14)
        out += attribute(2, 0x00069005, mapi((0x3701, 0x0D, mail), (0x3707, 0x1F, name)))
    return out


def mapi(*properties: tuple[int, int, bytes | str | int]) -> bytes:
    """A property list: number, type, value. In front of them one with its own name, one of two values."""
    named = (
        struct.pack("<HH", 0x1F, 0x8001) + bytes(16) + struct.pack("<II", 1, 6) + "abc".encode("utf-16-le")
    )
    named += b"\0\0" + struct.pack("<II", 1, 4) + "x\0".encode("utf-16-le")
    several = struct.pack("<HHI", 0x101E, 0x0100, 2) + (struct.pack("<I", 2) + b"a\0\0\0") * 2
    out = struct.pack("<I", len(properties) + 2) + named + several
    for number, kind, value in properties:
        out += struct.pack("<HH", kind, number)
        if isinstance(value, int):
            out += struct.pack("<I", value)
            continue
        octets = (
            (value + "\0").encode("utf-16-le" if kind == 0x1F else "cp1252")
            if isinstance(value, str)
            else value
        )
        out += struct.pack("<II", 1, len(octets)) + octets + b"\0" * (-len(octets) % 4)
    return out
