"""Tells an author, once, that a mail did not arrive.

The notice is one like the others (`parley.relaying.notices`): it names neither the other party's mailbox nor
a server, and says of the reason only what an author can act upon. Nobody is told about mail that no person
wrote (invariant I8), nor about notices themselves.
"""

import hashlib
from dataclasses import replace
from datetime import timedelta

from parley.conversation.aliases import alias_mailbox
from parley.conversation.delivery import Delivery
from parley.conversation.messages import Message
from parley.conversation.parties import Party
from parley.mail.delivery_events import DeliveryEvent, Fate
from parley.relaying.notices import Notice, compose_notice, notice_mailbox
from parley.relaying.ports import (
    BusyError,
    NoticeClaim,
    SendDeferredError,
    SendRefusedError,
    SendUncertainError,
    Submission,
)
from parley.tracking.ports import Known, Outside, Place

PATIENCE = timedelta(hours=24)
"""How long after what happened SES is asked to take the notice."""
_TRIES = 5
_GIVEN_UP = frozenset(
    (
        "mailbox-full",
        "message-too-large",
        "content-rejected",
        "attachment-rejected",
        "custom-timeout-exceeded",
    )
)
"""Soft bounces after which the mail will not arrive any more. SES tells of a soft bounce when it has given up
(Developer Guide, "Contents of event data", Bounce object); but it also takes an out-of-office for one that is
Transient/General, or Undetermined. Those are told only where a server reported the failure (`is_final`)."""


def reason_to_tell(event: DeliveryEvent) -> str | None:
    """The code by which the author is told, None if the mail arrived, or may have."""
    match event.fate:
        case Fate.BOUNCED if event.is_hard:
            return "recipient-unreachable"
        case Fate.BOUNCED if event.is_final or event.facts["type"] == "permanent":
            return "not-delivered"
        case Fate.BOUNCED if event.facts["subtype"] in _GIVEN_UP:
            return "not-delivered"
        case Fate.SUPPRESSED:
            return "not-delivered"
        case Fate.REJECTED:
            return "virus" if event.facts["reason"] == "bad-content" else "not-delivered"
    return None


def tell_author(event: DeliveryEvent, code: str, known: Known, outside: Outside, place: Place) -> bool:
    """Whether a notice was sent now. Raises `SendDeferredError` or `BusyError`."""
    message = known.message
    author = _author(known, outside)
    if author is None or (message.delivery is not None and message.delivery.told):
        return False
    sent = False
    subject = f"{author.id}\n{known.conversation.id}\n{code}\nundelivered"
    digest = hashlib.sha256(subject.encode()).hexdigest()
    claim = outside.notices.claim_notice(digest, message.id, outside.clock.now())
    if claim is not None:
        sent = _send(event, code, claim, message, author, outside, place)
    _note_told(known, event, outside)
    return sent


def _author(known: Known, outside: Outside) -> Party | None:
    """The party to tell, if it is to be told at all."""
    message = known.message
    if message.automatic is not None or message.author_role is None:
        return None
    party = known.conversation.parties.get(message.author_role)
    author = None if party is None else outside.reachability.party(party)
    return None if author is None or author.is_dead else author


def _send(
    event: DeliveryEvent,
    code: str,
    claim: NoticeClaim,
    message: Message,
    author: Party,
    outside: Outside,
    place: Place,
) -> bool:
    notice = Notice(
        message=message.id,
        author=author.receiving_mailbox,
        alias=alias_mailbox(message.alias, place.relay_domain),
        locale=author.locale,
        code=code,
        held=False,
        received_at=message.received_at,
        author_message_id=message.author_message_id,
    )
    submission = Submission(
        reverse_path=notice_mailbox(place.relay_domain),
        forward_path=author.receiving_mailbox,
        raw=compose_notice(notice, marketplace=place.marketplace_name, relay_domain=place.relay_domain),
        tags={"message": message.id, "kind": "notice", "party": author.id},
    )
    try:
        outside.mailer.send(submission)
    except SendDeferredError:
        if outside.clock.now() - event.at < PATIENCE:
            outside.notices.give_back(claim)
            raise
        return False
    except (SendRefusedError, SendUncertainError):
        # What happened is recorded; a second notice would be worse than none.
        return False
    return True


def _note_told(known: Known, event: DeliveryEvent, outside: Outside) -> None:
    """So that the same event, or another about the same mail, tells nobody twice."""
    now: Known | None = known
    for _ in range(_TRIES):
        if now is None:
            return
        delivery = now.message.delivery or Delivery(str(event.fate), event.at)
        if outside.deliveries.note(now.message, replace(delivery, told=True)):
            return
        now = outside.deliveries.find(now.conversation.id, now.message.id)
    raise BusyError("message-busy")
