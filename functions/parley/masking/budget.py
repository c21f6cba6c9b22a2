"""What opening files may cost, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from parley.masking.matcher import Matcher

MAX_INFLATED: Final = 16 * 1024 * 1024
MAX_MASKED: Final = 5 * 1024 * 1024
MAX_DEPTH: Final = 2
_ALWAYS: Final = 512 * 1024
_RATIO: Final = 30
"""Octets of content for one of archive: office files have 5 to 20, and what is made to be slow 1,000."""


@dataclass(slots=True)
class Budget:
    """What may still be inflated of a mail's attachments, and masked as text there; how deep we are."""

    octets: int = MAX_INFLATED
    text: int = MAX_MASKED
    depth: int = 0

    def room(self, packed: int) -> int:
        """How many octets an archive of that many may be inflated to."""
        return min(self.octets, _ALWAYS + _RATIO * packed)


@dataclass(frozen=True, slots=True)
class MaskedFile:
    """A file's content as it goes out (None: as it came), what was found, and codes of what was done."""

    content: bytes | None = None
    protected: int = 0
    codes: tuple[str, ...] = ()


MaskFile = Callable[[bytes, Matcher, Budget], MaskedFile]
"""Masks a file that is no text."""
UNREADABLE: Final = MaskedFile(codes=("attachment-unreadable",))
