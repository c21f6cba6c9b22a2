"""What verification says of a conversation's chain."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """What can be wrong with a link, first what is worst; then what concerns the conversation as a whole."""

    ENTRY_UNREADABLE = "entry-unreadable"
    ENTRY_UNKNOWN = "entry-unknown"
    ENTRY_MALFORMED = "entry-malformed"
    OTHER_CONVERSATION = "other-conversation"
    LINK_MISSING = "link-missing"
    TAIL_MISSING = "tail-missing"
    LINK_ALTERED = "link-altered"
    LINK_BROKEN = "link-broken"
    ENTRY_TWICE = "entry-twice"
    ENTRY_MISPLACED = "entry-misplaced"
    RECORD_ALTERED = "record-altered"
    OUTCOME_ALTERED = "outcome-altered"
    FOLDER_ALTERED = "folder-altered"
    OBJECT_MISSING = "object-missing"
    OBJECT_ALTERED = "object-altered"
    OBJECT_HIDDEN = "object-hidden"
    OBJECT_OVERWRITTEN = "object-overwritten"
    OBJECT_UNPROVED = "object-unproved"
    CHECKPOINT_CONTRADICTED = "checkpoint-contradicted"
    CHECKPOINT_FORGED = "checkpoint-forged"
    CHECKPOINT_MALFORMED = "checkpoint-malformed"
    UNSIGNED_TAIL = "unsigned-tail"
    NOTHING_SIGNED = "nothing-signed"
    EXPORT_UNPROVED = "export-unproved"
    EXPORT_STALE = "export-stale"
    EXPORT_DIFFERS = "export-differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """seq: the link's, 0 for the conversation as a whole. key: the object's, "" where none is concerned.
    count: how many links in a row."""

    seq: int
    code: Code
    key: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """What was found of a committed object. salt: "" if it has none."""

    digest: str
    salt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """count: links that are there or known to be. tip: the hash of the last of them, "" if it is not known.
    signed: the count of the latest checkpoint whose signature holds; links behind it are unproved. faults: in
    the order of the chain. pending: places of messages without an outcome. erased: places whose contents were
    erased. unopened: places whose contents were kept back from this reader. stray: keys of what lies where an
    event that was never chained would have kept its contents: it proves nothing."""

    conversation: str
    count: int
    signed: int
    faults: tuple[Fault, ...]
    tip: str = ""
    pending: tuple[int, ...] = ()
    erased: tuple[int, ...] = ()
    unopened: tuple[int, ...] = ()
    stray: tuple[str, ...] = ()

    @property
    def unsigned(self) -> int:
        """How many links at the end no checkpoint counts."""
        return max(0, self.count - self.signed)

    @property
    def is_intact(self) -> bool:
        return not self.faults


def in_order(faults: list[Fault]) -> tuple[Fault, ...]:
    """Along the chain, at one place the worst first; what concerns the conversation as a whole at the end."""
    ranks = {code: rank for rank, code in enumerate(Code)}
    return tuple(sorted(faults, key=lambda each: (each.seq == 0, each.seq, ranks[each.code], each.key)))
