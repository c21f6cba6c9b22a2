"""What the stack writes into a function's environment is what the function reads from it."""

from dataclasses import fields
from typing import Any

import pytest

from parley.settings import (
    PREFIX,
    ApiSettings,
    ErasureSettings,
    LakeSettings,
    RelaySettings,
    Settings,
    SweepSettings,
    variable,
)
from tests.support.resources import Template, properties, text

SETTINGS: dict[str, type[Settings]] = {
    "ReceiveMail": RelaySettings,
    "TendArchive": SweepSettings,
    "AdminApi": ApiSettings,
    "EraseData": ErasureSettings,
    "KeepLake": LakeSettings,
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


def test_the_secret_is_not_written_out_and_only_who_looks_up_mailboxes_knows_where_it_is(
    template: Template,
) -> None:
    name = variable("mailbox_key_secret")
    for function in ("ReceiveMail", "AdminApi", "EraseData"):
        assert variables(template, function)[name].startswith("<MailboxKeySecret")
    assert name not in variables(template, "TendArchive")


def test_the_sweep_has_the_time_to_read_a_large_inbox_and_little_memory(template: Template) -> None:
    function = properties(template, "AWS::Lambda::Function", "TendArchive")
    assert (function["Timeout"], function["MemorySize"]) == (15 * 60, 256)
