"""A header section as bytes: found, split into its fields, put together again without a changed octet."""

import re
from dataclasses import dataclass

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Field:
    """A header field. name: lower-case, "" for a line that is no field. octets: all of it, line ends too."""

    name: str
    octets: bytes

    @property
    def value(self) -> str:
        """Unfolded (RFC 5322 §2.2.3), encoded words as they are, octets that are no UTF-8 replaced."""
        _, _, value = self.octets.partition(b":")
        return _FOLD.sub(b"", value).strip().decode("utf-8", "replace")


def split(raw: bytes) -> tuple[tuple[Field, ...], bytes]:
    """The fields, and the rest from the empty line on (RFC 5322 §2.1). Bare LF ends a line too."""
    starts: list[int] = []
    position = 0
    while match := _LINE.match(raw, position):
        line = match[0]
        if line in (b"\r\n", b"\n"):
            break
        if not (starts and line[:1] in (b" ", b"\t")):
            starts.append(position)
        position = match.end()
    ends = [*starts[1:], position] if starts else []
    return tuple(_field(raw[start:end]) for start, end in zip(starts, ends, strict=True)), raw[position:]


def _field(octets: bytes) -> Field:
    name, colon, _ = octets.partition(b":")
    return Field(name.strip().lower().decode("latin-1") if colon else "", octets)


def joined(fields: tuple[Field, ...], rest: bytes) -> bytes:
    return b"".join([*(field.octets for field in fields), rest])


def values(fields: tuple[Field, ...], name: str) -> list[str]:
    return [field.value for field in fields if field.name == name]


def shown(fields: tuple[Field, ...]) -> list[dict[str, str]]:
    """As SES lists them in notifications and events: names in the author's spelling."""
    return [
        {"name": field.octets.partition(b":")[0].decode("latin-1").strip(), "value": field.value}
        for field in fields
        if field.name
    ]
