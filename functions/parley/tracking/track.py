"""Tracking: one text of the queue of delivery events.

Guarantees that when `track` returns, what the text tells is recorded, once, and has had its consequences.
What is about no mail that is known here is told in the report, and does no harm.
"""

import json
from dataclasses import dataclass

from parley.conversation.aliases import ConversationId
from parley.conversation.confirmations import read_confirmation_request
from parley.conversation.messages import Message, MessageId
from parley.conversation.parties import PartyId, Role
from parley.mail.delivery_events import DeliveryEvent, Fate, read_event
from parley.tracking.confirming import send_confirmation
from parley.tracking.opting_out import is_unwanted, opt_out
from parley.tracking.ports import Known, Outside, Place
from parley.tracking.reachable import follow, mark_reachable
from parley.tracking.record import record
from parley.tracking.telling import reason_to_tell, tell_author


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What became of one text: ids and codes only, fit for a log.

    what: a value of `Fate`, or "confirmation-asked". about: "mail", "notice", "role" (for the operator) or
    "confirmation". done: "recorded", "repeated", "unknown" (no such message here), "noted" (nothing is
    recorded of mail that belongs to no conversation), "sent" or "idle". flags: "unreachable", "suppressed",
    "reachable", "author-told", "opted-out".
    """

    what: str
    about: str
    done: str
    message: str | None = None
    conversation: str | None = None
    flags: tuple[str, ...] = ()


def track(text: str, outside: Outside, place: Place) -> Tracked | None:
    """None for what tells nothing.

    Raises `EventError` or `ConfirmationError` for a text that will never be one, and `BusyError`,
    `SendDeferredError` or what a port raises where it shall come again.
    """
    asked = read_confirmation_request(text)
    if asked is not None:
        sent = send_confirmation(asked, outside, place)
        done = "sent" if sent else "idle"
        return Tracked(what="confirmation-asked", about="confirmation", done=done)
    event = read_event(text)
    if event is None:
        return None
    match event.tags:
        case {"kind": "confirmation", "party": party, "request": request}:
            return _of_confirmation(event, PartyId(party), request, outside)
        case {"kind": "notice", "party": party}:
            return _of_notice(event, PartyId(party), outside)
        case {"kind": kind}:
            about = kind if kind in ("notice", "role") else "other"
            return Tracked(what=event.fate, about=about, done="noted", message=event.tags.get("message"))
        case {"conversation": conversation, "message": message}:
            return _of_mail(event, ConversationId(conversation), MessageId(message), outside, place)
    return Tracked(what=event.fate, about="other", done="unknown")


def _of_mail(
    event: DeliveryEvent, conversation: ConversationId, message: MessageId, outside: Outside, place: Place
) -> Tracked:
    recorded = record(event, conversation, message, outside)
    if recorded is None:
        return Tracked(
            what=event.fate, about="mail", done="unknown", message=message, conversation=conversation
        )
    flags: list[str] = []
    # A repeated event may be one whose consequences a crash cut short: each of them happens once anyway.
    recipient = recorded.known.conversation.parties.get(_recipient_role(recorded.known))
    mark = None if recipient is None else follow(recipient, event, outside)
    if mark is not None:
        flags.append(mark)
    is_asked = place.complaints_opt_out and is_unwanted(event)
    if is_asked and recipient is not None and opt_out(recipient, event, recorded.known, outside):
        flags.append("opted-out")
    code = reason_to_tell(event)
    if code is not None and tell_author(event, code, recorded.known, outside, place):
        flags.append("author-told")
    return Tracked(
        what=event.fate,
        about="mail",
        done="recorded" if recorded.is_new else "repeated",
        message=message,
        conversation=conversation,
        flags=tuple(flags),
    )


def _recipient_role(known: Known) -> Role:
    message: Message = known.message
    if message.author_role is not None:
        return message.author_role.other
    return Role(json.loads(message.record or "{}").get("recipient_role", Role.SELLER))


def _of_notice(event: DeliveryEvent, party: PartyId, outside: Outside) -> Tracked:
    """A bounce of our own notice says as much of the mailbox as any other, and leads to no further mail
    (invariant I8)."""
    mark = follow(party, event, outside)
    flags = () if mark is None else (mark,)
    return Tracked(
        what=event.fate, about="notice", done="noted", message=event.tags.get("message"), flags=flags
    )


def _of_confirmation(event: DeliveryEvent, party: PartyId, request: str, outside: Outside) -> Tracked:
    flags: tuple[str, ...] = ()
    if event.fate is Fate.DELIVERED and mark_reachable(party, request, event.at, outside):
        flags = ("reachable",)
    mark = follow(party, event, outside)
    if mark is not None:
        flags = (mark,)
    return Tracked(what=event.fate, about="confirmation", done="noted", flags=flags)
