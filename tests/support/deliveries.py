"""What SES tells of mail that it took, full of canaries, and the hand-over to track_delivery.

told(sent, "Bounce", at, bounceType="Permanent", bounceSubType="General")
track(market, told(...), ...)       which of the events were not acknowledged
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from parley import wiring
from parley.conversation.events import Event
from parley.relaying.outside import Deployment, Outside
from parley.stores.deliveries import DynamoDeliveries
from parley.stores.entropy import SystemEntropy
from parley.stores.erasure_objects import SesSuppressions
from parley.stores.mailbox_index import MailboxIndex
from parley.stores.reachability import DynamoReachability
from parley.tracking import ports as tracking
from tests.support import canary
from tests.support.http import ask
from tests.support.market import Market
from tests.support.runtime import event
from tests.support.wire import Killed, Sent

HARD = {"bounceType": "Permanent", "bounceSubType": "General"}
SUPPRESSED = {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}
FULL = {"bounceType": "Transient", "bounceSubType": "MailboxFull"}
AWAY = {
    "bounceType": "Transient",
    "bounceSubType": "General",
    "bouncedRecipients": [{"emailAddress": "ooto@privatmail.example"}],
}
"""How SES tells of an automatic reply that it takes for a bounce: no report of a failure is with it."""
GIVEN_UP = {
    **AWAY,
    "bouncedRecipients": [{"emailAddress": "ooto@privatmail.example", "action": "failed", "status": "4.4.7"}],
}
"""How it tells that a server was not reached for hours."""

PLACE = tracking.Place(relay_domain="relay.example.com", marketplace_name="Example Market")


def told(sent: Sent, kind: str, at: datetime, **details: Any) -> str:
    """One event as SES publishes it (AWS, "Contents of event data that Amazon SES publishes to SNS")."""
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    (recipient,) = sent.recipients
    gossip = f"smtp; 550 5.1.1 <{recipient}> unknown at mx.{recipient.rpartition('@')[2]}"
    about: dict[str, tuple[str, dict[str, Any]]] = {
        "Send": ("send", {}),
        "Reject": ("reject", {"reason": "Bad content"}),
        "Delivery": ("delivery", {"recipients": [recipient], "smtpResponse": gossip}),
        "Bounce": (
            "bounce",
            {
                "bouncedRecipients": [
                    {"emailAddress": recipient, "status": "5.1.1", "diagnosticCode": gossip}
                ],
                "reportingMTA": gossip,
            },
        ),
        "Complaint": (
            "complaint",
            {"complainedRecipients": [{"emailAddress": recipient}], "complaintFeedbackType": "abuse"},
        ),
        "DeliveryDelay": (
            "deliveryDelay",
            {
                "delayType": "MailboxFull",
                "delayedRecipients": [
                    {"emailAddress": recipient, "status": "4.2.2", "diagnosticCode": gossip}
                ],
            },
        ),
    }
    name, stated = about[kind]
    mail = {
        "timestamp": moment,
        "source": sent.mail_from,
        "messageId": sent.message_id,
        "destination": [recipient],
        "headers": [{"name": "Subject", "value": canary.SUBJECT_WORD}],
        "commonHeaders": {"to": [recipient], "subject": canary.SUBJECT_WORD},
        "tags": {
            "ses:configuration-set": [sent.configuration_set],
            **{each: [value] for each, value in sent.tags.items()},
        },
    }
    return json.dumps({"eventType": kind, "mail": mail, name: {"timestamp": moment, **stated, **details}})


def track(market: Market, *bodies: str) -> list[int]:
    """Hands texts of the queue to track_delivery, all in one batch, and takes them out of it. Returns the
    places of those that must come again."""
    waiting = _taken(market)
    for body in bodies:
        tell(market, body)
    ours = _taken(market)
    failed = hand_over(market, ours)
    for message in ours:
        acknowledge_event(market, message)
    for message in waiting:
        return_event(market, message)
    return [place for place, message in enumerate(ours) if message["MessageId"] in failed]


def hand_over(market: Market, messages: Sequence[dict[str, Any]]) -> set[str]:
    """Hands messages of the queue to track_delivery as Lambda does. Returns the ids of those that must come
    again."""
    payload = event("sqs.json")
    (record,) = payload["Records"]
    payload["Records"] = [
        {
            **record,
            "messageId": message["MessageId"],
            "body": message["Body"],
            "receiptHandle": message["ReceiptHandle"],
            "attributes": {
                **record["attributes"],
                "ApproximateReceiveCount": message["Attributes"]["ApproximateReceiveCount"],
                "SentTimestamp": market.queued_at(message),
            },
        }
        for message in messages
    ]
    answer = market.invoke("track_delivery", payload)
    return {each["itemIdentifier"] for each in answer["batchItemFailures"]}


def work_on_events(market: Market) -> list[bool]:
    """Hands what waits in the queue of delivery events to the function once each: True for what was
    acknowledged. The rest returns."""
    done = []
    for message in _taken(market):
        try:
            done.append(not hand_over(market, [message]))
        except Killed:
            done.append(False)
        if done[-1]:
            acknowledge_event(market, message)
        else:
            return_event(market, message)
    return done


def tell(market: Market, body: str) -> None:
    """Puts a text into the queue of delivery events."""
    market.deployment.clients.sqs.send_message(QueueUrl=events_queue(market), MessageBody=body)


def acknowledge_event(market: Market, message: dict[str, Any]) -> None:
    handle = message["ReceiptHandle"]
    market.deployment.clients.sqs.delete_message(QueueUrl=events_queue(market), ReceiptHandle=handle)


def return_event(market: Market, message: dict[str, Any]) -> None:
    """Makes a message visible again, as if its visibility timeout had passed."""
    market.deployment.clients.sqs.change_message_visibility(
        QueueUrl=events_queue(market), ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
    )


def events_queue(market: Market) -> str:
    return market.deployment.environment("admin_api")["PARLEY_EVENTS_QUEUE_URL"]


def dead_events(market: Market) -> list[tuple[str, str]]:
    """Text and cause of what lies among the dead letters of the queue of delivery events."""
    answer = market.deployment.clients.sqs.receive_message(
        QueueUrl=market.deployment.environment("track_delivery")["PARLEY_DEAD_LETTERS_URL"],
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
    )
    return [
        (each["Body"], each["MessageAttributes"]["cause"]["StringValue"])
        for each in answer.get("Messages", [])
    ]


def queued_events(market: Market) -> list[str]:
    """What waits in the queue of delivery events, taken for good."""
    taken = _taken(market)
    for message in taken:
        acknowledge_event(market, message)
    return [message["Body"] for message in taken]


def _taken(market: Market) -> list[dict[str, Any]]:
    answer = market.deployment.clients.sqs.receive_message(
        QueueUrl=events_queue(market), MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )
    return list(answer.get("Messages", []))  # type: ignore[arg-type]  # as plain dicts


def kinds(market: Market, conversation: str = "c1") -> list[str]:
    """The kinds of the conversation's events in the order of the chain."""
    return [str(each.kind) for each in market.history(conversation) if isinstance(each, Event)]


