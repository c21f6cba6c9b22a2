"""A receipt as SES keeps and announces it: the object in S3 and the notification.

The object is the mail as it came under the header fields that SES writes; no other octet differs, except that
`X-Sandbox-Verdicts` is taken out. The signature in X-SES-DKIM-SIGNATURE has SES's shape and proves nothing.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, getaddresses
from typing import Any

from sandbox.ses import header
from sandbox.ses.header import Field
from sandbox.ses.template import ReceiptRule
from sandbox.ses.verdicts import OVERRIDES, Verdicts

_ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_RESULTS = {"PASS": "pass", "FAIL": "fail", "GRAY": "none"}
# AWS, mail object: headersTruncated is true if they are larger than 10 KB.
_MAX_HEADERS = 10_240


def new_receipt_id() -> str:
    return "".join(secrets.choice(_ID_CHARACTERS) for _ in range(40))


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One accepted mail. at: UTC. helo, client: the name and the IP address of who handed it over.
    reverse_path: "" for the null one. recipients: the envelope's, as they were written."""

    id: str
    at: datetime
    region: str
    helo: str
    client: str
    reverse_path: str
    recipients: tuple[str, ...]
    verdicts: Verdicts
    fields: tuple[Field, ...]
    rest: bytes

    def stored(self) -> bytes:
        """The object that SES writes."""
        kept = tuple(field for field in self.fields if field.name != OVERRIDES)
        return self._own_fields() + header.joined(kept, self.rest)

    def _own_fields(self) -> bytes:
        # SES names the forward-path only if there is one (as RFC 5321 §7.2 asks of copies).
        for_clause = f" for {self.recipients[0]};\r\n" if len(self.recipients) == 1 else ""
        server = f" by inbound-smtp.{self.region}.amazonaws.com with SMTP id {self.id}"
        spf = self._spf()
        return (
            f"Return-Path: <{self.reverse_path}>\r\n"
            f"Received: from {self.helo} ({self.helo} [{self.client}])\r\n"
            f"{server}{'' if for_clause else ';'}\r\n"
            f"{for_clause}"
            f" {format_datetime(self.at)} (UTC)\r\n"
            f"X-SES-Spam-Verdict: {self.verdicts.spam}\r\n"
            f"X-SES-Virus-Verdict: {self.verdicts.virus}\r\n"
            f"Received-SPF: {spf}\r\n"
            f"Authentication-Results: amazonses.com;\r\n spf={spf}\r\n{self._dkim_and_dmarc()}"
            f"X-SES-RECEIPT: {self._token(48)}\r\n"
            "X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; "
            f"b={self._token(129)}; c=relaxed/simple; s=uku4taia5b5tsbglxyj6zym32efj7xqv; d=amazonses.com; "
            f"t={int(self.at.timestamp())}; v=1; bh={self._token(32)}; h=From:To:Subject:Date:Message-ID;\r\n"
        ).encode()

    def _token(self, octets: int) -> str:
        """Base64 that looks random and is the same in the object and in the notification."""
        return base64.b64encode(hashlib.shake_256(self.id.encode()).digest(octets)).decode()

    def _spf(self) -> str:
        path = self.reverse_path or f"postmaster@{self.helo}"
        domain = path.rpartition("@")[2]
        result, comment = {
            "PASS": ("pass", f"domain of {domain} designates {self.client} as permitted sender"),
            "FAIL": ("fail", f"domain of {domain} does not designate {self.client} as permitted sender"),
            "GRAY": ("none", f"{self.client} is neither permitted nor denied by domain of {domain}"),
        }.get(self.verdicts.spf, ("temperror", f"error in processing during lookup of {domain}"))
        envelope = f"client-ip={self.client}; envelope-from={path}; helo={self.helo};"
        return f"{result} (spfCheck: {comment}) {envelope}"

    def _dkim_and_dmarc(self) -> str:
        domain, lines = self.verdicts.from_domain, ""
        # An unsigned mail has no dkim clause.
        if self.verdicts.dkim != "GRAY":
            lines += f" dkim={_RESULTS.get(self.verdicts.dkim, 'temperror')} header.i=@{domain};\r\n"
        dmarc = _RESULTS.get(self.verdicts.dmarc, "temperror")
        return lines + f" dmarc={dmarc} header.from={domain};\r\n"

    def notification(self, rule: ReceiptRule) -> dict[str, Any]:
        """AWS, "Contents of notifications for SES email receiving", with an S3 action."""
        fields, _ = header.split(self.stored())
        moment = timestamp(self.at)
        verdicts: dict[str, Any] = {
            f"{name}Verdict": {"status": status} for name, status in self.verdicts.statuses().items()
        }
        if self.verdicts.dmarc == "FAIL":
            verdicts["dmarcPolicy"] = "reject"
        return {
            "notificationType": "Received",
            "mail": {
                "timestamp": moment,
                "source": self.reverse_path or "<>",
                "messageId": self.id,
                "destination": list(self.recipients),
                "headersTruncated": sum(len(field.octets) for field in fields) > _MAX_HEADERS,
                "headers": first_headers(fields),
                "commonHeaders": {"returnPath": self.reverse_path or "<>", **common_headers(fields)},
            },
            "receipt": {
                "timestamp": moment,
                "processingTimeMillis": 500,
                "recipients": list(self.recipients),
                **verdicts,
                "action": {
                    "type": "S3",
                    "topicArn": rule.topic,
                    "bucketName": rule.bucket,
                    "objectKeyPrefix": rule.prefix,
                    "objectKey": rule.prefix + self.id,
                },
            },
        }


def timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def first_headers(fields: tuple[Field, ...]) -> list[dict[str, str]]:
    """Those of the first 10 KB."""
    size, shown = 0, []
    for field in fields:
        size += len(field.octets)
        if size > _MAX_HEADERS:
            break
        shown.append(field)
    return header.shown(tuple(shown))


def common_headers(fields: tuple[Field, ...]) -> dict[str, Any]:
    common: dict[str, Any] = {}
    for name in ("from", "to", "cc", "replyTo"):
        found = getaddresses(header.values(fields, "reply-to" if name == "replyTo" else name))
        if found:
            common[name] = [f"{phrase} <{mailbox}>" if phrase else mailbox for phrase, mailbox in found]
    for key, name in (("date", "date"), ("messageId", "message-id"), ("subject", "subject")):
        if value := header.values(fields, name):
            common[key] = value[0]
    return common
