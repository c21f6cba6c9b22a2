"""The deployed stack on moto, as its functions see it: resources, environment, a sealed wire.

with deployed(template) as deployment:
    deployment.environment("receive_mail")      # what Lambda would set
    deployment.receive(receipt_id, raw, ...)    # what SES does with an accepted mail
    deployment.wire.sent                        # what SES was handed
"""

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from moto import mock_aws
from moto.kms.utils import ECDSAPrivateKey

from parley.conversation.messages import Message
from parley.settings import ArchiveSettings, RelaySettings, SweepSettings
from parley.stores.clients import Clients
from parley.stores.items import read_message
from tests.support.lean_moto import lean
from tests.support.resources import Template, of_type, one
from tests.support.stack import Stack
from tests.support.wire import Wire, opened


@functools.cache
def shared_clients(region: str) -> Clients:
    """The product's own clients. One set serves all tests: making them takes longer than most tests."""
    return Clients(region)


@dataclass
class Deployment:
    """A stack made from the template; `settings` are those that receive_mail is given."""

    template: Template
    stack: Stack
    wire: Wire

    def environment(self, package: str) -> dict[str, str]:
        """The variables of the function whose handler is in `package`, with all references resolved."""
        for resource in of_type(self.template, "AWS::Lambda::Function").values():
            if resource["Properties"]["Handler"] == f"{package}.handler.handler":
                return {
                    **self.stack.resolve(resource["Properties"]["Environment"]["Variables"]),
                    "AWS_REGION": self.settings_region,
                    "AWS_DEFAULT_REGION": self.settings_region,
                    "AWS_LAMBDA_FUNCTION_NAME": package,
                }
        raise LookupError(package)

    @cached_property
    def settings_region(self) -> str:
        return str(self.stack.resolve({"Ref": "AWS::Region"}))

    @cached_property
    def settings(self) -> RelaySettings:
        return RelaySettings.from_environment(self.environment("receive_mail"))

    @cached_property
    def queue_url(self) -> str:
        """The queue that feeds receive_mail, as the sweep is told."""
        return SweepSettings.from_environment(self.environment("tend_archive")).queue_url

    @cached_property
    def archive_settings(self) -> ArchiveSettings:
        """Those that write_archive is given."""
        return ArchiveSettings.from_environment(self.environment("write_archive"))

    @property
    def clients(self) -> Clients:
        return shared_clients(self.settings.region)

    @cached_property
    def receipts_topic(self) -> str:
        """The topic of the receipt rule's S3 action, with what is subscribed to it."""
        _, rule = one(self.template, "AWS::SES::ReceiptRule")
        (action,) = rule["Properties"]["Rule"]["Actions"]
        topic = action["S3Action"]["TopicArn"]
        for name, each in of_type(self.template, "AWS::SNS::Subscription").items():
            if each["Properties"]["TopicArn"] == topic:
                self.stack.made(name)
        return str(self.stack.resolve(topic))

    def store(self, receipt_id: str, raw: bytes) -> str:
        """Puts the object that SES writes for a receipt; returns its key."""
        key = self.settings.inbox_prefix + receipt_id
        self.clients.s3.put_object(Bucket=self.settings.inbox_bucket, Key=key, Body=raw)
        return key

    def announce(self, notification: dict[str, Any] | str) -> None:
        """Publishes what SES publishes to the topic; the subscription puts it into the queue."""
        text = notification if isinstance(notification, str) else json.dumps(notification)
        self.stack.client("sns").publish(
            TopicArn=self.receipts_topic, Message=text, Subject="Amazon SES Email Receipt Notification"
        )

    def queued(self) -> list[dict[str, Any]]:
        """What waits in the queue of receipts, taken and made invisible as by a poller."""
        answer = self.clients.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        return list(answer.get("Messages", []))  # type: ignore[arg-type]  # as a plain dict

    def acknowledge(self, message: dict[str, Any]) -> None:
        handle = message["ReceiptHandle"]
        self.clients.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=handle)

    def return_to_queue(self, message: dict[str, Any]) -> None:
        """Makes a message visible again, as if its visibility timeout had passed."""
        handle = message["ReceiptHandle"]
        self.clients.sqs.change_message_visibility(
            QueueUrl=self.queue_url, ReceiptHandle=handle, VisibilityTimeout=0
        )

    def archived(self) -> dict[str, bytes]:
        """Every object of the archive by key."""
        return self._objects(self.settings.archive_bucket)

    def reviewed(self) -> dict[str, bytes]:
        """Every object of the review bucket by key."""
        return self._objects(self.archive_settings.review_bucket)

    def _objects(self, bucket: str) -> dict[str, bytes]:
        pages = self.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        found = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key: self.clients.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in found}

    def items(self) -> list[dict[str, Any]]:
        """Every item of the table."""
        pages = self.clients.dynamodb.get_paginator("scan").paginate(TableName=self.settings.table)
        return [item for page in pages for item in page["Items"]]

    def messages(self) -> list[Message]:
        """Every message of the table, attempts and those of no conversation too."""
        return [read_message(item) for item in self.items() if {"message_id", "state"} <= item.keys()]


@contextmanager
def deployed(template: Template, region: str = "eu-west-1") -> Iterator[Deployment]:
    """The stack: what the functions' settings and the receipt rule refer to. `stack.make_all` makes the rest.

    Nothing leaves the machine within, and nothing of it is left afterwards.
    """
    environment = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    digests = patch.object(ECDSAPrivateKey, "sign", _sign_digest)
    with patch.dict("os.environ", environment), mock_aws(), lean(), digests, opened() as wire:
        stack = Stack(template, region)
        wire.verified = {
            str(stack.resolve(each["Properties"]["EmailIdentity"]))
            for each in of_type(template, "AWS::SES::EmailIdentity").values()
        }
        deployment = Deployment(template, stack, wire)
        # Asked for, and thereby made.
        _ = deployment.settings, deployment.receipts_topic
        wire.calls.clear()
        yield deployment


def _sign_digest(key: ECDSAPrivateKey, message: bytes, signing_algorithm: str) -> bytes:
    """KMS signs a message of the type DIGEST as it is (API Reference, Sign); moto does not read the type."""
    assert signing_algorithm == "ECDSA_SHA_256"
    return bytes(key.private_key.sign(message, ec.ECDSA(utils.Prehashed(SHA256()))))
