"""receive_mail at work: on receipts, and on what reviewers ruled."""

import json
from collections.abc import Callable, Iterator

from parley.relaying.receipts import sweep_request
from parley.relaying.unfinished import MAX_FAILURES
from tests.support import scenarios as receipts
from tests.support.faults.peek import Peek
from tests.support.faults.scenario import Scenario
from tests.support.http import ask
from tests.support.mails import PASS
from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE

DECISION = {"case": "case-17", "reason": "it is no spam"}


def received(name: str, prepare: Callable[[Market], object]) -> Scenario:
    """What waits in the queue of receipts."""
    return Scenario(name=name, prepare=prepare, act=worked, again=worked_later, check=empty_queues)


def worked(market: Market) -> bool:
    return all(market.work())


def worked_later(market: Market) -> bool:
    market.clock.pass_by(AFTER_THE_LEASE)
    return worked(market)


def empty_queues(market: Market) -> Iterator[str]:
    """A good mail is no dead letter, and what is acknowledged comes no more."""
    for name, left in Peek(market.deployment).queues().items():
        if left:
            yield f"left in a queue: {len(left)} in {name}"


def _refused_with_a_notice(market: Market) -> str:
    program = {"Content-Type": 'application/octet-stream; name="setup.exe"'}
    return market.accept(market.from_buyer(fields=program))


def _sent_again(market: Market) -> str:
    market.accept(market.from_buyer())
    assert worked(market)
    return market.accept(market.from_buyer())


def _ruled(verb: str, *, first_contact: bool = False) -> Callable[[Market], None]:
    def prepare(market: Market) -> None:
        to = market.contact_alias("intake1") if first_contact else market.main.buyer_writes_to
        market.accept(market.from_buyer(to=to), verdicts=receipts.SPAM)
        assert worked(market)
        (message,) = market.deployment.messages()
        path = f"/conversations/{message.conversation}/messages/{message.id}/{verb}"
        assert ask(market, "POST", path, body=DECISION).status < 300

    return prepare


def _told_late(market: Market) -> None:
    """A mail is held as a whole because its recipients are not known, and then its notification comes."""
    written = market.from_buyer()
    to = (written.to, f"abuse@{market.relay_domain}")
    receipt = market.accept(written, recipients=to, announced=False)
    key = market.deployment.settings.inbox_prefix + receipt
    market.deployment.clients.sqs.send_message(
        QueueUrl=market.deployment.queue_url, MessageBody=sweep_request(key, market.clock.now())
    )
    assert worked(market)
    market.deployment.announce(market.notification(receipt, written, to, written.author, PASS))


def _fails_for_the_last_time(market: Market) -> None:
    """Its alias cannot be read: whatever is done, the mail itself is what fails."""
    market.accept(market.from_buyer())
    settings, dynamodb = market.deployment.settings, market.deployment.clients.dynamodb
    alias = market.main.buyer_writes_to.partition("@")[0]
    dynamodb.put_item(
        TableName=settings.table,
        Item={"pk": {"S": f"ALIAS#{alias}"}, "sk": {"S": "ALIAS"}, "version": {"N": "999"}},
    )
    for _ in range(MAX_FAILURES - 1):
        assert market.work() == [False]


def _is_a_dead_letter(market: Market) -> str:
    """Put there twice where the answer of the first time was lost: that does no harm."""
    deployment = market.deployment
    letters = Peek(deployment).texts(deployment.settings.dead_letters_url)
    return json.dumps([len(set(letters)), Peek(deployment).texts(deployment.queue_url)])


RECEIVING = (
    received("relayed", receipts.relayed),
    received("refused", receipts.refused),
    received("refused with a notice", _refused_with_a_notice),
    received("held with a notice", receipts.held_with_a_notice),
    received("discarded", _sent_again),
    received("to the operator", receipts.to_the_operator),
    received("at an unknown alias", receipts.at_an_unknown_alias),
    received("first contact", receipts.first_contact),
    received("at two aliases", receipts.at_two_aliases),
    received("told late", _told_late),
    received("release", _ruled("release")),
    received("release of a first contact", _ruled("release", first_contact=True)),
    received("refusal", _ruled("refuse")),
    Scenario(
        name="given up",
        prepare=_fails_for_the_last_time,
        act=worked,
        again=worked_later,
        told=_is_a_dead_letter,
    ),
)
