"""`parley replay --undelivered` on simulated queues: each text back to where its reader finds it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from cli import letters, main, options
from cli.aws import Clients
from cli.checks.site import Site
from cli.deployment import INBOX_PREFIX, Part
from cli.undelivered import unwrapped
from parley.mail.delivery_events import read_event
from parley.relaying.receipts import Receipt, read_notification
from tests.cli.sites import PARTS, REGION, FakeResolver, a_deployment
from tests.support.lean_moto import lean
from tests.support.runtime import event

STRANGER = "anna@privatmail.example"
PLACES = {
    Part.RECEIPTS_QUEUE: "receipts",
    Part.RECEIPTS_UNDELIVERED: "receipts-undelivered",
    Part.EVENTS_QUEUE: "events",
    Part.EVENTS_UNDELIVERED: "events-undelivered",
}


def receipt() -> dict[str, Any]:
    told: dict[str, Any] = event("received.json")
    told["receipt"]["action"]["objectKey"] = INBOX_PREFIX + told["mail"]["messageId"]
    return told


RECEIPT = json.dumps(receipt())
DELIVERED = json.dumps(
    {
        "eventType": "Delivery",
        "mail": {
            "messageId": "0102019",
            "timestamp": "2026-09-04T16:12:00.000Z",
            "tags": {"message": ["jx2"], "conversation": ["c1"]},
        },
        "delivery": {"timestamp": "2026-09-04T16:12:05.000Z", "recipients": [STRANGER]},
    }
)


def wrapped(text: str) -> str:
    """As SNS does without raw delivery."""
    return json.dumps(
        {"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:x:1:t", "Message": text}
    )


class World:
    def __init__(self) -> None:
        self.sqs: Any = boto3.client("sqs", region_name=REGION)
        self.urls = {part: self.sqs.create_queue(QueueName=name)["QueueUrl"] for part, name in PLACES.items()}
        connect: Any = boto3.client
        self.site = Site(
            deployment=a_deployment(parts={**PARTS, **self.urls}),
            clients=Clients(lambda service: connect(service, region_name=REGION)),
            resolver=FakeResolver(),
            api=None,
            now=datetime.now(UTC) + timedelta(minutes=1),
        )

    def leave(self, part: Part, body: str) -> None:
        """As SNS does, with its reason."""
        reason = {"ErrorCode": {"DataType": "String", "StringValue": "AccessDenied"}}
        self.sqs.send_message(QueueUrl=self.urls[part], MessageBody=body, MessageAttributes=reason)

    def waiting(self, part: Part) -> list[str]:
        answer = self.sqs.receive_message(
            QueueUrl=self.urls[part], MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [each["Body"] for each in answer.get("Messages", [])]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    # The simulated queue would really wait.
    monkeypatch.setattr(letters, "WAIT_SECONDS", 0)
    with mock_aws(), lean():
        made = World()
        monkeypatch.setattr(options, "connect", lambda _: made.site)
        yield made


def run(*arguments: str, text: str = "") -> Any:
    return CliRunner().invoke(main.app, ["replay", "--undelivered", *arguments], input=text)


@pytest.mark.parametrize("as_left", [str, wrapped], ids=["raw", "in SNS's envelope"])
def test_each_text_goes_to_the_queue_of_its_topic_as_its_reader_wants_it(world: World, as_left: Any) -> None:
    world.leave(Part.RECEIPTS_UNDELIVERED, as_left(RECEIPT))
    world.leave(Part.EVENTS_UNDELIVERED, as_left(DELIVERED))
    ended = run("--yes")
    assert ended.exit_code == 0, ended.output
    assert world.waiting(Part.RECEIPTS_QUEUE) == [RECEIPT]
    assert world.waiting(Part.EVENTS_QUEUE) == [DELIVERED]
    assert isinstance(read_notification(RECEIPT, INBOX_PREFIX), Receipt)
    assert read_event(DELIVERED) is not None
    assert world.waiting(Part.RECEIPTS_UNDELIVERED) == world.waiting(Part.EVENTS_UNDELIVERED) == []


def test_more_than_a_page_is_moved_once_each(world: World) -> None:
    for _ in range(23):
        world.leave(Part.EVENTS_UNDELIVERED, DELIVERED)
    asked = json.loads(run("--yes", "--json").stdout)["asked"]
    assert len(asked) == 23
    attributes = world.sqs.get_queue_attributes(
        QueueUrl=world.urls[Part.EVENTS_QUEUE], AttributeNames=["ApproximateNumberOfMessages"]
    )
    assert attributes["Attributes"]["ApproximateNumberOfMessages"] == "23"


def test_what_arrives_while_the_list_is_read_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SNS still hands over nothing: one more with each look, for ever."""
    world.leave(Part.EVENTS_UNDELIVERED, DELIVERED)
    receive, later = world.sqs.receive_message, datetime.now(UTC) + timedelta(hours=1)

    def receive_message(**asked: Any) -> Any:
        answer = receive(**asked)
        one = {"MessageId": "new", "Body": DELIVERED, "ReceiptHandle": "new"}
        one["Attributes"] = {"SentTimestamp": str(round(later.timestamp() * 1000))}
        return {"Messages": [*answer.get("Messages", []), one]}

    shown: list[str] = []
    monkeypatch.setattr(world.site.clients.sqs, "receive_message", receive_message)
    monkeypatch.setattr(letters, "show_again", lambda _site, _part, handle: shown.append(handle))
    ended = run("--yes", "--json")
    assert ended.exit_code == 0
    assert [each["queue"] for each in json.loads(ended.stdout)["asked"]] == [Part.EVENTS_QUEUE.value[1]]
    assert world.waiting(Part.EVENTS_QUEUE) == [DELIVERED]
    assert set(shown) == {"new"}
    assert letters.MORE in ended.stderr


