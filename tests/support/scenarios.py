"""Kinds of receipt, and what must be true of each when the work on it has ended."""

import json
from collections.abc import Callable
from email import message_from_bytes

from parley.archive.chain import Committed, commitment, digest, link_hash, nothing
from parley.archive.keys import ORIGINAL, object_key
from parley.conversation.aliases import new_alias
from parley.conversation.conversations import Head
from parley.conversation.events import Event
from parley.conversation.messages import OUTCOMES, Message
from tests.support.mails import FORGED, PASS
from tests.support.market import Market

SPAM = {**PASS, "spam": "FAIL"}


def relayed(market: Market) -> str:
    return market.accept(market.from_buyer())


def refused(market: Market) -> str:
    return market.accept(market.from_buyer(), verdicts=FORGED)


def held_with_a_notice(market: Market) -> str:
    return market.accept(market.from_buyer(), verdicts=SPAM)


def to_the_operator(market: Market) -> str:
    return market.accept(market.from_buyer(), recipients=(f"abuse@{market.relay_domain}",))


def at_an_unknown_alias(market: Market) -> str:
    return market.accept(market.from_buyer(), recipients=(f"{new_alias('s', 303)}@{market.relay_domain}",))


def first_contact(market: Market) -> str:
    return market.accept(market.from_buyer(to=market.contact_alias("intake1")))


def at_two_aliases(market: Market) -> str:
    other = market.correspondence("c2")
    return market.accept(market.from_buyer(), recipients=(market.main.buyer_writes_to, other.buyer_writes_to))


Scenario = Callable[[Market], str]
SCENARIOS: dict[Scenario, int] = {
    relayed: 1,
    refused: 1,
    held_with_a_notice: 1,
    to_the_operator: 1,
    at_an_unknown_alias: 1,
    first_contact: 1,
    at_two_aliases: 2,
}
"""And how many messages the receipt makes."""


def check(market: Market, receipt: str, count: int) -> None:
    """Exactly one outcome for each message of the receipt; originals kept; the chain whole."""
    messages = market.deployment.messages()
    assert len(messages) == count
    assert {message.state for message in messages} <= OUTCOMES
    assert [message.lease for message in messages] == [None] * count
    assert market.stores.messages.unattended([receipt], market.clock.now()) == frozenset()
    raw = market.stores.inbox.get(f"inbox/{receipt}")
    archived = market.deployment.archived()
    for conversation in {message.conversation for message in messages if message.conversation}:
        check_conversation(market, conversation, archived, raw)


def check_conversation(market: Market, conversation: str, archived: dict[str, bytes], raw: bytes) -> None:
    """The chain of its messages and events without a gap; all that the links commit to kept; an outcome
    that was not intended told by an event."""
    history, tip = market.history(conversation), ""
    for seq, each in enumerate(history, 1):
        link = each.link or ""
        assert (each.seq, json.loads(link)["previous"]) == (seq, tip)
        tip = link_hash(link)
        if isinstance(each, Message):
            check_kept(each, archived, raw)
            told = {event.message for event in history if isinstance(event, Event)}
            assert (json.loads(each.record or "")["outcome"] != each.state) == (each.id in told)
    assert market.view(conversation).head == Head(len(history), tip)


def check_kept(message: Message, archived: dict[str, bytes], raw: bytes) -> None:
    assert archived[message.folder + ORIGINAL] == raw
    kinds = set(Committed) - {Committed.RECORD}
    contents = {kind: archived.get(object_key(message.folder, kind)) for kind in kinds}
    contents[Committed.RECORD] = (message.record or "").encode("ascii")
    salts = dict(message.salts)
    for kind, committed in json.loads(message.link or "")["commitments"].items():
        content = contents[Committed(kind)]
        absent = nothing(salts[Committed.RECORD], Committed(kind))
        assert committed == (absent if content is None else commitment(salts[kind], digest(content)))


def check_repeats(market: Market) -> None:
    """Whatever was sent twice carries the same mark, and the same octets."""
    by_mark: dict[str, set[bytes]] = {}
    for sent in market.sent:
        mark = message_from_bytes(sent.raw)["X-Parley-Message"]
        by_mark.setdefault(mark, set()).add(sent.raw)
    assert all(len(versions) == 1 for versions in by_mark.values())
