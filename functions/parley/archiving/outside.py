"""What following the table is given."""

from dataclasses import dataclass, field

from parley.archiving.healing import Filed
from parley.archiving.memory import Memory
from parley.archiving.ports import Conversations, Entries, Review, Signer
from parley.registering.ports import Ids
from parley.relaying.ports import Archive, Clock, History


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """archive, entries: the same bucket. locale: the language of transcripts. filed, memory: entries
    that are known to be there, and objects that were read, for the life of the process."""

    conversations: Conversations
    history: History
    archive: Archive
    entries: Entries
    review: Review
    signer: Signer
    ids: Ids
    clock: Clock
    relay_domain: str
    locale: str
    filed: Filed = field(default_factory=Filed)
    memory: Memory = field(default_factory=Memory)
