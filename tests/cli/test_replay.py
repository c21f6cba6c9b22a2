"""`parley replay` on a simulated inbox and queues."""

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
from parley.relaying.receipts import LostReceipt, read_notification
from parley.relaying.rulings import Ruling, Verb, ruling_request
from tests.cli.sites import PARTS, REGION, FakeResolver, a_deployment

RECEIPT = "o8i2hkv5c4pgd7qp5s0krkh2cbpnv2gsm9kb0d01"
LETTER = json.dumps({"sweep": {"key": INBOX_PREFIX + RECEIPT, "received_at": "2026-09-04T16:12:00+00:00"}})


class World:
    def __init__(self) -> None:
        self.s3: Any = boto3.client("s3", region_name=REGION)
        self.sqs: Any = boto3.client("sqs", region_name=REGION)
        self.inbox = "inbox-bucket"
        self.s3.create_bucket(Bucket=self.inbox, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.queue = self.sqs.create_queue(QueueName="receipts")["QueueUrl"]
        self.dead = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        made = {
            Part.INBOX: self.inbox,
            Part.RECEIPTS_QUEUE: self.queue,
            Part.RECEIPTS_DEAD_LETTERS: self.dead,
        }
        connect: Any = boto3.client
        self.site = Site(
            deployment=a_deployment(parts={**PARTS, **made}),
            clients=Clients(lambda service: connect(service, region_name=REGION)),
            resolver=FakeResolver(),
            api=None,
            now=datetime.now(UTC) + timedelta(minutes=1),
        )

    def waiting(self, url: str) -> list[str]:
        answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [each["Body"] for each in answer.get("Messages", [])]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # The simulated queue would really wait.
    monkeypatch.setattr(letters, "WAIT_SECONDS", 0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        made = World()
        monkeypatch.setattr(options, "connect", lambda _: made.site)
        yield made


def run(*arguments: str, text: str = "") -> Any:
    return CliRunner().invoke(main.app, ["replay", *arguments], input=text)


def test_a_mail_of_the_inbox_is_asked_for_as_the_sweep_asks(world: World) -> None:
    world.s3.put_object(Bucket=world.inbox, Key=INBOX_PREFIX + RECEIPT, Body=b"a mail")
    assert run(RECEIPT, "--yes").exit_code == 0
    (body,) = world.waiting(world.queue)
    asked = read_notification(body, INBOX_PREFIX)
    assert isinstance(asked, LostReceipt)
    assert (asked.id, asked.key) == (RECEIPT, INBOX_PREFIX + RECEIPT)


def test_nothing_is_asked_for_before_a_yes(world: World) -> None:
    world.s3.put_object(Bucket=world.inbox, Key=INBOX_PREFIX + RECEIPT, Body=b"a mail")
    ended = run(RECEIPT, text="n\n")
    assert (ended.exit_code, world.waiting(world.queue)) == (2, [])
    assert "6 octets" in ended.output


def test_a_mail_that_is_not_in_the_inbox_any_more_is_told_so(world: World) -> None:
    ended = run(RECEIPT, "--yes")
    assert (ended.exit_code, ended.output.count("\n")) == (2, 1)
    assert f"The inbox has no {RECEIPT}" in ended.output


def test_dead_letters_go_back_to_the_queue_as_they_are(world: World) -> None:
    ruling = ruling_request(Ruling(verb=Verb.RELEASE, conversation="c1", message="m1", request="r1"))  # type: ignore[arg-type]
    for body in (LETTER, ruling, "anna@privatmail.example wrote nonsense"):
        world.sqs.send_message(QueueUrl=world.dead, MessageBody=body)
    ended = run("--dead-letters", "--yes", "--json")
    assert ended.exit_code == 0
    assert sorted(each["about"] for each in json.loads(ended.stdout)["asked"]) == ["", "m1", RECEIPT]
    assert len(world.waiting(world.queue)) == 3
    assert world.waiting(world.dead) == []


def test_a_letter_that_comes_twice_while_the_list_is_read_is_moved_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first handle deletes nothing any more."""
    for _ in range(12):
        world.sqs.send_message(QueueUrl=world.dead, MessageBody=LETTER)
    visible = iter([0, 0])
    receive = world.sqs.receive_message
    monkeypatch.setattr(
        world.site.clients.sqs,
        "receive_message",
        lambda **asked: receive(**{**asked, "VisibilityTimeout": next(visible, asked["VisibilityTimeout"])}),
    )
    ended = run("--dead-letters", "--yes", "--json")
    assert len(json.loads(ended.stdout)["asked"]) == 12
    assert world.waiting(world.dead) == []
    moved = world.sqs.get_queue_attributes(QueueUrl=world.queue, AttributeNames=["All"])["Attributes"]
    assert moved["ApproximateNumberOfMessages"] == "12"


def test_no_more_than_a_limit_are_moved_by_one_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST", 10)
    for _ in range(12):
        world.sqs.send_message(QueueUrl=world.dead, MessageBody=LETTER)
    first, second = (run("--dead-letters", "--yes") for _ in range(2))
    assert ("Dead letters: 10\n" in first.output, letters.MORE in first.output) == (True, True)
    assert ("Dead letters: 2\n" in second.output, letters.MORE in second.output) == (True, False)


def test_all_of_the_queues_servers_are_asked_for_dead_letters(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "WAIT_SECONDS", 2)
    waits: list[int] = []

    def receive_message(**asked: Any) -> dict[str, Any]:
        waits.append(asked["WaitTimeSeconds"])
        return {}

    monkeypatch.setattr(world.site.clients.sqs, "receive_message", receive_message)
    assert run("--dead-letters").exit_code == 0
    assert waits == [2]


def test_dead_letters_are_listed_without_what_stands_in_them(world: World) -> None:
    world.sqs.send_message(QueueUrl=world.dead, MessageBody="anna@privatmail.example wrote nonsense")
    ended = run("--dead-letters", text="n\n")
    assert "anna" not in ended.output
    assert "Dead letters: 1" in ended.output


def test_a_dead_letter_says_why_it_was_given_up(world: World) -> None:
    cause = {"cause": {"DataType": "String", "StringValue": "UnreadableItemError"}}
    world.sqs.send_message(QueueUrl=world.dead, MessageBody=LETTER, MessageAttributes=cause)
    assert f"{RECEIPT}  since " in (listed := run("--dead-letters", text="n\n").output)
    assert "UnreadableItemError" in listed


def test_dead_letters_are_in_sight_again_after_a_no(world: World) -> None:
    world.sqs.send_message(QueueUrl=world.dead, MessageBody=LETTER)
    assert run("--dead-letters", text="n\n").exit_code == 2
    assert (world.waiting(world.dead), world.waiting(world.queue)) == ([LETTER], [])


def test_no_dead_letters_are_no_failure(world: World) -> None:
    ended = run("--dead-letters")
    assert (ended.exit_code, "There are no dead letters." in ended.output) == (0, True)


@pytest.mark.parametrize("arguments", [(), (RECEIPT, "--dead-letters")])
def test_replay_wants_a_receipt_or_the_dead_letters(world: World, arguments: tuple[str, ...]) -> None:
    ended = run(*arguments)
    assert (ended.exit_code, ended.output.count("\n")) == (2, 1)
