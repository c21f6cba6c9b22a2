"""A protected form wins over every rule for other contact data, however the two overlap."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.mail.address import Mailbox
from parley.masking.contact_rules import ContactKind, ContactRules, Treatment
from parley.masking.matcher import Matcher
from parley.masking.protected import Identity, Protected
from parley.masking.spans import merged
from parley.masking.text import UnsettledError, mask_text
from parley.masking.tokens import Hit

LOCAL, FREEMAIL, PRIVATE = "anna.schmidt", "gmail.com", "privatmail.example"
MASK, PASS = Treatment.MASK, Treatment.PASS
PROTECTED = Protected(
    author=Identity(
        mailboxes=frozenset({Mailbox(LOCAL, FREEMAIL), Mailbox("o'brien_77", PRIVATE)}),
        private_domains=frozenset({PRIVATE}),
        alias=Mailbox("b-7K2M", "relay.example"),
    ),
    recipient=Identity(
        mailboxes=frozenset({Mailbox("shop", "haendler.example")}),
        private_domains=frozenset(),
        alias=Mailbox("s-9Q4T", "relay.example"),
    ),
)
MASKING = ContactRules(phones=MASK, ibans=MASK, handles=MASK, links=MASK)
PASSING = ContactRules(mailboxes=PASS, phones=PASS, ibans=PASS, handles=PASS, links=PASS, obfuscated=PASS)
SECRETS = (LOCAL, PRIVATE, "o'brien")

REWRITTEN = (
    f"{LOCAL}={FREEMAIL}@esp.example",
    f"{LOCAL}=40{FREEMAIL}@esp.example",
    f"{LOCAL}%{FREEMAIL}@esp.example",
    f"{LOCAL}_{FREEMAIL}#EXT#@tenant.example",
    f"{FREEMAIL}={LOCAL}@esp.example",
    f"{FREEMAIL}!{LOCAL}@esp.example",
    f"o'brien_77={PRIVATE}@esp.example",
    f"{PRIVATE}=o'brien_77@esp.example",
)
OURS = st.sampled_from(
    (
        *REWRITTEN,
        f"{LOCAL}@{FREEMAIL}",
        f"SRS0=Ab1c=XY={FREEMAIL}={LOCAL}@esp.example",
        f"o'brien_77@{PRIVATE}",
        f"o'brie=\nn_77@{PRIVATE}",
        f"o'brien_77@\n{PRIVATE}",
        f"x@sub.{PRIVATE}",
        f'"o\'brien_77"@{PRIVATE}',
        f"{LOCAL}@gmail\n.com",
        f"{LOCAL}%40{FREEMAIL}",
        PRIVATE,
    )
)
THEIRS = st.sampled_from(
    (
        "third@web.example",
        "+49 711 5550123",
        "0711\n5550123",
        "DE89 3704 0044 0532 0130 00",
        "Telegram: @anna_k",
        "https://wa.me/4915112345678",
        "https://t.example/?u=",
        "www.mueller.example/",
        "bounce-81",
        "mailto:",
        "Danke",
    )
)
GLUE = st.sampled_from(
    ("", " ", "-", "+", ".", "=", "\n", "\n> ", "@", "/", ":", "_", ",", '"', "<", ">", "&")
)
TEXTS = st.lists(st.tuples(st.one_of(OURS, THEIRS), GLUE), min_size=1, max_size=7).map(
    lambda pieces: "".join(piece + glue for piece, glue in pieces)
)


def masked(text: str, rules: ContactRules) -> str:
    try:
        return mask_text(text, Matcher(PROTECTED, "relay.example", rules)).text.lower()
    except UnsettledError:
        return ""  # held


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_what_is_protected_without_rules_for_contacts_is_protected_with_them(text: str) -> None:
    alone, together = masked(text, PASSING), masked(text, MASKING)
    for secret in SECRETS:
        assert together.count(secret) <= alone.count(secret), (secret, alone, together)


PREFIXES = st.sampled_from(("", "bounce-81-", "b.81.", "list-bounces+", "SRS0=Ab1c=XY=", "prvs=0123456789="))
APART = st.sampled_from((" ", "\n", ", ", " <", "> "))


@given(
    THEIRS, APART, PREFIXES, st.sampled_from(REWRITTEN), APART, THEIRS, st.sampled_from((MASKING, PASSING))
)
def test_a_mailbox_that_a_list_or_gateway_wrote_into_its_own_is_gone(
    first: str, before: str, prefix: str, form: str, after: str, last: str, rules: ContactRules
) -> None:
    seen = masked(f"{first}{before}{prefix}{form}{after}{last}", rules)
    assert not any(secret in seen for secret in SECRETS)


SPANS = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda at: (at[0], at[0] + at[1]))
HITS = st.lists(
    st.builds(
        lambda span, contact, registered: Hit(*span, "***", contact, registered and contact is None),
        SPANS,
        st.one_of(st.none(), st.sampled_from(ContactKind)),
        st.booleans(),
    ),
    max_size=12,
)


@given(HITS)
def test_no_contact_takes_a_character_of_what_is_protected(hits: list[Hit]) -> None:
    ours = {at for hit in hits if not hit.contact for at in range(hit.start, hit.end)}
    kept = merged(hits)
    assert ours == {at for hit in kept if not hit.contact for at in range(hit.start, hit.end)}
    assert all(ours.isdisjoint(range(hit.start, hit.end)) for hit in kept if hit.contact)
    assert all(first.end <= second.start for first, second in pairwise(kept))
