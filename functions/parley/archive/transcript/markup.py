"""Texts of mails as harmless markup: nothing in it runs, loads, leads elsewhere or borrows the page's style.

HTML is parsed as browsers do and written anew by nh3, with elements that have no behaviour and without one
attribute; where links lead, and what stands in a picture's place, is told as text. Whatever text gets lost on
that way is told as plain text. Besides, what stands in place of something masked is marked.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import nh3
from markupsafe import Markup

from parley.archive.hypertext import REMARKS, remark

MAX_TEXT: Final = 200_000
"""Characters of a text in a transcript; a mail may have millions."""
MAX_LINKS: Final = 100
_LONGEST_LINK: Final = 500
_LONGEST_NAME: Final = 200
_MAX_TAGS: Final = 20_000
"""Time grows with the square of how deep blocks are nested, which is never deeper than this."""
_NAMES: Final = """
a b blockquote br code dd del div dl dt em hr i ins kbd li ol p pre q s small span strong sub sup
table tbody td tfoot th thead tr u ul var
"""
TAGS: Final = frozenset(_NAMES.split())
_UNSEEN: Final = {"script", "style"}
# A heading of a mail is none of the page.
_HEADING: Final = re.compile(r"<(/?)h[1-6](?=[\s/>])", re.IGNORECASE)
# As nh3 writes it: no bare ">" is in the text that stands in a picture's place.
_IMAGE: Final = re.compile(r'<img(?: alt="([^"]*)")?>')
_TAG: Final = re.compile(r"(<[^>]*>)")
# Besides these, tags part words.
_INLINE: Final = re.compile(
    r"</?(?:a|b|code|del|em|ins|kbd|i|mark|q|small|span|strong|sub|sup|s|u|var)(?: [^>]*)?>"
)
_ANY_TAG: Final = re.compile(r"<[!?/a-zA-Z][^<>]*>")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_LINK: Final = re.compile(r"<(?:https?|mailto|tel):[^<>\s]*>", re.IGNORECASE)
_EMPTY_LINES: Final = re.compile(r"\n[ \t\r]*(?:\n[ \t\r]*)+")
_UNSEEN_START: Final = re.compile(r"<(!--|script(?![a-z0-9])|style(?![a-z0-9]))")
_CLOSES: Final = {"!--": "-->", "script": "</script", "style": "</style"}
# C0 and C1 controls but tab and line feed, and lone surrogates: no page may hold them.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# What turns the direction of writing, or cannot be seen: a name must not hide its ending with it.
_UNSEEN_ONES: Final = "\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f"
_DECEPTIVE: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\u200c\u200d{_UNSEEN_ONES}\ud800-\udfff]")
# In a text, joiners between two characters that are not ASCII belong to emoji and to scripts of Asia.
_HIDDEN: Final = re.compile(
    f"[{_UNSEEN_ONES}]|(?:(?<![^\x00-\x7f])[\u200c\u200d])|(?:[\u200c\u200d](?![^\x00-\x7f]))"
)

MASKED_MAILBOX, MASKED_DOMAIN, MASKED_CONTACT = "***@***", "masked.invalid", "***"
"""What masking writes in place of what it takes out (`parley.masking.protected`)."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Marks what stands in place of something. pattern: over escaped text; masks are its only group."""

    pattern: re.Pattern[str]

    def over(self, escaped: str) -> str:
        return self.pattern.sub(_marked, escaped)


def _marked(found: re.Match[str]) -> str:
    return f'<mark class="mask">{found[1]}</mark>' if found[1] else f"<mark>{found[0]}</mark>"


def marker(aliases: tuple[str, ...], *, contacts: bool) -> Marker:
    """contacts: whether "***" stands for contact data; people write it, too."""
    masks = [MASKED_MAILBOX, MASKED_DOMAIN, *([MASKED_CONTACT] if contacts else [])]
    of_aliases, of_masks = (
        "|".join(re.escape(html.escape(each)) for each in kind) for kind in (aliases, masks)
    )
    return Marker(re.compile(f"{of_aliases}|({of_masks})" if aliases else f"({of_masks})", re.IGNORECASE))


def cleaned(text: str) -> str:
    """Without the characters that no page may hold; those that turn the direction of writing, or cannot be
    seen, are written out."""
    return _HIDDEN.sub(_written_out, _CONTROL.sub("\ufffd", text))


def plainly(text: str) -> str:
    """A name or subject on one line, with characters that deceive or cannot be seen written out."""
    return _DECEPTIVE.sub(_written_out, text)


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def named(text: str) -> str:
    """The name of a file, on one line. Of a long one the middle is left out: its ending says what it is."""
    name = plainly(text)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 61]}…{name[-60:]}"


def _written_out(found: re.Match[str]) -> str:
    return f"[U+{ord(found.group()):04X}]"


