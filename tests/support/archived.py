"""A conversation as it lies in the archive, made with the product's own writers, and verified.

archived.message() / .event(...)    the next link, its entry and its objects
archived.checkpoint()               signs what is there
archived.verdict()                  what verification says
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from parley.archive.belonging import Listed
from parley.archive.chain import Committed, Link, commitments, digest, link_hash
from parley.archive.checkpoints import Checkpoint, Statement, batch_root, checkpoints
from parley.archive.entries import Entry, event_entry, message_entry
from parley.archive.keys import checkpoint_key, entry_key, event_folder, folder, object_key
from parley.archive.records import EventKind, EventRecord, MessageRecord
from parley.archive.verification import Code, Stored, Verdict, verify

CONVERSATION = "c1"
START = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"


def closed_to_nobody(_entry: Entry, _kind: Committed) -> bool:
    return False


@dataclass
class Archived:
    """entries, checkpoints: octets by key. objects: content and salt by key. roots: the signed ones."""

    conversation: str = CONVERSATION
    entries: dict[str, bytes] = field(default_factory=dict)
    checkpoints: dict[str, bytes] = field(default_factory=dict)
    objects: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    roots: set[bytes] = field(default_factory=set)
    tip: str = ""
    seq: int = 0
    pending: dict[str, str] = field(default_factory=dict)
    late: dict[int, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return START + timedelta(minutes=self.seq)

    def message(
        self, outcome: str = "relayed", *, intended: str | None = None, filed: bool = True, done: bool = True
    ) -> str:
        """Returns its id. intended: the record's outcome, if another. filed: whether relayed mail and content
        were kept. done: whether it has its outcome; else its entry comes with `finish`."""
        place, meant = self.seq + 1, intended or outcome
        identity = f"m{place}"
        record = MessageRecord(
            author_role="buyer",
            recipient_role="seller",
            outcome=meant,
            codes=("protected-masked",),
            screening={"policy": "default-1", "hits": [], "misses": ["spam"], "findings": []},
        ).to_json()
        contents = {Committed.ORIGINAL: f"original {place}".encode()}
        if meant == "relayed":
            contents[Committed.RELAYED] = f"relayed {place}".encode()
            contents[Committed.CONTENT] = f"content {place}".encode()
        where = folder(self.conversation, place, self.now, "buyer-to-seller", identity)
        link, salt = self._link(identity, record, contents, where, filed=filed)
        raw = message_entry(
            link,
            record,
            salt,
            outcome=outcome,
            codes=("composition-changed",) if intended else ("protected-masked",),
            folder=where,
            outgoing_message_id=f"{identity}@eu-west-1.amazonses.com" if outcome == "relayed" else None,
        )
        self._file(identity, raw, link, done=done)
        return identity

    def event(
        self,
        kind: EventKind,
        *,
        message: str | None = None,
        facts: Mapping[str, str | int] | None = None,
        content: bytes | None = None,
    ) -> str:
        identity = f"e{self.seq + 1}"
        record = EventRecord(kind=kind, message=message, facts=facts or {}).to_json()
        where = event_folder(self.conversation, self.now, kind, identity) if content is not None else ""
        contents = {} if content is None else {Committed.CONTENT: content}
        link, salt = self._link(identity, record, contents, where, filed=True)
        self._file(identity, event_entry(link, record, salt, folder=where), link, done=True)
        return identity

    def finish(self, seq: int) -> None:
        key, raw = self.late.pop(seq)
        self.entries[key] = raw
        del self.pending[str(seq)]

    def checkpoint(self) -> str:
        statement = self.statement()
        root = batch_root([statement])
        (made,) = checkpoints([statement], KEY, b"signature")
        self.roots.add(root)
        key = checkpoint_key(self.conversation, self.seq, f"{len(self.checkpoints):064x}"[::-1])
        self.checkpoints[key] = made.to_bytes()
        return key

    def statement(self) -> Statement:
        return Statement(
            conversation=self.conversation,
            count=self.seq,
            tip=self.tip,
            pending=dict(self.pending),
            at=self.now.isoformat(),
        )

    def erase(self, until: int) -> None:
        """The objects of all links before `until`."""
        for seq in range(1, until):
            for key in [key for key in self.objects if f"/{seq:04d}_" in key or f"_e{seq}." in key]:
                del self.objects[key]

    def verdict(
        self,
        may_be_closed: Callable[[Entry, Committed], bool] = closed_to_nobody,
        *,
        listed: Listed | None = None,
        disturbed: Mapping[str, Code] = MappingProxyType({}),
        now: datetime | None = None,
    ) -> Verdict:
        return verify(
            self.conversation,
            sorted(self.entries.items()),
            sorted(self.checkpoints.items()),
            self.stored,
            self.is_signed,
            may_be_closed=may_be_closed,
            listed=listed,
            disturbed=disturbed,
            now=now,
        )

    def stored(self, key: str) -> Stored | None:
        found = self.objects.get(key)
        return None if found is None else Stored(digest(found[0]), found[1])

    def is_signed(self, checkpoint: Checkpoint) -> bool:
        return checkpoint.root in self.roots

    def faults(self) -> list[tuple[int, str]]:
        return [(fault.seq, str(fault.code)) for fault in self.verdict().faults]

    def entry(self, seq: int) -> str:
        """The key of the entry at a place."""
        return next(key for key in self.entries if f"/{seq:04d}_" in key)

    def _link(
        self, identity: str, record: str, contents: Mapping[Committed, bytes], where: str, *, filed: bool
    ) -> tuple[str, str]:
        committed = {Committed.RECORD: record.encode("ascii"), **contents}
        salts = {kind: digest(f"{identity} {kind}".encode())[:32] for kind in committed}
        link = Link(
            conversation=self.conversation,
            seq=self.seq + 1,
            previous=self.tip,
            id=identity,
            at=self.now.isoformat(),
            commitments=commitments(salts, committed),
        ).to_json()
        for kind, content in contents.items():
            if filed or kind is Committed.ORIGINAL:
                self.objects[object_key(where, kind)] = (content, salts[kind])
        return link, salts[Committed.RECORD]

    def _file(self, identity: str, raw: bytes, link: str, *, done: bool) -> None:
        self.seq, self.tip = self.seq + 1, link_hash(link)
        key = entry_key(self.conversation, self.seq, identity)
        if done:
            self.entries[key] = raw
        else:
            self.pending[str(self.seq)] = self.tip
            self.late[self.seq] = (key, raw)
