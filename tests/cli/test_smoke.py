"""The smoke test on the simulated stack: what it finds when all is well, and which hop it names if not."""

from collections.abc import Iterator
from typing import Any

import pytest

from cli.answers import ApiProblem, ApiUnreachableError
from cli.checks import CHECKS
from cli.deployment import Part
from cli.doctor import examine
from cli.permissions import actions_of
from cli.smoke import evidence
from cli.smoke.opening import party_id
from cli.smoke.scenarios import SIMULATED, delivered_to
from parley.relaying.receipts import SETUP_OBJECT
from tests.cli.smoke_world import AUTHOR, World
from tests.support.aws import deployed
from tests.support.mails import FAIL
from tests.support.market import Market
from tests.support.runtime import answers

THROUGH = [
    ("ok", "opened"),
    ("ok", "sent"),
    ("ok", "received"),
    ("ok", "stored"),
    ("ok", "relayed"),
    ("ok", "archived"),
    ("ok", "masked"),
    ("ok", "delivery-events"),
    ("ok", "entry"),
]


@pytest.fixture
def world(template: dict[str, Any]) -> Iterator[World]:
    with deployed(template) as deployment:
        yield World(Market(deployment))


def test_a_mail_that_comes_through_passes_every_hop(world: World) -> None:
    assert world.play() == THROUGH


def test_the_doctor_finds_the_resources_of_the_stack_in_order(world: World) -> None:
    world.market.deployment.stack.make_all()
    simulated = {"key", "signing key", "subscriptions", "queue", "dead letters", "given up"}
    found = examine([check for check in CHECKS if check.name in simulated], world.site)
    assert [each.finding.code for each in found] == [
        "key",
        "signing-key",
        "subscription-receipts",
        "subscription-delivery-events",
        "queue",
        "no-dead-letters",
        "followed",
    ]


def test_the_object_that_ses_wrote_when_the_rule_was_made_is_found(world: World) -> None:
    check = [each for each in CHECKS if each.name == "setup notification"]
    assert [each.finding.code for each in examine(check, world.site)] == ["setup-missing"]
    world.market.deployment.store(SETUP_OBJECT, b"Subject: Amazon SES Setup Notification\r\n\r\n")
    assert [each.finding.code for each in examine(check, world.site)] == ["setup"]


def test_each_simulated_ending_is_told_by_its_events(world: World) -> None:
    assert world.play(SIMULATED, seconds=60) == THROUGH * len(SIMULATED)


def test_a_mail_to_a_persons_own_mailbox_comes_through(world: World) -> None:
    mailbox = "tester@privatmail.example"
    assert world.play([delivered_to(mailbox, party_id(mailbox))]) == THROUGH
    assert world.market.sent[-1].recipients == (mailbox,)


def test_a_second_run_uses_the_parties_of_the_first(world: World) -> None:
    world.play()
    before = [item for item in world.market.deployment.items() if "party_id" in item]
    assert world.play()[0] == ("ok", "opened")
    assert [item for item in world.market.deployment.items() if "party_id" in item] == before


def test_a_mailbox_that_the_marketplace_has_registered_is_used_as_it_is(world: World) -> None:
    author = str(world.market.buyer.mailboxes[0])
    assert world.play(author=author)[:2] == [("ok", "opened"), ("ok", "sent")]


def test_a_counterpart_who_is_a_buyer_is_told(world: World) -> None:
    mailbox = str(world.market.buyer.mailboxes[0])
    assert world.play([delivered_to(mailbox, "smoke-x")]) == [("fail", "not-opened")]
    assert world.receipts == []


