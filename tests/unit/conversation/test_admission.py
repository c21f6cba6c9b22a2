"""The table of admission: every status of every verdict, with every kind of Authentication-Results."""

from itertools import product

import pytest

from parley.conversation.admission import Admission, admit, authenticate
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import parse_mailbox
from parley.mail.authentication import Authentication
from parley.mail.verdicts import Verdict, Verdicts

ANNA = parse_mailbox("anna@buyer.example")
PROOFS = {
    "no field": None,
    "nothing passed": Authentication(),
    "dmarc for the domain": Authentication(dmarc_domain="buyer.example"),
    "dmarc for another domain": Authentication(dmarc_domain="evil.example"),
    "dmarc for a parent domain": Authentication(dmarc_domain="example"),
    "spf for the domain": Authentication(spf_domain="buyer.example"),
    "spf for another domain": Authentication(spf_domain="evil.example"),
    "spf for a subdomain": Authentication(spf_domain="mail.buyer.example"),
    "dkim for the domain": Authentication(dkim_domains=frozenset({"esp.example", "buyer.example"})),
    "dkim for another domain": Authentication(dkim_domains=frozenset({"evil.example"})),
}
ADMITTED = {
    ("PASS", "*", "*", "dmarc for the domain"),
    ("GRAY", "PASS", "*", "spf for the domain"),
    ("GRAY", "*", "PASS", "dkim for the domain"),
}
"""All that proves an author: DMARC verdict, SPF verdict, DKIM verdict, what SES's own field says."""


def expected(dmarc: Verdict, spf: Verdict, dkim: Verdict, proof: str) -> Admission:
    for row in ADMITTED:
        if all(cell in ("*", value) for cell, value in zip(row, (dmarc, spf, dkim, proof), strict=True)):
            return Admission.ADMITTED
    undecided = dmarc not in (Verdict.PASS, Verdict.GRAY, Verdict.FAIL)
    if dmarc is Verdict.GRAY:
        undecided = {spf, dkim} & {Verdict.PROCESSING_FAILED, Verdict.MISSING} != set()
    if dmarc is not Verdict.FAIL and (undecided or proof == "no field"):
        return Admission.AUTHENTICATION_UNAVAILABLE
    return Admission.NOT_AUTHENTICATED


@pytest.mark.parametrize("proof", PROOFS)
@pytest.mark.parametrize("dmarc", Verdict)
def test_the_table_of_admission(dmarc: Verdict, proof: str) -> None:
    for spf, dkim in product(Verdict, Verdict):
        answer = authenticate([ANNA], Verdicts(spf=spf, dkim=dkim, dmarc=dmarc), PROOFS[proof])
        assert answer is expected(dmarc, spf, dkim, proof), (spf, dkim)


def test_without_exactly_one_from_mailbox_nobody_is_authenticated() -> None:
    verdicts = Verdicts(dmarc=Verdict.PASS)
    proof = Authentication(dmarc_domain="buyer.example")
    assert authenticate([], verdicts, proof) is Admission.AUTHOR_UNCLEAR
    assert authenticate([ANNA, ANNA], verdicts, proof) is Admission.AUTHOR_UNCLEAR


def party(role: Role, *mailboxes: str) -> Party:
    return Party(
        id=PartyId(role),
        role=role,
        locale="en",
        display_name="",
        mailboxes=tuple(map(parse_mailbox, mailboxes)),
    )


BUYER = party(Role.BUYER, "anna@buyer.example", "anna.k@gmail.com")
SELLER = party(Role.SELLER, "shop@seller.example")


@pytest.mark.parametrize(
    ("author", "answer"),
    [
        ("anna@buyer.example", Admission.ADMITTED),
        ("annak+x@googlemail.com", Admission.ADMITTED),
        ("shop@seller.example", Admission.OWN_ALIAS),
        ("anna+tag@buyer.example", Admission.UNREGISTERED_MAILBOX),
        ("office@buyer.example", Admission.UNREGISTERED_MAILBOX),
        ("somebody@gmail.com", Admission.STRANGER),
        ("anna@buyer.example.evil.org", Admission.STRANGER),
        ("anna@evil.example", Admission.STRANGER),
    ],
)
def test_only_a_registered_mailbox_of_the_other_party_is_admitted(author: str, answer: Admission) -> None:
    assert admit(parse_mailbox(author), writer=BUYER, owner=SELLER) is answer
