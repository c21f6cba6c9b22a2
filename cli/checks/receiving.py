"""SES as it receives: the active rule set, the rule in it, and that SES can write to the inbox."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from cli.checks.site import Site
from cli.deployment import INBOX_PREFIX, Deployment, Part
from cli.findings import Finding, fail, ok, warn
from parley.relaying.receipts import SETUP_OBJECT

if TYPE_CHECKING:
    from mypy_boto3_ses.type_defs import ReceiptRuleOutputTypeDef

# The least that `parley:inbox-days` can be.
INBOX_KEEPS = timedelta(days=45)
_AGAIN = "Deploy the stack again; if that changes nothing, put the rule right in the SES console."


def receipt_rule(site: Site) -> Iterator[Finding]:
    """Whether the active rule set has the stack's rule, as the stack made it."""
    deployment = site.deployment
    told = site.clients.ses.describe_active_receipt_rule_set()
    active = told.get("Metadata", {}).get("Name")
    own, name = deployment.parts.get(Part.RULE_SET), deployment.physical(Part.RULE)
    found = [each for each in told.get("Rules", []) if each["Name"] == name]
    if active is None or (own is not None and active != own) or not found:
        yield _not_active(active, own, name)
        return
    yield ok("rule-set-active", f"The rule set {active} is active and has the rule {name}.")
    (rule,) = found
    wrong = tuple(_wrong(rule, deployment))
    yield from wrong or (ok("rule", f"The rule {name} takes mail for {deployment.relay_domain}."),)


def _not_active(active: str | None, own: str | None, name: str) -> Finding:
    wanted = f"The rule set {own}" if own else f"A rule set with the rule {name}"
    instead = f"{active} is" if active else "none is"
    return fail(
        "rule-set-not-active",
        f"{wanted} is not active here, {instead}: no mail reaches the relay.",
        f"aws ses set-active-receipt-rule-set --rule-set-name {own}, once nobody needs the other one."
        if own
        else "Make that rule set active in the SES console, or deploy with another parley:existing-rule-set.",
    )


def _wrong(rule: "ReceiptRuleOutputTypeDef", deployment: Deployment) -> Iterator[Finding]:
    if not rule.get("Enabled"):
        yield fail("rule-disabled", "The receipt rule is switched off.", _AGAIN)
    if not _takes(rule.get("Recipients", []), deployment.relay_domain):
        text = f"The receipt rule does not take mail for {deployment.relay_domain}."
        yield fail("rule-recipients", text, _AGAIN)
    wanted = (
        deployment.physical(Part.INBOX),
        INBOX_PREFIX,
        deployment.physical(Part.RECEIPTS_TOPIC),
    )
    actions = [each["S3Action"] for each in rule.get("Actions", []) if "S3Action" in each]
    if wanted not in [
        (each["BucketName"], each.get("ObjectKeyPrefix"), each.get("TopicArn")) for each in actions
    ]:
        yield fail("rule-action", "The receipt rule does not write to the inbox and tell the topic.", _AGAIN)
    if any(each.get("KmsKeyArn") for each in actions):
        text = "The receipt rule encrypts mail before it stores it, which nothing here can read."
        yield fail("rule-encrypts", text, "Switch message encryption off in the rule's S3 action.")
    if not rule.get("ScanEnabled"):
        yield warn("rule-scan", "Mail is not scanned for spam and viruses.", _AGAIN)


def _takes(recipients: Sequence[str], domain: str) -> bool:
    # A rule without recipients takes mail for all verified domains.
    return not recipients or domain in recipients


def setup_notification(site: Site) -> Iterator[Finding]:
    """The object that SES wrote when the rule was made proves that it may write and encrypt there."""
    bucket = site.deployment.physical(Part.INBOX)
    try:
        told = site.clients.s3.head_object(Bucket=bucket, Key=INBOX_PREFIX + SETUP_OBJECT)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        if site.now - site.deployment.created > INBOX_KEEPS:
            yield ok("setup-expired", "SES's first object is no longer kept in the inbox.")
            return
        yield warn(
            "setup-missing",
            "SES's first object is not in the inbox: it may not be able to write there.",
            "Run `make smoke`. If its mail does not reach the inbox, deploy the stack again.",
        )
        return
    key = site.deployment.physical(Part.KEY)
    if (told.get("SSEKMSKeyId") or "").endswith(key):
        yield ok("setup", "SES has written to the inbox, encrypted with the stack's key.")
    else:
        yield fail(
            "setup-other-key",
            "What SES wrote to the inbox is not encrypted with the stack's key.",
            "Deploy the stack again: the bucket's default encryption was changed.",
        )
