"""A buyer and a seller on the deployed stack, and SES before it.

market.accept(mail, ...)      SES stores a mail and announces it
market.work()                 the queue is handed to receive_mail, each message once
market.sent                   what SES was handed
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from parley.conversation.aliases import (
    ContactAlias,
    ConversationAlias,
    ConversationId,
    alias_mailbox,
    new_alias,
)
from parley.conversation.conversations import Conversation, ConversationView
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import parse_mailbox
from tests.support import canary
from tests.support.aws import Deployment
from tests.support.fakes import FakeClock
from tests.support.mails import PASS, Written, ses_fields
from tests.support.runtime import Runtime, event
from tests.support.stores import Stores, on_aws

START = datetime(2026, 9, 4, 16, 12, 0, 123000, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Correspondence:
    """A conversation and how its parties see it."""

    conversation: Conversation
    buyer: Party
    seller: Party
    relay_domain: str

    @property
    def buyer_writes_to(self) -> str:
        """The alias that stands for the seller."""
        return str(alias_mailbox(self.conversation.aliases[Role.SELLER], self.relay_domain))

    @property
    def seller_writes_to(self) -> str:
        return str(alias_mailbox(self.conversation.aliases[Role.BUYER], self.relay_domain))


class Market(Runtime):
    """`main` is the conversation c1 between `buyer` and `seller`; `stores` see what the functions see."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(deployment, FakeClock(START))
        self.stores: Stores = on_aws(deployment)
        self.relay_domain = deployment.settings.relay_domain
        self.buyer = _party(Role.BUYER, canary.BUYER_NAME, canary.BUYER_MAILBOX, locale="de")
        self.seller = _party(Role.SELLER, canary.SELLER_NAME, canary.SELLER_MAILBOX, locale="en")
        self.stores.directory.register(self.buyer)
        self.stores.directory.register(self.seller)
        self.main = self.correspondence("c1")
        self._receipts = 0

    def correspondence(
        self, name: str, *, buyer: Party | None = None, seller: Party | None = None, **changes: Any
    ) -> Correspondence:
        """Opens a conversation between two registered parties."""
        buyer, seller = buyer or self.buyer, seller or self.seller
        seed = int.from_bytes(name.encode()) * 0x9E3779B97F4A7C15F39C
        conversation = Conversation(
            id=ConversationId(name),
            order=f"order-{name}",
            parties={Role.BUYER: buyer.id, Role.SELLER: seller.id},
            aliases={Role.BUYER: new_alias("b", seed), Role.SELLER: new_alias("s", seed + 1)},
            **changes,
        )
        aliases = [
            ConversationAlias(id=alias, conversation=conversation.id, stands_for=role)
            for role, alias in conversation.aliases.items()
        ]
        self.stores.directory.open(conversation, aliases)
        return Correspondence(
            conversation=conversation, buyer=buyer, seller=seller, relay_domain=self.relay_domain
        )

    def contact_alias(self, name: str) -> str:
        """Opens a contact alias of the seller with its intake conversation; returns its mailbox."""
        alias = new_alias("c", int.from_bytes(name.encode()) * 0x9E3779B97F4A7C15F39C)
        intake = Conversation(
            id=ConversationId(name),
            order=None,
            parties={Role.SELLER: self.seller.id},
            aliases={Role.SELLER: alias},
        )
        self.stores.directory.open(intake, [ContactAlias(id=alias, seller=self.seller.id, intake=intake.id)])
        return str(alias_mailbox(alias, self.relay_domain))

    def from_buyer(self, **changes: Any) -> Written:
        """What the buyer writes; full of canaries."""
        return _written(self.buyer, self.main.buyer_writes_to, "CA1@mail.zeisig-post.example", changes)

    def from_seller(self, **changes: Any) -> Written:
        return _written(self.seller, self.main.seller_writes_to, "HG1@girlitz-handel.example", changes)

    def spoil(self, alias: str) -> None:
        """Its item is written in a way that this version cannot read."""
        settings, dynamodb = self.deployment.settings, self.deployment.clients.dynamodb
        key = {"pk": {"S": f"ALIAS#{alias.partition('@')[0]}"}, "sk": {"S": "ALIAS"}}
        dynamodb.put_item(TableName=settings.table, Item={**key, "version": {"N": "999"}})

    def accept(
        self,
        written: Written,
        *,
        recipients: tuple[str, ...] = (),
        source: str | None = None,
        verdicts: Mapping[str, str] = PASS,
        announced: bool = True,
    ) -> str:
        """SES accepts a mail. recipients: the envelope's, else the one of the To field. source: the
        reverse-path, "" for the null one. Returns the receipt id."""
        now, to = self.clock.now(), recipients or (written.to,)
        source = written.author if source is None else source
        self._receipts += 1
        receipt_id = f"d3q1i8s5n8b1kq0q7r6o5m4l3k2j1h0g{self._receipts:06d}"
        top = ses_fields(author=written.author, source=source, recipients=to, verdicts=verdicts, at=now)
        self.deployment.store(receipt_id, top + written.raw(now))
        if announced:
            self.deployment.announce(self.notification(receipt_id, written, to, source, verdicts))
        return receipt_id

    def announce_again(self, receipt_id: str, written: Written) -> None:
        """SNS delivers a notification more than once, or late."""
        told = self.notification(receipt_id, written, (written.to,), written.author, PASS)
        self.deployment.announce(told)

    def notification(
        self,
        receipt_id: str,
        written: Written,
        recipients: tuple[str, ...],
        source: str,
        verdicts: Mapping[str, str],
    ) -> dict[str, Any]:
        """What SES publishes."""
        told = event("received.json")
        moment = self.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told["mail"] |= {
            "timestamp": moment,
            "source": source or "<>",
            "messageId": receipt_id,
            "destination": list(recipients),
            "headers": [
                {"name": "Subject", "value": written.subject},
                {"name": "From", "value": written.author},
            ],
            "commonHeaders": {"from": [written.author], "subject": written.subject, "to": [written.to]},
        }
        told["receipt"] |= {"timestamp": moment, "recipients": list(recipients)}
        told["receipt"] |= {f"{name}Verdict": {"status": status} for name, status in verdicts.items()}
        told["receipt"]["action"] |= {
            "topicArn": self.deployment.receipts_topic,
            "bucketName": self.deployment.settings.inbox_bucket,
            "objectKey": self.deployment.settings.inbox_prefix + receipt_id,
        }
        return dict(told)

    def view(self, conversation: str = "c1") -> ConversationView:
        found = self.stores.directory.conversation(ConversationId(conversation))
        assert found is not None
        return found

    def messages(self, conversation: str = "c1") -> list[Message]:
        """In the order of the chain, attempts too."""
        found = [each for each in self.deployment.messages() if each.conversation == conversation]
        return sorted(found, key=lambda message: message.seq)

    def history(self, conversation: str = "c1") -> list[Message | Event]:
        """Messages, attempts and events in the order of the chain."""
        return sorted(self.stores.history.of(ConversationId(conversation)), key=lambda each: each.seq)

    def loose_outcomes(self) -> list[tuple[str, str]]:
        """State and first code of each message that belongs to no conversation."""
        loose = [each for each in self.deployment.messages() if each.conversation is None]
        return [(str(message.state), message.codes[0]) for message in loose]

    def outcomes(self, conversation: str = "c1") -> list[tuple[str, tuple[str, ...]]]:
        return [(str(message.state), message.codes) for message in self.messages(conversation)]


def _party(role: Role, name: str, mailbox: str, *, locale: str) -> Party:
    return Party(
        id=PartyId(f"p-{role}"),
        role=role,
        locale=locale,
        display_name=name,
        mailboxes=(parse_mailbox(mailbox),),
    )


def _written(party: Party, to: str, message_id: str, changes: dict[str, Any]) -> Written:
    written = Written(
        author=str(party.receiving_mailbox),
        to=to,
        name=party.display_name,
        subject=f"{canary.SUBJECT_WORD} zu Bestellung 303",
        message_id=message_id,
        body=f"{canary.BODY_WORD}: wann kommt die Ware? Grüße, {party.receiving_mailbox}\r\n",
    )
    return replace(written, **changes)
