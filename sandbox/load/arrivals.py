"""What SES's stand-in delivers: each mail into a file, its message, mailbox and time into memory."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

_HEADER_LIMIT = 256 * 1024
_MESSAGE = re.compile(rb"^X-Parley-Message: (\S+)\r$", re.MULTILINE)
_NOTICE = re.compile(rb"^Auto-Submitted: auto-replied\r$", re.MULTILINE)
UNMARKED = ""
"""Stands for the message of a mail that does not name one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """message: its X-Parley-Message. is_notice: it tells an author what became of a mail, for no other mail
    of a load is automatic. at: monotonic seconds."""

    message: str
    is_notice: bool
    mailbox: str
    at: float
    file: Path


class Arrivals:
    """The recipients' side, in a folder: the mails are too many and too large for memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.all: list[Arrival] = []

    def take(self, mailbox: str, raw: bytes) -> bool:
        """A `sandbox.ses.ports.Deliver`, called from one thread."""
        at = time.monotonic()
        head = raw[: raw.find(b"\r\n\r\n", 0, _HEADER_LIMIT) + 2]
        found = _MESSAGE.search(head)
        message = found[1].decode("ascii", "replace") if found else UNMARKED
        file = self._folder / f"{len(self.all)}.eml"
        file.write_bytes(raw)
        self.all.append(Arrival(message, _NOTICE.search(head) is not None, mailbox, at, file))
        return True
