"""Following the table: what changed is filed and signed, and the conversations it belongs to are told anew.

What proves comes first: a page that cannot be made keeps no entry and no checkpoint from being written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from parley.archive.chain import canonical, digest, link_hash
from parley.archive.checkpoints import Statement, batch_root, checkpoints
from parley.archive.keys import checkpoint_key
from parley.archiving.filing import file_attachments, file_entry, is_final, went_out_from
from parley.archiving.healing import Change, heal, key_of
from parley.archiving.outside import Outside
from parley.archiving.transcribe import transcribe
from parley.conversation.aliases import ConversationId
from parley.conversation.messages import Message
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
    by_conversation: dict[ConversationId, list[Change]] = {}
    for change in changes:
        if change.conversation is not None and is_final(change):
            by_conversation.setdefault(change.conversation, []).append(change)
    entries, statements, told = 0, [], 0
    histories: dict[ConversationId, Sequence[Change]] = {}
    failed: list[tuple[ConversationId, str]] = []
    for conversation, changed in by_conversation.items():
        try:
            for change in changed:
                _file(change, outside)
                entries += 1
            everything = sorted(outside.history.of(conversation), key=lambda each: each.seq)
            heal(
                conversation,
                everything,
                outside.entries,
                outside.filed,
                outside.clock,
                partial(_file, outside=outside),
            )
            statements.append(_statement(conversation, everything, outside.clock.now()))
            histories[conversation] = everything
        except Exception as error:  # Whatever it is: the others go on, and this one comes again.
            failed.append((conversation, type(error).__name__))
    _sign(statements, outside)
    for conversation, history in histories.items():
        is_new = any(change.seq == 1 for change in by_conversation[conversation])
        try:
            transcribe(conversation, history, outside, is_new=is_new)
            told += 1
        except Exception as error:  # As above.
            failed.append((conversation, type(error).__name__))
    return Followed(entries, told, tuple(failed))


def _file(change: Change, outside: Outside) -> None:
    file_entry(change, outside.archive)
    outside.filed.add(key_of(change))
    folder = went_out_from(change)
    if isinstance(change, Message) and folder:
        try:
            file_attachments(change, folder, outside.archive)
        except NoSuchObjectError:
            return  # Erased since: there is nothing left to lay beside it.


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
