"""Whether HTML and drawings would load something from elsewhere, to tell that it was taken out.

This serves a finding: what may stay is decided by allow-lists elsewhere. In HTML it looks at elements and
style sheets that go as a whole; what attributes of other elements load is noticed by `attributes`.
"""

import re
from functools import lru_cache
from typing import Final

from parley.masking.elements import names_of

_INSTRUCTION: Final = "?xml-stylesheet"
_LOADERS: Final = frozenset(
    (
        *("body", "link", "script", "iframe", "frame", "embed", "object", "applet", "input"),
        *("video", "audio", "source", "track", "bgsound"),
        *("image", "feimage", "use", "svg:image", "svg:feimage", "svg:use"),
        *("v:image", "v:imagedata", "v:fill", "v:shape", "v:background"),
        _INSTRUCTION,
    )
)
_SOURCE: Final = re.compile(
    r"[\s/\"'](?:src|srcset|href|xlink:href|o:href|poster|data|background|code|archive)\s*+=\s*+[\"']?\s*+([^\s\"'>]*+)",
    re.IGNORECASE,
)
_LOADING: Final = re.compile(
    r"url\s*+\(\s*+[\"']?\s*+([^\s\"')]*+)|@import\s*+[\"']\s*+([^\s\"']*+)", re.IGNORECASE
)
_WITHIN: Final = re.compile(r"cid:|mid:|data:|about:|#|\Z", re.IGNORECASE)


def is_remote(target: str) -> bool:
    """Whether a URL leads out of the mail. A relative one counts, as programs may take it for a host's."""
    return not _WITHIN.match(target.strip())


def elements_load(text: str, names: frozenset[str]) -> bool:
    """Whether an element of the HTML that goes with all its attributes would load something.

    names: those of all its elements, in lower case."""
    loaders = names & _LOADERS
    return bool(loaders) and any(
        is_remote(source) for tag in _tags(loaders).findall(text) for source in _SOURCE.findall(tag)
    )


@lru_cache(maxsize=64)
def _tags(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"<(?:{'|'.join(map(re.escape, sorted(names)))})(?=[\s/])[^<>]*+", re.IGNORECASE)


def style_loads(css: str) -> bool:
    """Whether declarations or rules would load something."""
    return any(is_remote(url or sheet) for url, sheet in _LOADING.findall(css))


def drawing_loads(svg: str) -> bool:
    """Whether an SVG picture would load something, by its elements or its styles."""
    return elements_load(svg, names_of(svg) | {_INSTRUCTION}) or style_loads(svg)
