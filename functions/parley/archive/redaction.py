"""What one party saw of a conversation: the mails that reached it, and its own as it wrote them.

Of its own messages the party may also know the record: what became of them, and why. Of the other party's it
sees what was passed on, never the original; of notes, holds and mail that was kept back, only the links.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

from parley.archive.chain import Committed, digest
from parley.archive.content import ContentError, read_content
from parley.archive.entries import Entry
from parley.archive.outcomes import Told, told_outcomes
from parley.archive.records import EventKind, EventRecord, MessageRecord
from parley.mail.structure import StructureError, read
from parley.mail.text import decode_body
from parley.mail.walk import parts

_SEEN = frozenset((Committed.RELAYED, Committed.CONTENT))
_EVERYTHING = frozenset(Committed)
_RECORD = frozenset((Committed.RECORD,))
_NOTHING: frozenset[Committed] = frozenset()


class NoSuchPartyError(ValueError):
    """The conversation has no party of this role."""


@dataclass(frozen=True, slots=True)
class Share:
    """What of a link is opened. With the record the whole entry is."""

    entry: Entry
    opened: frozenset[Committed]

    @property
    def is_bare(self) -> bool:
        return Committed.RECORD not in self.opened

    @property
    def contents(self) -> list[Committed]:
        """Those that the link commits to, the record excepted."""
        return [
            kind
            for kind in Committed
            if kind in self.opened and kind is not Committed.RECORD and kind in self.entry.link.commitments
        ]


def shares(
    entries: Sequence[Entry], viewer: str | None, *, roles: Collection[str], exported: str = ""
) -> list[Share]:
    """What is opened of each entry, in their order. viewer: a role, None for one from whom nothing is kept.
    entries: of a whole conversation. roles: those that it has a party for. exported: the id of the event that
    records this export, whose record proves the bundle's end.

    A role is a person only where the conversation has a party for it: the attempts in an intake were written
    in the role of a buyer by anybody. Raises `NoSuchPartyError`.
    """
    if viewer is None:
        return [Share(entry, _EVERYTHING) for entry in entries]
    if viewer not in roles:
        raise NoSuchPartyError(viewer)
    recipients = {
        entry.id: entry.record.recipient_role for entry in entries if isinstance(entry.record, MessageRecord)
    }
    own = {
        entry.id
        for entry in entries
        if isinstance(entry.record, MessageRecord) and entry.record.author_role == viewer
    }
    returned, outcomes = _returned(entries), told_outcomes(entries)
    return [
        Share(entry, _RECORD)
        if _is_event(entry, EventKind.EXPORTED, exported)
        else Share(entry, _opened(entry, viewer, own, recipients, returned, outcomes))
        for entry in entries
    ]


def _is_event(entry: Entry, kind: EventKind, id_: str) -> bool:
    return entry.id == id_ and isinstance(entry.record, EventRecord) and entry.record.kind is kind


def _opened(
    entry: Entry,
    viewer: str,
    own: Set[str],
    recipients: Mapping[str, str],
    returned: Set[int],
    outcomes: Mapping[str, Told],
) -> frozenset[Committed]:
    match entry.record:
        case MessageRecord() as record if record.author_role == viewer:
            return frozenset((Committed.RECORD, Committed.ORIGINAL))
        case MessageRecord() as record if record.recipient_role == viewer:
            # The entry alone could say so after somebody had rewritten it.
            went = entry.outcome == outcomes[entry.id].outcome == "relayed"
            return _SEEN if went else _NOTHING
        case EventRecord(kind=EventKind.OUTCOME, message=message) if message in own:
            return _RECORD
        # Whoever reads the bundle must see that something is missing by right.
        case EventRecord(kind=EventKind.ERASED):
            return _RECORD
        case EventRecord(kind=EventKind.RELEASED, message=str(message)):
            went = entry.seq not in returned and recipients.get(message) == viewer
            return _SEEN if went else _NOTHING
    return _NOTHING


def _returned(entries: Sequence[Entry]) -> frozenset[int]:
    """The places of releases whose mail did not go after all: the message's next event says it is held."""
    releases: dict[str, int] = {}
    returned = set()
    for entry in sorted(entries, key=lambda each: each.seq):
        match entry.record:
            case EventRecord(kind=EventKind.RELEASED, message=str(message)):
                releases[message] = entry.seq
            case EventRecord(kind=EventKind.OUTCOME, message=str(message)) if message in releases:
                returned.add(releases.pop(message))
    return frozenset(returned)


def attachments_in(relayed: bytes, content: bytes) -> frozenset[str]:
    """The SHA-256 of each attachment of a mail that went out, as `parley.archive.keys` names them by it.
    content: its content object. Nothing of a mail that cannot be read."""
    try:
        places = {each.place for each in read_content(content).attachments}
        return frozenset(digest(decode_body(part)) for place, part in parts(read(relayed)) if place in places)
    except (ContentError, StructureError):
        return frozenset()