def test_it_is_listed_by_ids_and_codes_and_moved_after_a_yes_only(world: World) -> None:
    world.leave(Part.RECEIPTS_UNDELIVERED, RECEIPT)
    world.leave(Part.RECEIPTS_UNDELIVERED, f"{STRANGER} wrote nonsense")
    world.leave(Part.EVENTS_UNDELIVERED, DELIVERED)
    ended = run(text="n\n")
    assert ended.exit_code == 2
    for shown in (receipt()["mail"]["messageId"], "jx2", "AccessDenied", "Undelivered: 3"):
        assert shown in ended.output
    assert "@" not in ended.output
    assert world.waiting(Part.RECEIPTS_QUEUE) == world.waiting(Part.EVENTS_QUEUE) == []
    # And everything is in sight again.
    assert len(world.waiting(Part.RECEIPTS_UNDELIVERED)) == 2
    assert len(world.waiting(Part.EVENTS_UNDELIVERED)) == 1


def test_what_could_not_be_moved_is_in_sight_again(world: World) -> None:
    world.leave(Part.RECEIPTS_UNDELIVERED, RECEIPT)
    world.leave(Part.EVENTS_UNDELIVERED, DELIVERED)
    world.sqs.delete_queue(QueueUrl=world.urls[Part.EVENTS_QUEUE])
    ended = run("--yes")
    assert ended.exit_code != 0
    assert world.waiting(Part.RECEIPTS_QUEUE) == [RECEIPT]
    assert world.waiting(Part.EVENTS_UNDELIVERED) == [DELIVERED]


def test_nothing_is_told_when_there_is_nothing(world: World) -> None:
    assert "Nothing is undelivered." in run("--yes").output
    assert json.loads(run("--yes", "--json").stdout) == {"asked": []}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "Successfully validated SNS topic",
        '{"Type": "Notification"}',
        '{"Type": "Notification", "TopicArn": "t", "Message": 7}',
    ],
)
def test_what_has_no_envelope_stays_as_it_is(text: str) -> None:
    assert unwrapped(text) == text
