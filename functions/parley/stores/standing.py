"""What SES told, as it stands on the items of messages and parties: attributes of their own, which nothing
but delivery events, confirmations and a change of the party writes; and on heads, what the parties' mails and
complaints tell of their wishes. Pure."""

from datetime import datetime
from typing import Any

from parley.conversation.delivery import Delivery
from parley.conversation.opting import NO_WISH, Wish, Wishes
from parley.conversation.parties import Party, Role, Unreachable
from parley.stores import keys
from parley.stores.attributes import UnreadableItemError, read_optional, read_text, read_texts, text, texts
from parley.stores.keys import Item


def delivery_attributes(delivery: Delivery | None) -> dict[str, dict[str, Any] | None]:
    """What became of a message, on its item; None for what is absent."""
    return {
        "delivery": None if delivery is None else text(delivery.status),
        "delivery_at": None if delivery is None else text(keys.stamp(delivery.at)),
        "delivery_told": text("yes") if delivery is not None and delivery.told else None,
    }


def read_delivery(item: Item) -> Delivery | None:
    status = read_optional(item, "delivery")
    if status is None:
        return None
    at = keys.moment(read_text(item, "delivery_at"))
    return Delivery(status, at, told="delivery_told" in item)


def reachability_attributes(party: Party) -> dict[str, dict[str, Any] | None]:
    """Whether mail reaches a party, and shall, on its item; None for what is absent."""
    return {
        "unreachable": None if party.unreachable is None else texts(_mark(party.unreachable)),
        "confirmed_at": _stamped(party.confirmed_at),
        "opted_out_at": _stamped(party.opted_out_at),
        "opted_in_at": _stamped(party.opted_in_at),
    }


def wish_attributes(wishes: Wishes) -> dict[str, dict[str, Any] | None]:
    """What the parties wish, on a head; None for what is absent."""
    known = {role: wishes.get(role, NO_WISH) for role in Role}
    return {f"{role}_wrote_at": _stamped(wish.wrote_at) for role, wish in known.items()} | {
        f"{role}_complained_at": _stamped(wish.complained_at) for role, wish in known.items()
    }


def read_wishes(item: Item) -> Wishes:
    known = {
        role: Wish(read_moment(item, f"{role}_wrote_at"), read_moment(item, f"{role}_complained_at"))
        for role in Role
    }
    return {role: wish for role, wish in known.items() if wish != NO_WISH}


def _stamped(at: datetime | None) -> dict[str, Any] | None:
    return None if at is None else text(keys.stamp(at))


def _mark(mark: Unreachable) -> tuple[str, ...]:
    known = (mark.mailbox, keys.stamp(mark.since), "suppressed" if mark.is_suppressed else "bounced")
    if mark.asked_at is None:
        return known
    asked = (mark.request, keys.stamp(mark.asked_at), str(mark.sendings))
    return (*known, *asked, "sent" if mark.is_sent else "")


def read_unreachable(item: Item) -> Unreachable | None:
    if "unreachable" not in item:
        return None
    match read_texts(item, "unreachable"):
        case (mailbox, since, why):
            return Unreachable(mailbox, keys.moment(since), is_suppressed=why == "suppressed")
        case (mailbox, since, why, request, asked_at, sendings, sent):
            return Unreachable(
                mailbox,
                keys.moment(since),
                request,
                keys.moment(asked_at),
                is_sent=sent == "sent",
                sendings=int(sendings),
                is_suppressed=why == "suppressed",
            )
    raise UnreadableItemError("unreachable")


def read_moment(item: Item, name: str) -> datetime | None:
    value = read_optional(item, name)
    return None if value is None else keys.moment(value)
