"""What one party saw of a conversation: the mails that reached it, and its own as it wrote them.

Of its own messages the party may also know the record: what became of them, and why. Of the other party's it
sees what was passed on, never the original; of notes, holds and mail that was kept back, only the links.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

from parley.archive.chain import Committed, digest
from parley.archive.content import ContentError, read_content
from parley.archive.entries import Entry
from parley.archive.keys import attachment_key
from parley.archive.outcomes import Told, told_outcomes
from parley.archive.records import EventKind, EventRecord, MessageRecord
from parley.mail.structure import StructureError, read
from parley.mail.text import decode_body
from parley.mail.walk import filename, parts

SEEN = frozenset((Committed.RELAYED, Committed.CONTENT))
EVERYTHING = frozenset(Committed)
RECORD = frozenset((Committed.RECORD,))
OWN = frozenset((Committed.RECORD, Committed.ORIGINAL))
NOTHING: frozenset[Committed] = frozenset()


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
        """Those that there are, the record excepted."""
        return [kind for kind in self.entry.contents if kind in self.opened]


def shares(entries: Sequence[Entry], viewer: str | None, *, roles: Collection[str]) -> list[Share]:
    """What is opened of each entry, in their order. viewer: a role, None for one from whom nothing is kept.
    entries: of a whole conversation. roles: those that it has a party for.

    A role is a person only where the conversation has a party for it: the attempts in an intake were written
    in the role of a buyer by anybody. Raises `NoSuchPartyError`.
    """
    if viewer is None:
        return [Share(entry, EVERYTHING) for entry in entries]
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
    return [Share(entry, _opened(entry, viewer, own, recipients, returned, outcomes)) for entry in entries]


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
            return OWN
        case MessageRecord() as record if record.recipient_role == viewer:
            # The entry alone could say so after somebody had rewritten it.
            went = entry.outcome == outcomes[entry.id].outcome == "relayed"
            return SEEN if went else NOTHING
        case EventRecord(kind=EventKind.OUTCOME, message=message) if message in own:
            return RECORD
        # Whoever reads the bundle must see that something is missing by right.
        case EventRecord(kind=EventKind.ERASED):
            return RECORD
        case EventRecord(kind=EventKind.RELEASED, message=str(message)):
            went = entry.seq not in returned and recipients.get(message) == viewer
            return SEEN if went else NOTHING
    return NOTHING


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


def went_out(entries: Sequence[Entry]) -> frozenset[int]:
    """The places of messages and releases whose mail was sent to the other party. entries: with records, of a
    whole conversation; what has none is left out."""
    told, returned = told_outcomes(entries), _returned(entries)
    found = set()
    for entry in entries:
        match entry.record:
            case MessageRecord() if told[entry.id].outcome == "relayed":
                found.add(entry.seq)
            case EventRecord(kind=EventKind.RELEASED) if entry.seq not in returned:
                found.add(entry.seq)
    return frozenset(found)


def has_attachments(content: bytes) -> bool:
    """content: the content object of a mail."""
    try:
        return bool(read_content(content).attachments)
    except ContentError:
        return False


def attachments_in(conversation: str, relayed: bytes, content: bytes) -> frozenset[str]:
    """The keys of the attachments of a mail that was composed. content: its content object. Nothing of a mail
    that cannot be read."""
    try:
        places = {each.place for each in read_content(content).attachments}
        if not places:
            return frozenset()
        found = (part for place, part in parts(read(relayed)) if place in places)
        return frozenset(
            attachment_key(conversation, digest(decode_body(part)), filename(part)) for part in found
        )
    except (ContentError, StructureError):
        return frozenset()
