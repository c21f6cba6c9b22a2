"""What the stack writes into a function's environment is what the function reads from it."""

from typing import Any

import pytest

from parley.settings import PREFIX, Settings
from tests.support.resources import Template, properties, text

WITH_SETTINGS = ("ReceiveMail", "TendArchive")


def variables(template: Template, function: str) -> dict[str, str]:
    found: dict[str, Any] = properties(template, "AWS::Lambda::Function", function)["Environment"][
        "Variables"
    ]
    return {name: text(value) for name, value in found.items()}


@pytest.mark.parametrize("function", WITH_SETTINGS)
def test_a_function_can_read_its_settings(template: Template, function: str) -> None:
    settings = Settings.from_environment(variables(template, function))
    assert settings.relay_domain == "relay.example.com"
    assert settings.inbox_prefix == "inbox/"
    assert settings.configuration_set == "Parley"


@pytest.mark.parametrize("function", WITH_SETTINGS)
def test_no_variable_is_written_that_no_setting_reads(template: Template, function: str) -> None:
    written = {name for name in variables(template, function) if name.startswith(PREFIX)}
    assert written == {f"{PREFIX}{name.upper()}" for name in Settings.__slots__}


def test_a_lease_outlasts_the_function(template: Template) -> None:
    lease = Settings.from_environment(variables(template, "ReceiveMail")).lease_seconds
    assert lease > properties(template, "AWS::Lambda::Function", "ReceiveMail")["Timeout"]


def test_a_lease_ends_before_the_message_is_seen_again(template: Template) -> None:
    lease = Settings.from_environment(variables(template, "ReceiveMail")).lease_seconds
    assert lease <= properties(template, "AWS::SQS::Queue", "ReceiptsQueue")["VisibilityTimeout"]


@pytest.mark.parametrize("function", WITH_SETTINGS)
def test_no_secret_is_written_out(template: Template, function: str) -> None:
    assert variables(template, function)["PARLEY_MAILBOX_KEY_SECRET"].startswith("<MailboxKeySecret")
