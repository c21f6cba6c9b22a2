"""Who writes to whom: pairs of parties whose mailboxes are awkward in different ways."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from parley.relaying.arrival import Arrival
from sandbox.preview import read_setup
from sandbox.trial import Setup, arrival_of
from tests.fuzz.judge import Judge

PAIRS = (
    ("anna.kaeufer@privatmail.example", "shop@haendler-mueller.example"),
    ("anna.schmidt@gmail.com", "shop@haendler-mueller.example"),
    ("anna.schmidt+shops@googlemail.com", "kontakt@laden.example.co.uk"),
    ("o'brien_77@sub.privatmail.example", "service-team@xn--mller-kva.example"),
    ("j.doe@icloud.com", "j.doe@doe-shop.example"),
    ("x1@q.example", "info@a-b.example"),
    ("anna.kaeufer@web.de", "anna.kaeufer@kaeufer.example"),
)
"""Buyer and seller."""
BUYER_NAME, SELLER_NAME = "Anna Käufer", "Händler Müller GmbH"


@dataclass(frozen=True, slots=True)
class Parties:
    buyer: str
    seller: str

    @property
    def setup(self) -> Setup:
        return _setup(self)

    def judge(self, arrival: Arrival) -> Judge:
        """The judge of a mail: whatever the two own is secret, the addressee aside where it belongs."""
        assert arrival.writer is not None
        both = (arrival.writer, arrival.owner)
        return Judge(
            mailboxes=frozenset(str(m) for party in both for m in party.mailboxes if _is_plain(str(m))),
            domains=_together(party.private_domains for party in both),
            addressee=str(arrival.owner.receiving_mailbox),
        )


def _together(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(domain for some in sets for domain in some if "." in domain and domain.isascii())


def _is_plain(mailbox: str) -> bool:
    """Mails of others name mailboxes at `localhost` or of one letter: everybody's text shows those."""
    local, _, domain = mailbox.rpartition("@")
    return mailbox.isascii() and local.strip('"') != "" and "." in domain and "[" not in domain


@lru_cache(maxsize=64)
def _setup(parties: Parties) -> Setup:
    setup = read_setup(
        [
            *("--buyer", parties.buyer, "--buyer-name", BUYER_NAME),
            *("--seller", parties.seller, "--seller-name", SELLER_NAME),
        ]
    )
    # The preview takes every domain for the party's own; a provider of free mail is nobody's.
    registered = {role: replace(party, own_domains=frozenset()) for role, party in setup.parties.items()}
    return replace(setup, parties=registered)


def arrival(raw: bytes, parties: Parties) -> Arrival:
    """The mail at the alias that its author may write to."""
    return arrival_of(raw, parties.setup)
