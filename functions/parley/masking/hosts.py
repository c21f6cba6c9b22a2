"""Links and bare domains in a text: `https://…`, `www.…`, `shop-mueller.de/agb`."""

import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

TOP_LEVEL: Final = frozenset(
    """
    com net org info biz name pro eu asia cat de at ch li lu fr be nl it es pt uk ie us ca mx br ar cl co pe
    dk se no fi is pl cz sk si hr hu ro bg gr cy mt ee lv lt ua ru by rs ba mk al tr il ae sa eg ma za ng ke
    in pk bd lk cn hk tw jp kr sg my th vn ph id au nz io me tv cc ai gg to ly fm im sh so ws example app
    dev page web site website online shop store club xyz top blog art design email cloud digital agency
    studio gmbh immo berlin hamburg koeln cologne bayern wien tirol swiss paris london amsterdam nyc tokyo
    istanbul
    """.split()  # noqa: SIM905  # a list of literals would be four times as long
)
_LINK: Final = re.compile(
    r"https?://(?:[^\s<>\"'/?#@]{0,253}@)?([^\s<>\"'/?#@]{1,253})(?:[/?#][^\s<>\"']{0,4000})?"
)
_LABELS: Final = r"[a-z0-9\u00df-\u00ff](?:[a-z0-9\u00df-\u00ff\-]{0,61}[a-z0-9\u00df-\u00ff])?"
_BARE: Final = re.compile(
    rf"(?<![\w@.\-/:=%])(?:{_LABELS}\.){{1,8}}([a-z]{{2,24}})(?![\w@\-]|\.\w)(?::\d{{2,5}})?(?:/[^\s<>\"']{{0,4000}})?"
)
_CLOSING: Final = ".,;:!?)]}*_"


def links(text: str, lower: str) -> Iterator[tuple[Span, str]]:
    """The spans of links and bare domains in a text, in order, each with its host in lower case."""
    if "." not in lower:
        return
    done = 0
    for span, host in sorted((*_with_scheme(lower), *_bare(text, lower))):
        if span[0] >= done:
            done = span[1]
            yield span, host


def _with_scheme(lower: str) -> Iterator[tuple[Span, str]]:
    if "://" in lower:
        for match in _LINK.finditer(lower):
            yield _trimmed(lower, *match.span()), match.group(1).partition(":")[0].rstrip(".")


def _bare(text: str, lower: str) -> Iterator[tuple[Span, str]]:
    for match in _BARE.finditer(lower):
        host = match.group().partition("/")[0].partition(":")[0]
        # "Danke.Es": a sentence that goes on without a blank.
        goes_on = text[slice(*match.span(1))].istitle() and text[match.start(1) - 2].islower()
        if goes_on or (match.group(1) not in TOP_LEVEL and not host.startswith("www.")):
            continue
        yield _trimmed(lower, *match.span()), host


def _trimmed(lower: str, start: int, end: int) -> Span:
    while lower[end - 1] in _CLOSING:
        end -= 1
    return start, end


def is_below(host: str, domains: frozenset[str]) -> bool:
    """Whether a host is one of the domains or stands below one."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels)))
