"""What makes an HTML parser's time grow faster than the HTML: it is refused, or made easier to read."""

import re
from typing import Final

from parley.masking.views import TooComplexError

MAX_TAGS: Final = 200_000
MAX_NESTING: Final = 3_000
MAX_ATTRIBUTES: Final = 2_000
_SHALLOW: Final = re.compile(
    r"(?:p|li|t[dhr]|br|img|hr|input|meta|link|col|area|wbr|option|d[dt]|tbody|thead|tfoot|b|i|u|em|strong|font|a"
    r"|base|param|source|track|embed|html|head|body)\Z"
)
"""Elements that close themselves, or whose depth costs a parser nothing."""
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_HALF: Final = 5_000
_LONG_TAG: Final = re.compile(r"<[a-zA-Z][^<>]{10000,}")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_STRETCH: Final = re.compile("[^<>]++")
_SEARCHED: Final = re.compile("[&\x80-\xbf]")
_MANY: Final = 100


def eased(text: str) -> str:
    """HTML for the sanitiser, with `<wbr>` in very long text that has very many ampersands or the like in it.

    Behind each of them (`_SEARCHED`) the sanitiser's writer looks for the next tag up to the end of the text:
    its time grows with the square of the text's length, and with the square of that of no shorter one.

    Raises `TooComplexError` for HTML that no mail program writes.
    """
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise TooComplexError
    if tags > MAX_NESTING and _nesting(text) > MAX_NESTING:
        raise TooComplexError
    # A long stretch without a tag's beginning covers one of these whole.
    if all(text.find("<", at, at + _HALF) >= 0 for at in range(0, len(text) - _HALF, _HALF)):
        return text
    for match in _LONG_TAG.finditer(text):
        if len(_QUOTED.sub('""', match.group()).split()) > MAX_ATTRIBUTES:
            raise TooComplexError
    return _STRETCH.sub(_broken, text)


def _broken(stretch: re.Match[str]) -> str:
    text, pieces, done = stretch[0], [], 0
    if len(text) < 2 * _HALF:
        return text
    while found := _SEARCHED.search(text, done + _HALF):
        piece = text[done : found.start()]
        is_slow = sum(1 for _ in _SEARCHED.finditer(piece)) > _MANY
        pieces.append(f"{piece}<wbr>" if is_slow else piece)
        done = found.start()
    return "".join((*pieces, text[done:]))


def _nesting(text: str) -> int:
    deepest = depth = 0
    for close, name in _TAG.findall(text):
        if _SHALLOW.match(name.lower()):
            continue
        depth = max(0, depth - 1) if close else depth + 1
        deepest = max(deepest, depth)
    return deepest
