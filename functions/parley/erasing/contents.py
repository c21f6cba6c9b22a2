"""Erasing what was written in a conversation: the event first, then every version of every object, then
what the table's items tell of them. What the lake tells of it is taken out by its next round, which is asked
for in between.

The event is the point of no return: from then on verification knows that what is missing was erased. Before
it the head is marked, unless a hold is in force; where the mark stands no hold is placed and nothing is
written down any more. The mark stays: what comes after an erasure would come to an empty conversation.
"""

from collections.abc import Iterable

from parley.archive import keys
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from parley.erasing.lake import ask_lake
from parley.erasing.mails import UNFINISHED, end_work, erase_receipts, strip, tells_of_contents
from parley.erasing.ports import Outside
from parley.erasing.unheld import Facts, record_unheld

EXPORTS = "exports/"
"""In the review bucket: what was exported. Keys hold the conversation's id."""


def erase_contents(conversation: ConversationId, facts: Facts, outside: Outside) -> bool:
    """Erases all that was written in a conversation that is closed; whether there was anything new since the
    last time. facts: why, for the event. Raises `HeldError`, or `BusyError` while a mail is worked on."""
    for message in list(_undecided(conversation, outside)):
        end_work(message, outside)
    happened = list(outside.history.of(conversation))
    erased_until = _erased_until(happened)
    told = any(_has_content(each) and each.seq > erased_until for each in happened)
    outside.records.begin(conversation)
    if told:
        event = record_unheld(conversation, EventKind.ERASED, outside, facts=facts)
        erased_until = erased_until if event is None else event.seq
    # Also where an earlier look ended between its event and the last of its strips.
    if any(map(tells_of_contents, happened)):
        ask_lake(conversation, happened, erased_until, outside)
    _erase_objects(conversation, outside)
    erase_receipts((each for each in happened if isinstance(each, Message)), outside)
    for each in happened:
        strip(each, outside.records)
    return told


def erase_pages(conversation: ConversationId, outside: Outside) -> None:
    """What was made from the contents: the transcript, and what somebody exported."""
    outside.review.erase(keys.transcript_key(conversation))
    outside.review.erase(EXPORTS, holding=conversation)


def _erase_objects(conversation: ConversationId, outside: Outside) -> None:
    subject = outside.records.read(conversation)
    for prefix in keys.erasable_prefixes(conversation):
        outside.archive.erase(prefix)
    erase_pages(conversation, outside)
    if subject.conversation.order is not None:
        outside.review.erase(keys.order_key(subject.conversation.order, conversation))


def _undecided(conversation: ConversationId, outside: Outside) -> Iterable[Message]:
    undecided = UNFINISHED | {State.HELD}
    for each in outside.history.of(conversation):
        if isinstance(each, Message) and each.state in undecided:
            yield each


def _has_content(happening: Message | Event) -> bool:
    return isinstance(happening, Message) or bool(happening.folder)


def _erased_until(happened: Iterable[Message | Event]) -> int:
    """Up to which place an event tells that everything was erased."""
    return max(
        (
            each.seq
            for each in happened
            if isinstance(each, Event) and each.kind == EventKind.ERASED and each.message is None
        ),
        default=0,
    )
