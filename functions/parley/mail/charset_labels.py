"""Charset labels (RFC 2978): as mails write them, rightly and wrongly, and the codec of Python for each.

Only codecs on the allow-list are ever used: no label reaches `codecs.lookup`, which would import modules by
name and would find codecs that are no charsets (base64, rot13, idna, unicode_escape).
"""

import re
from encodings.aliases import aliases
from functools import lru_cache

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


# Charsets that are written as they came, because every reader knows them alike; all else becomes UTF-8.
# (ISO-8859-8 stands for two orders of writing, and is not among them.)
OUTGOING = {
    "ascii": "us-ascii",
    "utf_8": "utf-8",
    "latin_1": "iso-8859-1",
    **{f"iso8859_{part}": f"iso-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 9, 10, 13, 14, 15)},
    **{f"cp{page}": f"windows-{page}" for page in range(1250, 1259)},
    "koi8_r": "koi8-r",
    "koi8_u": "koi8-u",
    "gb18030": "gb18030",
}
