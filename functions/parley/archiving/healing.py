"""Entries whose own change is still on its way, or was lost: they are filed with the next change of their
conversation, before its checkpoint is signed.

Nothing is asked for what this process has filed or seen before: entries are never removed. For the rest one
listing tells what is there, however many links are looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final

from parley.archive.keys import entry_key, entry_prefix
from parley.archiving.filing import happened_at, is_final
from parley.archiving.ports import Entries
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.relaying.ports import Clock

Change = Message | Event
LATELY: Final = timedelta(hours=25)
"""Longer than the table's stream keeps a change (24 hours)."""
LAST_LINKS: Final = 50
"""How many links at the end of the chain are looked at besides: work on a mail may end long after it came."""
MAX_KNOWN: Final = 20_000
"""Keys that are remembered, of some 100 octets each; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The keys of entries that are known to be there. For all threads of a process."""

    keys: dict[str, None] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, key: str) -> None:
        with self._lock:
            self.keys[key] = None
            while len(self.keys) > MAX_KNOWN:
                del self.keys[next(iter(self.keys))]

    def __contains__(self, key: str) -> bool:
        return key in self.keys


def heal(
    conversation: ConversationId,
    everything: Sequence[Change],
    entries: Entries,
    filed: Filed,
    clock: Clock,
    file: Callable[[Change], None],
) -> None:
    """Files what has its outcome, is recent or among the last links, and has no entry yet. So a checkpoint's
    pending links are those without an outcome, and no others. everything: in the order of the chain."""
    since, first = clock.now() - LATELY, everything[-1].seq - LAST_LINKS
    wanted = {
        key_of(each): each
        for each in everything
        if is_final(each) and (each.seq > first or happened_at(each) >= since)
    }
    unknown = sorted(key for key in wanted if key not in filed)
    if not unknown:
        return
    # The first that is unknown is to be listed too.
    after = unknown[0][:-1]
    there = set(entries.listed(entry_prefix(conversation), after))
    for key in unknown:
        if key not in there:
            file(wanted[key])
        filed.add(key)


def key_of(change: Change) -> str:
    return entry_key(change.conversation or "", change.seq, change.id)
