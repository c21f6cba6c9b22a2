"""What write_archive makes of the table's stream, on the deployed stack."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ClientError

from parley.archive.keys import attachment_key, entry_prefix, order_key, transcript_key
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.messages import Message, State
from parley.lake.rows import MessageRow, read
from parley.lake.tables import ARRIVALS
from parley.stores.keys import head_key
from tests.support import canary
from tests.support.http import ask
from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE, Fault
from tests.support.scenarios import (
    SCENARIOS,
    SPAM,
    Scenario,
    at_an_unknown_alias,
    relayed,
    to_the_operator,
)
from tests.support.verified import verified
from tests.support.wire import Answer, Call

BILL = b"%PDF-1.4 a bill"
WHO = ("kordula.kanarie", "zeisig-post", "girlitz-handel", "bluthaenfling")
"""What would give a mailbox away. Names and words of the mails are what a transcript is for."""

LOOSE = (to_the_operator, at_an_unknown_alias)
TOLD = [scenario for scenario in SCENARIOS if scenario not in LOOSE]


def followed(market: Market, scenario: Scenario = relayed) -> set[str]:
    """Plays the scenario to its end; the conversations that it made."""
    scenario(market)
    while market.work():
        pass
    assert market.follow() == []
    return {str(each.conversation) for each in market.deployment.messages() if each.conversation}


def page(market: Market, conversation: str = "c1") -> str:
    return market.deployment.reviewed()[transcript_key(conversation)].decode()


def with_bill(market: Market) -> Message:
    """A held mail with an attachment."""
    encoded = base64.b64encode(BILL).decode()
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nHere it is\r\n--b\r\nContent-Type: application/pdf\r\n"
        'Content-Disposition: attachment; filename="Bill 1.pdf"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--b--\r\n"
    )
    fields = {"MIME-Version": "1.0", "Content-Type": 'multipart/mixed; boundary="b"'}
    written = market.from_buyer(body=body)
    market.accept(replace(written, fields={**written.fields, **fields}), verdicts=SPAM)
    market.work()
    message = market.messages()[-1]
    assert message.state is State.HELD
    return message


def decide(market: Market, message: Message, verb: str) -> None:
    body = {"case": "case-17", "reason": "asked by phone"}
    reply = ask(market, "POST", f"/conversations/c1/messages/{message.id}/{verb}", body=body)
    assert reply.status < 300, reply.body


@pytest.mark.parametrize("scenario", TOLD, ids=lambda scenario: scenario.__name__)
def test_after_every_kind_of_receipt_the_archive_alone_verifies(market: Market, scenario: Scenario) -> None:
    for conversation in followed(market, scenario):
        found = verified(market.deployment, conversation)
        count = len(market.history(conversation))
        assert (found.count, found.signed, found.pending) == (count, count, ())
        assert found.is_intact, found.faults


@pytest.mark.parametrize("scenario", TOLD, ids=lambda scenario: scenario.__name__)
def test_no_transcript_gives_a_mailbox_away_and_no_row_of_the_lake_a_word(
    market: Market, scenario: Scenario
) -> None:
    """That nothing of the mails is in a log line is heard by `tests.support.canary`."""
    for conversation in followed(market, scenario):
        told = page(market, conversation)
        assert [word for word in WHO if word in told.lower()] == []
        assert canary.BODY_WORD in told
    arrived = [raw for key, raw in market.deployment.reviewed().items() if key.startswith(ARRIVALS)]
    rows = [read(line) for raw in arrived for line in raw.splitlines()]
    assert {each.id for each in market.messages() if each.conversation} <= {
        row.message_id for row in rows if isinstance(row, MessageRow)
    }
    assert canary.canaries_in(b"".join(arrived).decode()) == []


@pytest.mark.parametrize("scenario", LOOSE, ids=lambda scenario: scenario.__name__)
def test_what_belongs_to_no_conversation_is_not_handed_over(market: Market, scenario: Scenario) -> None:
    scenario(market)
    assert market.work() == [True]
    assert market.stream.records(market.deployment.items()) == []


def test_the_order_leads_to_the_transcript(market: Market) -> None:
    followed(market)
    pointer = market.deployment.reviewed()[order_key("order-c1", "c1")]
    assert transcript_key("c1").encode() in pointer


def test_a_batch_costs_one_signature_however_many_conversations_it_has(market: Market) -> None:
    for each in (market.main, market.correspondence("c2"), market.correspondence("c3")):
        market.accept(market.from_buyer(to=each.buyer_writes_to))
    followed(market)
    assert len(market.messages("c3")) == 1
    assert market.cost.count("kms.Sign") == 1


def test_a_longer_conversation_asks_for_no_more(market: Market) -> None:
    """An execution environment that lasts knows the mails of which it made the page before."""
    market.lasting, asked = True, []
    for number in range(4):
        market.accept(market.from_buyer(message_id=f"CA{number}@mail.zeisig-post.example"))
        assert market.work() == [True]
        assert market.follow() == []
        asked.append(market.cost.count("s3.GetObject"))
    market.start_anew()
    assert asked == [3, 3, 3, 3]
    assert page(market).count(canary.BODY_WORD) >= len(asked)


def test_what_changes_without_an_outcome_is_not_handed_over(market: Market) -> None:
    """Of one mail's many writes the last alone passes the mapping's filter, and nothing of parties, aliases
    and heads does."""
    followed(market)
    everything = market.stream.records(market.deployment.items())
    assert everything == []
    market.accept(market.from_seller())
    market.fault = Fault(before=_declined)
    assert market.work() == [False]
    assert market.stream.records(market.deployment.items()) == []
    market.fault = Fault()
    market.work_after(AFTER_THE_LEASE)
    (record,) = market.stream.records(market.deployment.items())
    assert record["dynamodb"]["NewImage"]["state"] == {"S": "relayed"}


def _declined(call: Call) -> Answer | None:
    return Answer(429, "TooManyRequestsException") if call.operation == "SendEmail" else None


def test_the_batch_comes_again_from_the_first_record_that_failed(market: Market) -> None:
    other = market.correspondence("c2")
    market.accept(market.from_buyer())
    market.accept(market.from_buyer(to=other.buyer_writes_to, message_id="CA2@mail.zeisig-post.example"))
    market.work()
    head = _remove_head(market, "c2")
    told = {_conversation(each): each for each in market.stream.records(market.deployment.items())}
    (failed,) = market.invoke("write_archive", {"Records": list(told.values())})["batchItemFailures"]
    assert failed == {"itemIdentifier": told["c2"]["dynamodb"]["SequenceNumber"]}
    assert verified(market.deployment, "c1").is_intact
    market.deployment.clients.dynamodb.put_item(TableName=market.deployment.settings.table, Item=head)
    assert market.follow() == []
    assert verified(market.deployment, "c2").is_intact


def test_what_failed_comes_again_and_changes_no_entry(market: Market) -> None:
    followed(market)
    before = entries(market)
    market.accept(market.from_seller())
    market.work()
    market.fault = Fault(before=lambda call: Answer(500, "KMSInternalException") if _signs(call) else None)
    with pytest.raises(ClientError):
        market.follow()
    market.fault = Fault()
    assert market.follow() == []
    assert entries(market).items() >= before.items()
    assert verified(market.deployment, "c1").signed == 2


def test_a_mail_that_is_released_is_told_as_released_with_its_attachments(market: Market) -> None:
    message = with_bill(market)
    market.follow()
    key = attachment_key("c1", sha256(BILL).hexdigest(), "Bill 1.pdf")
    assert key not in market.deployment.archived()
    held = page(market)
    decide(market, message, "release")
    market.work()
    (image,) = (
        each["dynamodb"]["NewImage"]
        for each in market.stream.records(market.deployment.items())
        if "state" in each["dynamodb"]["NewImage"]
    )
    assert image["state"] == {"S": State.RELEASED}
    market.follow()
    assert market.deployment.archived()[key] == BILL
    assert page(market) != held
    found = verified(market.deployment, "c1")
    assert (found.is_intact, found.signed) == (True, len(market.history()))


def test_a_mail_that_is_released_between_two_batches_has_its_first_outcome_in_its_entry(
    market: Market,
) -> None:
    message = with_bill(market)
    decide(market, message, "release")
    market.work()
    assert [str(each.state) for each in market.messages()] == [State.RELEASED]
    market.follow()
    told = [json.loads(each) for each in entries(market).values()]
    assert [each["outcome"] for each in told if each["kind"] == "message"] == [State.HELD]
    assert verified(market.deployment, "c1").is_intact


def test_a_mail_that_a_reviewer_refuses_keeps_its_entry_and_gets_an_event(market: Market) -> None:
    message = with_bill(market)
    market.follow()
    before = entries(market)
    decide(market, message, "refuse")
    market.work()
    market.follow()
    after = entries(market)
    assert after.items() >= before.items()
    assert EventKind.REFUSED in {json.loads(each)["record"]["kind"] for each in after.values()}
    assert verified(market.deployment, "c1").is_intact


def test_a_tail_that_is_cut_off_is_found(market: Market) -> None:
    """The test of the tests above: their verification can fail."""
    followed(market)
    market.accept(market.from_seller())
    market.work()
    market.follow()
    last = max(entries(market))
    bucket, s3 = market.deployment.settings.archive_bucket, market.deployment.clients.s3
    s3.delete_object(Bucket=bucket, Key=last)
    assert not verified(market.deployment, "c1").is_intact


def test_a_mail_whose_change_was_lost_is_filed_with_the_next(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    market.stream.taken(market.stream.records(market.deployment.items()))
    market.clock.pass_by(timedelta(hours=20))
    market.accept(market.from_seller())
    market.work()
    market.follow()
    assert len(entries(market)) == 2
    assert verified(market.deployment, "c1").is_intact


def entries(market: Market, conversation: str = "c1") -> dict[str, bytes]:
    archived = market.deployment.archived()
    return {key: raw for key, raw in archived.items() if key.startswith(entry_prefix(conversation))}


def _signs(call: Call) -> bool:
    return call.operation == "Sign"


def _conversation(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["NewImage"]["conversation_id"]["S"])


def _remove_head(market: Market, conversation: str) -> Any:
    """The item as it was: without it there is no conversation to tell of."""
    answer = market.deployment.clients.dynamodb.delete_item(
        TableName=market.deployment.settings.table,
        Key=head_key(ConversationId(conversation)),
        ReturnValues="ALL_OLD",
    )
    return answer["Attributes"]
