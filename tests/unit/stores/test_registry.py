"""What only the registry on DynamoDB can do wrong."""

from collections.abc import Callable

import pytest

from parley.conversation.parties import PartyId
from parley.registering.ports import AlreadyOpenError, MailboxTakenError, PartyExistsError
from parley.stores import items
from parley.stores.mailbox_index import MailboxIndex
from parley.stores.registry import DynamoRegistry
from parley.stores.table import CancelledError
from tests.support.aws import Deployment
from tests.support.samples import a_conversation, a_party, its_aliases
from tests.support.wire import Answer, Call


@pytest.fixture
def registry(deployment: Deployment) -> DynamoRegistry:
    clients, settings = deployment.clients, deployment.settings
    index = MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret)
    return DynamoRegistry(clients.dynamodb, settings.table, index)


def cancelled(*codes: str, times: int = 1) -> Callable[[Call], Answer | None]:
    """The first transactions are cancelled for these reasons, in the order of their writes."""
    left = times
    entry = dict(items.mailbox_item("hash", PartyId("p-seller")))
    reasons = [
        {"Code": code, **({"Item": entry} if code == "ConditionalCheckFailed" else {})} for code in codes
    ]

    def before(call: Call) -> Answer | None:
        nonlocal left
        if call.operation != "TransactWriteItems" or left == 0:
            return None
        left -= 1
        return Answer(400, "TransactionCanceledException", body={"CancellationReasons": reasons})

    return before


def test_a_half_committed_registration_of_the_same_party_is_not_taken_for_anothers(
    registry: DynamoRegistry, deployment: Deployment
) -> None:
    """Its mailbox is there, the party itself still in the other transaction's hands."""
    registry.add(a_party())
    deployment.wire.before = cancelled("TransactionConflict", "ConditionalCheckFailed", "None")
    with pytest.raises(PartyExistsError) as exists:
        registry.add(a_party())
    assert exists.value.party == a_party()


def test_a_half_committed_opening_is_waited_for(registry: DynamoRegistry, deployment: Deployment) -> None:
    conversation = a_conversation()
    registry.open(conversation, its_aliases(conversation))
    deployment.wire.before = cancelled("TransactionConflict", "ConditionalCheckFailed", "None", times=2)
    with pytest.raises(AlreadyOpenError):
        registry.open(conversation, its_aliases(conversation))
    assert registry.conversation(conversation.id) == conversation


def test_what_never_comes_to_rest_is_told_as_it_is(registry: DynamoRegistry, deployment: Deployment) -> None:
    deployment.wire.before = cancelled("TransactionConflict", "None", "None", times=99)
    with pytest.raises(CancelledError):
        registry.add(a_party())


def test_a_mailbox_of_another_party_is_told_at_once(registry: DynamoRegistry, deployment: Deployment) -> None:
    registry.add(a_party())
    deployment.wire.calls.clear()
    with pytest.raises(MailboxTakenError):
        registry.add(a_party(id=PartyId("p-other")))
    assert deployment.wire.operations().count("dynamodb.TransactWriteItems") == 1


def test_no_mailbox_stands_in_a_key_or_an_error(registry: DynamoRegistry, deployment: Deployment) -> None:
    registry.add(a_party())
    with pytest.raises(MailboxTakenError) as taken:
        registry.add(a_party(id=PartyId("p-other")))
    keys = [item[name]["S"] for item in deployment.items() for name in ("pk", "sk")]
    assert not [text for text in (*keys, str(taken.value)) if "@" in text or "haendler" in text]
