"""Decisions on held mail. They are recorded here; receive_mail alone sends, and is asked to by its queue.

The record comes first and the request after it, so a request that got lost is made again by repeating the
decision, which changes nothing else.
"""

from collections.abc import Callable
from dataclasses import replace

from parley.archive.records import EventKind
from parley.conversation.messages import Message, MessageId, State, check_transition
from parley.registering.refusals import RefusedError
from parley.relaying.events import record_event
from parley.relaying.outcomes import receipt_outcome
from parley.relaying.ports import LeaseLostError
from parley.relaying.rulings import Ruling, Verb, ruling_request
from parley.reviewing.ports import Desk
from parley.reviewing.recording import Statement, existing, fresh_id

_TRIES = 3


def release(message: MessageId, statement: Statement, desk: Desk) -> Message:
    """Asks for a held message to be composed anew and sent. Returns it as it is then: releasing, or released
    if it was before. Raises `RefusedError`."""
    return _decide(message, statement, desk, _ask_for_release)


def refuse(message: MessageId, statement: Statement, desk: Desk) -> Message:
    """Refuses a held message for good; its author is told where that is allowed. Returns it as it is then.
    Raises `RefusedError`."""
    return _decide(message, statement, desk, _refuse)


def _decide(
    message_id: MessageId,
    statement: Statement,
    desk: Desk,
    decide: Callable[[Message, Statement, Desk], Message],
) -> Message:
    existing(statement.conversation, desk)
    return decided(
        lambda: desk.reviews.message(statement.conversation, message_id),
        lambda message: decide(message, statement, desk),
    )


def decided(find: Callable[[], Message | None], decide: Callable[[Message], Message]) -> Message:
    """What `decide` makes of the message as it is; again, where somebody else decided at the same moment.
    Raises `RefusedError` ("unknown-message") if there is none, or `LeaseLostError` after three tries."""
    for attempt in range(1, _TRIES + 1):
        message = find()
        if message is None:
            raise RefusedError("unknown-message", "message")
        try:
            return decide(message)
        except LeaseLostError:
            if attempt == _TRIES:
                raise
    raise AssertionError("the loop returns or raises")


def _ask_for_release(message: Message, statement: Statement, desk: Desk) -> Message:
    match message.state:
        case State.RELEASED:
            return message
        case State.HELD:
            # Sendings of before count no more: the reviewer knows why the mail is held.
            releasing = replace(message, state=State.RELEASING, sendings=0)
            _record(EventKind.RELEASE_ASKED, message, releasing, statement, desk)
            message = releasing
        case State.RELEASING:
            pass
        case _:
            raise RefusedError("not-held", "message")
    _request(Verb.RELEASE, message, statement, desk)
    return message


def _refuse(message: Message, statement: Statement, desk: Desk) -> Message:
    match message.state:
        case State.HELD:
            refused = replace(message, state=State.REFUSED)
            _record(EventKind.REFUSED, message, refused, statement, desk)
            message = refused
        case State.REFUSED if receipt_outcome(message) is State.HELD:
            pass
        case State.RELEASING:
            raise RefusedError("being-released", "message")
        case _:
            raise RefusedError("not-held", "message")
    _request(Verb.REFUSE, message, statement, desk)
    return message


def _record(kind: EventKind, old: Message, new: Message, statement: Statement, desk: Desk) -> None:
    check_transition(old.state, new.state)
    recorded = record_event(
        statement.conversation,
        kind,
        desk,
        message=old.id,
        facts={"case": statement.case},
        contents=statement.contents,
        step=(old, new),
    )
    if recorded is None:  # Its random id was taken: nothing was written.
        raise LeaseLostError(old.id)


def _request(verb: Verb, message: Message, statement: Statement, desk: Desk) -> None:
    ruling = Ruling(
        verb=verb, conversation=statement.conversation, message=message.id, request=fresh_id(desk)
    )
    desk.queue.send(ruling_request(ruling))
