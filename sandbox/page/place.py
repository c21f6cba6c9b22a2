"""Where one is on the page, as its address says it: which mail is open on either side, and which message."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote, unquote, urlencode

from sandbox.mailboxes.mailboxes import INBOX

_LONGEST = 200
_LONGEST_NUMBER = 10


class Form(StrEnum):
    """Which form is open. EXAMPLE: a new mail with something in it that the relay masks."""

    NONE = ""
    NEW = "new"
    EXAMPLE = "example"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Column:
    """One mailbox: the folder, the mail that is open in it (None: none), the form that is open."""

    folder: str = INBOX
    uid: int | None = None
    form: Form = Form.NONE

    def __str__(self) -> str:
        uid = "" if self.uid is None else str(self.uid)
        return "/".join((quote(self.folder, safe=""), uid, self.form)).rstrip("/")

    @classmethod
    def read(cls, text: str) -> "Column":
        """What `str` wrote; what is no such text counts as the inbox."""
        match = re.fullmatch(r"([^/]+)(?:/(\d{0,9}))?(?:/(new|example|reply))?", text[:_LONGEST])
        if match is None:
            return cls()
        return cls(unquote(match[1]), int(match[2]) if match[2] else None, Form(match[3] or ""))


@dataclass(frozen=True, slots=True)
class Place:
    """columns: by role. message: the number of the message that is open; None for the latest. sent: the role
    whose mail was just sent."""

    columns: tuple[tuple[str, Column], ...]
    message: int | None = None
    sent: str = ""

    @classmethod
    def read(cls, told: Mapping[str, str], roles: Iterable[str]) -> "Place":
        """From the parameters of an address. What makes no sense is left out."""
        seq, sent = told.get("message", ""), told.get("sent", "")
        columns = tuple((role, Column.read(told.get(role, ""))) for role in roles)
        is_number = seq.isascii() and seq.isdecimal() and len(seq) < _LONGEST_NUMBER
        return cls(columns, int(seq) if is_number else None, sent if sent in dict(columns) else "")

    def column(self, role: str) -> Column:
        return next((column for known, column in self.columns if known == role), Column())

    def at(self, role: str, column: Column) -> "Place":
        """Elsewhere in one column; what was just sent is no news any more."""
        changed = tuple((known, column if known == role else other) for known, other in self.columns)
        return replace(self, columns=changed, sent="")

    def at_message(self, seq: int | None) -> "Place":
        return replace(self, message=seq, sent="")

    @property
    def url(self) -> str:
        told = [(role, str(column)) for role, column in self.columns if column != Column()]
        told += [("message", str(self.message))] if self.message is not None else []
        told += [("sent", self.sent)] if self.sent else []
        return f"/?{urlencode(told, safe='/')}" if told else "/"
