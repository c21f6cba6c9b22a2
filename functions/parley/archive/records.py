"""Records: what a link of the chain tells of, in ids, codes and numbers. No mailbox, name, subject or text.

A record is committed to by its link and lies open in the entry, which can never be rewritten. Its canonical
JSON is what is hashed.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Final

from parley.archive.chain import canonical

VERSION = 1
CODE: Final = "^[a-z0-9][a-z0-9_-]{0,63}$"
"""The form of codes, and of the names of rules."""
PLACE: Final = "^[A-Za-z0-9:._-]{0,160}$"
"""The form of a finding's place: the deepest part is named by 20 numbers."""
FACT_NAME: Final = "^[a-z][a-z0-9_-]{0,31}$"
FACT_VALUE: Final = "^[A-Za-z0-9 #._:/+=-]{0,65536}$"
"""The form of a fact: ids, codes and times. No mailbox can be written with these characters."""


class EventKind(StrEnum):
    """What can happen to a conversation besides a mail.

    outcome: a message ended otherwise than its record intended, or than its release did. release-asked: a
    reviewer wants a held message to go. released: it was composed for that and goes. refused: a reviewer does
    not let it go. hold-placed, hold-lifted: nothing of the conversation may be erased, or may be again.
    note: a reviewer wrote something down. exported: a bundle of evidence is made, of all that was chained
    before. erased: contents and salts of all earlier links are gone, or of one
    message and the events about it. opted-out: by policy, the recipient who complained of a mail is sent no
    more. The others are what SES told of a relayed mail's delivery.
    """

    OUTCOME = "outcome"
    RELEASE_ASKED = "release-asked"
    RELEASED = "released"
    REFUSED = "refused"
    EXPIRED = "expired"
    HOLD_PLACED = "hold-placed"
    HOLD_LIFTED = "hold-lifted"
    NOTE = "note"
    EXPORTED = "exported"
    ERASED = "erased"
    SENT = "sent"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    REJECTED = "rejected"
    COMPLAINED = "complained"
    OPTED_OUT = "opted-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """author_role: None where the author is not proved. outcome: the state that was decided on when the
    message was claimed. screening: the policy's version, the rules that hit and missed, the findings."""

    author_role: str | None
    recipient_role: str
    outcome: str
    codes: tuple[str, ...]
    screening: Mapping[str, object]

    def to_json(self) -> str:
        return canonical(asdict(self) | {"kind": "message", "version": VERSION})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """message: the one that it concerns, None for the conversation as a whole. facts: further ids, codes and
    numbers; their names and values stand in docs/archive.md.

    Raises ValueError for a fact of another form than `FACT_NAME` and `FACT_VALUE`: its entry could never be
    written, and it could be personal.
    """

    kind: EventKind
    message: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.facts.items():
            if not _fits(FACT_NAME, name) or not _fits(FACT_VALUE, str(value)):
                raise ValueError(f"the fact {name[:32]!r} is no id, code or number")

    def to_json(self) -> str:
        return canonical(asdict(self) | {"version": VERSION})


def fitting_place(place: str) -> str:
    """A finding's place, "" for one that is not of the form `PLACE`."""
    return place if _fits(PLACE, place) else ""


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None
