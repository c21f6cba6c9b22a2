"""A complaint of a mail: recorded; where the policy says so, the party is sent only what it asks for."""

import itertools
import json
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from parley.conversation.parties import Party
from parley.settings import SettingsError
from parley.stores.items import read_party
from tests.support import canary
from tests.support.deliveries import facts, kinds, notices, told, track
from tests.support.http import ask
from tests.support.market import Market
from tests.support.runtime import Fault
from tests.support.verified import verified
from tests.support.wire import Answer, Call, Sent

LATER = timedelta(seconds=7)
numbers = itertools.count()


@pytest.fixture
def opting(market: Market) -> Market:
    market.environment = {"PARLEY_COMPLAINTS": "opt-out"}
    return market


def relayed(market: Market) -> Sent:
    """The buyer's mail to the seller, as SES took it."""
    assert outcome(market)[0] == "relayed"
    return market.sent[-1]


def outcome(market: Market) -> tuple[str, tuple[str, ...]]:
    """What becomes of another mail of the buyer's."""
    number = next(numbers)
    market.accept(market.from_buyer(message_id=f"CC{number}@mail.zeisig-post.example", body=f"{number}\r\n"))
    assert market.work() == [True]
    return market.outcomes()[-1]


def complaint(market: Market, sent: Sent, at: datetime | None = None, **details: str) -> str:
    return told(sent, "Complaint", at or market.clock.now() + LATER, **details)


def seller(market: Market) -> Party:
    (found,) = [each for each in market.deployment.items() if each["pk"]["S"] == "PARTY#p-seller"]
    return read_party(found)


def test_without_the_policy_a_complaint_is_recorded_and_mail_goes_on(market: Market) -> None:
    assert track(market, complaint(market, relayed(market))) == []
    assert kinds(market) == ["complained"]
    assert seller(market).opted_out_at is None
    relayed(market)


def test_who_complains_is_opted_out_and_that_is_chained_once(opting: Market) -> None:
    told_twice = complaint(opting, relayed(opting))
    assert track(opting, told_twice, told_twice) == []
    assert track(opting, told_twice) == []
    assert seller(opting).opted_out_at == opting.clock.now() + LATER
    assert kinds(opting) == ["complained", "opted-out"]
    assert facts(opting.history())[-1] == {"code": "complained", "party": "seller"}
    assert ask(opting, "GET", "/parties/p-seller").body["opted_out"] is True
    opting.follow()
    assert verified(opting.deployment, "c1").is_intact


def test_mail_to_who_opted_out_is_refused_and_its_author_told_nothing_of_a_complaint(opting: Market) -> None:
    track(opting, complaint(opting, relayed(opting)))
    opting.clock.pass_by(timedelta(minutes=1))
    assert outcome(opting) == ("refused", ("recipient-opted-out",))
    (notice,) = notices(opting)
    assert notice.recipients == (canary.BUYER_MAILBOX,)
    text = message_from_bytes(notice.raw, policy=default).get_content()
    assert "nicht per E-Mail erreichbar" in text
    assert "Spam" not in text


def test_who_opted_out_may_write_and_gets_the_answers(opting: Market) -> None:
    track(opting, complaint(opting, relayed(opting)))
    opting.clock.pass_by(timedelta(minutes=1))
    opting.accept(opting.from_seller())
    assert opting.work() == [True]
    assert opting.outcomes()[-1][0] == "relayed"
    relayed(opting)
    # Who complains of the answer has had enough.
    opting.clock.pass_by(timedelta(minutes=1))
    track(opting, complaint(opting, opting.sent[-1]))
    opting.clock.pass_by(timedelta(minutes=1))
    assert outcome(opting)[0] == "refused"


def test_the_answer_comes_to_who_asked_before_complaining_of_another_conversation(opting: Market) -> None:
    opting.accept(opting.from_seller())
    assert opting.work() == [True]
    opting.clock.pass_by(timedelta(minutes=5))
    other = opting.correspondence("c2")
    opting.accept(opting.from_buyer(to=other.buyer_writes_to, message_id="AD@mail.zeisig-post.example"))
    assert opting.work() == [True]
    track(opting, complaint(opting, opting.sent[-1]))
    opting.clock.pass_by(timedelta(minutes=5))
    assert outcome(opting)[0] == "relayed"


