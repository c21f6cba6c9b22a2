"""Which style declarations may stand in an outgoing style attribute: layout and typography, nothing that
loads, positions over other content, or writes text."""

import re
from collections.abc import Callable
from typing import Final

PROPERTIES: Final = frozenset(
    # A list of literals would be four times as long.
    """
    align-content align-items align-self background background-color background-image background-position
    background-repeat background-size border border-bottom
    border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-style
    border-bottom-width border-collapse border-color border-left border-left-color border-left-style
    border-left-width border-radius border-right border-right-color border-right-style border-right-width
    border-spacing border-style border-top border-top-color border-top-left-radius border-top-right-radius
    border-top-style border-top-width border-width box-shadow box-sizing caption-side clear color
    column-gap columns direction display empty-cells flex flex-basis flex-direction flex-flow flex-grow
    flex-shrink flex-wrap float font font-family font-feature-settings font-kerning font-size font-stretch
    font-style font-variant font-weight gap height hyphens justify-content letter-spacing line-break
    line-height list-style list-style-position list-style-type margin margin-bottom margin-left
    margin-right margin-top max-height max-width min-height min-width opacity orphans outline
    outline-color outline-style outline-width overflow overflow-wrap overflow-x overflow-y padding
    padding-bottom padding-left padding-right padding-top page-break-after page-break-before
    page-break-inside row-gap table-layout tab-size text-align text-decoration text-decoration-color
    text-decoration-line text-decoration-style text-indent text-overflow text-shadow text-transform
    vertical-align visibility white-space widows width word-break word-spacing word-wrap
    mso-line-height-rule mso-table-lspace mso-table-rspace
    """.split()  # noqa: SIM905
)

_LOADS: Final = re.compile(
    r"url\s*\(|expression\s*\(|image(?:-set)?\s*\(|@import|\\|/\*|src\s*\(", re.IGNORECASE
)
_URL: Final = re.compile(r"url\s*\(\s*(?:\"([^\"()]*)\"|'([^'()]*)'|([^\"'()]*))\s*\)", re.IGNORECASE)
_GONE: Final = "\x01"
_OWN: Final = "\x02"
_KEPT: Final = re.compile(f"{_OWN}([^{_OWN}]*){_OWN}")


def safe_style(style: str, own: Callable[[str], str | None] = lambda _: None) -> str:
    """The declarations of a style attribute that load nothing and hold no escape. Where one says more than
    what to load, the rest of it stays: `background: #fff url(x)` keeps its colour.

    own: what the URL of a picture in the mail itself becomes, which may stay; None for any other."""
    if not _LOADS.search(style):
        return style

    def kept(match: re.Match[str]) -> str:
        new = own((match[1] or match[2] or match[3] or "").strip())
        return _GONE if new is None else f"{_OWN}{new}{_OWN}"

    pieces = _URL.sub(kept, style.replace(_GONE, "").replace(_OWN, "")).split(";")
    return ";".join(_written(piece) for piece in pieces if _is_safe(piece))


def _written(piece: str) -> str:
    return _KEPT.sub(r"url(\1)", piece.replace(_GONE, "none"))


def _is_safe(piece: str) -> bool:
    return not _LOADS.search(piece) and piece.partition(":")[2].strip() != _GONE
