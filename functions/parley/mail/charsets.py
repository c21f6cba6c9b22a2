"""Text from bytes and bytes from text, by the codecs of `parley.mail.charset_labels`."""

import codecs
import re

from parley.mail.charset_labels import OUTGOING, codec_for, is_ascii_compatible
from parley.mail.iso2022 import decode_iso2022_jp

# Windows-1252 with the five bytes that it leaves open read as ISO-8859-1 has them, as browsers do.
_WINDOWS = "".join(
    bytes([byte]).decode("cp1252" if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "latin-1")
    for byte in range(256)
)
_WINDOWS_OCTETS = codecs.charmap_build(_WINDOWS)
_ESCAPED_BYTES = {0xDC00 + byte: _WINDOWS[byte] for byte in range(0x80, 0x100)}
_C1 = re.compile(rb"[\x80-\x9f]")


def decode_windows(data: bytes) -> str:
    """Windows-1252; every byte has a character."""
    return codecs.charmap_decode(data, "strict", _WINDOWS)[0]


def encode_windows(text: str) -> bytes:
    """What `decode_windows` read; characters that it cannot have read become question marks."""
    return codecs.charmap_encode(text, "replace", _WINDOWS_OCTETS)[0]


def guess(data: bytes) -> tuple[str, str]:
    """The text of bytes whose charset is not known, and the codec that read it. Never raises."""
    if (codec := utf16_in(data)) is not None:
        return data.decode(codec, "replace").removeprefix("\ufeff"), codec
    if b"\x1b$" in data and data.isascii():
        return decode_iso2022_jp(data), "iso2022_jp"
    try:
        return data.decode("utf-8"), "utf_8"
    except UnicodeDecodeError:
        return _nearly_utf8(data)


def _nearly_utf8(data: bytes) -> tuple[str, str]:
    """UTF-8 with damage where most of it is UTF-8, else Windows-1252."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for lead in re.finditer(rb"[\xc2-\xf4][\x80-\xbf]+", data[:200_000]) if len(lead[0]) < 5)
    if whole > 3 * broken:
        return text, "utf_8"
    return decode_windows(data), "cp1252"


def utf16_in(data: bytes) -> str | None:
    """The UTF-16 codec if the bytes are UTF-16 by their byte order mark or by the pattern of their NULs."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") and data[2:4] != b"\0\0":
        return "utf_16_le" if data[0] == 0xFF else "utf_16_be"
    if b"\0" not in data:
        return None
    even, odd = data[::2].count(0), data[1::2].count(0)
    # Text in a Latin script has its NULs in one of the two columns.
    if odd > len(data) // 8 and even * 16 < odd:
        return "utf_16_le"
    if even > len(data) // 8 and odd * 16 < even:
        return "utf_16_be"
    return None


def decode(data: bytes, codec: str) -> tuple[str, str] | None:
    """The text by a codec of `codec_for`, and the codec that read it in the end; None where the bytes are
    not of that charset and no other reading shows the same ASCII."""
    if codec in ("ascii", "utf_8"):
        return (data.decode("ascii"), codec) if data.isascii() and b"\0" not in data else guess(data)
    if codec.startswith(("utf_16", "utf_32")):
        return _decode_wide(data, codec)
    if codec.startswith("iso2022_jp"):
        if b"\x1b" not in data:
            return guess(data)
        return decode_iso2022_jp(data), codec
    if codec in ("latin_1", "cp1252"):
        return _decode_latin(data, codec)
    try:
        return data.decode(codec), codec
    except (UnicodeDecodeError, UnicodeError):
        return _fallback(data, codec)


def decode_labelled(data: bytes, label: str) -> str:
    """The text of a short string, as in a header field, whatever its label is worth. Never raises."""
    codec = codec_for(label) if label else None
    if codec is None:
        return guess(data)[0]
    decoded = decode(data, codec)
    return decoded[0] if decoded is not None else data.decode(codec, "replace")


def _decode_latin(data: bytes, codec: str) -> tuple[str, str]:
    if (wide := utf16_in(data)) is not None and b"\0" in data:
        return data.decode(wide, "replace").removeprefix("\ufeff"), wide
    if data.isascii():
        return data.decode("ascii"), codec
    if codec == "latin_1" and not _C1.search(data):
        return data.decode("latin-1"), codec
    return decode_windows(data), "cp1252"


def _decode_wide(data: bytes, codec: str) -> tuple[str, str]:
    """RFC 2781 §3.3: a byte order mark decides; without one big-endian, except that Windows writes little."""
    size = 4 if "32" in codec else 2
    if b"\0" not in data and data[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        # No line ends and no blanks in wide characters: the label is wrong if there is another reading.
        try:
            return data.decode("utf-8"), "utf_8"
        except UnicodeDecodeError:
            pass
    if not codec.endswith(("_le", "_be")):
        if data[:size] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE):
            codec += "_le"
        elif data[:size] in (codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE):
            codec += "_be"
        else:
            codec += "_le" if data[size - 1 :: size].count(0) > data[::size].count(0) else "_be"
    return data.decode(codec, "replace").removeprefix("\ufeff"), codec


def _fallback(data: bytes, codec: str) -> tuple[str, str] | None:
    if not is_ascii_compatible(codec):
        # Another charset would show other ASCII than the author's program does.
        return None
    try:
        return data.decode("utf-8"), "utf_8"
    except UnicodeDecodeError:
        pass
    if codec == "big5":
        for wider in ("cp950", "big5hkscs"):
            try:
                return data.decode(wider), wider
            except UnicodeDecodeError:
                continue
    try:
        return data.decode(codec, "surrogateescape").translate(_ESCAPED_BYTES), codec
    except (UnicodeDecodeError, UnicodeError):
        return data.decode(codec, "replace"), codec


def encode(text: str, codec: str) -> tuple[str, bytes]:
    """The MIME charset and the bytes of an outgoing text: lines end with CRLF, NUL is left out. `codec` is
    kept where it can express the text and is understood everywhere, else UTF-8."""
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r" not in text:
        text = text.replace("\n", "\r\n")
    elif text.count("\n") != (pairs := text.count("\r\n")) or text.count("\r") != pairs:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    label = OUTGOING.get(codec, "utf-8")
    if text.isascii():
        return label, text.encode("ascii")
    try:
        # Readers take ISO-8859-1 for Windows-1252, which has characters where it has controls.
        if label != "utf-8" and not (label.startswith("iso") and _C1_TEXT.search(text)):
            return label, text.encode(codec)
    except UnicodeEncodeError:
        pass
    return "utf-8", text.encode("utf-8", "replace")


_C1_TEXT = re.compile("[\x80-\x9f]")
