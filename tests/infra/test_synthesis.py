"""The application as a whole: other configurations, what stops it, and what it does without."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.resources import Template, of_type, properties, text
from tests.support.template import assembly, findings, run_app
from tests.support.template import template as template_in

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = {**json.loads((ROOT / "cdk.json").read_text())["context"], "parley:bundle": False}

OTHER: dict[str, Any] = {
    "parley:region": "us-east-1",
    "parley:account": "111122223333",
    "parley:stack-name": "Relay-2",
    "parley:existing-rule-set": "theirs",
    "parley:hosted-zone-id": "Z0123456789",
    "parley:hosted-zone-name": "example.com",
    "parley:dmarc-report-mailbox": "dmarc@example.com",
    "parley:sending-tls": "require",
    "parley:receiving-tls": "require",
    "parley:complaints": "opt-out",
    "parley:max-concurrency": 10,
    "parley:log-days": 365,
}


@pytest.fixture(scope="module")
def other() -> Template:
    """Everything that can be configured otherwise."""
    return template_in(assembly(**OTHER))


def test_the_rule_can_go_into_an_existing_rule_set_which_stays_as_it_is(other: Template) -> None:
    assert properties(other, "AWS::SES::ReceiptRule")["RuleSetName"] == "theirs"
    assert not of_type(other, "AWS::SES::ReceiptRuleSet")
    assert not of_type(other, "Custom::ActiveReceiptRuleSet")


def test_the_policies_follow_the_rule_into_the_existing_rule_set(other: Template) -> None:
    policy = properties(other, "AWS::S3::BucketPolicy", "Inbox")["PolicyDocument"]
    assert "receipt-rule-set/theirs:receipt-rule/Relay-2" in json.dumps(policy)


def test_the_dns_records_can_be_created_in_a_hosted_zone(other: Template) -> None:
    records = [each["Properties"] for each in of_type(other, "AWS::Route53::RecordSet").values()]
    assert {each["HostedZoneId"] for each in records} == {"Z0123456789"}
    written = {(each["Type"], text(each["Name"])): each["ResourceRecords"][0] for each in records}
    assert len(written) == 7
    assert written["MX", "relay.example.com"] == "10 inbound-smtp.us-east-1.amazonaws.com"
    assert "rua=mailto:dmarc@example.com" in written["TXT", "_dmarc.relay.example.com"]
    assert not [name for name in other.get("Outputs", {}) if name.startswith("Dns")]


def test_tls_can_be_required_both_ways(other: Template) -> None:
    assert properties(other, "AWS::SES::ReceiptRule")["Rule"]["TlsPolicy"] == "Require"
    assert properties(other, "AWS::SES::ConfigurationSet")["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}


def test_what_sqs_starts_at_once_can_be_capped(other: Template) -> None:
    mapping = properties(other, "AWS::Lambda::EventSourceMapping", "Relay")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 10}


def test_who_complains_can_be_opted_out(other: Template) -> None:
    function = properties(other, "AWS::Lambda::Function", "TrackDelivery")
    assert function["Environment"]["Variables"]["PARLEY_COMPLAINTS"] == "opt-out"


def test_every_feature_flag_is_set_as_the_cdk_recommends_for_new_projects() -> None:
    """A flag that is not set means the behaviour of years ago, and a notice at every synthesis."""
    manifest = json.loads((assembly() / "manifest.json").read_text())
    flags = manifest["artifacts"]["aws-cdk-lib/feature-flag-report"]["properties"]["flags"]
    old = {
        name
        for name, flag in flags.items()
        if flag.get("userValue", flag.get("unconfiguredBehavesLike", {}).get("v2"))
        != flag["recommendedValue"]
    }
    assert len(flags) > 80
    assert old == set()


def test_synthesis_looks_nothing_up() -> None:
    for folder in (assembly(), assembly(**OTHER)):
        assert "missing" not in json.loads((folder / "manifest.json").read_text())


def test_a_wrong_value_stops_the_synthesis_with_its_key_and_no_traceback(tmp_path: Path) -> None:
    result = run_app({**CONTEXT, "parley:inbox-days": 44}, tmp_path)
    assert result.returncode == 1
    assert result.stderr == "configuration: parley:inbox-days must be a whole number from 45 to 365, not 44\n"


WITHOUT_ACKNOWLEDGEMENTS = """
import infra.acknowledgements as acknowledgements
acknowledgements.acknowledge = lambda *_, **__: None
import app
app.main()
"""


def test_what_cdk_nag_finds_stops_the_synthesis_unless_it_is_acknowledged(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run_app(CONTEXT, out, program=("-c", WITHOUT_ACKNOWLEDGEMENTS))
    assert result.returncode != 0
    assert {each.split("[")[0].split()[0] for each in findings(out)} == {
        *("AwsSolutions-IAM5", "AwsSolutions-L1", "AwsSolutions-SMG4", "AwsSolutions-SQS3")
    }


def test_reading_the_configuration_needs_no_cdk() -> None:
    program = "import sys, infra.configuration; sys.exit('aws_cdk' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
