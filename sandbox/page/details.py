"""The conversation between both mailboxes: each message with what became of it, one of them in full."""

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from parley.conversation.messages import OUTCOMES, Message
from sandbox.archive import ConversationArchive, Kept
from sandbox.page.compare import Comparison, compare
from sandbox.page.explain import Story, Verdict, story, verdicts
from sandbox.page.place import Place
from sandbox.page.reading import heading

_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Detail:
    """comparison: None while, or because, nothing was relayed. entry: its JSON, "" before it is written.
    ses_id: the Message-ID under which the recipient knows the mail."""

    subject: str
    verdicts: tuple[Verdict, ...]
    comparison: Comparison | None
    kept: Kept
    entry: str
    ses_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """One message in the list; detail: of the one that is open."""

    story: Story
    at: datetime
    url: str
    detail: Detail | None


class Details:
    """Reads what the archive holds of a message, once: what is there never changes. From any thread."""

    def __init__(self, archive: ConversationArchive) -> None:
        self._archive = archive
        self._known: OrderedDict[str, Detail] = OrderedDict()
        self._lock = threading.Lock()

    def tell(self, messages: tuple[Message, ...], place: Place) -> tuple[Told, ...]:
        """In the order of the chain. Raises botocore's errors."""
        shown = place.message if place.message is not None else max((m.seq for m in messages), default=None)
        return tuple(
            Told(
                story(message),
                message.received_at,
                place.at_message(0 if message.seq == shown else message.seq).url,
                self._detail(message) if message.seq == shown else None,
            )
            for message in messages
        )

    def _detail(self, message: Message) -> Detail:
        with self._lock:
            if message.id in self._known:
                return self._known[message.id]
        made = self._read(message)
        if message.state in OUTCOMES and made.entry:
            with self._lock:
                self._known[message.id] = made
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return made

    def _read(self, message: Message) -> Detail:
        kept = self._archive.kept(message)
        original = self._archive.read(kept.original)
        relayed = self._archive.read(kept.relayed)
        entry = self._archive.read(kept.entry)
        return Detail(
            heading(original).subject if original else "",
            verdicts(original) if original else (),
            compare(original, relayed) if original and relayed else None,
            kept,
            json.dumps(json.loads(entry), indent=2, ensure_ascii=False) if entry else "",
            message.outgoing_message_id or "",
        )
