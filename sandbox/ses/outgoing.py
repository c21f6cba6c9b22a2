"""A mail as it leaves SES: with SES's Message-ID and Date, without Bcc, otherwise octet for octet."""

import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from sandbox.ses import header
from sandbox.ses.header import Field
from sandbox.ses.request import Submission

# AWS, "Amazon SES header fields": both are overwritten. Bcc is taken out, and Return-Path is SES's own.
_REPLACED = frozenset({"message-id", "date", "bcc", "return-path"})


def new_message_id(region: str) -> str:
    """As SES makes them: milliseconds in hexadecimal after a number for the region, then a UUID."""
    prefix = "0100" if region == "us-east-1" else "0102"
    stamp = f"{time.time_ns() // 1_000_000:012x}"
    return f"{prefix}{stamp[-12:]}-{uuid.UUID(bytes=secrets.token_bytes(16), version=4)}-000000"


def message_id_field(message_id: str, region: str) -> str:
    """How recipients know the mail: in us-east-1 under another domain (AWS, "SendEmail", MessageId)."""
    domain = "email" if region == "us-east-1" else region
    return f"<{message_id}@{domain}.amazonses.com>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A mail that SES has taken. mail_from: the domain of its reverse-path."""

    message_id: str
    at: datetime
    region: str
    mail_from: str
    submission: Submission

    @property
    def fields(self) -> tuple[Field, ...]:
        """The header section as it goes out. SES adds its own fields below the author's."""
        kept = [field for field in self.submission.fields if field.name not in _REPLACED]
        if kept and not kept[-1].octets.endswith(b"\n"):
            kept[-1] = Field(kept[-1].name, kept[-1].octets + b"\r\n")
        own = {
            "Message-ID": message_id_field(self.message_id, self.region),
            "Date": format_datetime(self.at),
            "Feedback-ID": f"::1.{self.region}.c2FuZGJveA==:AmazonSES",
            "X-SES-Outgoing": f"{self.at:%Y.%m.%d}-127.0.0.1",
        }
        added = [Field(name.lower(), f"{name}: {value}\r\n".encode()) for name, value in own.items()]
        return (*kept, *added)

    def transmitted(self) -> bytes:
        """What the recipient's server takes, and the Return-Path that it writes (RFC 5321 §4.4)."""
        return_path = f"Return-Path: <{self.message_id}@{self.mail_from}>\r\n".encode()
        return return_path + header.joined(self.fields, self.submission.rest)
