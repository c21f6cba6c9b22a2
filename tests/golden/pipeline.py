"""A mail from raw to outgoing bytes, with the parties of the sample mails.

`previewed` is the whole pipeline as `sandbox preview` runs it; `relayed` is masking alone, for mails that no
policy relays and for tests that ask the masker and the gate for their findings.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from parley.mail.address import Mailbox
from parley.mail.compose import compose
from parley.mail.header import encode_words
from parley.mail.structure import read
from parley.masking.gate import leaks
from parley.masking.mask import ContactRules, author_mailboxes, mask
from parley.masking.protected import Identity, Protected
from sandbox.preview import add_command

BUYER = Mailbox("anna.kaeufer", "privatmail.example")
SELLER = Mailbox("shop", "haendler-mueller.example")
BUYER_ALIAS = Mailbox("b-7K2M", "relay.example")
SELLER_ALIAS = Mailbox("s-9Q4T", "relay.example")
RELAY_DOMAIN = "relay.example"
BUYER_TO_SELLER = "buyer_to_seller"
SELLER_TO_BUYER = "seller_to_buyer"


@dataclass(frozen=True, slots=True)
class Relayed:
    """The outgoing bytes, the codes of the masker's findings and of the gate's."""

    outgoing: bytes
    codes: tuple[str, ...]
    leaks: tuple[str, ...]


def protected_for(
    direction: str, *, buyer: Mailbox = BUYER, also: frozenset[Mailbox] = frozenset()
) -> Protected:
    """What a mail in that direction must not show. `also`: further mailboxes of its author."""
    buyers = Identity(
        mailboxes=frozenset({buyer}),
        private_domains=frozenset() if buyer.domain == "gmail.com" else frozenset({buyer.domain}),
        alias=BUYER_ALIAS,
    )
    sellers = Identity(
        mailboxes=frozenset({SELLER}), private_domains=frozenset({SELLER.domain}), alias=SELLER_ALIAS
    )
    author, recipient = (buyers, sellers) if direction == BUYER_TO_SELLER else (sellers, buyers)
    author = Identity(
        mailboxes=author.mailboxes | also, private_domains=author.private_domains, alias=author.alias
    )
    return Protected(author=author, recipient=recipient)


def relayed(
    raw: bytes, direction: str, *, buyer: Mailbox = BUYER, rules: ContactRules | None = None
) -> Relayed:
    """What the other party would get. Raises what `read`, `mask` and `compose` raise."""
    mail = read(raw)
    protected = protected_for(direction, buyer=buyer, also=author_mailboxes(mail))
    masked = mask(
        mail, protected, rules or ContactRules(), content_id_seed="golden", relay_domain=RELAY_DOMAIN
    )
    addressee = SELLER if direction == BUYER_TO_SELLER else buyer
    fields = [
        ("From", str(protected.author.alias)),
        ("To", str(addressee)),
        ("Subject", encode_words(masked.subject)),
        ("Date", "Mon, 16 Nov 2026 08:12:44 +0000"),
    ]
    outgoing = compose(fields, masked.body, b"golden mail seed")
    found = leaks(outgoing, protected, addressee)
    return Relayed(
        outgoing, tuple(f.code for f in masked.findings), tuple(f"{f.code} {f.place}" for f in found)
    )


def previewed(mail: Path, direction: str, out: Path) -> bytes | None:
    """What would be handed to SES, or None if the mail would not be relayed. Writes into the folder `out`."""
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers())
    arguments = parser.parse_args(["preview", "--out", str(out), "--direction", direction, str(mail)])
    assert arguments.run(parser, arguments) == 0
    written = out / mail.name
    return written.read_bytes() if written.exists() else None
