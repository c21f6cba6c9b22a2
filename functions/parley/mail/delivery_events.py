"""What SES tells of a mail that it took, reduced to ids, codes and times (AWS, "Contents of event data that
Amazon SES publishes to Amazon SNS").

Destination, Subject, the servers' words and names end here (invariant I7). Codes are taken from SES's own
lists; what is not on them becomes "other".
"""

import hashlib
import json
import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from parley.mail.address import AddressError, Mailbox, parse_mailbox
from parley.mail.bounces import SUPPRESSED, Fault, fault_of, is_reported, status


class Fate(StrEnum):
    """What became of a mail. suppressed: SES did not send it, because the mailbox is on a suppression list,
    which says nothing about the mailbox now."""

    SENT = "sent"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    REJECTED = "rejected"
    COMPLAINED = "complained"


class EventError(ValueError):
    """The text is no event of a sent mail. It never quotes the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEvent:
    """One event.

    id: the same for every repetition of it; 26 lower-case letters and digits. at: SES's time of what it tells
    (UTC). tags: those that we gave the mail. facts: codes, by name. is_hard: whether the mailbox is dead.
    is_refusal: whether it is this mail that a server refused for good, by its own word, and not the mailbox.
    is_final: whether a server reported a failure; what SES takes for a bounce may be an automatic reply.
    recipient: where the mail went, of what bounced for good and what was suppressed; never to be kept.
    """

    id: str
    fate: Fate
    at: datetime
    tags: Mapping[str, str]
    facts: Mapping[str, str]
    is_hard: bool = False
    is_refusal: bool = False
    is_final: bool = False
    recipient: Mailbox | None = field(default=None, repr=False)


_SETUP_NOTE = "Successfully validated SNS topic"
_OWN_TAGS = ("conversation", "message", "kind", "party", "request")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,128}")
_CODES: Mapping[str, frozenset[str]] = {
    "type": frozenset({"Permanent", "Transient", "Undetermined"}),
    "subtype": SUPPRESSED
    | {"General", "NoEmail", "Undetermined", "MailboxFull", "MessageTooLarge", "CustomTimeoutExceeded"}
    | {"ContentRejected", "AttachmentRejected", "UnsubscribedRecipient"},
    "feedback": frozenset({"abuse", "auth-failure", "fraud", "not-spam", "other", "virus"}),
    "delay": frozenset({"InternalFailure", "General", "MailboxFull", "SpamDetected", "RecipientServerError"})
    | {"IPFailure", "TransientCommunicationFailure", "BYOIPHostNameLookupUnavailable", "Undetermined"}
    | {"SendingDeferral"},
    "reason": frozenset({"Bad content"}),
}
"""SES's values of each fact that is a code."""


def read_event(text: str) -> DeliveryEvent | None:
    """None for SES's setup note, and for types of events that nobody asked for: opens, clicks, subscriptions,
    whatever SES may add. Takes SNS's envelope off where raw delivery is switched off. Raises `EventError`."""
    try:
        return _read(text)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise EventError(type(error).__name__) from None


def _read(text: str, *, may_be_wrapped: bool = True) -> DeliveryEvent | None:
    if text.startswith(_SETUP_NOTE):
        return None
    body = json.loads(text)
    if may_be_wrapped and body.get("Type") == "Notification":
        return _read(body["Message"], may_be_wrapped=False)
    reader = _READERS.get(body["eventType"])
    return None if reader is None else reader(body)


def _sent(body: Mapping[str, Any]) -> DeliveryEvent:
    return _event(body, Fate.SENT, body["mail"]["timestamp"], {})


def _delivered(body: Mapping[str, Any]) -> DeliveryEvent:
    return _event(body, Fate.DELIVERED, body["delivery"]["timestamp"], {})


def _delayed(body: Mapping[str, Any]) -> DeliveryEvent:
    delay = body["deliveryDelay"]
    facts = {
        "delay": _code("delay", delay.get("delayType")),
        **_stated(status(delay.get("delayedRecipients"))),
    }
    return _event(body, Fate.DELAYED, delay["timestamp"], facts)


