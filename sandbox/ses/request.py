"""A SendEmail request as the SESv2 API takes it, read from its JSON.

Of the API's ways to give a mail only `Raw` is done. `Destination` may be left out, as in SES: then To, Cc and
Bcc of the mail say where it goes.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.ses import header
from sandbox.ses.header import Field
from sandbox.ses.refusals import RefusalError, bare, check_mail, check_mailboxes, header_recipients
from sandbox.ses.template import Identity

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A mail that SES takes. source: FromEmailAddress, or the From field. recipients: bare mailboxes."""

    source: str
    recipients: tuple[str, ...]
    configuration_set: str | None
    tags: Mapping[str, str]
    fields: tuple[Field, ...]
    rest: bytes

    @property
    def raw(self) -> bytes:
        return header.joined(self.fields, self.rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingAccount:
    """What an AWS account's SES knows."""

    region: str
    identities: tuple[Identity, ...]
    configuration_sets: frozenset[str]
    max_mail: int

    def identity(self, mailbox: str) -> Identity | None:
        """A verified domain stands for its subdomains too (AWS, "Verified identities")."""
        domain = mailbox.rpartition("@")[2].lower()
        return next(
            (each for each in self.identities if domain == each.domain or domain.endswith(f".{each.domain}")),
            None,
        )

    def read(self, body: bytes) -> Submission:
        """Raises `RefusalError` as SES answers."""
        try:
            asked = json.loads(body)
            raw = base64.b64decode(asked["Content"]["Raw"]["Data"], validate=True)
        except (ValueError, TypeError, KeyError):
            text = "The sandbox sends Content.Raw only: a mail in base64."
            raise RefusalError("BadRequestException", text) from None
        fields, rest = header.split(raw)
        check_mail(raw, fields, max_mail=self.max_mail)
        authors = tuple(filter(None, bare(header.values(fields, "from"))))
        if not authors:
            raise RefusalError("BadRequestException", "Missing required header 'From'.")
        named = asked.get("FromEmailAddress")
        (source, *_) = (bare([named]) if named else ()) or authors
        recipients = _recipients(asked.get("Destination")) or header_recipients(fields)
        check_mailboxes(recipients)
        self._check_identities((source, *authors))
        identity = self.identity(source)
        return Submission(
            source=source,
            recipients=recipients,
            configuration_set=self._configuration_set(asked, identity),
            tags=_tags(asked.get("EmailTags") or []),
            fields=fields,
            rest=rest,
        )

    def _check_identities(self, mailboxes: tuple[str, ...]) -> None:
        unknown = [each for each in dict.fromkeys(mailboxes) if self.identity(each) is None]
        if unknown:
            text = (
                "Email address is not verified. The following identities failed the check in region "
                f"{self.region.upper()}: {', '.join(unknown)}"
            )
            raise RefusalError("MessageRejected", text)

    def _configuration_set(self, asked: Mapping[str, Any], identity: Identity | None) -> str | None:
        """The one that is named, or the identity's default."""
        name = asked.get("ConfigurationSetName") or (identity and identity.configuration_set)
        if name and name not in self.configuration_sets:
            text = f"Configuration set <{name}> does not exist."
            raise RefusalError("NotFoundException", text, status=404)
        return name or None


def _recipients(destination: Mapping[str, list[str]] | None) -> tuple[str, ...]:
    names = ("ToAddresses", "CcAddresses", "BccAddresses")
    return bare([each for name in names for each in (destination or {}).get(name) or []])


def _tags(given: list[Mapping[str, str]]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag in given:
        name, value = tag.get("Name", ""), tag.get("Value", "")
        for kind, text in (("name", name), ("value", value)):
            if not _TAG.fullmatch(text):
                message = (
                    f"Invalid tag {kind} <{text}>: only alphanumeric ASCII characters, '_', '-' are allowed."
                )
                raise RefusalError("BadRequestException", message)
        if name in tags:
            raise RefusalError("BadRequestException", f"Duplicate tag name <{name}>.")
        tags[name] = value
    return tags
