"""Makes a receipt rule set the active one of the account and region, for CloudFormation.

An account has one active rule set in a region. Another set that is active is never displaced unless the
resource says `Displace: "true"`; the deployment fails instead and its text says what can be done. Deleting
the resource deactivates its own rule set and leaves any other alone. CloudFormation always gets an answer.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient


class RuleSetTakenError(Exception):
    """Another rule set is active; the text says what the operator can do."""


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Answers one event of CloudFormation at its `ResponseURL`."""
    rule_set = event["ResourceProperties"]["RuleSetName"]
    status, reason = "SUCCESS", ""
    try:
        ses = boto3.client("ses")
        if event["RequestType"] == "Delete":
            # After a change of the name CloudFormation deletes the old one, which only this id tells.
            deactivate(ses, event["PhysicalResourceId"])
        else:
            activate(ses, rule_set, displace=event["ResourceProperties"].get("Displace") == "true")
    except Exception as error:  # whatever it is, CloudFormation would otherwise wait until it times out
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    respond(event, status=status, reason=reason, log_stream=context.log_stream_name)


def activate(ses: SESClient, rule_set: str, *, displace: bool) -> None:
    """Makes `rule_set` active. Raises `RuleSetTakenError` if another one is and `displace` is false."""
    active = _active(ses)
    if active not in (None, rule_set) and not displace:
        raise RuleSetTakenError(
            f"the receipt rule set {active} is active here and is not displaced. "
            f"Either add the rule to it (context parley:existing-rule-set={active}), "
            f"or deactivate it, or replace it (context parley:displace-active-rule-set=true)."
        )
    if active != rule_set:
        ses.set_active_receipt_rule_set(RuleSetName=rule_set)


def deactivate(ses: SESClient, rule_set: str) -> None:
    """Leaves no rule set active if `rule_set` was; SES deletes no active one."""
    if _active(ses) == rule_set:
        ses.set_active_receipt_rule_set()


def respond(event: Mapping[str, Any], *, status: str, reason: str, log_stream: str) -> None:
    """Puts the answer where CloudFormation waits for it. Raises on anything but success."""
    url = event["ResponseURL"]
    if not url.startswith("https://"):
        raise ValueError("CloudFormation waits at https addresses only")
    deleted = event["RequestType"] == "Delete"
    physical_id = event["PhysicalResourceId"] if deleted else event["ResourceProperties"]["RuleSetName"]
    answer = {
        "Status": status,
        "Reason": reason or f"see the log stream {log_stream}",
        "PhysicalResourceId": physical_id,
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # No Content-Type: the address is signed without one.
    request = urllib.request.Request(  # noqa: S310  # the scheme is checked above
        url, data=json.dumps(answer).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass


def _active(ses: SESClient) -> str | None:
    metadata = ses.describe_active_receipt_rule_set().get("Metadata")
    return metadata["Name"] if metadata else None
