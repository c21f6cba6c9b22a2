"""The message that a decision makes, with its place in the conversation and its link of the chain. Pure."""

import json
from hashlib import sha256

from parley.archive.chain import Link, commitment
from parley.conversation.conversations import Head
from parley.conversation.messages import Lease, Message, State
from parley.relaying.arrival import Arrival
from parley.relaying.decide import Decision, Relay, Stop

MAX_FINDINGS = 100
"""How many findings a link lists; the codes stand there in any case."""


def new_message(
    arrival: Arrival,
    receipt_id: str,
    decision: Decision,
    *,
    after: Head,
    lease: Lease,
    salts: tuple[tuple[str, str], ...],
    policy: str,
) -> Message:
    """The message to claim. salts: "original" and "relayed" → 32 hex digits. policy: its version."""
    role = arrival.author_role if decision.admitted else None
    link = Link(
        conversation=arrival.conversation.id,
        seq=after.seq + 1,
        previous=after.tip,
        kind="message",
        message=arrival.message_id,
        received_at=arrival.received_at.isoformat(),
        author_role=role,
        recipient_role=arrival.alias.stands_for,
        outcome=_intended(decision),
        codes=decision.codes,
        screening=_screening(decision, policy),
        commitments=_commitments(dict(salts), arrival.raw, decision),
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
        automatic=decision.automatic,
        link=link.to_json(),
        salts=salts,
    )


def is_as_claimed(message: Message, raw: bytes, decision: Decision) -> bool:
    """Whether a decision made anew is the one that the message's link tells of."""
    link = json.loads(message.link or "")
    return bool(
        link["outcome"] == _intended(decision)
        and message.codes == decision.codes
        and link["commitments"] == _commitments(dict(message.salts), raw, decision)
    )


def _intended(decision: Decision) -> State:
    return decision.outcome.state if isinstance(decision.outcome, Stop) else State.RELAYED


def _screening(decision: Decision, policy: str) -> dict[str, object]:
    return {
        "policy": policy,
        "hits": decision.screening.hits,
        "misses": decision.screening.misses,
        "findings": [[f.code, f.severity, f.place, f.count] for f in decision.findings[:MAX_FINDINGS]],
    }


def _commitments(salts: dict[str, str], raw: bytes, decision: Decision) -> dict[str, str]:
    contents = {"original": raw}
    if isinstance(decision.outcome, Relay):
        contents["relayed"] = decision.outcome.outgoing
    return {kind: commitment(salts[kind], sha256(content).hexdigest()) for kind, content in contents.items()}
