"""One message, told from its record, its events and its stored objects, whatever its mail is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parley.archive.chain import Committed, digest
from parley.archive.content import ContentError, read_content
from parley.archive.keys import ORIGINAL, RELAYED, content_key
from parley.archive.readable import Readable
from parley.archive.records import EventKind
from parley.archive.transcript.differences import KINDS, differences
from parley.archive.transcript.happenings import DELIVERIES, parsed
from parley.archive.transcript.mails import Original, Shown
from parley.archive.transcript.markup import marker
from parley.archive.transcript.messages import Found, Happening, Kind, Told
from parley.archive.transcript.originals import original_of, parts_of, verdicts
from parley.archive.transcript.room import NotShownError, Room
from parley.archive.transcript.seen import Album, Look, seen, seen_in_content
from parley.archive.transcript.shares import shares_in
from parley.archive.transcript.veil import Veil
from parley.conversation.aliases import AliasId
from parley.conversation.messages import Message, State
from parley.conversation.parties import Role
from parley.mail.structure import StructureError

Stored = Callable[[str], bytes | None]
MaskOriginal = Callable[[Message, bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """stands_for: alias → role of the party that mail to it reaches. aliases: mailboxes at the relay domain.
    erased_until: contents of links before this place were erased; 0 if none were. unread: ids of messages
    that are listed alone (`unread_of`)."""

    conversation: str
    stands_for: Mapping[AliasId, Role]
    aliases: tuple[str, ...]
    veil: Veil
    stored: Stored
    mask_original: MaskOriginal
    erased_until: int
    with_originals: bool
    album: Album
    unread: frozenset[str]
    room: Room

    def tell(self, message: Message, events: Sequence[tuple[Happening, str]]) -> Told:
        """events: those that concern the message, each with the folder of its content."""
        record, happened = parsed(message.record), [each for each, _ in events]
        findings = _findings(record)
        passed_at = _passed_at(message, happened)
        is_read = bool(message.folder) and message.id not in self.unread
        original = self.stored(message.folder + ORIGINAL) if is_read else None
        # What was released later may lie with the event that released it.
        own = (message.folder, message.released)
        folders = [each for each in (*own, *(folder for _, folder in events)) if each and is_read]
        relayed_key, relayed = self._relayed(folders)
        look, is_passed = self._look(message, findings), passed_at is not None
        is_erased = message.seq < self.erased_until or any(e.kind == EventKind.ERASED for e in happened)
        shown, seen_as, problem = self._shown(
            message, original, relayed, folders, look, is_passed=is_passed, is_erased=is_erased
        )
        if shown is None and message.folder and not is_read:
            problem = "one-of-many"
        return Told(
            seq=message.seq,
            id=message.id,
            received_at=message.received_at,
            author=message.author_role,
            recipient=self._recipient(message, record),
            automatic=message.automatic,
            state=message.state,
            intended=str(record.get("outcome", "")),
            codes=message.codes,
            policy=str(_screening(record).get("policy", "")),
            rules=sum(len(_screening(record).get(name) or ()) for name in ("hits", "misses")),
            verdicts=verdicts(original) if original is not None else (),
            findings=findings,
            differences=differences(findings),
            changes=tuple(each for each in happened if each.kind not in DELIVERIES),
            deliveries=tuple(each for each in happened if each.kind in DELIVERIES),
            passed_at=passed_at,
            shown=shown,
            problem=problem,
            original=self._original(original, seen_as),
            original_digest=digest(original) if original is not None else "",
            original_commitment="" if is_read else _commitment(message),
            original_key=message.folder + ORIGINAL if message.folder else "",
            relayed_key=relayed_key if relayed is not None and is_passed else "",
            shares=_shares(shown),
            parts=parts_of(original) if original is not None and findings else {},
        )

    def _recipient(self, message: Message, record: Mapping[str, Any]) -> Role:
        known = record.get("recipient_role")
        return Role(known) if known in tuple(Role) else self.stands_for.get(message.alias, Role.SELLER)

    def _look(self, message: Message, findings: Sequence[Found]) -> Look:
        contacts = any(KINDS.get(found.code) is Kind.CONTACT for found in findings)
        marks = marker(self.aliases, contacts=contacts)
        return Look(self.conversation, message.seq, self.veil, marks, self.album)

    def _relayed(self, folders: Sequence[str]) -> tuple[str, bytes | None]:
        for folder in folders:
            if (relayed := self.stored(folder + RELAYED)) is not None:
                return folder + RELAYED, relayed
        return "", None

    def _shown(
        self,
        message: Message,
        original: bytes | None,
        relayed: bytes | None,
        folders: Sequence[str],
        look: Look,
        *,
        is_passed: bool,
        is_erased: bool,
    ) -> tuple[Shown | None, bytes | None, str]:
        """What is shown, the mail that it was read from, and the code of what hinders it."""
        try:
            if relayed is not None:
                return seen(relayed, look, self._content(folders), went_out=is_passed), relayed, ""
            if is_passed and (content := self._content(folders)) is not None:
                return seen_in_content(content, look), None, ""
            if is_passed or original is None:
                return None, None, "erased" if is_erased else "object-missing"
            if not self.with_originals:
                self.room.take(len(original), is_proved=message.author_role is not None)
            masked = self.mask_original(message, original)
            return seen(masked, look), masked, ""
        except NotShownError as error:
            return None, None, error.code
        except StructureError as error:
            return None, None, error.defect
        except Exception:  # A mail that brings a reader down is told as such; all others are shown.
            return None, None, "not-rendered"

    def _content(self, folders: Sequence[str]) -> Readable | None:
        for folder in folders:
            if (raw := self.stored(content_key(folder))) is not None:
                try:
                    return read_content(raw)
                except ContentError:
                    continue  # Another kind of content, such as the reason of a release.
        return None

    def _original(self, original: bytes | None, seen_as: bytes | None) -> Original | None:
        if not self.with_originals or original is None:
            return None
        try:
            return original_of(original, seen_as)
        except Exception:  # As above: its hash and its path are told in any case.
            return None


def _commitment(message: Message) -> str:
    commitments = parsed(message.link).get("commitments")
    return str(commitments.get(Committed.ORIGINAL, "")) if isinstance(commitments, dict) else ""


def _passed_at(message: Message, happened: Sequence[Happening]) -> datetime | None:
    if message.state is State.RELAYED:
        return message.received_at
    if message.state is State.RELEASED:
        released = [each for each in happened if each.kind == EventKind.RELEASED]
        if any(name == "opened" for each in released for name, _ in each.facts):
            return None  # It was passed on in the conversation that it opened, and is told of there.
        return released[-1].at if released else message.received_at
    return None


def _screening(record: Mapping[str, Any]) -> Mapping[str, Any]:
    screening = record.get("screening")
    return screening if isinstance(screening, dict) else {}


def _findings(record: Mapping[str, Any]) -> tuple[Found, ...]:
    return tuple(_found(record))


def _found(record: Mapping[str, Any]) -> Iterator[Found]:
    for each in _screening(record).get("findings") or ():
        match each:
            case [str(code), str(severity), str(place), int(count)]:
                yield Found(code, severity, place, count)


def _shares(shown: Shown | None) -> tuple[str, ...]:
    if shown is None:
        return ()
    texts = (text for each in shown.passages for text in (each.text, each.also, *each.links))
    return shares_in("\n".join((*texts, *shown.others)))
