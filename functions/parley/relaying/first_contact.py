"""First contact: an authenticated author's first mail to a seller's contact alias opens a conversation.

Each pair of author and contact alias has one conversation, whose id derives from both, so that the second
mail finds what the first one opened, and a mail that comes twice opens nothing twice. Mail that may not open
one stays with the contact alias's intake conversation, where the attempt is recorded.
"""

import hashlib
from base64 import b32encode

from parley.conversation.admission import Admission, authenticate
from parley.conversation.aliases import (
    RANDOM_BITS,
    ContactAlias,
    ConversationAlias,
    ConversationId,
    new_alias,
)
from parley.conversation.conversations import Conversation
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import NULL_REVERSE_PATH, Mailbox
from parley.mail.authentication import ses_authentication
from parley.mail.reports import automatic
from parley.mail.structure import StructureError, read
from parley.relaying.decide import from_mailboxes
from parley.relaying.outside import Outside
from parley.relaying.ports import AlreadyExistsError
from parley.relaying.receipts import Receipt


def first_contact(alias: ContactAlias, receipt: Receipt, raw: bytes, outside: Outside) -> ConversationAlias:
    """The alias by which to go on: the author's conversation with the seller, or the intake."""
    author = _author(receipt, raw)
    conversation = alias.intake if author is None else _conversation(alias, author, outside)
    return ConversationAlias(id=alias.id, conversation=conversation, stands_for=Role.SELLER)


def _author(receipt: Receipt, raw: bytes) -> Mailbox | None:
    """The author, if proved and a person as far as one can tell."""
    try:
        mail = read(raw)
    except StructureError:
        return None
    authors = from_mailboxes(mail.header)
    proof = authenticate(authors, receipt.verdicts, ses_authentication(mail.header))
    by_program = automatic(mail, null_reverse_path=receipt.reverse_path is NULL_REVERSE_PATH)
    return authors[0] if proof is Admission.ADMITTED and by_program is None else None


def _conversation(alias: ContactAlias, author: Mailbox, outside: Outside) -> ConversationId:
    buyer = outside.directory.party_of_mailbox(author)
    if buyer is None:
        buyer = _register(alias, author, outside)
    if buyer.id == alias.seller:
        return alias.intake
    conversation = ConversationId(_derived("c", alias.id, buyer.id))
    if outside.directory.conversation(conversation) is None:
        _open(conversation, buyer.id, alias.seller, outside)
    return conversation


def _register(alias: ContactAlias, author: Mailbox, outside: Outside) -> Party:
    """A buyer of whom only the mailbox is known; the name in the mail is not proved and is not taken."""
    seller = outside.directory.parties([alias.seller])[alias.seller]
    buyer = Party(
        id=PartyId(f"p{outside.entropy.bits(RANDOM_BITS):x}"),
        role=Role.BUYER,
        locale=seller.locale,
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
