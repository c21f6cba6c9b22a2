"""Decisions on held mail that belongs to no conversation, because nobody knows whom it was for, or because it
is the operator's.

There is no chain that could tell of them. Each is recorded beside the reads, with who made it and for which
case, before it is made. What somebody wrote about it belongs into the case: words kept here would be found by
no erasure.
"""

from collections.abc import Callable
from dataclasses import dataclass

from parley.archive.records import EventKind
from parley.conversation.messages import Message, MessageId, State
from parley.registering.refusals import RefusedError
from parley.relaying.rulings import LooseRuling, ruling_request
from parley.reviewing.decisions import decided
from parley.reviewing.ports import Desk
from parley.reviewing.reads import record_decision
from parley.reviewing.recording import fresh_id


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseMail:
    """What is decided on, and by whom. receipt: its receipt's id. case, actor: as in `Statement`."""

    receipt: str
    message: MessageId
    case: str
    actor: str


def release_loose(mail: LooseMail, desk: Desk) -> Message:
    """Asks for a mail to be received for whom its header section names, or forwarded to the operator. Returns
    it as it is then: releasing, or released if it was before. Raises `RefusedError`."""
    return _decide(mail, desk, _ask_for_release)


def refuse_loose(mail: LooseMail, desk: Desk) -> Message:
    """Refuses a mail for good. Its author is not told: a notice comes from an alias, and none is known.
    Returns it as it is then. Raises `RefusedError`."""
    return _decide(mail, desk, _refuse)


def _decide(mail: LooseMail, desk: Desk, decide: Callable[[Message, LooseMail, Desk], Message]) -> Message:
    return decided(
        lambda: desk.messages.loose(mail.receipt, mail.message), lambda message: decide(message, mail, desk)
    )


def _ask_for_release(message: Message, mail: LooseMail, desk: Desk) -> Message:
    match message.state:
        case State.RELEASED:
            return message
        case State.HELD:
            _record(EventKind.RELEASE_ASKED, mail, desk)
            # Sendings of before count no more: the reviewer knows why the mail is held.
            message = desk.messages.advance(message, State.RELEASING, sendings=0)
        case State.RELEASING:
            pass
        case _:
            raise RefusedError("not-held", "message")
    ruling = LooseRuling(receipt=mail.receipt, message=message.id, request=fresh_id(desk))
    desk.queue.send(ruling_request(ruling))
    return message


def _refuse(message: Message, mail: LooseMail, desk: Desk) -> Message:
    match message.state:
        case State.HELD:
            _record(EventKind.REFUSED, mail, desk)
            now = desk.clock.now()
            return desk.messages.finish(message, State.REFUSED, codes=message.codes, finished_at=now)
        case State.REFUSED:
            return message
        case State.RELEASING:
            raise RefusedError("being-released", "message")
        case _:
            raise RefusedError("not-held", "message")


def _record(kind: EventKind, mail: LooseMail, desk: Desk) -> None:
    record_decision(
        kind, receipt=mail.receipt, message=mail.message, case=mail.case, actor=mail.actor, desk=desk
    )
