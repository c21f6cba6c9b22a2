"""What SES writes and says when a rule or topic is made is no mail."""

from parley.relaying.receipts import SETUP_OBJECT
from tests.support.market import Market
from tests.support.runtime import event


def test_the_setup_notification_is_acknowledged_and_ignored(market: Market) -> None:
    market.deployment.store(SETUP_OBJECT, b"Subject: Amazon SES Setup Notification\r\n\r\n")
    market.deployment.announce(event("setup-notification.json"))
    before = len(market.deployment.items())
    assert market.work() == [True]
    assert market.cost == []
    assert len(market.deployment.items()) == before


def test_the_note_that_a_topic_is_valid_is_acknowledged_and_ignored(market: Market) -> None:
    market.deployment.announce(event("setup-note.txt"))
    assert market.work() == [True]
    assert market.cost == []


def test_a_text_that_is_no_notification_is_not_lost(market: Market) -> None:
    market.deployment.announce('{"something": "else"}')
    assert market.work() == [False]


def test_a_notification_about_another_object_is_not_believed(market: Market) -> None:
    told = event("received.json")
    told["receipt"]["action"]["objectKey"] = "archive/elsewhere"
    market.deployment.announce(told)
    assert market.work() == [False]
    # Its failure is counted and it is put off; the object that it names is not touched.
    assert market.cost == ["dynamodb.UpdateItem", "sqs.ChangeMessageVisibility"]
