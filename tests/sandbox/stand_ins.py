"""The stand-ins with fakes behind them, and mail programs in front."""

import imaplib
import json
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from sandbox.accounts import Account, Accounts
from sandbox.ses.ports import AutomaticReply
from sandbox.ses.receiving import Receiving
from sandbox.ses.sending import Sending
from sandbox.ses.template import EventDestination, Identity, ReceiptRule

BUYER = Account("buyer@post.example", "of the buyer")
SELLER = Account("shop@trader.example", "of the seller")
RELAY = "relay.example.com"
ALIAS = f"s-9q4t@{RELAY}"
CONFIGURATION_SET = "Parley"
ALL_TYPES = frozenset(
    {"SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE"}
)
RULE = ReceiptRule(
    name="Parley",
    recipients=(RELAY,),
    bucket="inbox-bucket",
    prefix="inbox/",
    topic="arn:aws:sns:eu-west-1:123456789012:receipts",
    scans=True,
    requires_tls=False,
)


@dataclass
class Outside:
    """What the stand-ins did."""

    objects: dict[str, bytes] = field(default_factory=dict)
    published: list[dict[str, str]] = field(default_factory=list)
    delivered: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[AutomaticReply] = field(default_factory=list)
    fails: bool = False
    """Whether S3 and SNS are out of order."""

    def put_object(self, *, bucket: str, key: str, body: bytes) -> None:
        if self.fails:
            raise OSError
        self.objects[f"{bucket}/{key}"] = body

    def publish(self, *, topic: str, subject: str, message: str) -> None:
        if self.fails:
            raise OSError
        self.published.append({"topic": topic, "subject": subject, "message": message})

    def deliver(self, mailbox: str, raw: bytes) -> bool:
        self.delivered.append((mailbox, raw))
        return not mailbox.startswith("nobody@")

    @property
    def notification(self) -> dict[str, Any]:
        (published,) = self.published
        return dict(json.loads(published["message"]))

    @property
    def stored(self) -> bytes:
        (body,) = self.objects.values()
        return body

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(each["message"]) for each in self.published]

    def kinds(self) -> list[str]:
        return [event["eventType"] for event in self.events]


def trusting() -> ssl.SSLContext:
    """A context that takes the sandbox's own certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Inbound:
    """SES as it receives, and a program that speaks SMTP to it."""

    def __init__(self, ses: Receiving, outside: Outside) -> None:
        self.ses = ses
        self.outside = outside

    @contextmanager
    def program(self, account: Account | None = None, *, tls: bool = False) -> Iterator[smtplib.SMTP]:
        with smtplib.SMTP("127.0.0.1", self.ses.port, local_hostname="laptop.example", timeout=10) as smtp:
            if tls:
                smtp.starttls(context=trusting())
            if account:
                smtp.login(account.mailbox, account.password)
            yield smtp

    def send(
        self,
        raw: bytes,
        *,
        account: Account | None = None,
        reverse_path: str = BUYER.mailbox,
        recipients: tuple[str, ...] = (ALIAS,),
    ) -> tuple[int, bytes]:
        """The reply to the data, or the first refusal before it."""
        with self.program(account) as smtp:
            smtp.ehlo()
            code, text = smtp.mail(reverse_path)
            for recipient in recipients:
                if code >= 300:
                    break
                code, text = smtp.rcpt(recipient)
            return (code, text) if code >= 300 else smtp.data(raw)


@contextmanager
def inbound(rule: ReceiptRule = RULE, **options: Any) -> Iterator[Inbound]:
    outside = Outside()
    with Receiving(
        rules=[rule],
        accounts=Accounts([BUYER, SELLER]),
        put_object=outside.put_object,
        publish=outside.publish,
        **options,
    ) as ses:
        yield Inbound(ses, outside)


def mail(*, author: str = BUYER.mailbox, body: str = "Hello.\r\n", **fields: str) -> bytes:
    """Underscores in names of fields stand for hyphens."""
    head = {"From": author, "To": ALIAS, "Subject": "Order 303", **fields}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in head.items())
    return f"{lines}\r\n{body}".encode()


class Outbound:
    """SES as it sends, and an AWS client."""

    def __init__(self, ses: Sending, outside: Outside, region: str) -> None:
        self.ses = ses
        self.outside = outside
        self.client: Any = client(ses.url, region)

    def send(self, raw: bytes, *recipients: str, **more: Any) -> str:
        """Returns SES's id of the mail once it has been carried out."""
        destination = {"Destination": {"ToAddresses": list(recipients)}} if recipients else {}
        options = {"ConfigurationSetName": CONFIGURATION_SET, **destination, **more}
        answer = self.client.send_email(Content={"Raw": {"Data": raw}}, **options)
        self.ses.settle()
        return str(answer["MessageId"])

    def transmitted(self) -> bytes:
        ((_, raw),) = self.outside.delivered
        return raw


def client(url: str, region: str, **options: Any) -> Any:
    return boto3.client(
        "sesv2",
        region_name=region,
        endpoint_url=url,
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
        config=Config(retries={"total_max_attempts": 1}, **options),
    )


@contextmanager
def outbound(region: str = "eu-west-1", **options: Any) -> Iterator[Outbound]:
    outside = Outside()
    with Sending(
        identities=[Identity(domain=RELAY, mail_from=f"bounce.{RELAY}")],
        configuration_sets=frozenset({CONFIGURATION_SET}),
        destinations=[
            EventDestination(configuration_set=CONFIGURATION_SET, types=ALL_TYPES, topic="arn:events")
        ],
        deliver=outside.deliver,
        publish=outside.publish,
        answer=outside.answers.append,
        region=region,
        **options,
    ) as ses:
        yield Outbound(ses, outside, region)


@contextmanager
def imap(port: int, account: Account, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", port, timeout=10) as program:
        program.login(account.mailbox, account.password)
        program.select(folder)
        yield program
