"""The context of cdk.json: typed, complete, and refused by the name of the key."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.configuration import Configuration, ConfigurationError, key

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {
    "parley:region": "eu-central-1",
    "parley:relay-domain": "relay.example.com",
    "parley:marketplace-name": "Example Market",
    "parley:operator-mailbox": "postmaster@example.com",
}


def configured(**context: Any) -> Configuration:
    """`relay_domain=…` gives the key parley:relay-domain."""
    return Configuration.from_context(NEEDED | {key(name): value for name, value in context.items()})


def test_four_keys_are_enough() -> None:
    assert configured().region == "eu-central-1"


@pytest.mark.parametrize("missing", NEEDED)
def test_a_missing_key_is_named(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{missing} is not set"):
        Configuration.from_context({name: value for name, value in NEEDED.items() if name != missing})


WRONG: list[tuple[str, Any]] = [
    ("region", "Frankfurt"),
    ("region", "eu-central-2"),
    ("relay_domain", "Relay.example.com"),
    ("relay_domain", "relay.example.com."),
    ("relay_domain", "localhost"),
    ("relay_domain", "relay_example.com"),
    ("relay_domain", "-relay.example.com"),
    ("relay_domain", "relay.example.com\n"),
    ("marketplace_name", ""),
    ("marketplace_name", "two\r\nlines"),
    ("marketplace_name", 7),
    ("operator_mailbox", "postmaster"),
    ("operator_mailbox", "Post Master <postmaster@example.com>"),
    ("operator_mailbox", "Postmaster@Relay.Example.com"),
    ("account", "12345"),
    ("account", 123456789012),
    ("stack_name", "Parley_1"),
    ("retention_days", 29),
    ("claim_window_days", 731),
    ("claim_window_days", 0),
    ("receiving_regions", []),
    ("receiving_regions", "nowhere"),
    ("hosted_zone_id", "/hostedzone/Z1"),
    ("mail_from_label", "bounce.mail"),
    ("dmarc_report_mailbox", "nobody"),
    ("sending_tls", "yes"),
    ("review_locale", "deutsch"),
    ("archive_window_seconds", 301),
    ("receiving_tls", True),
    ("existing_rule_set", "a rule set"),
    ("displace_active_rule_set", "perhaps"),
    ("displace_active_rule_set", 1),
    ("inbox_days", 44),
    ("inbox_days", 366),
    ("inbox_days", "sixty"),
    ("inbox_days", 60.5),
    ("inbox_days", True),
    ("complaints", "ignore"),
    ("archive_lock_days", 0),
    ("query_scan_limit_mb", 9),
    ("access_log_days", 0),
    ("log_days", 91),
    ("reviewer_principals", []),
    ("reviewer_principals", "*"),
    ("reviewer_principals", ["arn:aws:iam::111122223333:root"]),
    ("reviewer_principals", ["arn:aws:iam::111122223333:user/*"]),
    ("reviewer_principals", ["arn:aws:sts::111122223333:assumed-role/Review/anna"]),
    ("senior_reviewer_principals", "anna"),
    ("privacy_officer_principals", {"anna": True}),
    ("auditor_principals", ["arn:aws:iam::1111:user/otto"]),
    ("require_mfa", "perhaps"),
    ("trail", 1),
    ("max_concurrency", 1),
    ("max_concurrency", 1001),
    ("bundle", "no"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_refused_by_the_name_of_its_key(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"^{key(name)}[: ]"):
        configured(**{name: value})


def test_every_key_has_a_wrong_value_here() -> None:
    tried = {name for name, _ in WRONG} | {"hosted_zone_name"}
    assert tried == {field.name for field in dataclasses.fields(Configuration)}


def test_an_unknown_key_is_refused_and_the_known_ones_are_listed() -> None:
    with pytest.raises(ConfigurationError, match=r"^parley:relay_domain is not a key.*parley:relay-domain"):
        Configuration.from_context(NEEDED | {"parley:relay_domain": "relay.example.com"})


def test_keys_of_the_cdk_are_none_of_ours() -> None:
    assert Configuration.from_context(NEEDED | {"@aws-cdk/core:checkSecretUsage": True}) == configured()


def test_the_command_line_gives_numbers_and_flags_as_text() -> None:
    from_text = configured(inbox_days="90", log_days="30", displace_active_rule_set="true", bundle="false")
    assert from_text == configured(inbox_days=90, log_days=30, displace_active_rule_set=True, bundle=False)


def test_a_region_that_began_to_receive_can_be_added() -> None:
    added = configured(region="eu-central-2", receiving_regions="eu-central-2,eu-west-1")
    assert added.region == "eu-central-2"


def test_principals_are_a_list_or_text_with_commas() -> None:
    anna, team = "arn:aws:iam::111122223333:user/anna", "arn:aws:iam::111122223333:role/office/review"
    assert configured(reviewer_principals=[anna, team]) == configured(reviewer_principals=f"{anna},{team}")


def test_a_hosted_zone_needs_its_id_and_its_name() -> None:
    with pytest.raises(ConfigurationError, match=r"^parley:hosted-zone-name: is needed too"):
        configured(hosted_zone_id="Z0123456789")
    with pytest.raises(ConfigurationError, match=r"^parley:hosted-zone-id: is needed too"):
        configured(hosted_zone_name="example.com")


@pytest.mark.parametrize("zone", ["example.org", "ample.com", "sub.relay.example.com"])
def test_a_hosted_zone_must_hold_the_relay_domain(zone: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^parley:hosted-zone-name"):
        configured(hosted_zone_id="Z0123456789", hosted_zone_name=zone)


@pytest.mark.parametrize("zone", ["example.com", "relay.example.com"])
def test_a_hosted_zone_may_be_the_domain_or_above_it(zone: str) -> None:
    assert configured(hosted_zone_id="Z0123456789", hosted_zone_name=zone).hosted_zone_name == zone


def test_displacing_says_nothing_when_the_rule_goes_into_an_existing_set() -> None:
    with pytest.raises(ConfigurationError, match=r"^parley:displace-active-rule-set"):
        configured(existing_rule_set="theirs", displace_active_rule_set=True)


def test_cdk_json_is_a_configuration_that_synthesises() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert Configuration.from_context(context).stack_name == "Parley"


def test_every_key_is_documented_with_its_default() -> None:
    page = (ROOT / "docs/configuration.md").read_text()
    documented = dict(re.findall(r"^\| `(parley:[a-z-]+)` \| ([^|]*) \|", page, re.M))
    assert documented.keys() == {key(field.name) for field in dataclasses.fields(Configuration)}
    for field in dataclasses.fields(Configuration):
        if isinstance(field.default, int | str):
            wanted = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
            assert f"`{wanted}`" in documented[key(field.name)], key(field.name)
