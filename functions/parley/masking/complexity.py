"""Which HTML is too complex to be read: what makes an HTML parser's time grow faster than the HTML."""

import re
from typing import Final

from parley.masking.views import TooComplexError

MAX_TAGS: Final = 200_000
MAX_NESTING: Final = 3_000
MAX_ATTRIBUTES: Final = 2_000
MAX_STRAY: Final = 20_000
_SHALLOW: Final = re.compile(
    r"(?:p|li|t[dhr]|br|img|hr|input|meta|link|col|area|wbr|option|d[dt]|tbody|thead|tfoot|b|i|u|em|strong|font|a"
    r"|base|param|source|track|embed|html|head|body)\Z"
)
"""Elements that close themselves, or whose depth costs a parser nothing."""
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_HALF: Final = 5_000
_LONG_TAG: Final = re.compile(r"<[a-zA-Z][^<>]{10000,}")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_STRAY: Final = re.compile(r"&(?![A-Za-z#])|\xad")


def check_complexity(text: str) -> None:
    """Raises `TooComplexError` for HTML that no mail program writes."""
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise TooComplexError
    if tags > MAX_NESTING and _nesting(text) > MAX_NESTING:
        raise TooComplexError
    if text.count("&") + text.count("\xad") > MAX_STRAY and sum(1 for _ in _STRAY.finditer(text)) > MAX_STRAY:
        raise TooComplexError
    # A long stretch without a tag's beginning covers one of these whole.
    if all(text.find("<", at, at + _HALF) >= 0 for at in range(0, len(text) - _HALF, _HALF)):
        return
    for match in _LONG_TAG.finditer(text):
        if len(_QUOTED.sub('""', match.group()).split()) > MAX_ATTRIBUTES:
            raise TooComplexError


def _nesting(text: str) -> int:
    deepest = depth = 0
    for close, name in _TAG.findall(text):
        if _SHALLOW.match(name.lower()):
            continue
        depth = max(0, depth - 1) if close else depth + 1
        deepest = max(deepest, depth)
    return deepest
