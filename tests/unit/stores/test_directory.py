"""What only the directory on DynamoDB can do wrong."""

from collections.abc import Callable

import pytest

from parley.mail.address import Mailbox
from parley.stores import items, keys
from parley.stores.attributes import UnreadableItemError
from parley.stores.table import NotAllReadError
from tests.support.aws import Deployment
from tests.support.samples import BUYER_ALIAS, a_conversation, a_message, a_party, its_aliases
from tests.support.stores import on_aws
from tests.support.wire import Answer, Call


def test_no_mailbox_stands_in_a_key(deployment: Deployment) -> None:
    on_aws(deployment).directory.register(a_party())
    keys = [item[name]["S"] for item in deployment.items() for name in ("pk", "sk")]
    assert not [key for key in keys if "@" in key or "shop" in key or "anna" in key]


def test_the_same_mailbox_has_another_hash_under_another_key(deployment: Deployment) -> None:
    secrets, settings = deployment.clients.secretsmanager, deployment.settings
    on_aws(deployment).directory.register(a_party())
    secrets.put_secret_value(SecretId=settings.mailbox_key_secret, SecretString="another")
    assert on_aws(deployment).directory.party_of_mailbox(Mailbox("shop", "haendler.example")) is None


def test_each_question_costs_the_documented_calls(deployment: Deployment) -> None:
    directory, conversation = on_aws(deployment).directory, a_conversation()
    directory.open(conversation, its_aliases(conversation))
    directory.register(a_party())
    deployment.wire.calls.clear()
    directory.alias(BUYER_ALIAS)
    directory.conversation(conversation.id)
    directory.parties([a_party().id])
    directory.party_of_mailbox(Mailbox("shop", "haendler.example"))
    assert deployment.wire.operations() == [
        "dynamodb.GetItem",
        "dynamodb.Query",
        "dynamodb.BatchGetItem",
        "dynamodb.GetItem",
        "dynamodb.GetItem",
    ]


def test_the_key_of_the_mailbox_index_is_fetched_once(deployment: Deployment) -> None:
    directory = on_aws(deployment).directory
    deployment.wire.calls.clear()
    directory.party_of_mailbox(Mailbox("a", "one.example"))
    directory.party_of_mailbox(Mailbox("b", "two.example"))
    assert deployment.wire.operations().count("secrets-manager.GetSecretValue") == 1


def test_parties_left_unread_are_read_again(deployment: Deployment) -> None:
    directory, party = on_aws(deployment).directory, a_party()
    directory.register(party)
    deployment.wire.before = leaving_unread(deployment, times=2)
    assert directory.parties([party.id]) == {party.id: party}


def test_parties_that_stay_unread_are_not_taken_for_missing(deployment: Deployment) -> None:
    directory = on_aws(deployment).directory
    deployment.wire.before = leaving_unread(deployment, times=99)
    with pytest.raises(NotAllReadError):
        directory.parties([a_party().id])


def leaving_unread(deployment: Deployment, *, times: int) -> Callable[[Call], Answer | None]:
    left = times
    key = {"pk": {"S": f"PARTY#{a_party().id}"}, "sk": {"S": "PARTY"}}
    unread = {deployment.settings.table: {"Keys": [key], "ConsistentRead": True}}

    def before(call: Call) -> Answer | None:
        nonlocal left
        left -= 1
        return None if left < 0 else Answer(200, "", body={"Responses": {}, "UnprocessedKeys": unread})

    return before


def test_an_item_of_a_later_version_is_not_guessed_at(deployment: Deployment) -> None:
    stores = on_aws(deployment)
    stores.directory.open(a_conversation(), its_aliases(a_conversation()))
    (item,) = (each for each in deployment.items() if each["pk"]["S"] == f"ALIAS#{BUYER_ALIAS}")
    table = deployment.settings.table
    deployment.clients.dynamodb.put_item(TableName=table, Item={**item, "version": {"N": "2"}})
    with pytest.raises(UnreadableItemError, match="version"):
        stores.directory.alias(BUYER_ALIAS)


def test_messages_sort_by_time_of_receipt_before_the_head_and_attempts_before_them() -> None:
    message, attempt = (
        keys.message_key(each)["sk"]["S"] for each in (a_message(), a_message(author_role=None))
    )
    assert message.startswith("MESSAGE#2026-09-04T16:12:00.123456Z#")
    assert attempt.startswith("ATTEMPT#2026-09-04T16:12:00.123456Z#")
    assert attempt < keys.MESSAGE < message < keys.HEAD


def test_a_query_reads_no_attempts(deployment: Deployment) -> None:
    """It stops before them instead of reading and dropping them, however many there are."""
    stores, attempts = on_aws(deployment), 120
    stores.directory.open(a_conversation(), its_aliases(a_conversation()))
    table = deployment.settings.table
    for n in range(attempts):
        item = items.message_item(a_message(f"receipt-{n}", author_role=None))
        deployment.clients.dynamodb.put_item(TableName=table, Item=item)
    deployment.clients.dynamodb.put_item(TableName=table, Item=items.message_item(a_message()))
    deployment.wire.calls.clear()
    view = stores.directory.conversation(a_conversation().id)
    assert view is not None
    assert view.recent == (a_message(),)
    assert deployment.wire.operations() == ["dynamodb.Query"]
