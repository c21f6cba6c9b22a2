"""One mail on its way: written here, and looked up where it should have come to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from cli.checks.site import Site
from cli.deployment import INBOX_PREFIX, Part
from cli.marketplace import OpenedConversation
from cli.smoke.scenarios import Scenario
from parley.conversation.aliases import ConversationId
from parley.conversation.messages import Message
from parley.stores.items import read_message
from parley.stores.keys import conversation_pk, receipt_key

TOKEN_FIELD = "X-Parley-Smoke"  # noqa: S105  # a header field
_HEAD_BYTES = 32_768
# 50 pages of 1,000 keys: a search that finds nothing there has told enough.
_PAGES = 50
_SKEW = timedelta(minutes=5)
"""This machine's clock may be ahead of S3's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """token: stands in the mail's header section, to recognise it in the inbox. sent_at: UTC."""

    scenario: Scenario
    conversation: OpenedConversation
    author: str
    token: str
    sent_at: datetime

    @property
    def to(self) -> str:
        """The alias that the author writes to."""
        return self.conversation.seller_alias or ""


def write(journey: Journey) -> bytes:
    """The mail: plain, and with the author's mailbox in the text, so that masking has something to do."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = journey.author, journey.to
    mail["Subject"] = f"Smoke test ({journey.scenario.name})"
    mail[TOKEN_FIELD] = journey.token
    mail.set_content(
        f"This mail tests the relay, and {journey.author} wrote it.\n"
        "If it reached a person: nothing is to be done.\n"
    )
    return mail.as_bytes()


def find_message(journey: Journey, site: Site) -> Message | None:
    """The message that the mail became in its conversation, which has no other."""
    pk = conversation_pk(ConversationId(journey.conversation.id))
    return next(iter(_messages(site, pk)), None)


def find_loose(receipt_id: str, site: Site) -> Message | None:
    """The message of a receipt that belongs to no conversation."""
    return next(iter(_messages(site, receipt_key(receipt_id)["pk"]["S"])), None)


def _messages(site: Site, pk: str) -> list[Message]:
    answer = site.clients.dynamodb.query(
        TableName=site.deployment.physical(Part.TABLE),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )
    return [read_message(item) for item in answer["Items"] if {"message_id", "state"} <= item.keys()]


def find_in_inbox(journey: Journey, site: Site) -> str | None:
    """The receipt id of the object that holds the mail. Reads the beginning of objects written since it was
    sent, and gives up after 50,000 keys."""
    bucket = site.deployment.physical(Part.INBOX)
    wanted = re.compile(rb"^%s: %s\r?$" % (TOKEN_FIELD.encode(), journey.token.encode()), re.M | re.I)
    for each in _since(journey.sent_at, bucket, site):
        answer = site.clients.s3.get_object(Bucket=bucket, Key=each, Range=f"bytes=0-{_HEAD_BYTES - 1}")
        with answer["Body"] as body:
            if wanted.search(body.read()):
                return each.removeprefix(INBOX_PREFIX)
    return None


def _since(moment: datetime, bucket: str, site: Site) -> Iterator[str]:
    pages: Any = site.clients.s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=INBOX_PREFIX, PaginationConfig={"MaxItems": _PAGES * 1000}
    )
    for page in pages:
        for each in page.get("Contents", []):
            if each["LastModified"] >= moment - _SKEW and each["Size"]:
                yield each["Key"]
