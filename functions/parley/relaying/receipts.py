"""Receipts: what SES says of a mail it accepted (AWS: "Contents of notifications for SES email receiving").

The queue carries four kinds of text: SES's notifications, the note that SES sends when a topic is set up, the
inbox sweep's request to look at an object whose notification never came, and reviewers' rulings
(`parley.relaying.rulings`), which are none of this module's.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from parley.conversation.aliases import AliasId, alias_id
from parley.conversation.messages import MessageId, message_id
from parley.mail.address import AddressError, ReversePath, parse_mailbox, parse_reverse_path
from parley.mail.verdicts import Verdict, Verdicts
from parley.relaying.ports import Told

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
    them. told: the part of this that the first claim notes; None of a receipt that was rebuilt.
    """

    id: str
    key: str
    received_at: datetime
    reverse_path: ReversePath | None
    recipients: tuple[str, ...]
    verdicts: Verdicts
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class LostReceipt:
    """A request of the sweep: an object of the inbox of which some recipient has no outcome."""

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


def receipt_of(text: str, inbox_prefix: str) -> str | None:
    """The id of the receipt that a text of the queue brings; None for a text that brings none."""
    try:
        brought = read_notification(text, inbox_prefix)
    except NotificationError:
        return None
    return None if brought is None else brought.id


def whole_id(receipt_id: str) -> MessageId:
    """The id of the message that stands for a receipt whose recipients nobody knows."""
    return message_id(receipt_id, AliasId(""))


def possible_ids(receipt_id: str, recipient: str) -> frozenset[MessageId]:
    """Which id the message of a receipt for that recipient can have. There are two: at the relay domain it is
    by the local-part, elsewhere by the recipient as written."""
    by = (_place(recipient)[0], recipient)
    return frozenset(message_id(receipt_id, AliasId(each)) for each in by if each)


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
    recipients, verdicts = _recipients(receipt["recipients"]), _verdicts(receipt)
    return Receipt(
        id=receipt_id,
        key=key,
        received_at=_time(mail["timestamp"]),
        reverse_path=read_reverse_path(mail["source"]),
        recipients=recipients,
        verdicts=verdicts,
        told=Told(recipients, verdicts, whole_id(receipt_id)),
    )


def _recipients(stated: Iterable[object]) -> tuple[str, ...]:
    """Each once, as it is written first."""
    first: dict[tuple[str, str], str] = {}
    for each in map(str, stated):
        first.setdefault(_place(each), each)
    return tuple(first.values())


def _place(recipient: str) -> tuple[str, str]:
    """Local-part and domain as `parley.conversation.routing` reads them, so that two spellings of one place
    are one: case, needless quotes, a dot at the end. ("", text) for what is no mailbox."""
    try:
        mailbox = parse_mailbox(recipient)
    except AddressError:
        return "", recipient.lower()
    return alias_id(mailbox.local_part), mailbox.domain


def _verdicts(receipt: Mapping[str, Any]) -> Verdicts:
    return Verdicts(
        spf=_verdict(receipt, "spfVerdict"),
        dkim=_verdict(receipt, "dkimVerdict"),
        dmarc=_verdict(receipt, "dmarcVerdict"),
        spam=_verdict(receipt, "spamVerdict"),
        virus=_verdict(receipt, "virusVerdict"),
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