def notices(market: Market) -> list[Sent]:
    return [sent for sent in market.sent if sent.tags.get("kind") == "notice"]


def facts(events: Sequence[Any]) -> list[dict[str, Any]]:
    return [json.loads(each.record)["facts"] for each in events if isinstance(each, Event)]


def tracking_ports(market: Market) -> tracking.Outside:
    """For another invocation of track_delivery, at work at the same moment."""
    clients, settings = market.deployment.clients, market.deployment.settings
    return tracking.Outside(
        deliveries=DynamoDeliveries(clients.dynamodb, settings.table),
        reachability=DynamoReachability(clients.dynamodb, settings.table),
        notices=market.stores.messages,
        index=MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret),
        suppressions=SesSuppressions(clients.sesv2),
        mailer=market.stores.mailer,
        clock=market.clock,
        entropy=SystemEntropy(),
    )


def relay_ports(market: Market) -> Outside:
    """For an invocation of receive_mail, at work at the same moment."""
    stores = market.stores
    return Outside(
        directory=stores.directory,
        messages=stores.messages,
        history=stores.history,
        inbox=stores.inbox,
        archive=stores.archive,
        mailer=stores.mailer,
        clock=market.clock,
        entropy=SystemEntropy(),
    )


def relay_place(market: Market) -> Deployment:
    return wiring.deployment(market.deployment.settings)


def dies_and_is_confirmed(market: Market) -> None:
    """All that track_delivery does: a mail bounces for good, its author is told, the mailbox is confirmed."""
    market.accept(market.from_buyer())
    market.work()
    sent, now = market.sent[-1], market.clock.now()
    track(market, told(sent, "Send", now), told(sent, "Bounce", now, **HARD))
    ask(market, "POST", f"/parties/{market.seller.id}/confirmation")
    track(market, *queued_events(market))
    track(market, told(market.sent[-1], "Delivery", now + timedelta(seconds=9)))
