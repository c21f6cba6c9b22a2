"""Events of a sent mail as SES publishes them for a configuration set.

AWS, "Contents of event data that Amazon SES publishes to Amazon SNS": one JSON object an event, with `mail`
the same in all of a mail's events, and details under the event's own name.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.ses.outgoing import Sent
from sandbox.ses.receipt import common_headers, first_headers, timestamp

SUBJECT = "Amazon SES Email Event Notification"
ACCOUNT = "123456789012"

# The API's name of a type in a configuration set, by the name in the event.
TYPES = {
    "Send": "SEND",
    "Delivery": "DELIVERY",
    "Bounce": "BOUNCE",
    "Complaint": "COMPLAINT",
    "DeliveryDelay": "DELIVERY_DELAY",
    "Reject": "REJECT",
    "Rendering Failure": "RENDERING_FAILURE",
}
_DETAILS = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}


def event(kind: str, sent: Sent, details: Mapping[str, Any], *, account: str = ACCOUNT) -> dict[str, Any]:
    return {
        "eventType": kind,
        "mail": _mail(sent, account),
        _DETAILS.get(kind, kind.lower()): dict(details),
    }


def _mail(sent: Sent, account: str) -> dict[str, Any]:
    submission = sent.submission
    fields = sent.fields
    domain = submission.source.rpartition("@")[2]
    headers = first_headers(fields)
    return {
        "timestamp": timestamp(sent.at),
        "source": submission.source,
        "sourceArn": f"arn:aws:ses:{sent.region}:{account}:identity/{domain}",
        "sendingAccountId": account,
        "messageId": sent.message_id,
        "destination": list(submission.recipients),
        "headersTruncated": len(headers) < len(fields),
        "headers": headers,
        "commonHeaders": {**common_headers(fields), "messageId": sent.message_id},
        "tags": {
            "ses:configuration-set": [submission.configuration_set],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": [domain],
            "ses:caller-identity": ["sandbox"],
            **{name: [value] for name, value in submission.tags.items()},
        },
    }


def delivery(recipient: str, at: datetime) -> dict[str, Any]:
    return {
        "timestamp": timestamp(at),
        "processingTimeMillis": 500,
        "recipients": [recipient],
        "smtpResponse": "250 2.0.0 OK",
        "reportingMTA": "a1-1.smtp-out.amazonses.com",
    }


def bounce(recipient: str, at: datetime, *, subtype: str, status: str, diagnostic: str) -> dict[str, Any]:
    """A hard bounce. subtype: General, Suppressed or OnAccountSuppressionList."""
    return {
        "feedbackId": f"{int(at.timestamp()):016x}-bounce-000000",
        "bounceType": "Permanent",
        "bounceSubType": subtype,
        "bouncedRecipients": [
            {
                "emailAddress": recipient,
                "action": "failed",
                "status": status,
                "diagnosticCode": diagnostic,
            }
        ],
        "timestamp": timestamp(at),
        "reportingMTA": "dns; a1-1.smtp-out.amazonses.com",
    }


def not_rendered() -> dict[str, Any]:
    return {
        "errorMessage": "Attribute 'name' is not present in the rendering data.",
        "templateName": "sandbox",
    }


def complaint(recipient: str, at: datetime) -> dict[str, Any]:
    return {
        "feedbackId": f"{int(at.timestamp()):016x}-complaint-000000",
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": recipient}],
        "timestamp": timestamp(at),
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": timestamp(at),
    }


def delay(recipient: str, at: datetime) -> dict[str, Any]:
    return {
        "timestamp": timestamp(at),
        "delayType": "TransientCommunicationFailure",
        # SES tries for 14 hours.
        "expirationTime": timestamp(at + timedelta(hours=14)),
        "delayedRecipients": [
            {
                "emailAddress": recipient,
                "status": "4.4.1",
                "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host",
            }
        ],
    }
