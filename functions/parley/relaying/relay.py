"""Relaying: the way of one mail through one alias, from its arrival to its outcome.

    read what is known → decide → claim, with a link of the chain → archive → send or tell → outcome

Each step is written down before the next has an effect outside, so that a crash anywhere is resumed from the
message's state. A mail is sent once; only where a crash or a lost answer hides whether SES took it, it is
sent a second time, with the same X-Parley-Message.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from parley.archive.chain import SALT_BITS, Committed
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationAlias
from parley.conversation.conversations import ConversationView, Head
from parley.conversation.messages import IN_WORK, Message, State, message_id
from parley.conversation.threading import outgoing_message_id
from parley.mail.address import Mailbox
from parley.relaying.arrival import Arrival
from parley.relaying.claim import contents_of, head_after, is_as_claimed, new_message
from parley.relaying.decide import Decision, Open, Relay, Stop, decide
from parley.relaying.events import record_event
from parley.relaying.filing import file_content, filed_content
from parley.relaying.first_contact import named_hashes, open_conversation
from parley.relaying.notify import notify
from parley.relaying.outcomes import intended_outcome, receipt_outcome
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import (
    AlreadyClaimedError,
    BusyError,
    ConversationGoneError,
    HeadMovedError,
    HeldAsWholeError,
    SendDeferredError,
    Submission,
)
from parley.relaying.prepare import may_still_go
from parley.relaying.receipts import Receipt
from parley.relaying.work import new_lease, submit, take_over

MAX_CLAIMS = 20
"""How often a message tries for the next place of a conversation that others write to at the same moment."""
NOTICE_PATIENCE = timedelta(hours=2)
"""How long an outcome waits until SES takes its notice."""


def relay(
    alias: ConversationAlias, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Message:
    """Brings one receipt's mail to one alias to its outcome and returns the message with it.

    Raises `BusyError`, `HeldAsWholeError`, `SendDeferredError`, `SendUncertainError`, or what a port raises;
    the work is then resumed when the receipt comes again.
    """
    job = _Job(alias, receipt, raw, outside, deployment)
    for _ in range(MAX_CLAIMS):
        view, arrival = job.look()
        for known in view.recent:
            if known.id == arrival.message_id:
                return job.resume(known, view, arrival)
        decision = decide(arrival, deployment.policy)
        if isinstance(decision.outcome, Open):
            job.look_for_whole()
            job = replace(
                job, alias=open_conversation(alias, decision.outcome.author, arrival.owner, outside)
            )
            continue
        contents = contents_of(raw, decision)
        message = job.new_message(arrival, decision, contents, view.head)
        try:
            after = head_after(view.head, message)
            outside.messages.claim(message, before=view.head, after=after, told=receipt.told)
        except AlreadyClaimedError as claimed:
            # A first contact may have been stopped at the intake, and would now open a conversation.
            conversation = claimed.message.conversation or job.alias.conversation
            job = replace(job, alias=replace(job.alias, conversation=conversation))
            return job.resume(claimed.message, *job.look())
        except HeadMovedError:
            continue
        return job.carry_out(message, decision, contents, arrival)
    raise BusyError("conversation-busy")


@dataclass(frozen=True, slots=True)
class _Job:
    alias: ConversationAlias
    receipt: Receipt
    raw: bytes
    outside: Outside
    deployment: Deployment

    def look(self) -> tuple[ConversationView, Arrival]:
        """What is known around the mail now. Raises `ConversationGoneError`."""
        view = self.outside.directory.conversation(self.alias.conversation)
        if view is None:
            raise ConversationGoneError(self.alias.conversation)
        roles = view.conversation.parties
        parties = self.outside.directory.parties(set(roles.values()))
        if parties.keys() != set(roles.values()):
            raise ConversationGoneError(self.alias.conversation)
        writer = roles.get(self.alias.stands_for.other)
        return view, Arrival(
            raw=self.raw,
            message_id=message_id(self.receipt.id, self.alias.id),
            received_at=self.receipt.received_at,
            reverse_path=self.receipt.reverse_path,
            verdicts=self.receipt.verdicts,
            alias=self.alias,
            conversation=view.conversation,
            writer=None if writer is None else parties[writer],
            owner=parties[roles[self.alias.stands_for]],
            recent=view.recent,
            wish=view.head.wish(self.alias.stands_for),
            relay_domain=self.deployment.relay_domain,
            recipients=len(self.receipt.recipients),
        )

    def look_for_whole(self) -> None:
        """The claim asks for that, too, but by then a conversation would have been opened for a mail that a
        reviewer has refused. Raises `HeldAsWholeError`."""
        told = self.receipt.told
        if told is not None and told.whole is not None:
            whole = self.outside.messages.loose(self.receipt.id, told.whole)
            if whole is not None:
                raise HeldAsWholeError(whole)

    def new_message(
        self, arrival: Arrival, decision: Decision, contents: Mapping[Committed, bytes], head: Head
    ) -> Message:
        entropy = self.outside.entropy
        return new_message(
            arrival,
            self.receipt.id,
            decision,
            contents,
            after=head,
            lease=new_lease(self.outside, self.deployment),
            salts=tuple((str(kind), f"{entropy.bits(SALT_BITS):032x}") for kind in Committed),
            policy=self.deployment.policy.version,
            named=named_hashes(arrival, self.outside),
        )

    def carry_out(
        self, message: Message, decision: Decision, contents: Mapping[Committed, bytes], arrival: Arrival
    ) -> Message:
        for kind, content in contents.items():
            file_content(message, kind, content, self.outside.archive)
        match decision.outcome:
            case Relay(outgoing):
                return self._send(message, outgoing, arrival, decision.author)
            case Stop(state):
                return self._stop(message, state, message.codes, arrival, decision.author)
            case Open():
                raise AssertionError("a message is claimed only once its conversation is open")

    def resume(self, message: Message, view: ConversationView, arrival: Arrival) -> Message:
        """Goes on where an earlier delivery of the receipt stopped, unless it is still at work.

        What was decided then is decided again, with what was known of the conversation then, and of what the
        parties wish now. If it comes out otherwise, the parties or the software have changed: the chain
        already tells of the first decision, and nothing else may be done in its name.
        """
        if message.state not in IN_WORK:
            self._tell_change(message)
            return message
        message = take_over(message, self.outside, self.deployment)
        earlier = replace(
            arrival,
            received_at=message.received_at,
            recent=tuple(known for known in view.recent if known.seq < message.seq),
        )
        decision = decide(earlier, self.deployment.policy)
        author, is_relayed = decision.author, isinstance(decision.outcome, Relay)
        if message.state is State.RECEIVED:
            contents = contents_of(self.raw, decision)
            if is_as_claimed(message, decision, contents):
                return self.carry_out(message, decision, contents, earlier)
        elif is_relayed and arrival.writer is not None:
            # What was composed now makes room for what was composed then.
            del decision
            outgoing = filed_content(message, Committed.RELAYED, self.outside.archive)
            if may_still_go(earlier, arrival.writer, outgoing):
                return self._send(message, outgoing, earlier, author)
        file_content(message, Committed.ORIGINAL, self.raw, self.outside.archive)
        return self._stop(message, State.HELD, ("composition-changed",), earlier, author)

    def _send(self, message: Message, outgoing: bytes, arrival: Arrival, author: Mailbox | None) -> Message:
        submission = Submission(
            reverse_path=arrival.alias_of(arrival.author_role),
            forward_path=arrival.owner.receiving_mailbox,
            raw=outgoing,
            tags={"conversation": self.alias.conversation, "message": message.id},
        )
        submitted = submit(message, submission, self.outside)
        if submitted.ses_id is None:
            codes = (submitted.code or "ses-rejected",)
            return self._stop(submitted.message, State.HELD, codes, arrival, author)
        return self._finish(submitted.message, State.RELAYED, message.codes, submitted.ses_id)

    def _stop(
        self,
        message: Message,
        state: State,
        codes: Sequence[str],
        arrival: Arrival,
        author: Mailbox | None,
    ) -> Message:
        if author is not None:
            try:
                notify(author, message, state, codes, arrival, self.outside, self.deployment)
            except SendDeferredError:
                if self.outside.clock.now() - arrival.received_at < NOTICE_PATIENCE:
                    raise
        return self._finish(message, state, codes)

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
        self._tell_change(message)
        return message

    def _tell_change(self, message: Message) -> None:
        """Chains the outcome where it, or its reason, is not the one that the message's record intended."""
        outcome = receipt_outcome(message)
        intended = set(json.loads(message.record or "{}").get("codes", ()))
        if outcome is None or (outcome is intended_outcome(message) and intended.issuperset(message.codes)):
            return
        record_event(
            self.alias.conversation,
            EventKind.OUTCOME,
            self.outside,
            message=message.id,
            facts={"outcome": outcome, "codes": " ".join(message.codes)},
            event_id=f"{message.id}-outcome",
        )
