"""Aliases: mailboxes at the relay domain that stand for a party.

`<letter>-<13 characters><check character>`: b for a buyer, s for a seller, c for a contact alias; 65 random
bits in Crockford's base 32 (no i, l, o, u), lower-case, and one character that catches every single mistyped
character and every swap of two neighbours that the alphabet can tell apart (Luhn mod 32).
"""

from dataclasses import dataclass
from typing import NewType

from parley.conversation.parties import PartyId, Role
from parley.mail.address import Mailbox

AliasId = NewType("AliasId", str)
"""The local-part of an alias as it is looked up: lower-case."""
ConversationId = NewType("ConversationId", str)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
RANDOM_CHARACTERS = 13
RANDOM_BITS = RANDOM_CHARACTERS * 5
ROLE_MAILBOXES = frozenset({"postmaster", "abuse"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationAlias:
    """An alias inside one conversation: mail to it goes to the party of `stands_for`."""

    id: AliasId
    conversation: ConversationId
    stands_for: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAlias:
    """A seller's public mailbox: the first mail of an authenticated author opens a conversation.

    intake: the conversation that keeps the record of attempts that opened none.
    """

    id: AliasId
    seller: PartyId
    intake: ConversationId


Alias = ConversationAlias | ContactAlias


def alias_id(local_part: str) -> AliasId:
    """How a local-part is looked up: without case, as mail programs and people write it."""
    return AliasId(local_part.lower())


def new_alias(letter: str, entropy: int) -> AliasId:
    """A fresh alias from ≥ RANDOM_BITS random bits; `letter` is "b", "s" or "c"."""
    body = "".join(ALPHABET[(entropy >> (5 * i)) & 31] for i in range(RANDOM_CHARACTERS))
    return AliasId(f"{letter}-{body}{_check_character(body)}")


def is_well_formed(alias: str) -> bool:
    """Whether the check character of an alias of ours holds: tells a typing error from an unknown alias."""
    _, dash, body = alias.lower().partition("-")
    known = dash == "-" and len(body) == RANDOM_CHARACTERS + 1 and all(c in ALPHABET for c in body)
    return known and _check_character(body[:-1]) == body[-1]


def _check_character(body: str) -> str:
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 - place % 2)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def alias_mailbox(alias: AliasId, relay_domain: str) -> Mailbox:
    return Mailbox(alias, relay_domain)
