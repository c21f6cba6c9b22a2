"""Following the table: what changed is filed and signed, and the conversations it belongs to are told anew.

What proves comes first: neither a page that cannot be made nor the lake keeps an entry or a checkpoint from
being written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from parley.archive.chain import canonical, digest, link_hash
from parley.archive.checkpoints import Checkpoint, Statement, batch_root, checkpoints
from parley.archive.keys import checkpoint_key
from parley.archive.records import EventKind
from parley.archiving.ahead import some_at_once
from parley.archiving.filing import file_attachments, file_entry, is_final, went_out_from
from parley.archiving.healing import Change, heal, key_of
from parley.archiving.lake import Told, rows_of, tell_lake
from parley.archiving.memory import Remembering
from parley.archiving.once import Once
from parley.archiving.outside import Outside
from parley.archiving.transcribe import transcribe
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.lake.rows import Row
from parley.relaying.ports import NoSuchObjectError


@dataclass(frozen=True, slots=True)
class Followed:
    """entries: how many were filed. conversations: how many were told anew. failed: the conversations whose
    changes must come again, with the type of the error."""

    entries: int
    conversations: int
    failed: tuple[tuple[ConversationId, str], ...]


@dataclass(frozen=True, slots=True)
class _Settled:
    """A conversation whose entries are filed. told: what was filed. everything: its history. outside: through
    which its page is made."""

    told: Sequence[Told]
    everything: Sequence[Change]
    statement: Statement
    outside: Outside


@dataclass(frozen=True, slots=True)
class _Failed:
    cause: str


def follow(changes: Iterable[Change], outside: Outside) -> Followed:
    """Files each change; then makes one signature for the checkpoints of all conversations among them, and
    the transcript of each. Some conversations are worked on at once, and the changes of one in their order.
    One conversation's failure touches no other."""
    outside = replace(outside, conversations=Once(outside.conversations))
    outside.memory.forget_old(outside.clock.now())
    changed: dict[ConversationId, list[Change]] = {}
    for change in changes:
        if change.conversation is not None and is_final(change):
            changed.setdefault(change.conversation, []).append(change)
    done = dict(
        zip(changed, some_at_once(lambda each: _settle(*each, outside), changed.items()), strict=True)
    )
    settled = {each: made for each, made in done.items() if isinstance(made, _Settled)}
    failed = [(each, made.cause) for each, made in done.items() if isinstance(made, _Failed)]
    _sign([each.statement for each in settled.values()], outside)
    failed += _fill_lake(settled, outside)

    def transcribed(conversation: ConversationId) -> _Failed | None:
        return _transcribe(conversation, settled[conversation])

    pages = dict(zip(settled, some_at_once(transcribed, settled), strict=True))
    failed += [(each, made.cause) for each, made in pages.items() if made is not None]
    told = sum(made is None for made in pages.values())
    entries = sum(len(made.told) for made in settled.values())
    return Followed(entries, told, tuple(dict.fromkeys(failed)))


def _settle(conversation: ConversationId, changed: Sequence[Change], outside: Outside) -> _Settled | _Failed:
    """All of a conversation that proves, but for its signature."""
    try:
        # Whether what it needs was erased meanwhile is asked each time; the page need not read it again.
        filing = _through_memory(outside, trusts=False)
        told = [_file(change, filing) for change in changed]
        everything = sorted(outside.history.of(conversation), key=lambda each: each.seq)
        told += _healed(conversation, everything, filing)
        statement = _statement(conversation, everything, outside.clock.now())
        return _Settled(told, everything, statement, _remembering(conversation, everything, outside))
    except Exception as error:  # Whatever it is: the others go on, and this one comes again.
        return _Failed(type(error).__name__)


def _remembering(conversation: ConversationId, everything: Sequence[Change], outside: Outside) -> Outside:
    """For the page: what was read lately is not read again, unless something of it was erased."""
    if any(isinstance(each, Event) and each.kind == EventKind.ERASED for each in everything):
        outside.memory.forget(conversation)
        return outside
    return _through_memory(outside, trusts=True)


def _through_memory(outside: Outside, *, trusts: bool) -> Outside:
    archive = Remembering(outside.archive, outside.memory, outside.clock.now(), trusts)
    return replace(outside, archive=archive)


def _transcribe(conversation: ConversationId, settled: _Settled) -> _Failed | None:
    is_new = any(each.change.seq == 1 for each in settled.told)
    try:
        transcribe(conversation, settled.everything, settled.outside, is_new=is_new)
    except Exception as error:  # As above.
        return _Failed(type(error).__name__)
    return None


def _fill_lake(
    settled: Mapping[ConversationId, _Settled], outside: Outside
) -> list[tuple[ConversationId, str]]:
    """Returns the conversations whose rows could not be told."""
    rows: dict[ConversationId, list[Row]] = {}
    failed = []
    for conversation, made in settled.items():
        try:
            rows[conversation] = rows_of(made.told, made.everything, outside)
        except Exception as error:  # Whatever it is: the batch comes again.
            failed.append((conversation, type(error).__name__))
    try:
        tell_lake([row for each in rows.values() for row in each], outside)
    except Exception as error:  # As above; entries and checkpoints are there already.
        failed += [(conversation, type(error).__name__) for conversation in rows]
    return failed


def _file(change: Change, outside: Outside) -> Told:
    file_entry(change, outside.archive)
    outside.filed.add(key_of(change))
    folder = went_out_from(change)
    if isinstance(change, Message) and folder:
        try:
            return Told(change, file_attachments(change, folder, outside.archive))
        except NoSuchObjectError:
            return Told(change)  # Erased since: there is nothing left to lay beside it.
    return Told(change)


def _healed(conversation: ConversationId, everything: Sequence[Change], outside: Outside) -> list[Told]:
    """What had no entry yet besides the changes themselves, filed."""
    filed: list[Told] = []
    heal(
        conversation,
        everything,
        outside.entries,
        outside.filed,
        outside.clock,
        lambda change: filed.append(_file(change, outside)),
    )
    return filed


def _statement(conversation: ConversationId, everything: Sequence[Change], now: datetime) -> Statement:
    tip = everything[-1]
    return Statement(
        conversation=conversation,
        count=tip.seq,
        tip=link_hash(tip.link or ""),
        pending={str(each.seq): link_hash(each.link or "") for each in everything if not is_final(each)},
        at=now.isoformat(),
    )


def _sign(statements: Sequence[Statement], outside: Outside) -> None:
    if not statements:
        return
    signature = outside.signer.sign(batch_root(statements))
    made = list(checkpoints(statements, signature.key, signature.octets))
    some_at_once(lambda checkpoint: _keep(checkpoint, outside), made)


def _keep(checkpoint: Checkpoint, outside: Outside) -> None:
    statement = checkpoint.statement
    # Whoever does this again states the same at another time: the first checkpoint of it stays.
    told = digest(canonical(asdict(statement) | {"at": ""}).encode("ascii"))
    key = checkpoint_key(statement.conversation, statement.count, told)
    outside.archive.put(key, checkpoint.to_bytes(), media_type="application/json", metadata={})
