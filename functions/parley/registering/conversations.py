"""Opens conversations for orders, finds them, closes and reopens them."""

from dataclasses import dataclass

from parley.conversation.aliases import RANDOM_BITS, ConversationAlias, ConversationId, new_alias
from parley.conversation.conversations import Conversation, Status
from parley.conversation.parties import PartyId, Role
from parley.registering.ports import AlreadyOpenError, Office
from parley.registering.refusals import RefusedError

_LETTERS = {Role.BUYER: "b", Role.SELLER: "s"}
_LISTED_ROLES = (Role.SELLER, Role.BUYER)
"""The order in which a party's conversations are listed: it may sell in some and buy in others."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on. role: of the party asked for, None in a list by order. after: the id of the last
    conversation listed in that role, None before the first."""

    role: Role | None
    after: ConversationId | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list; `next` is where it goes on, None at its end."""

    conversations: tuple[Conversation, ...]
    next: Place | None


def open_for_order(order: str, buyer: PartyId, seller: PartyId, office: Office) -> tuple[Conversation, bool]:
    """The conversation of this buyer and this seller about this order, and whether it is new.

    Its id is derived from the three, so that whoever asks twice, or two at once, gets the same one. A closed
    one stays closed. Raises `RefusedError`.
    """
    conversation_id = ConversationId("c" + office.ids.derived("order", order, buyer, seller))
    found = office.registry.conversation(conversation_id)
    if found is not None:
        return found, False
    _check_parties(buyer, seller, office)
    conversation = Conversation(
        id=conversation_id,
        order=order,
        parties={Role.BUYER: buyer, Role.SELLER: seller},
        aliases={
            role: new_alias(letter, office.entropy.bits(RANDOM_BITS)) for role, letter in _LETTERS.items()
        },
    )
    standing = [
        ConversationAlias(id=alias, conversation=conversation_id, stands_for=role)
        for role, alias in conversation.aliases.items()
    ]
    try:
        office.registry.open(conversation, standing)
    except AlreadyOpenError:
        found = office.registry.conversation(conversation_id)
        if found is None:  # A fresh alias was in use: one of 2^65. Asking again draws another.
            raise
        return found, False
    return conversation, True


def find(conversation_id: ConversationId, office: Office) -> Conversation:
    """Raises `RefusedError`."""
    conversation = office.registry.conversation(conversation_id)
    if conversation is None:
        raise RefusedError("unknown-conversation", "conversation")
    return conversation


def set_status(conversation_id: ConversationId, status: Status, office: Office) -> Conversation:
    """Closes or reopens; doing it twice changes nothing. Raises `RefusedError`."""
    if not office.registry.set_status(conversation_id, status):
        raise RefusedError("unknown-conversation", "conversation")
    return find(conversation_id, office)


def list_of_order(order: str, place: Place, limit: int, office: Office) -> Listing:
    page = office.registry.of_order(order, after=place.after, limit=limit)
    following = None if page.more_after is None else Place(None, page.more_after)
    return Listing(page.conversations, following)


def list_of_party(party: PartyId, place: Place, limit: int, office: Office) -> Listing:
    """First those in which it sells, then those in which it buys."""
    found: tuple[Conversation, ...] = ()
    after, first = place.after, place.role or _LISTED_ROLES[0]
    for role in _LISTED_ROLES[_LISTED_ROLES.index(first) :]:
        if len(found) == limit:
            return Listing(found, Place(role, None))
        page = office.registry.of_party(party, role, after=after, limit=limit - len(found))
        found += page.conversations
        if page.more_after is not None:
            return Listing(found, Place(role, page.more_after))
        after = None
    return Listing(found, None)


def _check_parties(buyer: PartyId, seller: PartyId, office: Office) -> None:
    """A seller may buy from another one; only who is registered as a seller sells."""
    if buyer == seller:
        raise RefusedError("same-party", "seller")
    parties = office.registry.parties([buyer, seller])
    if buyer not in parties:
        raise RefusedError("unknown-buyer", "buyer")
    if seller not in parties:
        raise RefusedError("unknown-seller", "seller")
    if parties[seller].role is not Role.SELLER:
        raise RefusedError("not-a-seller", "seller")