def _bounced(body: Mapping[str, Any]) -> DeliveryEvent:
    bounce = body["bounce"]
    kind, subtype = bounce.get("bounceType"), bounce.get("bounceSubType")
    facts = {"type": _code("type", kind), "subtype": _code("subtype", subtype)}
    bounced = bounce.get("bouncedRecipients")
    facts |= _stated(status(bounced))
    is_suppressed = subtype in SUPPRESSED
    fault = fault_of(kind, subtype, status(bounced))
    event = _event(body, Fate.SUPPRESSED if is_suppressed else Fate.BOUNCED, bounce["timestamp"], facts)
    return replace(
        event,
        is_hard=fault is Fault.MAILBOX,
        is_refusal=fault is Fault.MAIL,
        is_final=is_reported(bounced),
        recipient=_recipient(body) if kind == "Permanent" or is_suppressed else None,
    )


def _complained(body: Mapping[str, Any]) -> DeliveryEvent:
    complaint = body["complaint"]
    facts = {"feedback": _code("feedback", complaint.get("complaintFeedbackType") or "other")}
    if complaint.get("complaintSubType") in SUPPRESSED:
        # AWS: nothing was sent, because the recipient had complained about another mail before.
        suppressed = _event(body, Fate.SUPPRESSED, complaint["timestamp"], facts)
        return replace(suppressed, recipient=_recipient(body))
    return _event(body, Fate.COMPLAINED, complaint["timestamp"], facts)


def _rejected(body: Mapping[str, Any]) -> DeliveryEvent:
    facts = {"reason": _code("reason", body["reject"].get("reason"))}
    return _event(body, Fate.REJECTED, body["mail"]["timestamp"], facts)


def _not_rendered(body: Mapping[str, Any]) -> DeliveryEvent:
    return _event(body, Fate.REJECTED, body["mail"]["timestamp"], {"reason": "rendering-failure"})


_READERS = {
    "Send": _sent,
    "Delivery": _delivered,
    "DeliveryDelay": _delayed,
    "Bounce": _bounced,
    "Complaint": _complained,
    "Reject": _rejected,
    "Rendering Failure": _not_rendered,
    "RenderingFailure": _not_rendered,
}


def _event(body: Mapping[str, Any], fate: Fate, timestamp: str, facts: Mapping[str, str]) -> DeliveryEvent:
    at = _time(timestamp)
    told = "\n".join([str(body["mail"]["messageId"]), fate, at.isoformat(), *sorted(facts.values())])
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()
    return DeliveryEvent(
        id=b32encode(digest[:16]).decode("ascii").rstrip("=").lower(),
        fate=fate,
        at=at,
        tags=_tags(body["mail"].get("tags") or {}),
        facts={**facts, "occurred-at": at.isoformat()},
    )


def _tags(stated: Mapping[str, Any]) -> dict[str, str]:
    """Those of ours that have one value of the form that we give them."""
    found = {name: stated.get(name) for name in _OWN_TAGS}
    return {
        name: values[0]
        for name, values in found.items()
        if isinstance(values, list) and len(values) == 1
        if isinstance(values[0], str) and _TAG.fullmatch(values[0])
    }


def _code(fact: str, value: object) -> str:
    """SES's own code in our spelling: `MailboxFull` becomes `mailbox-full`."""
    if not isinstance(value, str) or value not in _CODES[fact]:
        return "other"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", value).replace(" ", "-").lower()


def _stated(code: str | None) -> dict[str, str]:
    return {} if code is None else {"status": code}


def _recipient(body: Mapping[str, Any]) -> Mailbox | None:
    """Our forward-path: each of our mails has one. `bouncedRecipients` names the Final-Recipient of the
    report instead, which is another mailbox where mail is forwarded (RFC 3464 §2.3.2)."""
    destinations = body["mail"].get("destination") or []
    if len(destinations) != 1:
        return None
    try:
        return parse_mailbox(str(destinations[0]))
    except AddressError:
        return None


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
