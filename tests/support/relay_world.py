"""A conversation between a buyer and a seller over the fakes, and what SES makes of a mail to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from parley.conversation.aliases import AliasId, ContactAlias, ConversationAlias, ConversationId
from parley.conversation.conversations import Conversation, Status
from parley.conversation.messages import Message
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import Submission
from parley.relaying.receive import Report, receive
from tests.support.fakes import (
    FakeArchive,
    FakeClock,
    FakeDirectory,
    FakeEntropy,
    FakeHistory,
    FakeInbox,
    FakeMailer,
    FakeMessages,
    FakeQueue,
    Memory,
)

BUYER = "anna@buyer.example"
SELLER = "shop@seller.example"
BUYER_ALIAS = "b-7k2m@relay.example"
SELLER_ALIAS = "s-9q4t@relay.example"
CONTACT_ALIAS = "c-shop@relay.example"
OPERATOR = "operator@market.example"
CONVERSATION = ConversationId("c1")
PASSED = {"spam": "PASS", "virus": "PASS", "spf": "PASS", "dkim": "PASS", "dmarc": "PASS"}
LEASE = timedelta(seconds=180)


def ses_fields(author: str, verdicts: Mapping[str, str]) -> str:
    """The fields that SES puts on top; results follow the verdicts."""
    domain = author.rpartition("@")[2]
    result = {"PASS": "pass", "FAIL": "fail"}
    return (
        f"Return-Path: <{author}>\r\n"
        f"Received: from mx.{domain} by inbound-smtp.eu-west-1.amazonaws.com with SMTP id r1;\r\n"
        " Fri, 04 Sep 2026 16:12:00 +0000 (UTC)\r\n"
        f"X-SES-Spam-Verdict: {verdicts['spam']}\r\n"
        f"X-SES-Virus-Verdict: {verdicts['virus']}\r\n"
        f"Authentication-Results: amazonses.com; spf={result.get(verdicts['spf'], 'none')}"
        f" client-ip=192.0.2.1; envelope-from={author}; helo=mx.{domain};\r\n"
        f" dkim={result.get(verdicts['dkim'], 'none')} header.i=@{domain};"
        f" dmarc={result.get(verdicts['dmarc'], 'none')} header.from={domain};\r\n"
        "X-SES-RECEIPT: AEFBQUFB\r\n"
    )


def mail(author: str, body: str = "Hello", **fields: str) -> str:
    """What an ordinary mail program writes; `fields` add to its header section."""
    given = {"From": author, "Subject": "Order 4711", "Message-ID": f"<1@{author.rpartition('@')[2]}>"}
    given |= {name.replace("_", "-"): value for name, value in fields.items()}
    return "".join(f"{name}: {value}\r\n" for name, value in given.items() if value) + f"\r\n{body}\r\n"


@dataclass
class World:
    memory: Memory = field(default_factory=Memory)
    inbox: FakeInbox = field(default_factory=FakeInbox)
    archive: FakeArchive = field(default_factory=FakeArchive)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    queue: FakeQueue = field(default_factory=FakeQueue)
    clock: FakeClock = field(default_factory=lambda: FakeClock(datetime(2026, 9, 4, 16, 12, 5, tzinfo=UTC)))

    def __post_init__(self) -> None:
        self.directory = FakeDirectory(self.memory)
        self.messages = FakeMessages(self.memory)
        self.outside = Outside(
            directory=self.directory,
            messages=self.messages,
            history=FakeHistory(self.memory),
            inbox=self.inbox,
            archive=self.archive,
            mailer=self.mailer,
            clock=self.clock,
            entropy=FakeEntropy(),
        )
        self.deployment = Deployment(
            relay_domain="relay.example",
            marketplace_name="Market",
            operator_mailbox=Mailbox("operator", "market.example"),
            region="eu-west-1",
            inbox_prefix="inbox/",
            lease=LEASE,
        )
        self._parties()
        self.open_conversation()
        self._receipts = 0

    def _parties(self) -> None:
        for role, mailbox, locale in ((Role.BUYER, BUYER, "en"), (Role.SELLER, SELLER, "de")):
            local_part, _, domain = mailbox.partition("@")
            self.directory.register(
                Party(
                    id=PartyId(role),
                    role=role,
                    locale=locale,
                    display_name=f"The {role}",
                    mailboxes=(Mailbox(local_part, domain),),
                )
            )
        intake = Conversation(
            id=ConversationId("intake"),
            order=None,
            parties={Role.SELLER: PartyId(Role.SELLER)},
            aliases={Role.SELLER: AliasId("c-shop")},
        )
        contact = ContactAlias(id=AliasId("c-shop"), seller=PartyId(Role.SELLER), intake=intake.id)
        self.directory.open(intake, [contact])

    def open_conversation(self, status: Status = Status.OPEN) -> None:
        aliases = {Role.BUYER: AliasId("b-7k2m"), Role.SELLER: AliasId("s-9q4t")}
        self.memory.heads.pop(CONVERSATION, None)
        for alias in aliases.values():
            self.memory.aliases.pop(alias, None)
        self.directory.open(
            Conversation(
                id=CONVERSATION,
                order="4711",
                parties={role: PartyId(role) for role in Role},
                aliases=aliases,
                status=status,
            ),
            [ConversationAlias(id=a, conversation=CONVERSATION, stands_for=r) for r, a in aliases.items()],
        )

    def accept(
        self, raw: str, author: str, *recipients: str, source: str | None = None, **verdicts: str
    ) -> str:
        """SES accepts a mail: object in the inbox. Returns the notification's text."""
        self._receipts += 1
        receipt_id = f"receipt{self._receipts:08d}"
        judged = PASSED | verdicts
        self.inbox.put(f"inbox/{receipt_id}", (ses_fields(author, judged) + raw).encode(), self.clock.now())
        statuses = {f"{name}Verdict": {"status": status} for name, status in judged.items()}
        return json.dumps(
            {
                "notificationType": "Received",
                "mail": {
                    "timestamp": self.clock.now().isoformat(),
                    "source": author if source is None else source,
                    "messageId": receipt_id,
                },
                "receipt": {
                    "recipients": recipients,
                    "action": {"type": "S3", "objectKey": f"inbox/{receipt_id}"},
                    **statuses,
                },
            }
        )

    def receive(self, notification: str) -> tuple[Report, ...]:
        return receive(notification, self.outside, self.deployment)

    def buyer_writes(self, body: str = "Hello", **fields: str) -> tuple[Report, ...]:
        return self.receive(self.accept(mail(BUYER, body, **fields), BUYER, SELLER_ALIAS))

    def seller_writes(self, body: str = "Hello", **fields: str) -> tuple[Report, ...]:
        return self.receive(self.accept(mail(SELLER, body, **fields), SELLER, BUYER_ALIAS))

    @property
    def sent(self) -> list[Submission]:
        return self.mailer.sent

    @property
    def message(self) -> Message:
        """The one message that there is."""
        (message,) = self.memory.messages.values()
        return message
