"""`python -m benchmarks.transcript`: CPU time of a conversation's transcript, by its number of messages.

Mails of 2 KB text and of 30 KB HTML and text by turns, as they were relayed. `measure` is for the whole run.
"""

import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from rich.console import Console

from benchmarks import mails
from benchmarks.contenders import arrivals
from parley.archive.content import content_of
from parley.archive.keys import ORIGINAL, RELAYED, content_key, direction, folder
from parley.archive.records import MessageRecord
from parley.archive.transcript.building import build
from parley.archive.transcript.rendering import render
from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.parties import PartyId, Role
from parley.relaying.decide import Relay, decide
from parley.screening.policy import DEFAULT_POLICY

COUNTS = (50, 200, 800)
LIMIT_COUNT, LIMIT_SECONDS = 200, 1.0
LEAST_RUNS = 7
_BEGAN = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
_NAMES = ("2 KB text", "30 KB HTML and text")


@dataclass(frozen=True, slots=True)
class TranscriptResult:
    """seconds: of CPU, the median of the runs; pages: octets."""

    messages: int
    seconds: float
    page: int

    @property
    def per_message(self) -> float:
        return self.seconds / self.messages


@dataclass(frozen=True, slots=True)
class Kept:
    """What the table and the archive hold of a conversation."""

    conversation: Conversation
    messages: tuple[Message, ...]
    objects: dict[str, bytes]

    def page(self) -> bytes:
        transcript = build(
            self.conversation,
            {},
            self.messages,
            self.objects.get,
            lambda _message, original: original,
            relay_domain="relay.example",
            generated_at=_BEGAN + timedelta(days=30),
        )
        return render(transcript, "de")


def kept(count: int) -> Kept:
    """A conversation of that many messages."""
    originals = [sample.mails[0] for sample in mails.samples(quick=False) if sample.name in _NAMES]
    relayed = [_relayed(raw) for raw in originals]
    contents = [content_of(raw) for raw in relayed]
    objects: dict[str, bytes] = {}
    messages = []
    for number in range(count):
        message = _message(number + 1, Role.SELLER if number % 3 else Role.BUYER)
        which = number % len(relayed)
        objects[message.folder + ORIGINAL] = originals[which]
        objects[message.folder + RELAYED] = relayed[which]
        objects[content_key(message.folder)] = contents[which]
        messages.append(message)
    return Kept(_conversation(), tuple(messages), objects)


def measure(runs: int, after_run: Callable[[], None] = lambda: None) -> list[TranscriptResult]:
    """By turns, as all else here is measured."""
    all_kept = [kept(count) for count in COUNTS]
    pages = [each.page() for each in all_kept]
    samples: list[list[float]] = [[] for _ in COUNTS]
    for _ in range(runs):
        for each, known in zip(all_kept, samples, strict=True):
            gc.collect()
            began = time.thread_time()
            each.page()
            known.append(time.thread_time() - began)
        after_run()
    return [
        TranscriptResult(count, median(known), len(page))
        for count, known, page in zip(COUNTS, samples, pages, strict=True)
    ]


def show(results: Sequence[TranscriptResult], console: Console) -> None:
    for result in results:
        console.print(
            f"{result.messages:5d} messages: {1_000 * result.seconds:7.0f} ms, "
            f"{1_000 * result.per_message:.2f} ms each, page of {result.page / 1e6:.1f} MB"
        )
    (limited,) = (result for result in results if result.messages == LIMIT_COUNT)
    verdict = "met" if limited.seconds <= LIMIT_SECONDS else "not met"
    console.print(f"limit: {LIMIT_COUNT} messages in {LIMIT_SECONDS:.0f} s: {verdict}")


def _relayed(raw: bytes) -> bytes:
    outcome = decide(arrivals((raw,))[0], DEFAULT_POLICY).outcome
    if not isinstance(outcome, Relay):
        raise TypeError("an ordinary mail was not relayed")
    return outcome.outgoing


def _conversation() -> Conversation:
    return Conversation(
        id=ConversationId("c1"),
        order="303-11",
        parties={Role.BUYER: PartyId("p-1"), Role.SELLER: PartyId("p-2")},
        aliases={Role.BUYER: AliasId("b-7k2m"), Role.SELLER: AliasId("s-9q4t")},
    )


def _message(seq: int, author: Role) -> Message:
    at, identity = _BEGAN + timedelta(hours=seq), MessageId(f"m{seq:04d}")
    record = MessageRecord(
        author_role=author,
        recipient_role=author.other,
        outcome=State.RELAYED,
        codes=("relayed",),
        screening={
            "policy": "default-1",
            "hits": [],
            "misses": ["spam"],
            "findings": [["protected-masked", "note", "part:1", 2]],
        },
    )
    return Message(
        id=identity,
        receipt_id=f"r{seq}",
        alias=AliasId("s-9q4t"),
        received_at=at,
        state=State.RELAYED,
        conversation=ConversationId("c1"),
        seq=seq,
        author_role=author,
        record=record.to_json(),
        folder=folder("c1", seq, at, direction(author, author.other), identity),
    )


if __name__ == "__main__":
    show(measure(LEAST_RUNS), Console())
