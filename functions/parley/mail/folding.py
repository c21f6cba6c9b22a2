"""Writing header fields: folded, ASCII, no line over 998 octets, nothing smuggled (RFC 5322 §2.2.3)."""

import re
from collections.abc import Iterable, Iterator

from parley.mail.words import clean, encode_words

_WANTED = 78
_LONGEST_WORD = 990
_BESIDE_NAME = 900
"""Up to here the first word stays in the line of the field's name."""
_NAME = re.compile(r"[A-Za-z0-9-]+")
_FOLD = re.compile(r"\r\n(?=[ \t])")
_WORD = re.compile(r"[ \t]*[^ \t]+")


def write_fields(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The lines of those fields, each ended by CRLF. Of several fields of one name the first is written."""
    written: set[str] = set()
    for name, value in fields:
        key = name.lower()
        if key not in written and _NAME.fullmatch(name):
            written.add(key)
            yield write_field(name, value)


def write_field(name: str, value: str) -> str:
    """One field, folded at blanks and at the folds that stand in the value already."""
    if not value.isascii():
        value = encode_words(value)
    if len(name) + len(value) + 2 <= _WANTED and value.isprintable():
        return f"{name}: {value}\r\n"
    lines: list[str] = []
    for segment in _FOLD.split(f"{name}: {value}"):
        lines.extend(_folded(clean(segment)))
    # A line of blanks alone would end the header section for some readers.
    return "\r\n".join(line for line in lines if line.strip(" \t")) + "\r\n"


def write_parameterised(name: str, value: str, parameters: Iterable[str]) -> str:
    """A field such as Content-Type with finished `name=value` pieces."""
    lines = [f"{name}: {value}"]
    for piece in parameters:
        lines[-1] += ";"
        if len(lines[-1]) + 1 + len(piece) < _WANTED:
            lines[-1] += " " + piece
        else:
            lines.append(" " + piece)
    return "\r\n".join(lines) + "\r\n"


def _folded(line: str) -> Iterator[str]:
    current = ""
    for word in _WORD.findall(line):
        if len(word) > _LONGEST_WORD:
            # Nothing that we write on purpose is so long, and it cannot be folded.
            continue
        is_name = not current.strip(" \t") or (current.endswith(":") and " " not in current)
        if len(current) + len(word) > (_BESIDE_NAME if is_name else _WANTED) and current:
            yield current
            current = ""
        current += word
    yield current
