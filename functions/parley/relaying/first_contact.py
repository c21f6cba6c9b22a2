"""First contact: a proved author's first mail to a seller's contact alias opens a conversation.

Each pair of author and contact alias has one conversation, whose id derives from both, so that the second
mail finds what the first one opened, and a mail that comes twice opens nothing twice. Mail that may not open
one stays with the contact alias's intake conversation, where the attempt is recorded.
"""

import hashlib
from base64 import b32encode
from dataclasses import replace

from parley.conversation.aliases import RANDOM_BITS, ConversationAlias, ConversationId, new_alias
from parley.conversation.conversations import Conversation
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox, address_list
from parley.relaying.arrival import Arrival
from parley.relaying.outside import Outside
from parley.relaying.ports import AlreadyExistsError
from parley.relaying.reading import header_of


def open_conversation(
    contact: ConversationAlias, author: Mailbox, seller: Party, outside: Outside
) -> ConversationAlias:
    """The contact alias as it leads into the author's conversation with the seller, opened if need be."""
    buyer = outside.directory.party_of_mailbox(author) or _register(author, seller.locale, outside)
    conversation = ConversationId(_derived("c", contact.id, buyer.id))
    if outside.directory.conversation(conversation) is None:
        _open(conversation, buyer.id, seller.id, outside)
    return replace(contact, conversation=conversation)


def author_hash(arrival: Arrival, outside: Outside) -> str | None:
    """By which a mail that opens no conversation is found when its author is erased: no party's name leads to
    it. Whether that author is proved does not matter. None for any other mail, and where no author stands."""
    if arrival.writer is not None:
        return None
    fields = header_of(arrival.raw).all("from")
    named = (each.mailbox for field in fields for each in address_list(field.decode("utf-8", "replace")))
    first = next(named, None)
    return None if first is None else outside.directory.author_hash(first)


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
