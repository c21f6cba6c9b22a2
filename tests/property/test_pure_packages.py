"""Invariants of conversation, screening and archive, whatever comes in."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.archive.chain import Link, link_hash
from parley.conversation.aliases import ConversationId
from parley.conversation.mailboxes import index_form, same_for_admission
from parley.conversation.messages import Message
from parley.conversation.parties import Role
from parley.conversation.routing import AliasRoute, ForeignRoute, RoleRoute, route
from parley.conversation.threading import MAX_REFERENCES, thread
from parley.mail.address import Mailbox
from parley.mail.findings import Finding
from parley.mail.header import Field, Header
from parley.screening.policy import CODES, DEFAULT_POLICY, Action
from tests.support.samples import a_message

FEW = settings(max_examples=200, derandomize=True, deadline=None)
ATOM = st.text("abcdefghij0123456789.+-", min_size=1, max_size=12).map(lambda text: f"x{text}x")
MAILBOXES = st.builds(
    Mailbox, ATOM, st.sampled_from(["gmail.com", "googlemail.com", "a.example", "b.example"])
)
IDS = st.builds("{}@{}".format, ATOM, ATOM)


@FEW
@given(st.text(max_size=80))
def test_only_the_relay_domain_itself_is_routed(recipient: str) -> None:
    match route(recipient, "relay.example"):
        case AliasRoute(alias):
            assert alias == alias.lower()
            assert recipient.strip().strip("<>").lower().endswith("@relay.example")
        case RoleRoute(mailbox):
            assert mailbox.local_part in ("postmaster", "abuse")
        case ForeignRoute():
            pass


@FEW
@given(MAILBOXES, MAILBOXES, MAILBOXES)
def test_being_the_same_mailbox_is_an_equivalence_that_the_index_knows(
    one: Mailbox, other: Mailbox, third: Mailbox
) -> None:
    assert same_for_admission(one, one)
    assert same_for_admission(one, other) == same_for_admission(other, one)
    assert same_for_admission(one, other) == (index_form(one) == index_form(other))
    if same_for_admission(one, other) and same_for_admission(other, third):
        assert same_for_admission(one, third)


def remembered(author: Role, own: str, outgoing: str) -> Message:
    return a_message(own, author_role=author, author_message_id=own, outgoing_message_id=outgoing)


@FEW
@given(
    st.lists(st.builds(remembered, st.sampled_from(Role), IDS, IDS), max_size=8),
    st.lists(IDS, max_size=40),
    st.binary(max_size=60),
    st.sampled_from(Role),
)
def test_only_ids_that_the_reader_knows_are_named(
    recent: list[Message], referred: list[str], junk: bytes, author: Role
) -> None:
    written = " ".join(f"<{each}>" for each in referred).encode() + junk
    header = Header((Field("references", written), Field("in-reply-to", written[:80])))
    threaded = thread(
        header, recent, author=author, conversation=ConversationId("c1"), relay_domain="relay.example"
    )
    known = {m.outgoing_message_id if m.author_role is author else m.author_message_id for m in recent}
    assert threaded.references[0] == "conversation.c1@relay.example"
    assert set(threaded.references[1:]) <= known
    assert len(threaded.references) <= MAX_REFERENCES + 1
    assert threaded.in_reply_to is None or threaded.in_reply_to in known


@FEW
@given(st.lists(st.sampled_from(sorted(CODES))), st.sampled_from(sorted(CODES)))
def test_one_more_finding_never_makes_the_policy_milder(codes: list[str], another: str) -> None:
    ranks = list(Action)
    before, _ = DEFAULT_POLICY.strictest(map(Finding, codes))
    after, decisive = DEFAULT_POLICY.strictest(map(Finding, [*codes, another]))
    assert ranks.index(after) >= ranks.index(before)
    assert all(CODES[code].action is after for code in decisive)


TEXTS = st.text(max_size=20)
LINKS = st.builds(
    Link,
    conversation=TEXTS,
    seq=st.integers(1, 10**6),
    previous=TEXTS,
    id=TEXTS,
    at=TEXTS,
    commitments=st.dictionaries(TEXTS, TEXTS, max_size=2),
)


@FEW
@given(LINKS, LINKS)
def test_links_have_the_same_hash_only_if_they_say_the_same(one: Link, other: Link) -> None:
    hashes = [link_hash(link.to_json()) for link in (one, other)]
    assert (hashes[0] == hashes[1]) == (json.loads(one.to_json()) == json.loads(other.to_json()))
    assert (
        link_hash(json.dumps(json.loads(one.to_json()), sort_keys=True, separators=(",", ":"))) == hashes[0]
    )