@pytest.mark.parametrize(
    ("refusal", "part"),
    [
        (ApiProblem(403, "http-403", "Forbidden"), "execute-api:Invoke"),
        (ApiProblem(422, "same-party", "Buyer and seller are the same party."), "another --to"),
        (ApiProblem(500, "failed", "It failed here."), "docs/api.md"),
        (ApiUnreachableError("ReadTimeoutError"), "make doctor"),
    ],
)
def test_an_api_that_opens_no_conversation_is_told_and_nothing_is_sent(
    world: World, refusal: Exception, part: str
) -> None:
    def refuse(**_: str) -> Any:
        raise refusal

    world.api.open_conversation = refuse  # type: ignore[method-assign]
    (found,) = world.run(SIMULATED[:1], 10, AUTHOR)
    assert (found.finding.status, part in found.finding.next) == ("fail", True)
    assert world.receipts == []


def test_afterwards_the_conversations_are_closed(world: World) -> None:
    world.play()
    (conversation,) = {each.conversation for each in world.market.deployment.messages()}
    assert conversation is not None
    assert world.api.status(conversation) == "closed"


def test_afterwards_the_queue_that_listened_is_gone(world: World) -> None:
    sqs, sns = (world.market.deployment.stack.client(name) for name in ("sqs", "sns"))
    before = sqs.list_queues()["QueueUrls"], len(sns.list_subscriptions()["Subscriptions"])
    world.play()
    assert (sqs.list_queues()["QueueUrls"], len(sns.list_subscriptions()["Subscriptions"])) == before


def test_at_the_end_it_says_what_stays(world: World) -> None:
    last = world.run(SIMULATED[:2], 60, AUTHOR)[-1].finding
    conversations = {str(each.conversation) for each in world.market.deployment.messages()}
    for left in ("smoke-success", "smoke-bounce", party_id(AUTHOR), *conversations):
        assert left in last.text