def test_who_opted_out_is_still_told_of_their_own_mail(opting: Market) -> None:
    track(opting, complaint(opting, relayed(opting)))
    opting.clock.pass_by(timedelta(minutes=1))
    opting.accept(opting.from_seller())
    opting.work()
    track(opting, told(opting.sent[-1], "Reject", opting.clock.now()))
    assert [notice.recipients for notice in notices(opting)] == [(canary.SELLER_MAILBOX,)]


def test_the_marketplace_opts_in_and_an_old_complaint_that_comes_again_changes_nothing(
    opting: Market,
) -> None:
    old = complaint(opting, relayed(opting))
    track(opting, old)
    opting.clock.pass_by(timedelta(minutes=1))
    opted_in = ask(opting, "PATCH", "/parties/p-seller", body={"opted_out": False})
    assert (opted_in.status, opted_in.body["opted_out"]) == (200, False)
    assert track(opting, old) == []
    assert seller(opting).opted_out_at is None
    another = relayed(opting)
    track(opting, complaint(opting, another))
    assert seller(opting).opted_out_at is not None
    assert kinds(opting).count("opted-out") == 2


def test_a_complaint_from_before_an_opting_in_opts_nobody_out_who_is_opted_out_for_another_reason(
    opting: Market,
) -> None:
    late = complaint(opting, relayed(opting))
    for opted_out in (False, True):
        opting.clock.pass_by(timedelta(hours=1))
        assert ask(opting, "PATCH", "/parties/p-seller", body={"opted_out": opted_out}).status == 200
    before = seller(opting).opted_out_at
    assert track(opting, late) == []
    assert seller(opting).opted_out_at == before
    assert kinds(opting) == ["complained"]


def test_the_marketplace_opts_out_who_asks_for_it(market: Market) -> None:
    relayed(market)
    assert ask(market, "PATCH", "/parties/p-seller", body={"opted_out": True}).body["opted_out"] is True
    assert outcome(market)[0] == "refused"


@pytest.mark.parametrize("feedback", ["not-spam", "auth-failure", "virus"])
def test_what_is_no_wish_of_the_recipient_opts_nobody_out(opting: Market, feedback: str) -> None:
    track(opting, complaint(opting, relayed(opting), complaintFeedbackType=feedback))
    assert kinds(opting) == ["complained"]
    assert seller(opting).opted_out_at is None


def test_a_complaint_of_a_notice_or_of_an_unknown_mail_opts_nobody_out(opting: Market) -> None:
    sent = relayed(opting)
    track(opting, told(sent, "Reject", opting.clock.now()))
    (notice,) = notices(opting)
    before = opting.deployment.items()
    unknown = json.loads(complaint(opting, sent))
    unknown["mail"]["tags"]["message"] = ["m404"]
    assert track(opting, complaint(opting, notice), json.dumps(unknown)) == []
    assert opting.deployment.items() == before


@pytest.mark.parametrize("last", ["Query", "TransactWriteItems", "GetItem", "UpdateItem", "the event"])
def test_a_complaint_that_could_not_be_worked_off_is_when_it_comes_again(opting: Market, last: str) -> None:
    """last: the call that is not answered, and none after it; "the event" is the second transaction."""
    text = complaint(opting, relayed(opting))
    done: list[str] = []

    def before(call: Call) -> Answer | None:
        is_second = call.operation == "TransactWriteItems" and "TransactWriteItems" in done
        name = "the event" if is_second else call.operation
        done.append(name)
        return Answer(400, "AccessDeniedException") if last in done else None

    opting.fault = Fault(before=before)
    assert track(opting, text) == [0]
    assert last in done
    opting.fault = Fault()
    assert track(opting, text) == []
    assert kinds(opting) == ["complained", "opted-out"]
    assert seller(opting).opted_out_at is not None


def test_an_unknown_policy_fails_the_invocation_by_its_name(market: Market) -> None:
    text = complaint(market, relayed(market))
    market.environment = {"PARLEY_COMPLAINTS": "perhaps"}
    with pytest.raises(SettingsError, match="PARLEY_COMPLAINTS"):
        track(market, text)
