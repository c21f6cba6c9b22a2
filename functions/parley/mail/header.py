"""Header sections: fields, unfolding, encoded words, parameters (RFC 5322 §2.2, RFC 2047, RFC 2231)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from parley.mail.parameters import Parameterised, encode_parameter, parse_parameterised
from parley.mail.words import decode_words, encode_phrase, encode_words

__all__ = [
    "Field",
    "Header",
    "Parameterised",
    "decode_words",
    "encode_parameter",
    "encode_phrase",
    "encode_words",
    "parse_parameterised",
]


class Field(NamedTuple):
    """One header field: name lower-case, value as raw bytes, unfolded (line ends removed), trimmed.

    A tuple, because a mail has some twenty and this is made in half the time of a frozen dataclass.
    """

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """A header section: its fields in order.

    charset: what the mail declares for its first text, "" if nothing: old programs write their header
    fields in it without encoding them.
    """

    fields: tuple[Field, ...]
    charset: str = ""
    _by_name: dict[str, tuple[bytes, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def by_name(self) -> Mapping[str, tuple[bytes, ...]]:
        """The raw values of the fields of each name; made when somebody asks, which many do."""
        return self._by_name or self._index()

    def _index(self) -> Mapping[str, tuple[bytes, ...]]:
        known: dict[str, list[bytes]] = {}
        for one in self.fields:
            if one.name in known:
                known[one.name].append(one.value)
            else:
                known[one.name] = [one.value]
        self._by_name.update(zip(known, map(tuple, known.values()), strict=True))
        return self._by_name

    def all(self, name: str) -> tuple[bytes, ...]:
        """The raw values of every field of that (lower-case) name, top first."""
        return (self._by_name or self._index()).get(name, ())

    def first(self, name: str) -> bytes | None:
        """The raw value of the topmost field of that name."""
        values = (self._by_name or self._index()).get(name)
        return values[0] if values else None

    def text(self, name: str) -> str | None:
        """`first`, decoded with `decode_words`."""
        value = self.first(name)
        return None if value is None else decode_words(value, self.charset)