def test_an_interruption_cleans_up_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    sqs = world.market.deployment.stack.client("sqs")
    before = sqs.list_queues()["QueueUrls"]
    monkeypatch.setattr(world, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        world.play()
    assert sqs.list_queues()["QueueUrls"] == before
    closed = [item for item in world.market.deployment.items() if item.get("status") == {"S": "closed"}]
    assert len(closed) == 1


def test_the_mail_names_the_authors_mailbox_so_that_masking_has_something_to_do(world: World) -> None:
    world.play()
    original, relayed = (
        content
        for key, content in sorted(world.market.deployment.archived().items())
        if key.endswith((".eml",))
    )
    assert original.count(AUTHOR.encode()) > 1
    assert AUTHOR.encode() not in relayed


def test_progress_is_told_hop_by_hop_and_what_is_waited_for(world: World) -> None:
    world.play()
    assert [hop for _, hop, _ in world.told_of] == [
        *("opening", "sending", "receiving", "inbox", "outcome", "archive", "masking", "delivery", "entry"),
        "left",
    ]
    assert "success: receiving" in world.waited_for[0]


@pytest.mark.parametrize(
    ("hop", "last"),
    [
        ("sending", ("unknown", "check-failed")),
        ("receiving", ("fail", "not-in-inbox")),
        ("notification", ("fail", "not-announced")),
        ("events", ("fail", "events-missing")),
    ],
)
def test_a_mail_that_gets_lost_is_told_with_the_hop(world: World, hop: str, last: tuple[str, str]) -> None:
    world.lose = hop
    found = world.play()
    assert found == [*THROUGH[: len(found) - 1], last]


def test_a_function_that_does_not_take_mail_leaves_it_in_the_queue(world: World) -> None:
    world.works = False
    assert world.play()[-1] == ("fail", "in-queue")


def test_mail_in_the_dead_letter_queue_is_told(world: World) -> None:
    world.lose = "notification"
    sqs = world.market.deployment.stack.client("sqs")
    sqs.send_message(QueueUrl=world.site.deployment.physical(Part.RECEIPTS_DEAD_LETTERS), MessageBody="{}")
    assert world.play()[-1] == ("fail", "in-dead-letters")


def test_what_the_topic_could_not_hand_over_is_told(world: World) -> None:
    world.lose = "notification"
    sqs = world.market.deployment.stack.client("sqs")
    sqs.send_message(QueueUrl=world.site.deployment.physical(Part.RECEIPTS_UNDELIVERED), MessageBody="{}")
    assert world.play()[-1] == ("fail", "in-dead-letters")


def test_a_mail_that_is_not_authenticated_is_told_with_what_it_needs(world: World) -> None:
    world.verdicts = {**FAIL, "spam": "PASS", "virus": "PASS"}
    found = world.run(SIMULATED[:1], 10, AUTHOR)[-2].finding
    assert (found.code, "not-authenticated" in found.text) == ("not-relayed", True)
    assert "DKIM" in found.next


def test_a_mail_to_an_alias_that_the_table_does_not_know_is_told(world: World) -> None:
    """The alias is taken away between opening and sending."""
    deployment = world.market.deployment
    send = world.send

    def forget_then_send(raw: bytes, *, author: str, recipient: str) -> str:
        for item in deployment.items():
            if item["sk"] == {"S": "ALIAS"}:
                key = {"pk": item["pk"], "sk": item["sk"]}
                deployment.clients.dynamodb.delete_item(TableName=deployment.settings.table, Key=key)
        return send(raw, author=author, recipient=recipient)

    world.send = forget_then_send  # type: ignore[method-assign]
    found = world.run(SIMULATED[:1], 10, AUTHOR)[-2].finding
    assert (found.code, "unknown-alias" in found.text) == ("not-routed", True)


def test_a_mail_that_ses_does_not_take_back_out_stays_undecided(world: World) -> None:
    world.market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    assert world.play()[-1] == ("fail", "undecided")


def test_an_inbox_that_encrypts_with_another_key_is_told(world: World) -> None:
    settings = world.market.deployment.settings
    world.market.deployment.stack.client("s3").put_bucket_encryption(
        Bucket=settings.inbox_bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    assert world.play()[-1] == ("fail", "inbox-other-key")


def test_an_archive_that_encrypts_with_another_key_is_told(world: World) -> None:
    settings = world.market.deployment.settings
    world.market.deployment.stack.client("s3").put_bucket_encryption(
        Bucket=settings.archive_bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    assert world.play()[-1] == ("fail", "archive-other-key")


def test_an_inbox_that_lost_the_mail_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = world.market.deployment
    work = world.market.work

    def work_and_lose() -> list[bool]:
        done = work()
        for receipt in world.receipts:
            key = deployment.settings.inbox_prefix + receipt
            deployment.clients.s3.delete_object(Bucket=deployment.settings.inbox_bucket, Key=key)
        return done

    monkeypatch.setattr(world.market, "work", work_and_lose)
    assert world.play()[-1] == ("fail", "inbox-gone")


def archive_fault(world: World, monkeypatch: pytest.MonkeyPatch, **change: Any) -> None:
    """The evidence is as it is but for `change`."""
    look = evidence.archived_objects

    def changed(*given: Any) -> evidence.Archived | None:
        found = look(*given)
        if found is None:
            return None
        told = {name: getattr(found, name) for name in ("relayed", "ours", "locked_until")}
        return evidence.Archived(**{**told, **change})

    monkeypatch.setattr("cli.smoke.hops.archived_objects", changed)


@pytest.mark.parametrize(
    ("change", "last"),
    [
        ({"locked_until": None}, ("fail", "archive-not-locked")),
        ({"relayed": f"From: x\r\n\r\n{AUTHOR}".encode()}, ("fail", "leak")),
        ({"relayed": b"From: somebody@relay.example.com\r\n\r\n"}, ("fail", "no-alias")),
    ],
)
def test_an_archive_that_is_otherwise_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, change: Any, last: tuple[str, str]
) -> None:
    archive_fault(world, monkeypatch, **change)
    assert world.play()[-1] == last


def test_an_archive_without_object_lock_is_told(world: World) -> None:
    settings = world.market.deployment.settings
    world.market.deployment.stack.client("s3").put_object_lock_configuration(
        Bucket=settings.archive_bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )
    assert world.play()[-1] == ("fail", "archive-not-locked")


def test_mails_that_are_never_archived_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.smoke.hops.archived_objects", lambda *_: None)
    assert world.play()[-1] == ("fail", "not-archived")


def test_an_entry_that_never_comes_is_told(world: World) -> None:
    world.follows = False
    assert world.play() == [*THROUGH[:-1], ("fail", "entry-missing")]


def test_an_entry_that_comes_after_the_delivery_is_waited_for(world: World) -> None:
    """Changes are collected for some seconds before they are followed."""
    world.follows = False
    sleep = world.sleep

    def sleep_longer(seconds: float) -> None:
        sleep(seconds)
        world.follows = world.monotonic() >= 20

    world.sleep = sleep_longer  # type: ignore[method-assign]
    assert world.play(seconds=60) == THROUGH


def test_an_archive_that_does_not_verify_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment, follow = world.market.deployment, world.market.follow

    def follow_and_forge() -> list[str]:
        failed = follow()
        for key in deployment.archived():
            if key.startswith("contents/"):
                deployment.clients.s3.put_object(
                    Bucket=deployment.settings.archive_bucket, Key=key, Body=b"{}"
                )
        return failed

    monkeypatch.setattr(world.market, "follow", follow_and_forge)
    found = world.run(SIMULATED[:1], 10, AUTHOR)[-2].finding
    assert (found.status, found.code, "object-altered" in found.text) == ("fail", "entry-not-proved", True)


def test_a_bounce_where_a_delivery_was_expected_is_told(world: World) -> None:
    bouncing = SIMULATED[1]
    expected = type(bouncing)("odd", "smoke-odd", bouncing.mailbox, frozenset({"Send", "Delivery"}))
    assert world.play([expected])[-1] == ("fail", "other-ending")


@pytest.mark.parametrize(
    ("operation", "hop"),
    [
        ("Query", "receiving"),
        ("HeadObject", "inbox"),
        ("GetObject", "archive"),
        ("GetPublicKey", "entry"),
        ("ReceiveMessage", "listening"),
        ("CreateQueue", "listening"),
        ("Subscribe", "listening"),
    ],
)
def test_a_right_that_is_missing_is_named_and_the_rest_is_cleaned_up(
    world: World, operation: str, hop: str
) -> None:
    sqs = world.market.deployment.stack.client("sqs")
    before = sqs.list_queues()["QueueUrls"]
    world.denied = operation
    found = world.run(SIMULATED[:1], 10, AUTHOR)
    (denied,) = [each for each in found if each.finding.code == "access-denied"]
    assert denied.check == hop
    assert all(action in denied.finding.text for action in actions_of(operation))
    assert sqs.list_queues()["QueueUrls"] == before
    closed = [item for item in world.market.deployment.items() if item.get("status") == {"S": "closed"}]
    assert len(closed) == 1


@pytest.mark.parametrize("operation", ["DeleteQueue", "Unsubscribe"])
def test_what_could_not_be_removed_is_told(world: World, operation: str) -> None:
    world.denied = operation
    assert world.play() == [*THROUGH, ("warn", "not-removed")]


def test_a_conversation_that_could_not_be_closed_is_told(world: World) -> None:
    def refuse(_: str) -> Any:
        raise ApiProblem(500, "failed", "It failed here.")

    world.api.close = refuse  # type: ignore[method-assign]
    assert world.play() == [*THROUGH, ("warn", "not-closed")]


def test_every_mailbox_is_found_in_encoded_text_and_header() -> None:
    raw = (
        b"Subject: =?utf-8?b?cHJvYmVAbWFya2V0LXRlc3RzLmV4YW1wbGU=?=\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nnothing\r\n"
    )
    encoded = (
        b"Subject: x\r\nContent-Transfer-Encoding: base64\r\nContent-Type: text/plain\r\n\r\n"
        b"cHJvYmVAbWFya2V0LXRlc3RzLmV4YW1wbGU=\r\n"
    )
    assert evidence.shows(raw, AUTHOR)
    assert evidence.shows(encoded, AUTHOR)
    assert not evidence.shows(b"Subject: x\r\n\r\nnothing\r\n", AUTHOR)
