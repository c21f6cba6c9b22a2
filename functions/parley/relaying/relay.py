"""Relaying: the way of one mail through one alias, from its arrival to its outcome.

    read what is known → decide → claim, with a link of the chain → archive → send or tell → outcome → entry

Each step is written down before the next has an effect outside, so that a crash anywhere is resumed from the
message's state: at most one send, except when a crash or a lost answer hides whether SES took the mail.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from parley.archive.chain import SALT_BITS, Link, commitment, link_hash
from parley.archive.entries import message_entry
from parley.archive.keys import entry_key, message_folder
from parley.conversation.aliases import ConversationAlias
from parley.conversation.conversations import ConversationView, Head
from parley.conversation.messages import Lease, Message, State, message_id
from parley.conversation.parties import Party
from parley.conversation.threading import outgoing_message_id
from parley.mail.authentication import ses_authentication
from parley.mail.structure import StructureError, read_header
from parley.relaying.arrival import Arrival
from parley.relaying.decide import Decision, Relay, Stop, decide
from parley.relaying.notify import notify
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import (
    AlreadyClaimedError,
    HeadMovedError,
    SendDeferredError,
    SendRefusedError,
    Submission,
)
from parley.relaying.receipts import Receipt

MAX_FINDINGS = 100
"""How many findings an entry lists; the codes stand there in any case."""
MAX_CLAIMS = 6
"""How often a message tries for the next place of a conversation that others write to at the same moment."""


class ConversationGoneError(LookupError):
    """An alias names a conversation or party that the table does not have."""


class BusyError(Exception):
    """Another invocation works on the message, or the conversation is too busy; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def relay(
    alias: ConversationAlias, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Message:
    """Brings one receipt's mail to one alias to its outcome and returns the message with it.

    Raises `BusyError`, `SendDeferredError`, `SendUncertainError`, or what a port raises; the work is then
    resumed when the receipt comes again.
    """
    job = _Job(alias, receipt, raw, outside, deployment)
    for _ in range(MAX_CLAIMS):
        view, arrival = job.look()
        for known in view.recent:
            if known.id == arrival.message_id:
                return job.resume(known, arrival)
        decision = decide(arrival, deployment.policy)
        message = job.message(decision, view.head)
        try:
            outside.messages.claim(
                message, before=view.head, after=Head(message.seq, link_hash(message.link or ""))
            )
        except AlreadyClaimedError as claimed:
            return job.resume(claimed.message, arrival)
        except HeadMovedError:
            continue
        return job.carry_out(message, decision, arrival)
    raise BusyError("conversation-busy")


@dataclass(frozen=True, slots=True)
class _Job:
    alias: ConversationAlias
    receipt: Receipt
    raw: bytes
    outside: Outside
    deployment: Deployment

    def look(self) -> tuple[ConversationView, Arrival]:
        view = self.outside.directory.conversation(self.alias.conversation)
        if view is None:
            raise ConversationGoneError(self.alias.conversation)
        roles = view.conversation.parties
        parties = self.outside.directory.parties(set(roles.values()))
        try:
            owner = parties[roles[self.alias.stands_for]]
            writer = parties[roles[self.alias.stands_for.other]] if len(roles) == 2 else None
        except KeyError:
            raise ConversationGoneError(self.alias.conversation) from None
        return view, self._arrival(view, owner, writer)

    def _arrival(self, view: ConversationView, owner: Party, writer: Party | None) -> Arrival:
        this = message_id(self.receipt.id, self.alias.id)
        try:
            authentication = ses_authentication(read_header(self.raw))
        except StructureError:
            authentication = None
        return Arrival(
            raw=self.raw,
            message_id=this,
            received_at=self.receipt.received_at,
            reverse_path=self.receipt.reverse_path,
            verdicts=self.receipt.verdicts,
            authentication=authentication,
            alias=self.alias,
            conversation=view.conversation,
            writer=writer,
            owner=owner,
            recent=tuple(message for message in view.recent if message.id != this),
            relay_domain=self.deployment.relay_domain,
        )

    def message(self, decision: Decision, head: Head) -> Message:
        """The message as it is claimed, with its place in the conversation and its link of the chain."""
        entropy = self.outside.entropy
        salts = tuple((kind, f"{entropy.bits(SALT_BITS):032x}") for kind in ("original", "relayed"))
        this = message_id(self.receipt.id, self.alias.id)
        role = self.alias.stands_for.other if decision.admitted else None
        link = Link(
            conversation=self.alias.conversation,
            seq=head.seq + 1,
            previous=head.tip,
            kind="message",
            message=this,
            received_at=self.receipt.received_at.isoformat(),
            author_role=role,
            recipient_role=self.alias.stands_for,
            outcome=_intended(decision),
            codes=decision.codes,
            screening=_screening_record(decision, self.deployment.policy.version),
            commitments=_commitments(dict(salts), self.raw, decision),
        )
        return Message(
            id=this,
            receipt_id=self.receipt.id,
            alias=self.alias.id,
            received_at=self.receipt.received_at,
            state=State.RECEIVED,
            codes=decision.codes,
            conversation=self.alias.conversation,
            seq=link.seq,
            author_role=role,
            lease=self._lease(),
            author_message_id=decision.author_message_id,
            fingerprint=decision.fingerprint,
            automatic=decision.automatic,
            link=link.to_json(),
            salts=salts,
        )

    def carry_out(self, message: Message, decision: Decision, arrival: Arrival) -> Message:
        self._archive(message, "original", self.raw)
        match decision.outcome:
            case Relay(outgoing):
                self._archive(message, "relayed", outgoing)
                return self._send(message, outgoing, arrival)
            case Stop(state, author):
                if author is not None:
                    notify(author, message, state, arrival, self.outside, self.deployment)
                return self._finish(message, state, message.codes)

    def resume(self, message: Message, arrival: Arrival) -> Message:
        """Goes on where an earlier delivery of the receipt stopped, unless it is still at work."""
        if message.state not in (State.RECEIVED, State.ARCHIVED, State.SENDING):
            self._write_entry(message)
            return message
        if message.lease is not None and message.lease.holds(self.outside.clock.now()):
            raise BusyError("leased")
        message = self.outside.messages.take_over(message, self._lease())
        if message.state is not State.RECEIVED:
            return self._send(message, self.outside.archive.get(self._key(message, "relayed.eml")), arrival)
        decision = decide(arrival, self.deployment.policy)
        if (
            _commitments(dict(message.salts), self.raw, decision)
            == json.loads(message.link or "")["commitments"]
        ):
            return self.carry_out(message, decision, arrival)
        # The link is chained already and says what was to be sent; what would be sent now differs from it.
        self._archive(message, "original", self.raw)
        return self._finish(message, State.HELD, ("composition-changed",))

    def _send(self, message: Message, outgoing: bytes, arrival: Arrival) -> Message:
        message = self.outside.messages.advance(message, State.SENDING)
        submission = Submission(
            reverse_path=arrival.alias_of(arrival.author_role),
            forward_path=arrival.owner.receiving_mailbox,
            raw=outgoing,
            tags={"conversation": self.alias.conversation, "message": message.id},
        )
        try:
            ses_id = self.outside.mailer.send(submission)
        except SendDeferredError:
            self.outside.messages.advance(message, State.ARCHIVED, release=True)
            raise
        except SendRefusedError as refusal:
            return self._finish(message, State.HELD, (refusal.code,))
        return self._finish(message, State.RELAYED, message.codes, ses_id)

    def _finish(
        self, message: Message, state: State, codes: Sequence[str], ses_id: str | None = None
    ) -> Message:
        message = self.outside.messages.finish(
            message,
            state,
            codes=tuple(codes),
            outgoing_message_id=outgoing_message_id(ses_id, self.deployment.region) if ses_id else None,
            finished_at=self.outside.clock.now(),
        )
        self._write_entry(message)
        return message

    def _write_entry(self, message: Message) -> None:
        entry = message_entry(
            message.link or "",
            outcome=message.state,
            codes=message.codes,
            folder=self._key(message, ""),
            outgoing_message_id=message.outgoing_message_id,
        )
        key = entry_key(self.alias.conversation, message.seq, message.id)
        self.outside.archive.put(key, entry, media_type="application/json", metadata={})

    def _archive(self, message: Message, kind: str, content: bytes) -> None:
        salt = {"salt": dict(message.salts)[kind]}
        self.outside.archive.put(
            self._key(message, f"{kind}.eml"), content, media_type="message/rfc822", metadata=salt
        )

    def _key(self, message: Message, name: str) -> str:
        direction = f"{message.author_role or 'unproved'}-to-{self.alias.stands_for}"
        folder = message_folder(
            self.alias.conversation, message.seq, message.received_at, direction, message.id
        )
        return folder + name

    def _lease(self) -> Lease:
        owner = f"{self.outside.entropy.bits(64):016x}"
        return Lease(owner, self.outside.clock.now() + self.deployment.lease)


def _intended(decision: Decision) -> State:
    return State.RELAYED if isinstance(decision.outcome, Relay) else decision.outcome.state


def _screening_record(decision: Decision, policy_version: str) -> dict[str, object]:
    return {
        "policy": policy_version,
        "hits": decision.screening.hits,
        "misses": decision.screening.misses,
        "findings": [[f.code, f.severity, f.place, f.count] for f in decision.findings[:MAX_FINDINGS]],
    }


def _commitments(salts: dict[str, str], raw: bytes, decision: Decision) -> dict[str, str]:
    contents = {"original": raw}
    if isinstance(decision.outcome, Relay):
        contents["relayed"] = decision.outcome.outgoing
    return {kind: commitment(salts[kind], sha256(content).hexdigest()) for kind, content in contents.items()}
