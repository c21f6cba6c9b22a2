"""Style sheets of HTML and the body that they lay out: written anew from an allow-list.

Outlook and most shop systems put margins, fonts and columns there; without them their mails fall apart.
A rule passes with a plain selector and those declarations that may stand in a style attribute: nothing that
loads, positions over other content or writes text. Of at-rules only `@media` passes. Linear in the sheet.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from parley.masking.styles import PROPERTIES, safe_style

MAX_SHEET: Final = 100_000
"""Characters of all sheets of a mail together; what is longer goes."""
_BEGINNING: Final = re.compile(r"<(!--|style(?=[\s/>])[^<>]*>)", re.IGNORECASE)
_END_OF_COMMENT: Final = re.compile("-->")
_END_OF_STYLE: Final = re.compile("</style", re.IGNORECASE)
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_STEP: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|[{};]")
_SELECTOR: Final = re.compile(r"[\w\-.,#:*>+~()\s]+", re.ASCII)
_MEDIA: Final = re.compile(r"@media\b[\w\-:.,()\s]+", re.ASCII)
_DECLARATION: Final = re.compile(
    r"\s*+([a-z\-]++)\s*+:((?:[\w\-#%.,!()+*/\s]|\"[\w\-.,\s]*+\"|'[\w\-.,\s]*+')++)(?:;|\Z)",
    re.ASCII | re.IGNORECASE,
)
_DOCTYPE: Final = re.compile(
    r"\s*(<!doctype\s+html(?:\s+public\s+\"-//W3C//DTD [\w. ]{4,40}//EN\"(?:\s+\"https?://www\.w3\.org/[\w./\-]{1,80}\")?)?"
    r"\s*>)",
    re.ASCII | re.IGNORECASE,
)
_BODY: Final = re.compile(r"<body(\s[^<>]*)>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"\s(class|dir|lang|bgcolor|text|link|vlink|alink|style|background)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[\w\-# ]{1,100}", re.ASCII)


def frame(text: str, sheets: Sequence[str], own_picture: Callable[[str], str | None]) -> str:
    """What stands around the content of a document: its doctype, its rules, the attributes of its body, up to
    the beginning of that content. "" if nothing of it is worth keeping. Nothing is masked in it yet.

    sheets: its `style_sheets`. own_picture: what a URL becomes that names a picture in the mail, else None.
    """
    doctype = _DOCTYPE.match(text)
    rules, attributes = kept_rules(sheets), "".join(_body_attributes(text, own_picture))
    if not (doctype or rules or attributes):
        return ""
    head = f"<head><style>\n{rules}</style></head>" if rules else ""
    return f"{doctype[1] if doctype else ''}<html>{head}<body{attributes}>"


def _body_attributes(text: str, own_picture: Callable[[str], str | None]) -> Iterator[str]:
    body = _BODY.search(text)
    for name, double, single, bare in _ATTRIBUTE.findall(body[1]) if body else ():
        value = double or single or bare
        if name.lower() == "style":
            value = ";".join(_declarations(html.unescape(value))).replace('"', "'")
        elif name.lower() == "background":
            value = own_picture(value.strip()) or ""
        elif not _PLAIN.fullmatch(value):
            continue
        if value:
            yield f' {name.lower()}="{value}"'


def kept_rules(sheets: Sequence[str]) -> str:
    """The rules of all `style_sheets` that may pass, "" if there are none. They hold no `<`."""
    if sum(map(len, sheets)) > MAX_SHEET:
        return ""
    return "".join(_rules(sheet) for sheet in sheets)


def style_sheets(text: str) -> Iterator[str]:
    """The content of each style element outside of comments."""
    found = _BEGINNING.search(text)
    while found:
        is_comment = found[1] == "!--"
        # `<!-->` is a whole comment to a browser.
        close = (_END_OF_COMMENT if is_comment else _END_OF_STYLE).search(text, found.start() + 2)
        if close is None:
            return
        if not is_comment:
            yield text[found.end() : close.start()]
        found = _BEGINNING.search(text, close.end())


@dataclass(slots=True)
class _Block:
    """An open block: its prelude as it may be written, None if it goes with all that is in it."""

    prelude: str | None
    rules: list[str] = field(default_factory=list)
    is_rule: bool = False


def _rules(sheet: str) -> str:
    """The rules of one sheet; nothing of a sheet whose blocks do not close."""
    sheet = _COMMENT.sub(" ", sheet)
    blocks = [_Block("")]
    start = 0
    for step in _STEP.finditer(sheet):
        match step[0]:
            case "{":
                blocks.append(_opened(sheet[start : step.start()].strip(), blocks[-1]))
            case "}" if len(blocks) == 1:
                return ""
            case "}":
                _close(blocks.pop(), sheet[start : step.start()], blocks[-1].rules)
            case ";" if not blocks[-1].is_rule:
                pass  # the end of @import and its like
            case _:
                continue
        start = step.end()
    return "".join(blocks[0].rules) if len(blocks) == 1 else ""


def _opened(prelude: str, within: _Block) -> _Block:
    if within.prelude is None or within.is_rule:
        return _Block(None, is_rule=within.is_rule)
    if _MEDIA.fullmatch(prelude):
        return _Block(prelude)
    return _Block(prelude if _SELECTOR.fullmatch(prelude) else None, is_rule=True)


def _close(block: _Block, content: str, rules: list[str]) -> None:
    if block.prelude is None:
        return
    inside = ";".join(_declarations(content)) if block.is_rule else "".join(block.rules)
    if inside:
        rules.append(f"{block.prelude}{{{inside}}}\n")


def _declarations(content: str) -> Iterator[str]:
    for piece in safe_style(content).split(";"):
        declaration = _DECLARATION.fullmatch(piece)
        if declaration and declaration[1].lower() in PROPERTIES:
            yield f"{declaration[1].lower()}:{declaration[2].strip()}"
