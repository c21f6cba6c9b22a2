"""First contact: a proved author's first mail to a seller's contact alias opens a conversation.

Each pair of author and contact alias has one conversation, whose id derives from both, so that the second
mail finds what the first one opened, and a mail that comes twice opens nothing twice. One that was erased has
lost its aliases for good; then the pair has another one, of the next generation. Mail that may not open
one stays with the contact alias's intake conversation, where the attempt is recorded.
"""

import hashlib
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from parley.conversation.aliases import RANDOM_BITS, ConversationAlias, ConversationId, new_alias
from parley.conversation.conversations import Conversation
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox, address_list
from parley.relaying.arrival import Arrival
from parley.relaying.outside import Outside
from parley.relaying.ports import AlreadyExistsError
from parley.relaying.reading import header_of

MAX_NAMED = 10
"""Of how many mailboxes in a mail's header section a hash is kept: each is an item of the claim."""


def open_conversation(
    contact: ConversationAlias, author: Mailbox, seller: Party, outside: Outside
) -> ConversationAlias:
    """The contact alias as it leads into the author's conversation with the seller, opened if need be."""
    buyer = outside.directory.party_of_mailbox(author) or _register(author, seller.locale, outside)
    return replace(contact, conversation=_latest(contact, buyer.id, seller.id, outside))


def _latest(contact: ConversationAlias, buyer: PartyId, seller: PartyId, outside: Outside) -> ConversationId:
    """The conversation of the latest generation, opened if need be."""
    again: tuple[str, ...] = ()
    while True:
        conversation = ConversationId(_derived("c", contact.id, buyer, *again))
        found = outside.directory.conversation(conversation)
        if found is None:
            _open(conversation, buyer, seller, outside)
        if found is None or found.conversation.aliases:
            return conversation
        again = (conversation,)


def named_hashes(arrival: Arrival, outside: Outside) -> tuple[str, ...]:
    """By which a mail that opens no conversation is found when somebody is erased whom it names as its author
    or beside it: no party's name leads to it. The first mailbox of From comes first. Whether that author is
    proved does not matter. Empty for any other mail, and where no mailbox stands."""
    if arrival.writer is not None:
        return ()
    hashes = (outside.directory.author_hash(each) for each in islice(_named(arrival), MAX_NAMED))
    return tuple(dict.fromkeys(hashes))


def _named(arrival: Arrival) -> Iterator[Mailbox]:
    header = header_of(arrival.raw)
    for name in ("from", "sender", "reply-to"):
        for field in header.all(name):
            yield from (each.mailbox for each in address_list(field.decode("utf-8", "replace")))
    if isinstance(arrival.reverse_path, Mailbox):
        yield arrival.reverse_path


def _register(author: Mailbox, locale: str, outside: Outside) -> Party:
    """A buyer of whom only the mailbox is known; the name in the mail is not proved and is not taken."""
    buyer = Party(
        id=PartyId(f"p{outside.entropy.bits(RANDOM_BITS):x}"),
        role=Role.BUYER,
        locale=locale,
        display_name="",
        mailboxes=(author,),
    )
    try:
        outside.directory.register(buyer)
    except AlreadyExistsError:
        found = outside.directory.party_of_mailbox(author)
        if found is None:
            raise
        return found
    return buyer


def _open(conversation: ConversationId, buyer: PartyId, seller: PartyId, outside: Outside) -> None:
    aliases = {
        Role.BUYER: new_alias("b", outside.entropy.bits(RANDOM_BITS)),
        Role.SELLER: new_alias("s", outside.entropy.bits(RANDOM_BITS)),
    }
    opened = Conversation(
        id=conversation,
        order=None,
        parties={Role.BUYER: buyer, Role.SELLER: seller},
        aliases=aliases,
    )
    standing = [
        ConversationAlias(id=alias, conversation=conversation, stands_for=role)
        for role, alias in aliases.items()
    ]
    try:
        outside.directory.open(opened, standing)
    except AlreadyExistsError:
        return  # The same mail, or another of the author's, opened it a moment ago.


def _derived(kind: str, *parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return kind + b32encode(digest[:16]).decode("ascii").rstrip("=").lower()
