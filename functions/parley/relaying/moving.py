"""A first contact that a reviewer releases: from its contact alias's intake into a conversation of its own.

The conversation that it opens begins with it. So the mail becomes a message there too, held, with a link of
its own that commits to the original; the link after it names the intake's link, and its release goes on in
that conversation, whose transcript, export, threads and erasure then have it like any other mail. Each step
can be made again: the message's id, and the event's, derive from the intake's message.
"""

import json
from dataclasses import replace
from datetime import UTC

from parley.archive.chain import SALT_BITS, Committed, Link, commitments, link_hash
from parley.archive.keys import direction, folder
from parley.archive.records import EventKind, MessageRecord
from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.conversations import Head
from parley.conversation.messages import UNDECIDED, Message, MessageId, State, message_id
from parley.relaying.arrival import Arrival
from parley.relaying.claim import head_after
from parley.relaying.events import MAX_TRIES, record_event
from parley.relaying.filing import file_content
from parley.relaying.outside import Outside
from parley.relaying.ports import AlreadyClaimedError, BusyError, HeadMovedError

_KINDS = (Committed.RECORD, Committed.ORIGINAL)


def moved_id(message: Message, conversation: ConversationId) -> MessageId:
    """The id of an intake's message in the conversation that it opens."""
    return message_id(message.receipt_id, AliasId(f"{message.alias}\n{conversation}"))


def move(message: Message, arrival: Arrival, outside: Outside) -> Message:
    """The intake's message in the conversation of `arrival`, which has its id there: held, or as it stands if
    it was moved before. Raises `ConversationGoneError` or `BusyError` ("conversation-busy")."""
    salts = tuple((str(kind), f"{outside.entropy.bits(SALT_BITS):032x}") for kind in _KINDS)
    for _ in range(MAX_TRIES):
        head = outside.history.head(arrival.conversation.id)
        moved = _moved(message, arrival, head, salts)
        try:
            outside.messages.claim(moved, before=head, after=head_after(head, moved))
        except AlreadyClaimedError as claimed:
            return claimed.message
        except HeadMovedError:
            continue
        return moved
    raise BusyError("conversation-busy")


def ask_again(message: Message, moved: Message, arrival: Arrival, outside: Outside) -> Message:
    """Keeps the original in the moved message's folder and chains what the reviewer asked for at the intake,
    once; returns the message as it is then, releasing if it was held until now."""
    if moved.conversation is None or moved.state not in UNDECIDED:
        return moved
    file_content(moved, Committed.ORIGINAL, arrival.raw, outside.archive)
    if moved.state is not State.HELD:
        return moved
    releasing = replace(moved, state=State.RELEASING, sendings=0)
    asked = record_event(
        moved.conversation,
        EventKind.RELEASE_ASKED,
        outside,
        message=moved.id,
        facts={
            "intake": message.conversation or "",
            "first": message.id,
            "first-link": link_hash(message.link or ""),
        },
        event_id=f"{moved.id}-asked",
        step=(moved, releasing),
    )
    # Asked before, it was held again by what followed: a reviewer decides on it where it is now.
    return moved if asked is None else releasing


def _moved(message: Message, arrival: Arrival, after: Head, salts: tuple[tuple[str, str], ...]) -> Message:
    there, to = arrival.conversation.id, arrival.alias.stands_for
    record = MessageRecord(
        author_role=message.author_role,
        recipient_role=to,
        outcome=State.HELD,
        codes=message.codes,
        screening=json.loads(message.record or "{}").get("screening", {}),
    ).to_json()
    committed = {Committed.RECORD: record.encode("ascii"), Committed.ORIGINAL: arrival.raw}
    link = Link(
        conversation=there,
        seq=after.seq + 1,
        previous=after.tip,
        id=arrival.message_id,
        at=message.received_at.astimezone(UTC).isoformat(),
        commitments=commitments(dict(salts), committed),
    )
    return Message(
        id=arrival.message_id,
        receipt_id=message.receipt_id,
        alias=message.alias,
        received_at=message.received_at,
        state=State.HELD,
        codes=message.codes,
        conversation=there,
        seq=link.seq,
        author_role=message.author_role,
        author_message_id=message.author_message_id,
        author_domain=message.author_domain,
        fingerprint=message.fingerprint,
        automatic=message.automatic,
        link=link.to_json(),
        record=record,
        folder=folder(
            there, link.seq, message.received_at, direction(message.author_role, to), arrival.message_id
        ),
        salts=salts,
    )
