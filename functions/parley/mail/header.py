"""Header sections: fields, unfolding, encoded words, parameters (RFC 5322 §2.2, RFC 2047, RFC 2231)."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: name lower-case, value as raw bytes, unfolded (line ends removed), trimmed."""

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

    def all(self, name: str) -> tuple[bytes, ...]:
        """The raw values of every field of that (lower-case) name, top first."""
        return tuple(field.value for field in self.fields if field.name == name)

    def first(self, name: str) -> bytes | None:
        """The raw value of the topmost field of that name."""
        for field in self.fields:
            if field.name == name:
                return field.value
        return None

    def text(self, name: str) -> str | None:
        """`first`, decoded with `decode_words`."""
        value = self.first(name)
        return None if value is None else decode_words(value, self.charset)
