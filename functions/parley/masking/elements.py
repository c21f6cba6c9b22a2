"""Elements of HTML that do not go out as they are, and what stands in their place.

Whoever takes away a form, a list of choices or a frame must not join the words around it. What a browser
shows as a block becomes one; what stands in a line keeps a blank on either side; a custom element, which a
browser shows like any text around it, becomes a `span`, so that its class and style stay.

The sanitiser parses them under their own names, as a browser does, and they are renamed in what it writes:
there every `<` begins a tag, and no element is left whose content is not HTML.
"""

import re
from typing import Final

_BLOCKS: Final = dict.fromkeys(("form", "dialog", "search", "marquee"), "div") | dict.fromkeys(
    ("listing", "textarea"), "pre"
)
_IN_LINE: Final = frozenset(
    (
        *("button", "select", "option", "optgroup", "datalist", "meter", "progress", "output", "isindex"),
        *("object", "applet", "video", "audio", "canvas"),
    )
)
_ALONE: Final = frozenset({"input", "keygen", "embed"})
"""Elements without content."""
_RENAMED: Final = frozenset(_BLOCKS) | _IN_LINE | _ALONE
_RARE: Final = _RENAMED | {"iframe", "xmp", "plaintext", "noscript"}
_CUSTOM: Final = r"[a-z][a-z0-9]{0,40}-[a-z0-9\-]{1,40}"
_IS_CUSTOM: Final = re.compile(rf"{_CUSTOM}\Z")
_NAME: Final = re.compile(r"<([a-zA-Z][^\s/>]*)")
_FRAME: Final = re.compile(r"<iframe(?=[\s/>])", re.IGNORECASE)
_NO_SCRIPT: Final = re.compile(r"</?noscript(?=[\s/>])[^<>]*>", re.IGNORECASE)
_OPENING: Final = re.compile(r"<(?:xmp|plaintext)(?=[\s/>])", re.IGNORECASE)
_CLOSING: Final = re.compile(r"</xmp\s*>", re.IGNORECASE)
_WRITTEN: Final = re.compile(rf"<(/?)({'|'.join(sorted(_RENAMED))}|{_CUSTOM})((?: [^<>]*+)?)>")
_EMPTY: Final = re.compile(r"<form[^<>]*+></form>")
"""All that a parser leaves of a form between the rows of a table."""


def names_of(text: str) -> frozenset[str]:
    """The names of all elements that begin in the HTML, in lower case; also those within comments."""
    return frozenset(map(str.lower, set(_NAME.findall(text))))


def rare(names: frozenset[str]) -> frozenset[str]:
    """Those of `names_of` for which the HTML must pass through `kept_apart` and `renamed`."""
    return names & _RARE | {name for name in names if "-" in name and _IS_CUSTOM.match(name)}


def to_rename(names: frozenset[str]) -> frozenset[str]:
    """Those of `rare` that the sanitiser is to let through to `renamed`."""
    return names - (_RARE - _RENAMED)


def kept_apart(text: str) -> str:
    """The HTML before it is sanitised: with a blank before a frame, which goes with its content, `pre` around
    content that is no HTML, and what is meant for readers without scripts, which the sanitiser would take for
    text, as part of the page."""
    text = _CLOSING.sub(r"\g<0></pre>", _OPENING.sub(r"<pre>\g<0>", text))
    return _FRAME.sub(r" \g<0>", _NO_SCRIPT.sub(" ", text))


def renamed(cleaned: str) -> str:
    """The sanitised HTML with the elements of `to_rename` as those that stand for them."""
    return _WRITTEN.sub(_as_written, _EMPTY.sub(" ", cleaned))


def _as_written(match: re.Match[str]) -> str:
    close, name, attributes = match.groups()
    if name in _ALONE:
        return " "
    if name in _BLOCKS:
        return f"<{close}{_BLOCKS[name]}{attributes}>"
    if name not in _IN_LINE:
        return f"<{close}span{attributes}>"
    return "</span> " if close else f" <span{attributes}>"
