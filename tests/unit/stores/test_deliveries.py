"""What is written down of failures and of the sweep, and what becomes of a delivery, on AWS's stand-in."""

from datetime import UTC, datetime, timedelta

from parley.relaying.sweep import Round
from parley.stores.failures import DynamoFailures
from parley.stores.queue import SqsDeliveries
from parley.stores.rounds import DynamoRounds
from tests.support.aws import Deployment
from tests.support.wire import Call

UNTIL = datetime(2026, 9, 19, tzinfo=UTC)


def failures(deployment: Deployment) -> DynamoFailures:
    return DynamoFailures(deployment.clients.dynamodb, deployment.settings.table)


def test_each_delivery_of_a_text_that_fails_counts_once(deployment: Deployment) -> None:
    counted = failures(deployment)
    assert [counted.count("text-1", receive, UNTIL) for receive in (1, 2, 2, 7)] == [1, 2, 2, 3]
    assert counted.count("text-2", 7, UNTIL) == 1


def test_failures_are_forgotten_when_the_text_is(deployment: Deployment) -> None:
    failures(deployment).count("text-1", 1, UNTIL)
    (item,) = (item for item in deployment.items() if item["pk"]["S"] == "COUNT#failures#text-1")
    assert item["expires_at"] == {"N": str(int(UNTIL.timestamp()))}


def test_how_far_the_sweep_is_is_read_as_it_was_noted(deployment: Deployment) -> None:
    rounds = DynamoRounds(deployment.clients.dynamodb, deployment.settings.table)
    assert rounds.latest() is None
    for after in ("", "inbox/receipt-1", None):
        noted = Round(since=UNTIL - timedelta(days=1), until=UNTIL, after=after, thorough_at=UNTIL)
        rounds.note(noted)
        assert rounds.latest() == noted


def test_a_text_that_is_given_up_lies_among_the_dead_letters_with_its_cause(deployment: Deployment) -> None:
    sqs, dead = deployment.clients.sqs, deployment.settings.dead_letters_url
    deliveries = SqsDeliveries(lambda: sqs, deployment.queue_url, dead)
    deliveries.give_up("text", "UnreadableItemError")
    (letter,) = sqs.receive_message(QueueUrl=dead, MessageAttributeNames=["All"])["Messages"]
    assert letter["Body"] == "text"
    assert letter["MessageAttributes"]["cause"]["StringValue"] == "UnreadableItemError"


def test_a_text_that_is_put_off_is_hidden_for_so_long(deployment: Deployment) -> None:
    sqs, asked = deployment.clients.sqs, list[Call]()
    deployment.stack.client("sqs").send_message(QueueUrl=deployment.queue_url, MessageBody="text")
    (message,) = deployment.queued()
    deployment.wire.before = asked.append
    SqsDeliveries(lambda: sqs, deployment.queue_url, "").put_off(
        message["ReceiptHandle"], timedelta(seconds=0)
    )
    deployment.wire.heal()
    assert [call.operation for call in asked] == ["ChangeMessageVisibility"]
    assert [each["Body"] for each in deployment.queued()] == ["text"]
