"""Digits in a text, counted fast: whether a telephone number or an IBAN can be in it at all."""

import re
from enum import Enum, auto
from typing import Final

from parley.masking.views import View

SHORTEST: Final = 7
"""Digits of the shortest telephone number that is looked for."""
_KIND: Final = bytes.maketrans(
    bytes(range(256)),
    bytes(48 if chr(octet) in "0123456789" else 111 if chr(octet) in "oOIl" else 120 for octet in range(256)),
)
_ONE_KIND: Final = _KIND.replace(b"o", b"0")
"""The same with letters that pass for digits as digits."""
_SEPARATORS: Final = b" \t.-/()\xa0\x96\x97+*_~|"
_ENOUGH: Final = b"0" * SHORTEST
# The zeros of other scripts; NFKC leaves their digits as they are.
_ZEROS: Final = (
    0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040,
    0x17E0, 0x1810,
)  # fmt: skip
_PLAIN: Final = {zero + digit: 48 + digit for zero in _ZEROS for digit in range(10)}
_FOREIGN: Final = re.compile("[" + "".join(f"{chr(zero)}-{chr(zero + 9)}" for zero in _ZEROS) + "]")


_LINES: Final = bytes.maketrans(
    bytes(range(256)),
    bytes(48 if chr(octet) in "0123456789" else 110 if octet == 10 else 120 for octet in range(256)),
)
_BESIDE_LINE_END: Final = b" \t\r>.-/()\xa0\x96\x97+"


class Digits(Enum):
    """What a text holds: too few digits for a number, enough, or enough with letters that pass for digits."""

    FEW = auto()
    ENOUGH = auto()
    MIXED = auto()


def digits_in(view: View) -> tuple[View, Digits]:
    """The view with the digits of other scripts as ASCII digits, and a fast first test: whether seven of them
    stand close together."""
    octets = view.octets
    if octets is None:
        if _FOREIGN.search(view.text):
            view = view.translated(_PLAIN)
        octets = view.text.encode("cp1252", "replace")
    if _ENOUGH not in octets.translate(_ONE_KIND, _SEPARATORS):
        return view, Digits.FEW
    kinds = octets.translate(_KIND, _SEPARATORS)
    if b"0o" in kinds or b"o0" in kinds:
        return view, Digits.MIXED
    return view, Digits.ENOUGH if _ENOUGH in kinds else Digits.FEW


def breaks_digits(view: View) -> bool:
    """Whether a line end stands between digits anywhere: a fast first test."""
    octets = view.text.encode("cp1252", "replace") if view.octets is None else view.octets
    return b"0n0" in octets.translate(_LINES, _BESIDE_LINE_END)
