"""Finds the deployed stack: its resources by what they are, and its outputs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from botocore.exceptions import ClientError

from cli.aws import Clients

INBOX_PREFIX = "inbox/"
"""As `infra.storage` has it, which cannot be imported without the CDK; a test compares them."""

_HASH = "[0-9A-F]{8}"


class Part(Enum):
    """What the command looks at: type, and logical id without the CDK's hash."""

    KEY = ("AWS::KMS::Key", "Key")
    SIGNING_KEY = ("AWS::KMS::Key", "SigningPair")
    EXPORT_KEY = ("AWS::KMS::Key", "ExportSigningPair")
    INBOX = ("AWS::S3::Bucket", "StorageInbox")
    ARCHIVE = ("AWS::S3::Bucket", "StorageArchive")
    REVIEW = ("AWS::S3::Bucket", "StorageReview")
    TABLE = ("AWS::DynamoDB::Table", "Table")
    RECEIPTS_TOPIC = ("AWS::SNS::Topic", "ReceiptsTopic")
    RECEIPTS_QUEUE = ("AWS::SQS::Queue", "ReceiptsQueue")
    RECEIPTS_DEAD_LETTERS = ("AWS::SQS::Queue", "ReceiptsDeadLetters")
    RECEIPTS_UNDELIVERED = ("AWS::SQS::Queue", "ReceiptsUndelivered")
    EVENTS_TOPIC = ("AWS::SNS::Topic", "DeliveryEventsTopic")
    EVENTS_QUEUE = ("AWS::SQS::Queue", "DeliveryEventsQueue")
    EVENTS_DEAD_LETTERS = ("AWS::SQS::Queue", "DeliveryEventsDeadLetters")
    EVENTS_UNDELIVERED = ("AWS::SQS::Queue", "DeliveryEventsUndelivered")
    CONFIGURATION_SET = ("AWS::SES::ConfigurationSet", "IdentityConfigurationSet")
    IDENTITY = ("AWS::SES::EmailIdentity", "Identity")
    RULE = ("AWS::SES::ReceiptRule", "ReceivingRule")
    RECEIVE_MAIL = ("AWS::Lambda::Function", "RelayReceiveMailFunction")
    ERASE_DATA = ("AWS::Lambda::Function", "ErasingEraseDataFunction")
    MAPPING = ("AWS::Lambda::EventSourceMapping", "RelayMapping")
    ARCHIVING_MAPPING = ("AWS::Lambda::EventSourceMapping", "ArchivingMapping")
    ARCHIVING_DEAD_LETTERS = ("AWS::SQS::Queue", "ArchivingDeadLetters")
    API = ("AWS::ApiGatewayV2::Api", "ApiHttpApi")
    RULE_SET = ("AWS::SES::ReceiptRuleSet", "ReceivingRuleSet")


OPTIONAL = frozenset({Part.RULE_SET})
"""A rule that was added to an existing rule set comes without one of its own."""
NOT_LOCAL = frozenset({Part.RULE, Part.RULE_SET})
"""The local emulator knows no receipt rules."""


class StackNotFoundError(Exception):
    """There is no stack of that name in this account and region."""


class PartMissingError(Exception):
    """The stack has no such resource; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """parts: physical ids. local: whether it is deployed into the local emulator."""

    stack: str
    region: str
    status: str
    created: datetime
    parts: Mapping[Part, str]
    outputs: Mapping[str, str]
    local: bool = False

    def physical(self, part: Part) -> str:
        """Raises `PartMissingError`."""
        if part not in self.parts:
            raise PartMissingError(part.value[1])
        return self.parts[part]

    @property
    def missing(self) -> tuple[Part, ...]:
        expected = set(Part) - OPTIONAL - (NOT_LOCAL if self.local else frozenset())
        return tuple(part for part in Part if part in expected and part not in self.parts)

    @property
    def relay_domain(self) -> str:
        return self.physical(Part.IDENTITY)

    @property
    def api_url(self) -> str | None:
        """The output whose name begins with ApiUrl; None without one."""
        return next((each for name, each in self.outputs.items() if name.startswith("ApiUrl")), None)


def find_deployment(clients: Clients, stack: str, region: str, *, local: bool = False) -> Deployment:
    """Raises `StackNotFoundError`, and what botocore raises."""
    try:
        described = clients.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        # CloudFormation has no error code of its own for this.
        if "does not exist" in error.response["Error"]["Message"]:
            raise StackNotFoundError(stack) from None
        raise
    pages = clients.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    parts: dict[Part, str] = {}
    for page in pages:
        for each in page["StackResourceSummaries"]:
            part = _part(each["ResourceType"], each["LogicalResourceId"])
            if part and "PhysicalResourceId" in each and not each["ResourceStatus"].startswith("DELETE_"):
                parts[part] = each["PhysicalResourceId"]
    return Deployment(
        stack=stack,
        region=region,
        status=described["StackStatus"],
        created=described["CreationTime"],
        parts=parts,
        outputs={each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])},
        local=local,
    )


def _part(kind: str, logical_id: str) -> Part | None:
    for part in Part:
        wanted, prefix = part.value
        if kind == wanted and re.fullmatch(prefix + _HASH, logical_id):
            return part
    return None
