"""Forms of telephone numbers: which digits can be dialled, and which groups of digits only they have.

Numbering plans say little here: nine of ten numbers of nine to thirteen digits that begin with a zero are
valid in some country (docs/adr/0061). What tells a number from others is how it is written.
"""

import re
from typing import Final

_TWO_DIGITS: Final = "2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
# ITU-T E.164, list of assigned country codes.
_COUNTRY: Final = re.compile(
    rf"(?:1[2-9]\d\d[2-9]\d{{6}}|7\d{{10}}|(?:{_TWO_DIGITS})\d{{7,13}}"
    r"|(?:21[1-368]|2[2346]\d|25[0-8]|29[01789]|35\d|37[0-9]|38[0-35-79]|42[013]|50\d|59\d|67[02-9]|68[0-35-9]"
    r"|69[0-2]|80[08]|85[02356]|87[08]|88[0-36]|96[0-8]|97[0-79]|99[2-68])\d{5,12})"
)
_WITH_PLUS: Final = re.compile(r"\(?\+ ?\(?[1-9]")
_NO_NUMBER: Final = re.compile(
    r"\+ ?(?:\d+\.\d{1,5}\Z|\d\.\d\.|(?:19|20)\d\d[01]\d[0-3]\d{7}\Z)|.*0[ .]?000[ .]?000\Z"
)
_WITH_ZEROS: Final = re.compile(rf"00 ?(?:1|7|{_TWO_DIGITS}|[2-9]\d\d)[ .\-/(]|00\d{{10,15}}\Z")
_AREA_IN_BRACKETS: Final = re.compile(
    r"(?:[08] ?)?\((?:0[1-9]\d{0,4}|[1-9]\d{1,4})\)[ \-/]?\d[\d \-.]{4,12}\d"
)
_TRUNK: Final = re.compile(
    r"0[1-9]\d{0,4} ?(?:[ .\-–/]|\(0\)) ?\d{1,8}(?:[ .\-–]\d{2,8}){0,4}(?:[ .]?[\-–]\d{1,3})?"
)
_NORTH_AMERICA: Final = re.compile(
    r"(?:1[ .\-])?[2-9]\d\d([.\-–])[2-9]\d\d\1\d{4}|(?:1 )?\([2-9]\d\d\) ?[2-9]\d\d ?[ .\-–] ?\d{4}"
)
_RUSSIA: Final = re.compile(r"8([ \-])[3489]\d\d[ \-]\d{3}([ \-])\d\d\2\d\d")
_CHINA: Final = re.compile(r"1[3-9]\d([ \-])\d{4}\1\d{4}")
# Germany; France, the Netherlands, Austria and Switzerland; Britain; Turkey; Australia and Belgium; Japan;
# Korea; Ireland.
_MOBILE: Final = re.compile(
    r"01[5-7]\d{8,9}|0[67]\d{8}|07\d{9}|05\d{9}|04\d{8}|0[789]0\d{8}|010\d{8}|08[35-9]\d{7}"
)


def is_international(written: str, digits: str) -> bool:
    """Whether a number is written with its country code."""
    if _WITH_PLUS.match(written):
        return _NO_NUMBER.match(written) is None and _COUNTRY.fullmatch(_without_trunk(written)) is not None
    return _WITH_ZEROS.match(written) is not None and _COUNTRY.fullmatch(digits[2:]) is not None


def _without_trunk(written: str) -> str:
    """The digits of `+49 (0) 711 …` as they are dialled from abroad."""
    return re.sub(r"\D", "", written.replace("(0)", ""))


def is_national(written: str, digits: str) -> bool:
    """Whether digits are grouped as only telephone numbers are, or begin like a mobile number."""
    if _NORTH_AMERICA.fullmatch(written) or _CHINA.fullmatch(written) or _RUSSIA.fullmatch(written):
        return True
    if not 9 <= len(digits) <= 12:
        return False
    pattern = _MOBILE if written.isdecimal() else _AREA_IN_BRACKETS if "(" in written else _TRUNK
    return pattern.fullmatch(written) is not None
