"""Changes to a file's content, applied together with one copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_EDITS: Final = 10_000
"""No camera and no office program leaves that many pieces to take out."""


class FormatError(ValueError):
    """The content begins like a known format and does not go on like it: it cannot be changed safely."""


@dataclass(frozen=True, slots=True)
class Edit:
    """content[start:end] becomes `replacement`."""

    start: int
    end: int
    replacement: bytes = b""


def check_number(edits: Sequence[Edit]) -> None:
    """Raises `FormatError` if the edits are too many: asked while they are gathered, each costs memory."""
    if len(edits) > MAX_EDITS:
        raise FormatError


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The content with every edit made. Raises `FormatError` if edits overlap or are too many."""
    check_number(edits)
    view = memoryview(data)
    pieces: list[bytes | memoryview] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if not done <= edit.start <= edit.end <= len(data):
            raise FormatError
        pieces += (view[done : edit.start], edit.replacement)
        done = edit.end
    pieces.append(view[done:])
    return b"".join(pieces)


def blanked(data: bytes, start: int, end: int) -> list[Edit]:
    """The span as zero octets; nothing if it is that already."""
    return [Edit(start, end, bytes(end - start))] if data.count(0, start, end) != end - start else []
