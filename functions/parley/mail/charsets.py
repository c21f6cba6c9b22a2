"""Charsets: from the label that a mail carries to a codec of Python, and from bytes to text.

Only codecs on the allow-list are ever used: no label reaches `codecs.lookup`, which would import modules by
name and would find codecs that are no charsets (base64, rot13, idna, unicode_escape).
"""

import codecs
import re
from encodings.aliases import aliases
from functools import lru_cache

from parley.mail.iso2022 import decode_iso2022_jp

_CODECS = frozenset(
    """
    ascii big5 big5hkscs cp037 cp1006 cp1026 cp1125 cp1140 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256
    cp1257 cp1258 cp273 cp424 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856 cp857 cp858 cp860 cp861
    cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp875 cp932 cp949 cp950 euc_jis_2004 euc_jisx0213 euc_jp euc_kr
    gb18030 gb2312 gbk hp_roman8 hz iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3
    iso2022_jp_ext iso2022_kr iso8859_1 iso8859_10 iso8859_11 iso8859_13 iso8859_14 iso8859_15 iso8859_16
    iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 johab koi8_r koi8_t koi8_u
    kz1048 latin_1 mac_croatian mac_cyrillic mac_farsi mac_greek mac_iceland mac_latin2 mac_roman mac_romanian
    mac_turkish ptcp154 shift_jis shift_jis_2004 shift_jisx0213 tis_620 utf_16 utf_16_be utf_16_le utf_32
    utf_32_be utf_32_le utf_7 utf_8 utf_8_sig
    """.split()  # noqa: SIM905 - a list literal would take a screen
)

_NOT_ASCII_COMPATIBLE = re.compile(r"utf_(?:7|16|32)|iso2022|hz|cp(?:037|1026|1140|273|424|500|875)\b")

_WIDE = re.compile(r"utf_(?:16|32)|cp(?:037|1026|1140|273|424|500|875)\b")

# What a label promises is often a subset of what is sent under it (WHATWG Encoding §4.2 has the same table).
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859_1": "latin_1",
    "tis_620": "cp874",
    "iso8859_11": "cp874",
    "utf_8_sig": "utf_8",
}

_WRONG_LABELS = {
    "ansi": "cp1252",
    "ansix3110": "latin_1",
    "ansix31101983": "latin_1",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "csiso2022jp": "iso2022_jp",
    "cseuckr": "euc_kr",
    "eucchina": "gb2312",
    "euccn": "gb2312",
    "gb": "gb2312",
    "gb18030": "gb18030",
    "gb231280": "gb2312",
    "koi8": "koi8_r",
    "koi8ru": "koi8_u",
    "ksc5601": "euc_kr",
    "ksc56011987": "euc_kr",
    "ksc56011989": "euc_kr",
    "latin": "latin_1",
    "logical": "iso8859_8",
    "visual": "iso8859_8",
    "mac": "mac_roman",
    "maccyrillic": "mac_cyrillic",
    "macintosh": "mac_roman",
    "macce": "mac_latin2",
    "mscp932": "cp932",
    "msgb": "gb2312",
    "sjis": "shift_jis",
    "ucs2": "utf_16",
    "ucs4": "utf_32",
    "iso10646ucs2": "utf_16",
    "unicode": "utf_16",
    "unicode11utf7": "utf_7",
    "unicode11utf8": "utf_8",
    "unicode20utf8": "utf_8",
    "utf8mb3": "utf_8",
    "utf8mb4": "utf_8",
    "utf8n": "utf_8",
    "utf8bom": "utf_8",
    "utf": "utf_8",
    "us": "ascii",
}


def _key(label: str) -> str:
    return re.sub(r"[^a-z0-9]", "", label.lower())


_BY_KEY = {_key(codec): codec for codec in _CODECS}
_BY_KEY.update({_key(alias): codec for alias, codec in aliases.items() if codec in _CODECS})
_BY_KEY.update(_WRONG_LABELS)

_NUMBERED = re.compile(r"(?:win|windows|ms|dos|ibm|cp|codepage|ansi|oem)+0*(\d{2,5})")

# Windows-1252 with the five bytes that it leaves open read as ISO-8859-1 has them, as browsers do.
_WINDOWS = "".join(
    bytes([byte]).decode("cp1252" if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "latin-1")
    for byte in range(256)
)
_ESCAPED_BYTES = {0xDC00 + byte: _WINDOWS[byte] for byte in range(0x80, 0x100)}
_C1 = re.compile(rb"[\x80-\x9f]")


def codec_for(label: str) -> str | None:
    """The codec for a charset label, common wrong labels included; None for an unknown one."""
    return _codec_for(label[:80])


@lru_cache(maxsize=256)
def _codec_for(label: str) -> str | None:
    key = _key(label)
    for candidate in (key, key.removeprefix("charset"), key.removeprefix("x"), key[:-1]):
        codec = _BY_KEY.get(candidate)
        if codec is None and (numbered := _NUMBERED.fullmatch(candidate)):
            codec = _BY_KEY.get("cp" + numbered[1])
        if codec is not None:
            return _SUPERSETS.get(codec, codec)
    return None


def is_ascii_compatible(codec: str) -> bool:
    """Whether ASCII bytes always stand for themselves in that codec."""
    return not _NOT_ASCII_COMPATIBLE.match(codec)


def is_byte_wise(codec: str | None) -> bool:
    """Whether the octets of CR and LF always are line ends in that codec (an unknown one is taken so)."""
    return codec is None or not _WIDE.match(codec)


def decode_windows(data: bytes) -> str:
    """Windows-1252; every byte has a character."""
    return codecs.charmap_decode(data, "strict", _WINDOWS)[0]


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
    if not codec.endswith(("_le", "_be")):
        if data[:size] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE):
            codec += "_le"
        elif data[:size] in (codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE):
            codec += "_be"
        else:
            codec += "_le" if data[size - 1 :: size].count(0) > data[::size].count(0) else "_be"
    if b"\0" not in data and data.isascii():
        return data.decode("ascii"), "ascii"  # a label that no program wrote in earnest
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


# Charsets that are written as they came, because every reader knows them alike; all else becomes UTF-8.
_OUTGOING = {
    "ascii": "us-ascii",
    "utf_8": "utf-8",
    "latin_1": "iso-8859-1",
    **{f"iso8859_{part}": f"iso-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15)},
    **{f"cp{page}": f"windows-{page}" for page in range(1250, 1259)},
    "koi8_r": "koi8-r",
    "koi8_u": "koi8-u",
    "gb18030": "gb18030",
}
_LINE_END = re.compile(r"\r\n?|\n")


def encode(text: str, codec: str) -> tuple[str, bytes]:
    """The MIME charset and the bytes of an outgoing text: lines end with CRLF, NUL is left out. `codec` is
    kept where it can express the text and is understood everywhere, else UTF-8."""
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r" in text or "\n" in text:
        text = "\r\n".join(_LINE_END.split(text))
    label = _OUTGOING.get(codec, "utf-8")
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
