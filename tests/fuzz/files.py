"""Files of random mails: of every kind that is treated in a way of its own."""

import binascii
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random

from tests.fuzz.hiding import FIELD, NAME, TEXT, hidden
from tests.fuzz.texts import ENCODINGS, Draw, leaf


def _octets(chance: Random) -> bytes:
    return chance.randbytes(chance.choice((1, 57, 500, 4_000)))


def _pdf(draw: Draw) -> tuple[str, str, bytes]:
    content = b"%PDF-1.4\n" + _octets(draw.chance)
    draw.files.append(content)
    return "application/pdf", "pdf", content


def _opaque(draw: Draw) -> tuple[str, str, bytes]:
    content = b"\0\1" + _octets(draw.chance)
    draw.files.append(content)
    return "application/octet-stream", "bin", content


def _zip(draw: Draw) -> tuple[str, str, bytes]:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", draw.chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        name = zipfile.ZipInfo("notiz.txt", (2026, 11, 16, 9, 12, 44))
        archive.writestr(name, f"Notiz von {draw.secret}" if draw.chance.random() < 0.5 else "leer")
    return "application/zip", "zip", out.getvalue()


def _png(draw: Draw) -> tuple[str, str, bytes]:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    author = f"Author\0{draw.secret}".encode()
    middle = chunk(b"tEXt", author) if draw.chance.random() < 0.6 else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    content = (
        b"\x89PNG\r\n\x1a\n" + head + middle + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    )
    if not middle:
        draw.files.append(content)
    return "image/png", "png", content


def _jpeg(draw: Draw) -> tuple[str, str, bytes]:
    def segment(marker: int, data: bytes) -> bytes:
        return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data

    comment = segment(0xFE, f"taken by {draw.secret}".encode()) if draw.chance.random() < 0.6 else b""
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\x34" * draw.chance.choice((1, 900)) + b"\xff\xd9"
    content = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + comment + scan
    if not comment:
        draw.files.append(content)
    return "image/jpeg", "jpg", content


def _note(draw: Draw) -> tuple[str, str, bytes]:
    text = f"Notiz von {hidden(TEXT, draw.secret, draw.chance)}"
    return "application/octet-stream", "txt", text.encode(draw.chance.choice(("utf-8", "utf-16")))


def _card(draw: Draw) -> tuple[str, str, bytes]:
    mailbox, end = draw.secret, draw.newline
    folded = f"{mailbox[:6]}{end} {mailbox[6:]}"
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        "FN:Anna",
        f"EMAIL;TYPE=INTERNET:{folded}",
        f"NOTE:{mailbox}",
        "END:VCARD",
    )
    return "text/vcard; charset=utf-8", "vcf", (end.join(lines) + end).encode()


def _calendar(draw: Draw) -> tuple[str, str, bytes]:
    mailbox, end = draw.secret, draw.newline
    draw.texts.append("Abholung")
    lines = (
        *(
            "BEGIN:VCALENDAR",
            "METHOD:REQUEST",
            "BEGIN:VEVENT",
            f"ORGANIZER;CN={mailbox}:mailto:{mailbox[:5]}",
        ),
        *(
            f" {mailbox[5:]}",
            f"UID:77@{mailbox.rpartition('@')[2]}",
            "SUMMARY:Abholung",
            "END:VEVENT",
            "END:VCALENDAR",
        ),
    )
    return "text/calendar; charset=utf-8; method=REQUEST", "ics", (end.join(lines) + end).encode()


def _table(draw: Draw) -> tuple[str, str, bytes]:
    return "text/csv", "csv", f"name;mail{draw.newline}Anna;{draw.secret}{draw.newline}".encode()


def _svg(draw: Draw) -> tuple[str, str, bytes]:
    secret = draw.secret
    # XML has no comments with two hyphens, and A-labels have those.
    aside = f"<desc>{secret}</desc>" if "--" in secret else f"<!-- {secret} -->"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{aside}<text>{draw.secret}</text></svg>'
    return "image/svg+xml", "svg", svg.encode()


def _amp(draw: Draw) -> tuple[str, str, bytes]:
    return "text/x-amp-html", "html", f"<html amp4email><body>{draw.secret}</body></html>".encode()


def _signature(draw: Draw) -> tuple[str, str, bytes]:
    return "application/pkcs7-signature", "p7s", b"0\x82" + draw.secret.encode() + _octets(draw.chance)


def _key(draw: Draw) -> tuple[str, str, bytes]:
    armor = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBFabcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
    return "application/pgp-keys", "asc", armor.encode()


def _uuencoded(draw: Draw) -> tuple[str, str, bytes]:
    line = binascii.b2a_uu(draw.secret.encode()[:45]).decode()
    draw.texts.append("Anbei")
    return "text/plain", "txt", f"Anbei\nbegin 644 {draw.secret}.txt\n{line}`\nend\n".encode()


FILES: tuple[Callable[[Draw], tuple[str, str, bytes]], ...] = (
    *(_pdf, _opaque, _zip, _png, _jpeg, _note, _card, _calendar, _table, _svg, _amp, _signature, _key),
    _uuencoded,
)


def file_part(draw: Draw) -> bytes:
    """A file under a name that may give somebody away."""
    chance, newline = draw.chance, draw.newline
    content_type, extension, content = chance.choice(FILES)(draw)
    name = chance.choice(("Rechnung 4711", f"Rechnung {draw.secret}", "Größe", "a b")) + f".{extension}"
    style = NAME[chance.choice(list(NAME))]
    in_type = chance.random() < 0.5
    more = "" if in_type else f"Content-Disposition: attachment; {style('filename', name)}{newline}"
    if chance.random() < 0.3:
        more += f"Content-ID: <img1@{draw.secret.rpartition('@')[2]}>{newline}"
    if chance.random() < 0.2:
        more += f"Content-Description: {hidden(FIELD, draw.secret, chance)}{newline}"
    content_type += f"; {style('name', name)}" if in_type else ""
    is_text = content_type.startswith("text/")
    return leaf(draw, content_type, content, more, ENCODINGS if is_text else ("base64",))
