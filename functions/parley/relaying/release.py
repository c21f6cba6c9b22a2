"""Carrying out a reviewer's ruling on a held mail.

    release-asked (recorded by `parley.reviewing`) → compose → released, with its link → send → outcome

The mail is composed anew as things are now. What is composed is kept and chained before it is handed to SES,
and sent as `parley.relaying.relay` sends: once, except where a crash or a lost answer hides whether SES took
it. What cannot be composed safely, and what SES refuses, is held again.
"""

from collections.abc import Sequence
from dataclasses import replace

from parley.archive.chain import Committed
from parley.archive.content import content_of
from parley.archive.keys import RELAYED, event_folder
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message, State, check_transition
from parley.conversation.threading import outgoing_message_id
from parley.relaying.arrival import Arrival
from parley.relaying.events import record_event
from parley.relaying.held import find_held, held_arrival, with_opened_conversation
from parley.relaying.moving import ask_again, move, moved_id
from parley.relaying.outside import Deployment, Outside
from parley.relaying.override import Composed, Unreleasable, compose_release, unwanted
from parley.relaying.ports import (
    ConversationGoneError,
    LeaseLostError,
    NoSuchObjectError,
    SendDeferredError,
    Submission,
)
from parley.relaying.prepare import may_still_go
from parley.relaying.refusal import tell_refusal
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
        case Verb.REFUSE, State.REFUSED if not message.told:
            return tell_refusal(message, outside, deployment)
    return message


def _release(message: Message, outside: Outside, deployment: Deployment) -> Message:
    try:
        arrival = held_arrival(message, outside, deployment)
        if arrival.writer is None and message.author_role is not None:
            opened = with_opened_conversation(arrival, outside)
            if opened.writer is not None:
                return _release_first_contact(message, opened, outside, deployment)
        outgoing = outside.archive.get(message.released + RELAYED) if message.released else None
    except NoSuchObjectError:
        return _hold_again(message, ("not-a-mail",), outside)
    except ConversationGoneError:
        return _hold_again(message, ("parties-gone",), outside)
    if outgoing is not None:
        if codes := _denied(arrival, outgoing):
            return _hold_again(message, codes, outside)
        return _send(message, outgoing, arrival, outside, deployment)
    proved = message.author_role is not None
    match compose_release(arrival, may_be_unproved=proved or "authentication-unavailable" in message.codes):
        case Unreleasable(codes, error):
            return _hold_again(message, codes, outside, error=error)
        case Composed() as composed:
            message = _chain(message, composed, outside)
            return _send(message, composed.outgoing, arrival, outside, deployment)


def _denied(arrival: Arrival, outgoing: bytes) -> tuple[str, ...]:
    """Why a mail that was composed earlier may not go out any more: it may have waited for SES for days."""
    if codes := unwanted(arrival):
        return codes
    may_go = arrival.writer is not None and may_still_go(arrival, arrival.writer, outgoing)
    return () if may_go else ("composition-changed",)


def _release_first_contact(
    message: Message, arrival: Arrival, outside: Outside, deployment: Deployment
) -> Message:
    """Moves the mail into the conversation that it opens and releases it there. arrival: in that one.

    What may not go out is not moved. Once moved, the intake is done with it, however its sending ends: should
    it be held again, it waits for a reviewer where it is now. Raises `ConversationGoneError`.
    """
    there = replace(arrival, message_id=moved_id(message, arrival.conversation.id))
    moved = find_held(there.conversation.id, there.message_id, outside)
    if moved is None:
        match compose_release(there, may_be_unproved=True):
            case Unreleasable(codes, error):
                return _hold_again(message, codes, outside, error=error)
        moved = move(message, there, outside)
    moved = ask_again(message, moved, there, outside)
    try:
        if moved.state is State.RELEASING:
            moved = _release(take_over(moved, outside, deployment), outside, deployment)
    except SendDeferredError:
        outside.messages.advance(message, State.RELEASING, release=True)
        raise
    released = replace(message, state=State.RELEASED, lease=None)
    recorded = record_event(
        _conversation(message),
        EventKind.RELEASED,
        outside,
        message=message.id,
        facts={"opened": _conversation(moved), "first": moved.id},
        step=(message, released),
    )
    return _written(recorded, released)


def _chain(message: Message, composed: Composed, outside: Outside) -> Message:
    """Keeps what was composed and appends its link; from then on nothing else goes out in its name."""
    conversation = _conversation(message)
    event_id = f"{outside.entropy.bits(128):032x}"
    at = outside.clock.now()
    folder = event_folder(conversation, at, EventKind.RELEASED, event_id)
    chained = replace(message, released=folder)
    recorded = record_event(
        conversation,
        EventKind.RELEASED,
        outside,
        message=message.id,
        facts={"codes": " ".join(composed.codes)},
        contents={
            Committed.RELAYED: composed.outgoing,
            Committed.CONTENT: content_of(composed.outgoing),
        },
        folder=folder,
        event_id=event_id,
        at=at,
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


def _hold_again(message: Message, codes: Sequence[str], outside: Outside, *, error: str = "") -> Message:
    """Ends the attempt; why it failed stands in the chain and among the message's codes. error: the type of
    one that nobody foresaw."""
    check_transition(message.state, State.HELD)
    held = replace(
        message,
        state=State.HELD,
        codes=tuple(dict.fromkeys((*message.codes, *codes))),
        lease=None,
        released="",
    )
    facts = {"outcome": str(State.HELD), "codes": " ".join(codes)}
    recorded = record_event(
        _conversation(message),
        EventKind.OUTCOME,
        outside,
        message=message.id,
        facts=facts | ({"error": error} if error else {}),
        step=(message, held),
    )
    return _written(recorded, held)


def _written(recorded: Event | None, message: Message) -> Message:
    if recorded is None:  # Its random id was taken: nothing was written.
        raise LeaseLostError(message.id)
    return message


def _conversation(message: Message) -> ConversationId:
    if message.conversation is None:
        raise ConversationGoneError(message.id)
    return message.conversation
