"""Following the table: what changed is filed and signed, and the conversations it belongs to are told anew.

What proves comes first: neither a page that cannot be made nor the lake keeps an entry or a checkpoint from
being written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from parley.archive.chain import canonical, digest, link_hash
from parley.archive.checkpoints import Statement, batch_root, checkpoints
from parley.archive.keys import checkpoint_key
from parley.archiving.filing import file_attachments, file_entry, is_final, went_out_from
from parley.archiving.healing import Change, heal, key_of
from parley.archiving.lake import Told, rows_of, tell_lake
from parley.archiving.once import Once
from parley.archiving.outside import Outside
from parley.archiving.transcribe import transcribe
from parley.conversation.aliases import ConversationId
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


def follow(changes: Iterable[Change], outside: Outside) -> Followed:
    """Files each change; then makes one signature for the checkpoints of all conversations among them, and
    the transcript of each. One conversation's failure touches no other."""
    outside = replace(outside, conversations=Once(outside.conversations))
    by_conversation: dict[ConversationId, list[Change]] = {}
    for change in changes:
        if change.conversation is not None and is_final(change):
            by_conversation.setdefault(change.conversation, []).append(change)
    entries, statements, told = 0, [], 0
    histories: dict[ConversationId, Sequence[Change]] = {}
    filed: dict[ConversationId, list[Told]] = {}
    failed: list[tuple[ConversationId, str]] = []
    for conversation, changed in by_conversation.items():
        try:
            told_of = [_file(change, outside) for change in changed]
            entries += len(told_of)
            everything = sorted(outside.history.of(conversation), key=lambda each: each.seq)
            filed[conversation] = told_of + _healed(conversation, everything, outside)
            statements.append(_statement(conversation, everything, outside.clock.now()))
            histories[conversation] = everything
        except Exception as error:  # Whatever it is: the others go on, and this one comes again.
            failed.append((conversation, type(error).__name__))
    _sign(statements, outside)
    failed += _fill_lake(histories, filed, outside)
    for conversation, history in histories.items():
        is_new = any(change.seq == 1 for change in by_conversation[conversation])
        try:
            transcribe(conversation, history, outside, is_new=is_new)
            told += 1
        except Exception as error:  # As above.
            failed.append((conversation, type(error).__name__))
    return Followed(entries, told, tuple(dict.fromkeys(failed)))


def _fill_lake(
    histories: Mapping[ConversationId, Sequence[Change]],
    filed: Mapping[ConversationId, Sequence[Told]],
    outside: Outside,
) -> list[tuple[ConversationId, str]]:
    """Returns the conversations whose rows could not be told."""
    rows: dict[ConversationId, list[Row]] = {}
    failed = []
    for conversation, history in histories.items():
        try:
            rows[conversation] = rows_of(filed[conversation], history, outside)
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
    for checkpoint in checkpoints(statements, signature.key, signature.octets):
        statement = checkpoint.statement
        # Whoever does this again states the same at another time: the first checkpoint of it stays.
        told = digest(canonical(asdict(statement) | {"at": ""}).encode("ascii"))
        key = checkpoint_key(statement.conversation, statement.count, told)
        outside.archive.put(key, checkpoint.to_bytes(), media_type="application/json", metadata={})
