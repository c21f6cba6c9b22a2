"""Carrying out a reviewer's ruling on a held mail.

    release-asked (recorded by `parley.reviewing`) → compose → released, with its link → send → outcome

The mail is composed anew as things are now. What is composed is kept and chained before it is handed to SES,
and sent as `parley.relaying.relay` sends: once, except where a crash or a lost answer hides whether SES took
it. What cannot be composed safely, and what SES refuses, is held again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from parley.archive.chain import Committed
from parley.archive.content import content_of
from parley.archive.keys import RELAYED, event_folder
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message, MessageId, State, check_transition
from parley.conversation.threading import outgoing_message_id
from parley.mail.address import NULL_REVERSE_PATH
from parley.relaying.arrival import Arrival
from parley.relaying.events import record_event
from parley.relaying.held import find_held, header_of, held_arrival, with_opened_conversation
from parley.relaying.notify import notify
from parley.relaying.outside import Deployment, Outside
from parley.relaying.override import Composed, Unreleasable, compose_release
from parley.relaying.ports import ConversationGoneError, LeaseLostError, NoSuchObjectError, Submission
from parley.relaying.prepare import may_still_go
from parley.relaying.reading import from_mailboxes, read_arrival
from parley.relaying.rulings import Ruling, Verb
from parley.relaying.work import submit, take_over


def carry_out(ruling: Ruling, outside: Outside, deployment: Deployment) -> Message | None:
    """Does what was ruled and returns the message as it is then; None if it has been erased.

    Raises `BusyError`, `SendDeferredError`, `SendUncertainError`, or what a port raises; the work is then
    resumed when the request comes again.
    """
    message = find_held(ruling.conversation, ruling.message, outside)
    if message is None:
        return None
    match ruling.verb, message.state:
        case Verb.RELEASE, State.RELEASING:
            return _release(take_over(message, outside, deployment), outside, deployment)
        case Verb.REFUSE, State.REFUSED:
            _tell(message, ruling, outside, deployment)
    return message


def _release(message: Message, outside: Outside, deployment: Deployment) -> Message:
    try:
        arrival = held_arrival(message, outside, deployment)
        if arrival.writer is None and message.author_role is not None:
            arrival = with_opened_conversation(arrival, outside)
        if message.released:
            outgoing = outside.archive.get(message.released + RELAYED)
            if arrival.writer is None or not may_still_go(arrival, arrival.writer, outgoing):
                return _hold_again(message, ("composition-changed",), outside)
            return _send(message, outgoing, arrival, outside, deployment)
    except NoSuchObjectError:
        return _hold_again(message, ("not-a-mail",), outside)
    proved = message.author_role is not None
    match compose_release(arrival, may_be_unproved=proved or "authentication-unavailable" in message.codes):
        case Unreleasable(codes):
            return _hold_again(message, codes, outside)
        case Composed() as composed:
            message = _chain(message, composed, arrival, outside)
            return _send(message, composed.outgoing, arrival, outside, deployment)


def _chain(message: Message, composed: Composed, arrival: Arrival, outside: Outside) -> Message:
    """Keeps what was composed and appends its link; from then on nothing else goes out in its name."""
    conversation = _conversation(message)
    facts = {"codes": " ".join(composed.codes)}
    if arrival.conversation.id != conversation:
        facts["opened"] = arrival.conversation.id
    event_id = f"{outside.entropy.bits(128):032x}"
    folder = event_folder(conversation, outside.clock.now(), EventKind.RELEASED, event_id)
    chained = replace(message, released=folder)
    recorded = record_event(
        conversation,
        EventKind.RELEASED,
        outside,
        message=message.id,
        facts=facts,
        contents={
            Committed.RELAYED: composed.outgoing,
            Committed.CONTENT: content_of(composed.outgoing),
        },
        folder=folder,
        event_id=event_id,
        step=(message, chained),
    )
    return _written(recorded, chained)


def _send(
    message: Message, outgoing: bytes, arrival: Arrival, outside: Outside, deployment: Deployment
) -> Message:
    submission = Submission(
        reverse_path=arrival.alias_of(arrival.author_role),
        forward_path=arrival.owner.receiving_mailbox,
        raw=outgoing,
        tags={"conversation": _conversation(message), "message": message.id},
    )
    submitted = submit(message, submission, outside, sending=State.RELEASING, waiting=State.RELEASING)
    if submitted.ses_id is None:
        return _hold_again(submitted.message, (submitted.code or "ses-rejected",), outside)
    return outside.messages.finish(
        submitted.message,
        State.RELEASED,
        codes=message.codes,
        outgoing_message_id=outgoing_message_id(submitted.ses_id, deployment.region),
        finished_at=outside.clock.now(),
    )


def _hold_again(message: Message, codes: Sequence[str], outside: Outside) -> Message:
    """Ends the attempt; why it failed stands in the chain and among the message's codes."""
    check_transition(message.state, State.HELD)
    held = replace(
        message,
        state=State.HELD,
        codes=tuple(dict.fromkeys((*message.codes, *codes))),
        lease=None,
        released="",
    )
    recorded = record_event(
        _conversation(message),
        EventKind.OUTCOME,
        outside,
        message=message.id,
        facts={"outcome": State.HELD, "codes": " ".join(codes)},
        step=(message, held),
    )
    return _written(recorded, held)


def _written(recorded: Event | None, message: Message) -> Message:
    if recorded is None:  # Its random id was taken: nothing was written.
        raise LeaseLostError(message.id)
    return message


def _tell(message: Message, ruling: Ruling, outside: Outside, deployment: Deployment) -> None:
    """Tells a proved author once that the mail was refused; nobody in answer to anything automatic (I8)."""
    try:
        arrival = held_arrival(message, outside, deployment)
    except NoSuchObjectError:
        return
    reading = read_arrival(arrival)
    is_automatic = reading.automatic is not None or arrival.reverse_path is NULL_REVERSE_PATH
    authors = from_mailboxes(header_of(arrival.raw))
    if message.author_role is None or is_automatic or len(authors) != 1:
        return
    subject = hashlib.sha256(f"refused\n{message.id}".encode()).hexdigest()
    # Whoever asks again for the same ruling has another request: it finds the author told.
    if outside.messages.claim_notice(subject, MessageId(ruling.request), outside.clock.now()):
        notify(authors[0], message, State.REFUSED, message.codes, arrival, outside, deployment)


def _conversation(message: Message) -> ConversationId:
    if message.conversation is None:
        raise ConversationGoneError(message.id)
    return message.conversation
