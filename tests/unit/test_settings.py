from dataclasses import fields

import pytest

from parley.settings import RelaySettings, Settings, SettingsError, SweepSettings, variable
from parley.wiring import deployment


def environment(settings: type[Settings]) -> dict[str, str]:
    return {variable(field.name): "x" for field in fields(settings)}


ENVIRONMENT = environment(RelaySettings) | {
    "PARLEY_LEASE_SECONDS": "180",
    "PARLEY_RELAY_DOMAIN": "relay.example",
    "PARLEY_OPERATOR_MAILBOX": "operator@market.example",
}


def test_every_setting_is_one_variable() -> None:
    assert RelaySettings.from_environment(ENVIRONMENT).lease_seconds == 180


def test_a_function_needs_no_variable_but_its_own() -> None:
    assert SweepSettings.from_environment(environment(SweepSettings)).table == "x"
    assert {field.name for field in fields(SweepSettings)} == {
        *("table", "inbox_bucket", "inbox_prefix", "queue_url")
    }


def test_all_missing_and_malformed_variables_are_named_at_once() -> None:
    wrong = ENVIRONMENT | {"PARLEY_LEASE_SECONDS": "soon", "PARLEY_TABLE": ""}
    with pytest.raises(SettingsError, match="PARLEY_TABLE is not set; PARLEY_LEASE_SECONDS must be"):
        RelaySettings.from_environment(wrong)


@pytest.mark.parametrize("mailbox", ["nobody", "operator@relay.example"])
def test_the_operators_mailbox_must_be_one_and_elsewhere(mailbox: str) -> None:
    settings = RelaySettings.from_environment(ENVIRONMENT | {"PARLEY_OPERATOR_MAILBOX": mailbox})
    with pytest.raises(SettingsError, match="PARLEY_OPERATOR_MAILBOX"):
        deployment(settings)
