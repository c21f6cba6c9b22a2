"""Receipts: what SES says of a mail it accepted (AWS: "Contents of notifications for SES email receiving").

The queue carries four kinds of text: SES's notifications, the note that SES sends when a topic is set up, the
inbox sweep's request to look at an object whose notification never came, and reviewers' rulings
(`parley.relaying.rulings`), which are none of this module's.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from parley.mail.address import AddressError, ReversePath, parse_reverse_path
from parley.mail.verdicts import Verdict, Verdicts

SETUP_OBJECT = "AMAZON_SES_SETUP_NOTIFICATION"
_SETUP_NOTE = "Successfully validated SNS topic"
_RECEIPT_ID = re.compile(r"[A-Za-z0-9_-]{8,128}")


class NotificationError(ValueError):
    """The text is none that the queue may carry. It never quotes the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One mail as SES accepted it.

    key: its object in the inbox. received_at: SES's time (UTC), which orders everything. reverse_path: None
    where SES's text is no path. recipients: the envelope's forward-paths for the relay domain, as SES wrote
    them.
    """

    id: str
    key: str
    received_at: datetime
    reverse_path: ReversePath | None
    recipients: tuple[str, ...]
    verdicts: Verdicts


@dataclass(frozen=True, slots=True)
class LostReceipt:
    """A request of the sweep: an object of the inbox without an outcome."""

    id: str
    key: str
    received_at: datetime


def read_notification(text: str, inbox_prefix: str) -> Receipt | LostReceipt | None:
    """What a text in the queue asks for; None for SES's setup note. Raises `NotificationError`."""
    if text.startswith(_SETUP_NOTE):
        return None
    try:
        body = json.loads(text)
        if "sweep" in body:
            return _lost(body["sweep"], inbox_prefix)
        return _receipt(body, inbox_prefix)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotificationError(type(error).__name__) from None


def sweep_request(key: str, received_at: datetime) -> str:
    """The text by which the sweep asks for an object; `read_notification` reads it."""
    return json.dumps({"sweep": {"key": key, "received_at": received_at.astimezone(UTC).isoformat()}})


def _lost(request: Mapping[str, str], inbox_prefix: str) -> LostReceipt:
    key = request["key"]
    if not key.startswith(inbox_prefix):
        raise NotificationError("key")
    return LostReceipt(_receipt_id(key[len(inbox_prefix) :]), key, _time(request["received_at"]))


def _receipt(body: Mapping[str, Any], inbox_prefix: str) -> Receipt | None:
    mail, receipt = body["mail"], body["receipt"]
    if mail["messageId"] == SETUP_OBJECT:
        return None
    receipt_id = _receipt_id(mail["messageId"])
    key = inbox_prefix + receipt_id
    # The bucket is the deployment's own whatever the notification says; the key must be the one it implies.
    if body["notificationType"] != "Received" or receipt["action"]["objectKey"] != key:
        raise NotificationError("not a receipt of this inbox")
    return Receipt(
        id=receipt_id,
        key=key,
        received_at=_time(mail["timestamp"]),
        reverse_path=read_reverse_path(mail["source"]),
        recipients=tuple(dict.fromkeys(str(recipient) for recipient in receipt["recipients"])),
        verdicts=Verdicts(
            spf=_verdict(receipt, "spfVerdict"),
            dkim=_verdict(receipt, "dkimVerdict"),
            dmarc=_verdict(receipt, "dmarcVerdict"),
            spam=_verdict(receipt, "spamVerdict"),
            virus=_verdict(receipt, "virusVerdict"),
        ),
    )


def _verdict(receipt: Mapping[str, Any], name: str) -> Verdict:
    stated = receipt.get(name)
    return Verdict.read(stated.get("status") if isinstance(stated, dict) else None)


def _receipt_id(text: str) -> str:
    if not _RECEIPT_ID.fullmatch(text):
        raise NotificationError("receipt id")
    return text


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def read_reverse_path(text: str) -> ReversePath | None:
    """The reverse-path, or None for a text that is no path."""
    try:
        return parse_reverse_path(text)
    except AddressError:
        return None
