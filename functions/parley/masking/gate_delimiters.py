"""Delimiter lines of a multipart, for the leak gate (RFC 2046 §5.1.1)."""

from collections.abc import Iterator
from typing import Final

_NEAR: Final = 64 * 1024


def delimiters(mail: bytes, start: int, end: int, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line: where what precedes it ends, where the next line begins, whether it closes."""
    line = start if mail.startswith(delimiter, start, end) else _line(mail, delimiter, start, end)
    while line >= start + 2 or line == start:
        behind = line + len(delimiter)
        before = max(start, line - 2)
        if mail.startswith(b"\r\n", behind):
            yield before, behind + 2, False
        elif mail.startswith(b"--", behind):
            yield before, end, True
            return
        # Any other line only begins like a delimiter.
        line = _line(mail, delimiter, behind, end)


def _line(mail: bytes, delimiter: bytes, start: int, end: int) -> int:
    """Where the next line begins that begins with the delimiter; less than `start` if none does.

    Base64 has no hyphens, and one octet is found several times as fast as several: what is not near is looked
    for from the next hyphen on.
    """
    step = _NEAR + len(delimiter)
    while start < end:
        line = mail.find(b"\r\n" + delimiter, start, min(end, start + step + len(delimiter) + 2))
        if line >= 0:
            return line + 2
        start = mail.find(b"-", start + step, end) - 2
        if start < 0:
            break
    return -1
