"""Every forward-path of the envelope on its own, and nothing but the envelope."""

from email import message_from_bytes
from email.policy import default

import pytest

from parley.archive.chain import Committed
from parley.archive.keys import object_key
from parley.conversation.aliases import AliasId, new_alias
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import parse_mailbox
from parley.screening.rules.recipients import MAX_RECIPIENTS
from tests.support import canary
from tests.support.market import Correspondence, Market
from tests.support.runtime import AFTER_THE_LEASE, Fault
from tests.support.wire import Answer, Call

OTHER_SHOP = "zweitladen@girlitz-handel-nord.example"


@pytest.fixture
def other(market: Market) -> Correspondence:
    """The same buyer's conversation with another seller."""
    seller = Party(
        id=PartyId("p-other"),
        role=Role.SELLER,
        locale="en",
        display_name="Nordladen",
        mailboxes=(parse_mailbox(OTHER_SHOP),),
    )
    market.stores.directory.register(seller)
    return market.correspondence("c2", seller=seller)


def both(market: Market, other: Correspondence) -> tuple[str, str]:
    return market.main.buyer_writes_to, other.buyer_writes_to


def test_two_aliases_in_one_mail_make_two_deliveries(market: Market, other: Correspondence) -> None:
    market.accept(market.from_buyer(), recipients=both(market, other))
    assert market.work() == [True]
    assert {sent.recipients for sent in market.sent} == {(canary.SELLER_MAILBOX,), (OTHER_SHOP,)}
    assert len({sent.mail_from for sent in market.sent}) == 2


def first_send_fails() -> Fault:
    failed: list[Call] = []

    def before(call: Call) -> Answer | None:
        if call.operation != "SendEmail" or failed:
            return None
        failed.append(call)
        return Answer(429, "TooManyRequestsException")

    return Fault(before=before)


def test_a_failure_at_one_alias_leaves_the_other_alone(market: Market, other: Correspondence) -> None:
    market.accept(market.from_buyer(), recipients=both(market, other))
    market.fault = first_send_fails()
    assert market.work() == [False]
    assert [sent.recipients for sent in market.sent] == [(OTHER_SHOP,)]
    market.fault = Fault()
    assert market.work_after(AFTER_THE_LEASE) == [True]
    assert [sent.recipients for sent in market.sent] == [(OTHER_SHOP,), (canary.SELLER_MAILBOX,)]


def test_the_envelope_decides_whatever_the_to_field_says(market: Market, other: Correspondence) -> None:
    market.accept(market.from_buyer(to=other.buyer_writes_to), recipients=(market.main.buyer_writes_to,))
    market.work()
    assert [sent.recipients for sent in market.sent] == [(canary.SELLER_MAILBOX,)]
    assert market.messages("c2") == []


def test_an_alias_in_capitals_is_the_same_alias(market: Market) -> None:
    market.accept(market.from_buyer(), recipients=(market.main.buyer_writes_to.upper(),))
    market.work()
    assert [sent.recipients for sent in market.sent] == [(canary.SELLER_MAILBOX,)]


@pytest.mark.parametrize("look", ["{0}@{1}.evil.org", "{0}@evil.{1}", "{0}@evil{1}", "{0}%{1}@evil.org"])
def test_a_domain_that_looks_like_ours_is_not_ours(market: Market, look: str) -> None:
    alias, _, domain = market.main.buyer_writes_to.partition("@")
    market.accept(market.from_buyer(), recipients=(look.format(alias, domain),))
    assert market.work() == [True]
    assert market.sent == []
    assert market.messages() == []
    assert market.loose_outcomes() == [("discarded", "foreign-domain")]


NOBODYS = {"unknown-alias": new_alias("s", 303), "mistyped-alias": AliasId("s-0000000000001")}


@pytest.mark.parametrize("code", NOBODYS)
def test_mail_to_an_alias_of_nobody_is_recorded_and_stays_in_the_inbox_alone(
    market: Market, code: str
) -> None:
    receipt = market.accept(market.from_buyer(), recipients=(f"{NOBODYS[code]}@{market.relay_domain}",))
    assert market.work() == [True]
    assert market.loose_outcomes() == [("discarded", code)]
    assert market.sent == []
    assert market.deployment.archived() == {}
    assert market.stores.inbox.get(f"inbox/{receipt}")


def test_a_known_and_an_unknown_alias_in_one_mail_both_get_their_outcome(market: Market) -> None:
    recipients = (f"{NOBODYS['unknown-alias']}@{market.relay_domain}", market.main.buyer_writes_to)
    market.accept(market.from_buyer(), recipients=recipients)
    assert market.work() == [True]
    assert market.loose_outcomes() == [("discarded", "unknown-alias")]
    assert [state for state, _ in market.outcomes()] == ["relayed"]


@pytest.mark.parametrize("local_part", ["postmaster", "abuse", "PostMaster"])
def test_mail_to_a_role_mailbox_reaches_the_operator_whole(market: Market, local_part: str) -> None:
    receipt = market.accept(market.from_buyer(), recipients=(f"{local_part}@{market.relay_domain}",))
    assert market.work() == [True]
    (sent,) = market.sent
    assert sent.recipients == (market.deployment.settings.operator_mailbox,)
    assert attachment(sent.raw) == market.stores.inbox.get(f"inbox/{receipt}")


def attachment(raw: bytes) -> bytes:
    (only,) = message_from_bytes(raw, policy=default).iter_attachments()
    return bytes(only.get_content())


def test_a_mail_to_more_than_ten_is_refused_at_each_and_its_author_told_once(market: Market) -> None:
    names = [f"k{number}" for number in range(MAX_RECIPIENTS + 1)]
    to = tuple(market.correspondence(name).buyer_writes_to for name in names)
    receipt_id = market.accept(market.from_buyer(), recipients=to)
    assert market.work() == [True]
    assert {name: market.outcomes(name) for name in names} == {
        name: [("refused", ("too-many-recipients",))] for name in names
    }
    (notice,) = market.sent
    assert notice.recipients == (canary.BUYER_MAILBOX,)
    text = message_from_bytes(notice.raw, policy=default).get_content()
    assert "an mehr als zehn Postfächer" in text
    for each in market.deployment.messages():
        original = object_key(each.folder, Committed.ORIGINAL)
        assert market.stores.archive.get(original) == market.stores.inbox.get(f"inbox/{receipt_id}")


def test_a_mail_to_ten_reaches_each_of_them(market: Market) -> None:
    to = tuple(market.correspondence(f"k{number}").buyer_writes_to for number in range(MAX_RECIPIENTS))
    market.accept(market.from_buyer(), recipients=to)
    assert market.work() == [True]
    assert len(market.sent) == MAX_RECIPIENTS
