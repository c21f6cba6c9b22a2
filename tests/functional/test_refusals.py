"""What is not passed on, and who is told."""

import json
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from parley.archive.chain import link_hash
from parley.conversation.conversations import Status
from tests.support import canary
from tests.support.mails import FAIL, FORGED, PASS, Written
from tests.support.market import Market

SPAM = {**PASS, "spam": "FAIL"}
OWN_OTHER_MAILBOX = "zweite@zeisig-post.example"


def text_of(raw: bytes) -> str:
    return str(message_from_bytes(raw, policy=default).get_content())


@pytest.mark.parametrize(
    ("verdicts", "codes"),
    [(FAIL, ("not-authenticated", "virus")), (FORGED, ("not-authenticated",))],
    ids=["all-fail", "authentication-fails"],
)
def test_a_forged_mail_is_refused_without_a_notice(
    market: Market, verdicts: dict[str, str], codes: tuple[str, ...]
) -> None:
    receipt = market.accept(market.from_buyer(), verdicts=verdicts)
    assert market.work() == [True]
    assert market.sent == []
    assert market.outcomes() == [("refused", codes)]
    (original,) = (c for key, c in market.deployment.archived().items() if key.endswith("original.eml"))
    assert original == market.stores.inbox.get(f"inbox/{receipt}")


def test_an_authenticated_stranger_is_refused_without_a_notice(market: Market) -> None:
    market.accept(market.from_buyer(author=canary.STRANGER_MAILBOX))
    assert market.work() == [True]
    assert market.sent == []
    assert market.outcomes() == [("refused", ("stranger",))]


def test_a_mail_that_ses_could_not_check_is_held(market: Market) -> None:
    market.accept(market.from_buyer(), verdicts={**PASS, "dmarc": "PROCESSING_FAILED"})
    assert market.work() == [True]
    assert market.sent == []
    assert market.outcomes() == [("held", ("authentication-unavailable",))]


def test_a_refused_mail_is_in_the_chain_as_an_attempted_contact(market: Market) -> None:
    market.accept(market.from_buyer(), verdicts=FORGED)
    market.accept(market.from_buyer())
    market.work()
    first, second = market.messages()
    assert [message.seq for message in (first, second)] == [1, 2]
    assert first.author_role is None
    assert json.loads(first.record or "")["author_role"] is None
    assert json.loads(second.link or "")["previous"] == link_hash(first.link or "")


def test_an_author_at_an_unregistered_mailbox_is_not_told_which_one_is_registered(
    market: Market,
) -> None:
    market.accept(market.from_buyer(author=OWN_OTHER_MAILBOX))
    assert market.work() == [True]
    (notice,) = market.sent
    assert notice.recipients == (OWN_OTHER_MAILBOX,)
    assert "nicht registriert" in text_of(notice.raw).replace("\n", " ")
    assert canary.BUYER_MAILBOX.encode() not in notice.raw.lower()
    assert market.outcomes() == [("refused", ("unregistered-mailbox",))]


@pytest.mark.parametrize(
    ("author", "words"),
    [("from_buyer", "noch nicht zugestellt"), ("from_seller", "has not been delivered yet")],
)
def test_a_notice_is_in_its_readers_language(market: Market, author: str, words: str) -> None:
    market.accept(getattr(market, author)(), verdicts=SPAM)
    assert market.work() == [True]
    (notice,) = market.sent
    assert words in " ".join(text_of(notice.raw).split())
    assert [state for state, _ in market.outcomes()] == ["held"]


def test_a_notice_repeats_nothing_of_the_mail_and_names_nobody(market: Market) -> None:
    market.accept(market.from_buyer(), verdicts=SPAM)
    market.work()
    (notice,) = market.sent
    shown = notice.raw.decode() + text_of(notice.raw)
    assert notice.recipients == (canary.BUYER_MAILBOX,)
    assert [each for each in canary.canaries_in(shown) if each not in canary.BUYER_MAILBOX] == []


def test_a_notice_says_that_a_program_wrote_it(market: Market) -> None:
    market.accept(market.from_buyer(), verdicts=SPAM)
    market.work()
    mail: Any = message_from_bytes(market.sent[0].raw, policy=default)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == "<CA1@mail.zeisig-post.example>"
    assert mail["X-Parley-Message"] == market.messages()[0].id


def test_an_author_is_told_once_a_day_for_the_same_reason(market: Market) -> None:
    for number in range(3):
        market.accept(market.from_buyer(message_id=f"CA{number}@mail.zeisig-post.example"), verdicts=SPAM)
    assert market.work() == [True, True, True]
    assert len(market.sent) == 1
    assert [state for state, _ in market.outcomes()] == ["held"] * 3


@pytest.mark.parametrize(
    ("fields", "source"),
    [({"Auto-Submitted": "auto-generated"}, None), ({"Precedence": "bulk"}, None), ({}, "")],
    ids=["auto-submitted", "bulk", "null-reverse-path"],
)
def test_a_program_is_told_nothing(market: Market, fields: dict[str, str], source: str | None) -> None:
    market.accept(market.from_buyer(fields=fields), verdicts=SPAM, source=source)
    assert market.work() == [True]
    assert market.sent == []
    assert [state for state, _ in market.outcomes()] == ["held"]


def test_mail_to_a_closed_conversation_is_refused_and_its_author_told(market: Market) -> None:
    closed = market.correspondence("c9", status=Status.CLOSED)
    market.accept(market.from_buyer(to=closed.buyer_writes_to))
    assert market.work() == [True]
    (notice,) = market.sent
    assert notice.recipients == (canary.BUYER_MAILBOX,)
    assert market.outcomes("c9") == [("refused", ("conversation-closed",))]


def test_a_virus_is_refused_and_its_author_told(market: Market) -> None:
    market.accept(market.from_seller(), verdicts={**PASS, "virus": "FAIL"})
    assert market.work() == [True]
    (notice,) = market.sent
    assert notice.recipients == (canary.SELLER_MAILBOX,)
    assert market.outcomes() == [("refused", ("virus",))]


def test_a_delivery_report_is_recorded_and_goes_nowhere(market: Market) -> None:
    market.accept(delivery_report(market), source="")
    assert market.work() == [True]
    assert market.sent == []
    assert market.outcomes() == [("discarded", ("delivery-report",))]


def delivery_report(market: Market) -> Written:
    part = "\r\n--b\r\nContent-Type: "
    return Written(
        author="mailer-daemon@mail.girlitz-handel.example",
        to=market.main.seller_writes_to,
        subject="Undelivered Mail Returned to Sender",
        fields={"Content-Type": 'multipart/report; report-type=delivery-status; boundary="b"'},
        body=f"{part}text/plain\r\n\r\n{canary.SELLER_MAILBOX}: no such user\r\n"
        f"{part}message/delivery-status\r\n\r\nReporting-MTA: dns; mail.girlitz-handel.example\r\n\r\n"
        f"Final-Recipient: rfc822; {canary.SELLER_MAILBOX}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b--\r\n",
    )


def test_an_out_of_office_answer_is_relayed_once(market: Market) -> None:
    for number in range(2):
        fields = {"Auto-Submitted": "auto-replied"}
        market.accept(market.from_seller(fields=fields, message_id=f"HG{number}@girlitz-handel.example"))
    assert market.work() == [True, True]
    assert len(market.sent) == 1
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in market.sent[0].raw
    assert [state for state, _ in market.outcomes()] == ["relayed", "discarded"]
