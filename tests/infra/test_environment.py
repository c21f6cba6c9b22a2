"""What the stack writes into a function's environment is what the function reads from it."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from parley.relaying.unfinished import BROUGHT_AGAIN, KEPT_DEAD, LONGEST_PAUSE, PUT_OFF_FOR, shortest_patience
from parley.settings import (
    PREFIX,
    ApiSettings,
    ErasureSettings,
    LakeSettings,
    RelaySettings,
    Settings,
    SweepSettings,
    TrackingSettings,
    variable,
)
from parley.stores.clients import (
    CONNECT_TIMEOUT_SECONDS,
    OBJECT_SECONDS,
    SEND_SECONDS,
    SMALL_ANSWER_SECONDS,
)
from tests.support.resources import Template, properties, text

SETTINGS: dict[str, type[Settings]] = {
    "ReceiveMail": RelaySettings,
    "TendArchive": SweepSettings,
    "AdminApi": ApiSettings,
    "EraseData": ErasureSettings,
    "KeepLake": LakeSettings,
    "TrackDelivery": TrackingSettings,
}


def variables(template: Template, function: str) -> dict[str, str]:
    found: dict[str, Any] = properties(template, "AWS::Lambda::Function", function)["Environment"][
        "Variables"
    ]
    return {name: text(value) for name, value in found.items()}


def test_the_relay_can_read_its_settings(template: Template) -> None:
    settings = RelaySettings.from_environment(variables(template, "ReceiveMail"))
    assert settings.relay_domain == "relay.example.com"
    assert settings.inbox_prefix == "inbox/"
    assert settings.configuration_set == "Parley"


def test_the_sweep_can_read_its_settings(template: Template) -> None:
    settings = SweepSettings.from_environment(variables(template, "TendArchive"))
    assert settings.inbox_prefix == "inbox/"
    assert settings.inbox_bucket.startswith("<StorageInbox")
    assert settings.queue_url.startswith("<ReceiptsQueue")


@pytest.mark.parametrize("function", SETTINGS)
def test_no_variable_is_written_that_no_setting_reads(template: Template, function: str) -> None:
    written = {name for name in variables(template, function) if name.startswith(PREFIX)}
    assert written == {variable(field.name) for field in fields(SETTINGS[function])}


def test_a_setting_too_few_or_too_many_stops_the_synthesis() -> None:
    all_ = {field.name: "x" for field in fields(SweepSettings)}
    too_few = {name: value for name, value in all_.items() if name != "table"}
    for wrong, name in ((too_few, "table"), ({**all_, "region": "eu-west-1"}, "region")):
        with pytest.raises(TypeError, match=rf"differ from SweepSettings: \['{name}'\]"):
            SweepSettings.variables(**wrong)


def test_a_lease_outlasts_the_function(template: Template) -> None:
    lease = RelaySettings.from_environment(variables(template, "ReceiveMail")).lease_seconds
    assert lease > properties(template, "AWS::Lambda::Function", "ReceiveMail")["Timeout"]


def test_a_lease_ends_before_the_message_is_seen_again(template: Template) -> None:
    lease = RelaySettings.from_environment(variables(template, "ReceiveMail")).lease_seconds
    assert lease <= properties(template, "AWS::SQS::Queue", "ReceiptsQueue")["VisibilityTimeout"]


def test_the_queue_hides_a_text_for_six_times_as_long_as_its_function_may_run(template: Template) -> None:
    timeout = properties(template, "AWS::Lambda::Function", "ReceiveMail")["Timeout"]
    assert properties(template, "AWS::SQS::Queue", "ReceiptsQueue")["VisibilityTimeout"] == 6 * timeout


@pytest.mark.parametrize("channel", ["Receipts", "DeliveryEvents"])
def test_what_has_to_wait_is_given_up_by_us_before_the_queue_does_or_forgets_it(
    template: Template, channel: str
) -> None:
    queue = properties(template, "AWS::SQS::Queue", f"{channel}Queue")
    assert shortest_patience(queue["RedrivePolicy"]["maxReceiveCount"]) > PUT_OFF_FOR
    kept = timedelta(seconds=queue["MessageRetentionPeriod"])
    assert kept > PUT_OFF_FOR + LONGEST_PAUSE + timedelta(seconds=queue["VisibilityTimeout"])


@pytest.mark.parametrize("channel", ["Receipts", "DeliveryEvents"])
def test_a_wrong_deployment_has_days_to_be_mended_before_good_texts_are_dead_letters(
    template: Template, channel: str
) -> None:
    """An invocation that ends before it can put its text off hides it for as long as the queue does."""
    queue = properties(template, "AWS::SQS::Queue", f"{channel}Queue")
    dying = queue["RedrivePolicy"]["maxReceiveCount"] * timedelta(seconds=queue["VisibilityTimeout"])
    assert timedelta(days=4) <= dying
    # SQS's own dead letters keep their age: they must be there to be replayed.
    dead = properties(template, "AWS::SQS::Queue", f"{channel}DeadLetters")["MessageRetentionPeriod"]
    assert dying < timedelta(seconds=dead) - timedelta(days=7)


def test_an_event_is_begun_only_if_there_is_the_time_to_give_up_a_service_and_put_it_off(
    template: Template,
) -> None:
    event = TrackingSettings.from_environment(variables(template, "TrackDelivery")).event_seconds
    pauses = 1 + 2 + 4  # Between four tries, at most (AWS SDK Reference, "Retry behavior").
    table = 4 * (CONNECT_TIMEOUT_SECONDS + SMALL_ANSWER_SECONDS) + pauses
    assert CONNECT_TIMEOUT_SECONDS + SEND_SECONDS + table <= event
    # A batch whose services answer is begun, and ended, in what is left.
    assert event + 10 <= properties(template, "AWS::Lambda::Function", "TrackDelivery")["Timeout"]


def test_a_text_is_expected_for_longer_than_it_is_put_off_and_as_long_as_it_is_dead(
    template: Template,
) -> None:
    dead = properties(template, "AWS::SQS::Queue", "ReceiptsDeadLetters")["MessageRetentionPeriod"]
    assert 2 * LONGEST_PAUSE < BROUGHT_AGAIN
    assert timedelta(seconds=dead) == KEPT_DEAD


def test_no_pause_is_longer_than_sqs_hides_a_text(template: Template) -> None:
    timeout = properties(template, "AWS::Lambda::Function", "ReceiveMail")["Timeout"]
    assert LONGEST_PAUSE + timedelta(seconds=timeout) < timedelta(hours=12)


def test_a_call_that_is_never_answered_is_given_up_before_the_function_is(template: Template) -> None:
    timeout = properties(template, "AWS::Lambda::Function", "ReceiveMail")["Timeout"]
    for seconds in (SEND_SECONDS, OBJECT_SECONDS, 4 * SMALL_ANSWER_SECONDS):
        assert CONNECT_TIMEOUT_SECONDS + seconds < timeout


def test_the_secret_is_not_written_out_and_only_who_looks_up_mailboxes_knows_where_it_is(
    template: Template,
) -> None:
    name = variable("mailbox_key_secret")
    for function in ("ReceiveMail", "AdminApi", "EraseData", "TrackDelivery"):
        assert variables(template, function)[name].startswith("<MailboxKeySecret")
    assert name not in variables(template, "TendArchive")


def test_the_sweep_has_the_time_to_read_a_large_inbox_and_little_memory(template: Template) -> None:
    function = properties(template, "AWS::Lambda::Function", "TendArchive")
    assert (function["Timeout"], function["MemorySize"]) == (15 * 60, 512)
