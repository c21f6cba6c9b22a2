"""Recording what SES told of a message: an event of its conversation's chain, and the latest on itself."""

from dataclasses import dataclass, replace

from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.delivery import Delivery, standing
from parley.conversation.messages import MessageId
from parley.conversation.opting import with_complaint
from parley.conversation.parties import Role
from parley.mail.delivery_events import DeliveryEvent, Fate
from parley.relaying.events import MAX_TRIES, Draft, draft_event
from parley.relaying.ports import AlreadyExistsError, BusyError, HeadMovedError
from parley.tracking.ports import Known, Outside


@dataclass(frozen=True, slots=True)
class Recorded:
    """known: the message as it is now. is_new: whether the event was not recorded before."""

    known: Known
    is_new: bool


def record(
    event: DeliveryEvent, conversation: ConversationId, message: MessageId, outside: Outside
) -> Recorded | None:
    """Chains the event; None if there is no such message. Raises `BusyError` ("conversation-busy")."""
    draft = draft_event(
        conversation,
        EventKind(event.fate),
        outside,
        message=message,
        facts=event.facts,
        event_id=event.id,
    )
    return _chain(draft, message, delivery_of(event), outside)


def record_opt_out(event: DeliveryEvent, role: Role, known: Known, outside: Outside) -> None:
    """Chains that by policy the event, a complaint of the party of that role, opted the party out, and notes
    it as the party's wish in this conversation. Raises `BusyError` ("conversation-busy")."""
    draft = draft_event(
        known.conversation.id,
        EventKind.OPTED_OUT,
        outside,
        message=known.message.id,
        facts={"code": str(event.fate), "party": str(role)},
        event_id=f"{event.id}-opted-out",
    )
    _chain(draft, known.message.id, delivery_of(event), outside, complainer=role)


def _chain(
    draft: Draft, message: MessageId, news: Delivery, outside: Outside, *, complainer: Role | None = None
) -> Recorded | None:
    """Behind what is chained by now, with what stands for the message once the news is known. complainer: the
    role of the party that the news opts out, if it does."""
    conversation = draft.conversation
    for _ in range(MAX_TRIES):
        known = outside.deliveries.find(conversation, message)
        if known is None:
            return None
        placed, after = draft.behind(known.head)
        if complainer is not None:
            after = replace(after, wishes=with_complaint(after.wishes, complainer, news.at))
        delivery = standing(known.message.delivery, news)
        try:
            outside.deliveries.append(placed, known=known, after=after, delivery=delivery)
        except HeadMovedError:
            continue
        except AlreadyExistsError:
            return Recorded(known, is_new=False)
        message_now = replace(known.message, delivery=delivery)
        return Recorded(Known(known.conversation, after, message_now), is_new=True)
    raise BusyError("conversation-busy")


def delivery_of(event: DeliveryEvent) -> Delivery:
    """What the event alone says became of its mail."""
    is_soft = event.fate is Fate.BOUNCED and event.facts["type"] != "permanent"
    return Delivery("soft-bounced" if is_soft else str(event.fate), event.at)