def of_plain(text: str, marks: Marker) -> Markup:
    """Plain text, with its quoted lines told apart."""
    lines = (
        f'<span class="quoted">{html.escape(line)}</span>' if line.startswith(">") else html.escape(line)
        for line in cleaned(text).split("\n")
    )
    return _in_text_only("\n".join(lines), marks.over)


@dataclass(frozen=True, slots=True)
class Made:
    """HTML made harmless. text: what it says, roughly. links: where it leads, in full up to `MAX_LINKS`.
    swallowed: all text of the source, if `markup` lacks some of it; else "". remarks: those of
    `parley.archive.hypertext`, but what stands in a picture's place. is_cut: whether it has more links."""

    markup: str
    text: str
    links: tuple[str, ...]
    swallowed: str
    remarks: tuple[str, ...]
    is_cut: bool


def of_html(source: str) -> Made | None:
    """The HTML before it is marked; None if it is so large that it is better told as plain text."""
    if len(source) > 4 * MAX_TEXT or source.count("<") > _MAX_TAGS:
        return None
    links: dict[str, None] = {}
    remarks: dict[str, None] = {}

    def drop(tag: str, attribute: str, value: str) -> str | None:
        # nh3 asks about every attribute that is allowed, or whose element is not.
        if (tag, attribute) == ("img", "alt"):
            return " ".join(value.split())
        if (tag, attribute) == ("a", "href") and value:
            links[shortened(plainly(value), _LONGEST_LINK)] = None
        elif made := remark(attribute, value):
            remarks[made] = None
        return None

    written_anew = nh3.clean(
        _HEADING.sub(r"<\1p", cleaned(source)),
        tags={*TAGS, "img"},
        clean_content_tags=set(_UNSEEN),
        attributes={"a": {"href"}, "*": set(REMARKS)},
        attribute_filter=drop,
        link_rel=None,
    )
    markup = cleaned(
        _IMAGE.sub(_in_place, written_anew)
    )  # Again: a reference such as &#8238; is a character by now.
    written, left = text_between_tags(source), text_of(markup)
    is_whole = _is_within(_NOT_WORD.sub("", written), _NOT_WORD.sub("", left))
    return Made(
        markup,
        left,
        tuple(links)[:MAX_LINKS],
        "" if is_whole else written,
        tuple(remarks),
        is_cut=len(links) > MAX_LINKS,
    )


def _in_place(image: re.Match[str]) -> str:
    return f"[image: {image[1]}]" if image[1] else ""


def finished(markup: str, marks: Marker, veil: Callable[[str], str]) -> Markup:
    """What `of_html` made, veiled and marked in its texts; its tags stay."""
    return _in_text_only(markup, lambda text: marks.over(veil(text)))


def text_of(markup: str) -> str:
    """The text of what `of_html` or `finished` made; what stands on a line of its own does so here."""
    return html.unescape(_TAG.sub("\n", _INLINE.sub("", markup))).strip("\n")


def text_between_tags(source: str) -> str:
    """All text of HTML that any program could show, without asking a parser what becomes of it. Linear."""
    text = html.unescape(_ANY_TAG.sub("", "".join(_without_unseen(source))))
    return _EMPTY_LINES.sub("\n\n", cleaned(text)).strip()


def _without_unseen(source: str) -> Iterator[str]:
    """The source without comments, scripts and styles; one that does not end is kept."""
    lower, done, missing = source.lower(), 0, set()
    if len(lower) != len(source):  # A few letters have a lower case of two characters.
        lower = source
    for match in _UNSEEN_START.finditer(lower):
        close = _CLOSES[match[1]]
        if match.start() < done or close in missing:
            continue
        end = lower.find(close, match.end())
        if end < 0:
            missing.add(close)  # Never searched for again: linear whatever the text.
            continue
        yield source[done : match.start()]
        done = end + len(close) if close == "-->" else lower.find(">", end) + 1 or len(source)
    yield source[done:]


def is_told(text: str, page: str) -> bool:
    """Whether the page says all words of the text, in its order; addresses of links apart, which it lists."""
    text, page = _LINK.sub("", cleaned(text)), _LINK.sub("", page)
    if "".join(text.split()) in "".join(page.split()):
        return True
    words, told = _NOT_WORD.sub("", text), _NOT_WORD.sub("", page)
    return words in told or _is_within(words, told)


def _is_within(text: str, other: str) -> bool:
    """Whether every character of `text` is in `other`, in its order."""
    remaining = iter(other)
    return text == other or all(character in remaining for character in text)


def _in_text_only(markup: str, change: Callable[[str], str]) -> Markup:
    # No attribute and no bare < or > is left, so that what is between two of them is a tag.
    pieces = _TAG.split(markup)
    joined = "".join(piece if place % 2 else change(piece) for place, piece in enumerate(pieces))
    return Markup(joined)  # noqa: S704  # all of it was written by nh3 or html.escape
