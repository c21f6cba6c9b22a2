"""Mail's HTML as the page shows it: the text with paragraphs, lists, quotes, tables and emphasis.

It is shown in the page itself, not in a frame: nh3 parses it as browsers do and writes it anew with two dozen
elements that have no behaviour, and without one attribute. So nothing is left that could run, load, submit,
lead elsewhere or borrow the page's style; a frame would keep all that alive and rely on its fence. Where a
link leads is told as text. The page's Content-Security-Policy would stop what a mistake here let through.
"""

import re
from dataclasses import dataclass

import nh3

from parley.masking.complexity import eased
from parley.masking.views import TooComplexError
from parley.masking.visible import GONE, visible_text

_NAMES = """
a b blockquote br code dd del div dl dt em hr i ins kbd li mark ol p pre q s small span strong sub sup
table tbody td tfoot th thead tr u ul var
"""
TAGS = frozenset(_NAMES.split())
MAX_LINKS = 50
_LONGEST_LINK = 300
# A heading of a mail is none of the page.
_HEADING = re.compile(r"<(/?)h[1-6](?=[\s/>])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """markup: harmless HTML. links: where the mail's links lead, in order, without repetition."""

    markup: str
    links: tuple[str, ...]


def shown(html: str) -> Shown | None:
    """The HTML made harmless; None if it is so deeply nested that it would take long to read."""
    try:
        html = eased(html)
    except TooComplexError:
        return None
    links: list[str] = []

    def drop(tag: str, attribute: str, value: str) -> None:
        # nh3 asks about every attribute that the mail has, not only about those that are allowed.
        if (tag, attribute) == ("a", "href") and value and len(links) < MAX_LINKS:
            links.append(value[:_LONGEST_LINK])

    markup = nh3.clean(
        _HEADING.sub(r"<\1p", html),
        tags=set(TAGS),
        clean_content_tags=set(GONE),
        attributes={"a": {"href"}},
        attribute_filter=drop,
        link_rel=None,
    )
    return Shown(markup, tuple(dict.fromkeys(links)))


def as_text(html: str) -> str:
    """What one reads, and where the links lead: to quote it, and to compare it."""
    made = shown(html)
    links = made.links if made else ()
    return "\n".join([visible_text(html), *(f"<{link}>" for link in links)])
