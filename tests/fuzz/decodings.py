"""A text as mail programs, browsers, gateways and a curious reader decode it; standard library only."""

import base64
import binascii
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser

_INVISIBLE = dict.fromkeys(
    (0xAD, 0x34F, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
)

Form = tuple[str, bool]
"""A text as something decodes it, and whether that takes two steps."""


def plainly(text: str) -> Iterator[Form]:
    yield text, False
    yield text.replace("\0", ""), False


class _Visible(HTMLParser):
    """What an HTML parser finds: the text joined, and every attribute's value and comment."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.values += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.values.append(data)


def forms(text: str) -> Iterator[Form]:
    """A text as mail programs, browsers and gateways decode it; the plainer form of two equal ones first."""
    seen = unicodedata.normalize("NFKC", html.unescape(text).translate(_INVISIBLE))
    readings = [text, seen]
    if "<" in text:
        readings += [re.sub(r"<[^<>]*>", "", seen), re.sub(r"<!--|-->", "", seen), *_as_html(text)]
    once = urllib.parse.unquote(seen)
    twice = urllib.parse.unquote(once)
    thrice = urllib.parse.unquote(twice)
    readings += [
        *(once, twice, thrice),
        re.sub(r"\r?\n[ \t]?", "", seen),
        re.sub(r" \r?\n(>+ ?)?", "", seen),
        re.sub(r"\s*\r?\n[> \t]*", "", seen),
        "".join(seen.split()),
    ]
    yield from ((form, False) for form in readings)
    decoded = list(_from_runs("\n".join(dict.fromkeys((seen, thrice)))))
    yield from ((form, False) for form in decoded)
    yield from ((form, True) for inner in decoded for form in _from_runs(inner))


def _as_html(text: str) -> Iterator[str]:
    parser = _Visible()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:  # html.parser gives up on some malformed declarations
        return
    joined = "".join(parser.text)
    yield joined.translate(_INVISIBLE)
    yield urllib.parse.unquote(urllib.parse.unquote("\n".join(parser.values))).translate(_INVISIBLE)


def _from_runs(text: str) -> Iterator[str]:
    """Runs of base64 at each phase and of hexadecimal digits, decoded."""
    for run in re.findall(r"[A-Za-z0-9_\-+/]{16,2000}", text)[:1_000]:
        for phase in range(4):
            piece = run[phase:].replace("-", "+").replace("_", "/")
            piece = piece[:-1] if len(piece) % 4 == 1 else piece
            try:
                decoded = base64.b64decode(piece + "=" * (-len(piece) % 4)).decode("latin-1")
            except binascii.Error:
                continue
            yield decoded
            yield urllib.parse.unquote(decoded)
    for digits in re.findall(r"(?:[0-9a-fA-F]{2}){8,}", text)[:1_000]:
        yield bytes.fromhex(digits).decode("latin-1")
