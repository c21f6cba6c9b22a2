"""The message that a decision makes, with its place in the conversation and its link of the chain. Pure."""

import json
from collections.abc import Mapping
from datetime import UTC

from parley.archive.chain import Committed, Link, commitments, link_hash
from parley.archive.content import content_of
from parley.archive.keys import direction, folder
from parley.archive.records import MessageRecord, fitting_place
from parley.conversation.conversations import Head
from parley.conversation.messages import Lease, Message, State
from parley.conversation.opting import with_mail
from parley.relaying.arrival import Arrival
from parley.relaying.decide import Decision, Relay, Stop

MAX_FINDINGS = 100
"""How many findings a record lists; the codes stand there in any case."""


def head_after(before: Head, message: Message) -> Head:
    """The head of the conversation once the message, made behind `before`, is claimed."""
    return Head(message.seq, link_hash(message.link or ""), with_mail(before.wishes, message))


def contents_of(raw: bytes, decision: Decision) -> dict[Committed, bytes]:
    """What the message's link commits to besides its record, in the order in which it is kept."""
    if not isinstance(decision.outcome, Relay):
        return {Committed.ORIGINAL: raw}
    outgoing = decision.outcome.outgoing
    return {
        Committed.ORIGINAL: raw,
        Committed.RELAYED: outgoing,
        Committed.CONTENT: content_of(outgoing),
    }


def new_message(
    arrival: Arrival,
    receipt_id: str,
    decision: Decision,
    contents: Mapping[Committed, bytes],
    *,
    after: Head,
    lease: Lease,
    salts: tuple[tuple[str, str], ...],
    policy: str,
    named: tuple[str, ...] = (),
) -> Message:
    """The message to claim. contents: what `contents_of` gave. salts: one of each kind of `Committed`.
    policy: its version. named: what `named_hashes` found."""
    role = arrival.author_role if decision.admitted else None
    record = MessageRecord(
        author_role=role,
        recipient_role=arrival.alias.stands_for,
        outcome=_intended(decision),
        codes=decision.codes,
        screening=_screening(decision, policy),
    ).to_json()
    committed = {Committed.RECORD: record.encode("ascii"), **contents}
    link = Link(
        conversation=arrival.conversation.id,
        seq=after.seq + 1,
        previous=after.tip,
        id=arrival.message_id,
        at=arrival.received_at.astimezone(UTC).isoformat(),
        commitments=commitments(dict(salts), committed),
    )
    return Message(
        id=arrival.message_id,
        receipt_id=receipt_id,
        alias=arrival.alias.id,
        received_at=arrival.received_at,
        state=State.RECEIVED,
        codes=decision.codes,
        conversation=arrival.conversation.id,
        seq=link.seq,
        author_role=role,
        lease=lease,
        author_message_id=decision.author_message_id,
        fingerprint=decision.fingerprint,
        author_domain=decision.author_domain,
        automatic=decision.automatic,
        link=link.to_json(),
        record=record,
        folder=folder(
            arrival.conversation.id,
            link.seq,
            arrival.received_at,
            direction(role, arrival.alias.stands_for),
            arrival.message_id,
        ),
        salts=salts,
        author_hash=named[0] if named else None,
        named_hashes=named[1:],
    )


def is_as_claimed(message: Message, decision: Decision, contents: Mapping[Committed, bytes]) -> bool:
    """Whether a decision made anew is the one that the message's link tells of. What was found on the way may
    differ: it is recorded as it was found first."""
    claimed = json.loads(message.link or "")["commitments"]
    again = commitments(dict(message.salts), contents)
    return bool(
        json.loads(message.record or "")["outcome"] == _intended(decision)
        and message.codes == decision.codes
        and claimed == {**again, Committed.RECORD: claimed[Committed.RECORD]}
    )


def _intended(decision: Decision) -> State:
    return decision.outcome.state if isinstance(decision.outcome, Stop) else State.RELAYED


def _screening(decision: Decision, policy: str) -> dict[str, object]:
    return {
        "policy": policy,
        "hits": decision.screening.hits,
        "misses": decision.screening.misses,
        "findings": [
            [f.code, f.severity, fitting_place(f.place), f.count] for f in decision.findings[:MAX_FINDINGS]
        ],
    }
