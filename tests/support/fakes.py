"""The ports in memory. They pass the same contract tests as the adapters on AWS (tests/unit/stores).

`Memory` is what a table would hold; a directory and a record of messages over the same memory see each
other's writes. Safe to use from several threads.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from parley.conversation.aliases import Alias, AliasId, ConversationId
from parley.conversation.conversations import Conversation, ConversationView, Head, Hold
from parley.conversation.events import Event, EventId
from parley.conversation.mailboxes import index_form
from parley.conversation.messages import (
    IN_WORK,
    Lease,
    Message,
    MessageId,
    State,
    check_kept_or_next,
    check_transition,
)
from parley.conversation.parties import Party, PartyId
from parley.mail.address import Mailbox
from parley.relaying.ports import (
    AlreadyClaimedError,
    AlreadyExistsError,
    BusyError,
    ConversationGoneError,
    HeadMovedError,
    HeldAsWholeError,
    LeaseLostError,
    Listed,
    NoSuchObjectError,
    NoticeClaim,
    Submission,
    Told,
)
from parley.relaying.receipts import possible_ids, whole_id
from parley.relaying.sweep import Round
from parley.stores.notices import MAX_CLAIMS

RECENT_MESSAGES = 50
DAY_SECONDS = 86_400
PAGE = 1_000
"""Objects of the inbox that are listed together."""


@dataclass
class Memory:
    """What the table holds. requests: until when the sweep need not ask for a receipt again."""

    aliases: dict[AliasId, Alias] = field(default_factory=dict)
    heads: dict[ConversationId, tuple[Conversation, Head]] = field(default_factory=dict)
    messages: dict[tuple[str, MessageId], Message] = field(default_factory=dict)
    """By receipt and id: what time a receipt is said to have does not make another message."""
    parties: dict[PartyId, Party] = field(default_factory=dict)
    mailboxes: dict[str, PartyId] = field(default_factory=dict)
    requests: dict[str, datetime] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    events: dict[tuple[ConversationId, EventId], Event] = field(default_factory=dict)
    notices: dict[tuple[str, int], tuple[MessageId, set[str]]] = field(default_factory=dict)
    claims: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)


class FakeDirectory:
    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()

    def alias(self, alias: AliasId) -> Alias | None:
        return self.memory.aliases.get(alias)

    def conversation(self, conversation: ConversationId) -> ConversationView | None:
        with self.memory.lock:
            if conversation not in self.memory.heads:
                return None
            messages = [
                message
                for message in self.memory.messages.values()
                if message.conversation == conversation and message.author_role is not None
            ]
            messages.sort(key=lambda m: (m.received_at, m.id), reverse=True)
            return ConversationView(*self.memory.heads[conversation], tuple(messages[:RECENT_MESSAGES]))

    def alone(self, conversation: ConversationId) -> Conversation | None:
        known = self.memory.heads.get(conversation)
        return None if known is None else known[0]

    def parties(self, ids: Collection[PartyId]) -> Mapping[PartyId, Party]:
        return {each: self.memory.parties[each] for each in ids if each in self.memory.parties}

    def party_of_mailbox(self, mailbox: Mailbox) -> Party | None:
        party = self.memory.mailboxes.get(index_form(mailbox))
        return None if party is None else self.memory.parties[party]

    def author_hash(self, mailbox: Mailbox) -> str:
        return index_form(mailbox)[::-1]

    def register(self, party: Party) -> None:
        with self.memory.lock:
            forms = {index_form(mailbox) for mailbox in party.mailboxes}
            if party.id in self.memory.parties or forms & self.memory.mailboxes.keys():
                raise AlreadyExistsError
            self.memory.parties[party.id] = party
            self.memory.mailboxes.update(dict.fromkeys(forms, party.id))

    def open(self, conversation: Conversation, aliases: Collection[Alias]) -> None:
        with self.memory.lock:
            known = {alias.id for alias in aliases} & self.memory.aliases.keys()
            if conversation.id in self.memory.heads or known:
                raise AlreadyExistsError
            self.memory.heads[conversation.id] = (conversation, Head(0, ""))
            self.memory.aliases.update({alias.id: alias for alias in aliases})


class FakeMessages:
    """looked_up: receipts of which it was asked whether they are attended."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()
        self.looked_up: list[str] = []

    def claim(self, message: Message, *, before: Head, after: Head, told: Told | None = None) -> None:
        if message.conversation is None:
            raise ValueError("a message without a conversation is claimed loosely")
        with self.memory.lock:
            if self._is_claimed(message, told):
                return
            known = self.memory.heads.get(message.conversation)
            if known is None or known[1] != before:
                raise HeadMovedError
            self.memory.heads[message.conversation] = (known[0], after)
            self._put(message, told)

    def claim_loose(self, message: Message, *, told: Told | None = None) -> None:
        with self.memory.lock:
            if not self._is_claimed(message, told):
                self._put(message, told)

    def claim_whole(self, message: Message) -> None:
        with self.memory.lock:
            if not self._is_claimed(message):
                if message.receipt_id in self.memory.told:
                    raise BusyError("told-meanwhile")
                self._put(message, None)

    def withdraw(self, whole: Message) -> None:
        with self.memory.lock:
            stored = self.memory.messages.get(_place(whole))
            if stored is not None and stored.state is not State.HELD:
                raise LeaseLostError(whole.id)
            self.memory.messages.pop(_place(whole), None)

    def note_told(self, receipt_id: str, told: Told, received_at: datetime) -> None:
        self.memory.told[receipt_id] = replace(told, whole=whole_id(receipt_id))

    def told(self, receipt_id: str) -> Told | None:
        return self.memory.told.get(receipt_id)

    def loose(self, receipt_id: str, message: MessageId) -> Message | None:
        stored = self.memory.messages.get((receipt_id, message))
        return stored if stored is not None and stored.conversation is None else None

    def take_over(self, message: Message, lease: Lease) -> Message:
        return self._write(message, replace(message, lease=lease))

    def advance(
        self, message: Message, state: State, *, sendings: int | None = None, release: bool = False
    ) -> Message:
        check_transition(message.state, state)
        counted = message.sendings if sendings is None else sendings
        lease = None if release else message.lease
        return self._write(message, replace(message, state=state, sendings=counted, lease=lease))

    def finish(
        self,
        message: Message,
        state: State,
        *,
        codes: tuple[str, ...],
        outgoing_message_id: str | None = None,
        finished_at: datetime,
    ) -> Message:
        check_transition(message.state, state)
        outgoing = message.outgoing_message_id if outgoing_message_id is None else outgoing_message_id
        finished = replace(message, state=state, codes=codes, outgoing_message_id=outgoing, lease=None)
        return self._write(message, finished)

    def put_down(self, message: Message, *, told: bool) -> Message:
        return self._write(message, replace(message, lease=None, told=told))

    def unattended(
        self, receipt_ids: Collection[str], now: datetime, *, overdue: Collection[str] = ()
    ) -> frozenset[str]:
        self.looked_up += receipt_ids
        with self.memory.lock:
            attended = {receipt_id for receipt_id, _ in self.memory.messages}
            attended -= {each for each in overdue if self._is_unfinished(each)}
            attended |= {receipt_id for receipt_id, until in self.memory.requests.items() if now < until}
        return frozenset(receipt_ids) - attended

    def _is_unfinished(self, receipt_id: str) -> bool:
        made = {each: message for (of, each), message in self.memory.messages.items() if of == receipt_id}
        told = self.memory.told.get(receipt_id)
        recipients = () if told is None else told.recipients
        whole = made.get(whole_id(receipt_id))
        lacking = any(possible_ids(receipt_id, each).isdisjoint(made) for each in recipients)
        is_refused = whole is not None and whole.state is State.REFUSED
        return any(each.state in IN_WORK for each in made.values()) or (lacking and not is_refused)

    def note_request(self, receipt_id: str, until: datetime) -> None:
        self.memory.requests[receipt_id] = until

    def claim_notice(self, subject: str, message: MessageId, now: datetime) -> NoticeClaim | None:
        window = int(now.timestamp() // DAY_SECONDS)
        with self.memory.lock:
            whose, claims = self.memory.notices.setdefault((subject, window), (message, set()))
            if whose != message or len(claims) >= MAX_CLAIMS:
                return None
            self.memory.claims += 1
            claim = NoticeClaim(subject, window, str(self.memory.claims))
            claims.add(claim.name)
            return claim

    def give_back(self, claim: NoticeClaim) -> None:
        self.memory.notices[claim.subject, claim.window][1].discard(claim.name)

    def _put(self, message: Message, told: Told | None) -> None:
        self.memory.messages[_place(message)] = message
        if told is not None:
            self.note_told(message.receipt_id, told, message.received_at)

    def _is_claimed(self, message: Message, told: Told | None = None) -> bool:
        stored = self.memory.messages.get(_place(message))
        if stored is None:
            whole = told and told.whole and self.memory.messages.get((message.receipt_id, told.whole))
            if whole:
                raise HeldAsWholeError(whole)
            return False
        if message.lease is None or stored != message:
            raise AlreadyClaimedError(stored)
        return True

    def _write(self, old: Message, new: Message) -> Message:
        check_kept_or_next(old.state, new.state)
        with self.memory.lock:
            stored = self.memory.messages.get(_place(old))
            # A step is written at the message's key, which holds its time.
            if stored is None or stored.received_at != old.received_at:
                raise LeaseLostError(old.id)
            unchanged = stored.state == old.state and stored.lease == old.lease
            if not unchanged and stored != new:
                raise LeaseLostError(old.id)
            # What SES told of it is no part of any step: another function writes that.
            self.memory.messages[_place(old)] = replace(new, delivery=stored.delivery)
            return new


def _place(message: Message) -> tuple[str, MessageId]:
    return message.receipt_id, message.id


class FakeHistory:
    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()

    def head(self, conversation: ConversationId) -> Head:
        if conversation not in self.memory.heads:
            raise ConversationGoneError(conversation)
        return self.memory.heads[conversation][1]

    def append(
        self,
        event: Event,
        *,
        before: Head,
        after: Head,
        message: tuple[Message, Message] | None = None,
        holds: tuple[Hold, ...] | None = None,
    ) -> None:
        with self.memory.lock:
            place = (event.conversation, event.id)
            if place in self.memory.events:
                if self.memory.events[place] == event:
                    return
                raise AlreadyExistsError
            stored = None
            if message is not None:
                old, new = message
                check_kept_or_next(old.state, new.state)
                stored = self.memory.messages.get(_place(old))
                if stored is None or (stored.state, stored.lease) != (old.state, old.lease):
                    raise LeaseLostError(old.id)
            known = self.memory.heads.get(event.conversation)
            if known is None or known[1] != before:
                raise HeadMovedError
            if holds is not None and known[0].erasing:
                raise HeadMovedError
            conversation = known[0] if holds is None else replace(known[0], holds=holds)
            self.memory.heads[event.conversation] = (conversation, after)
            self.memory.events[place] = event
            if message is not None and stored is not None:
                self.memory.messages[_place(message[1])] = replace(message[1], delivery=stored.delivery)

    def of(self, conversation: ConversationId) -> Iterator[Message | Event]:
        with self.memory.lock:
            found: list[Message | Event] = [
                each for each in self.memory.messages.values() if each.conversation == conversation
            ]
            found += [each for each in self.memory.events.values() if each.conversation == conversation]
        return iter(found)


class FakeInbox:
    """put(key, raw, written_at) is what SES does."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}

    def put(self, key: str, raw: bytes, written_at: datetime | None = None) -> None:
        self.objects[key] = (raw, written_at or datetime.now(UTC))

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise NoSuchObjectError(key)
        return self.objects[key][0]

    def listed(self, after: str) -> Listed:
        behind = [(key, at) for key, (_, at) in sorted(self.objects.items()) if key > after]
        page = tuple(behind[:PAGE])
        return Listed(page, page[-1][0] if len(behind) > PAGE else None)


class FakeRounds:
    def __init__(self) -> None:
        self.round: Round | None = None

    def latest(self) -> Round | None:
        return self.round

    def note(self, round_: Round) -> None:
        self.round = round_


@dataclass(frozen=True, slots=True)
class Kept:
    """An object of the archive."""

    content: bytes
    media_type: str
    metadata: Mapping[str, str]


class FakeArchive:
    def __init__(self) -> None:
        self.objects: dict[str, Kept] = {}

    def put(self, key: str, content: bytes, *, media_type: str, metadata: Mapping[str, str]) -> None:
        self.objects.setdefault(key, Kept(content, media_type, dict(metadata)))

    def listed(self, prefix: str, after: str) -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix) and key > after)

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise NoSuchObjectError(key)
        return self.objects[key].content


def _no_fault(submission: Submission) -> None:
    return None


class FakeMailer:
    """`sent` holds what was taken. `fault` may raise instead; it is asked before each mail is taken."""

    def __init__(self) -> None:
        self.sent: list[Submission] = []
        self.fault: Callable[[Submission], None] = _no_fault
        self._lock = threading.Lock()

    def send(self, submission: Submission) -> str:
        self.fault(submission)
        with self._lock:
            self.sent.append(submission)
            return f"0102019{len(self.sent):09x}-5e5f6a1b-0000-4000-8000-000000000000-000000"


class FakeQueue:
    """behind: whether texts wait in it."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.behind = False

    def is_behind(self) -> bool:
        return self.behind

    def send(self, body: str) -> None:
        self.bodies.append(body)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def pass_by(self, span: timedelta) -> None:
        self._now += span


class FakeEntropy:
    """Counts: different at every call, the same in every run."""

    def __init__(self) -> None:
        self._calls = 0

    def bits(self, count: int) -> int:
        self._calls += 1
        # A multiplicative hash (Knuth, TAOCP 6.4), so that all bits differ, not only the lowest.
        return (self._calls * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << count)
