"""A buyer and a seller on the stack in the emulator, with the least of SES on both of its sides.

market.seed()                 the parties and their conversation, as items of the table
market.accept(written)        SES stores a mail and announces it; returns the receipt id
market.outcome(receipt_id)    the message, once the deployed function is done with it
capture.asked                 what the function asked of the SESv2 API
"""

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from parley.conversation.aliases import ConversationAlias, ConversationId, alias_mailbox, new_alias
from parley.conversation.conversations import Conversation
from parley.conversation.messages import OUTCOMES, Message
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import parse_mailbox
from parley.settings import RelaySettings
from parley.stores.directory import DynamoDirectory
from parley.stores.items import read_message
from parley.stores.mailbox_index import MailboxIndex
from sandbox.emulator.deployment import Deployed
from sandbox.emulator.process import Emulator
from sandbox.ses.template import receipt_rules, resolver
from tests.support.canary import BUYER_MAILBOX, BUYER_NAME, SELLER_MAILBOX, SELLER_NAME
from tests.support.mails import PASS, Written, ses_fields
from tests.support.runtime import event

PATIENCE_SECONDS = 60.0
PEOPLE = {Role.BUYER: (BUYER_NAME, BUYER_MAILBOX), Role.SELLER: (SELLER_NAME, SELLER_MAILBOX)}
ALIASES = {Role.BUYER: new_alias("b", 303), Role.SELLER: new_alias("s", 304)}
CONVERSATION = ConversationId("c1")

T = TypeVar("T")


@dataclass
class Capture:
    """Takes every mail and remembers what it was asked."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def capture_server() -> Iterator[Capture]:
    capture = Capture()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            capture.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = json.dumps({"MessageId": f"0102019a{len(capture.asked):08x}-captured"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nobody's news."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        capture.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield capture
        finally:
            server.shutdown()
            thread.join()


class DeployedMarket:
    """`settings` are those of the deployed receive_mail; `rule` is the template's receipt rule."""

    def __init__(self, deployed: Deployed, emulator: Emulator) -> None:
        self.deployed = deployed
        self.emulator = emulator
        self.local = deployed.local
        self.settings = RelaySettings.from_environment(deployed.variables("receive_mail"))
        self.resolve = resolver(deployed.physical_ids, deployed.pseudo)
        (self.rule,) = receipt_rules(deployed.template, self.resolve)
        self.s3, self.sns, self.sqs = (self.local.client(name) for name in ("s3", "sns", "sqs"))
        self.dynamodb = self.local.client("dynamodb")

    def seed(self) -> None:
        secrets = self.local.client("secretsmanager")
        index = MailboxIndex(lambda: secrets, self.settings.mailbox_key_secret)
        directory = DynamoDirectory(self.dynamodb, self.settings.table, index)
        for role, (name, mailbox) in PEOPLE.items():
            directory.register(
                Party(
                    id=PartyId(f"p-{role}"),
                    role=role,
                    locale="en",
                    display_name=name,
                    mailboxes=(parse_mailbox(mailbox),),
                )
            )
        conversation = Conversation(
            id=CONVERSATION,
            order="order-1",
            parties={role: PartyId(f"p-{role}") for role in PEOPLE},
            aliases=ALIASES,
        )
        aliases = [
            ConversationAlias(id=alias, conversation=CONVERSATION, stands_for=role)
            for role, alias in ALIASES.items()
        ]
        directory.open(conversation, aliases)

    def alias_of(self, role: Role) -> str:
        return str(alias_mailbox(ALIASES[role], self.settings.relay_domain))

    def accept(self, written: Written) -> str:
        """What SES does with a mail that it accepts."""
        now = datetime.now(UTC)
        receipt_id = f"d3q1i8s5n8b1kq0q7r6o5m{time.time_ns():020d}"
        to = (written.to,)
        top = ses_fields(author=written.author, source=written.author, recipients=to, verdicts=PASS, at=now)
        key = self.rule.prefix + receipt_id
        self.s3.put_object(Bucket=self.rule.bucket, Key=key, Body=top + written.raw(now))
        moment = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = event("received.json")
        told["mail"] |= {"timestamp": moment, "messageId": receipt_id, "source": written.author}
        told["mail"]["destination"] = told["receipt"]["recipients"] = [written.to]
        told["receipt"]["timestamp"] = moment
        place = {"topicArn": self.rule.topic, "bucketName": self.rule.bucket, "objectKey": key}
        told["receipt"]["action"] |= place
        subject = "Amazon SES Email Receipt Notification"
        self.sns.publish(TopicArn=self.rule.topic, Subject=subject, Message=json.dumps(told))
        return receipt_id

    def outcome(self, receipt_id: str) -> Message:
        """The message of a receipt for one alias, once it has an outcome."""

        def found() -> Message | None:
            for message in self.messages():
                if message.receipt_id == receipt_id and message.state in OUTCOMES:
                    return message
            return None

        return self.wait(found, "outcome")

    def messages(self) -> list[Message]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.settings.table)
        items = [item for page in pages for item in page["Items"]]
        return [read_message(item) for item in items if {"message_id", "state"} <= item.keys()]

    def wait(self, look: Callable[[], T | None], what: str) -> T:
        until = time.monotonic() + PATIENCE_SECONDS
        while (seen := look()) is None:
            log = self.emulator.log.read_text(errors="replace")[-3000:]
            assert time.monotonic() < until, f"no {what} within {PATIENCE_SECONDS:.0f} s\n{log}"
            time.sleep(0.02)
        return seen

    def waiting(self, queue: str) -> int:
        """How many messages the queue with this logical id, but for its hash, holds, taken or not."""
        (url,) = [
            physical
            for name, physical in self.deployed.physical_ids.items()
            if name[:-8] == queue and self.deployed.template["Resources"][name]["Type"] == "AWS::SQS::Queue"
        ]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(each) for each in told.values())
