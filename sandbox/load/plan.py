"""Which mails are sent, and what must become of each. Pure: the same seed gives the same mails."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

MB = 1024 * 1024
_HOT_SHARE = 0.1
"""How many of the mails meet in the first conversation, so that workers contend for its chain."""


class Kind(StrEnum):
    """Kinds of mail; the comments in `EXPECTED` say what each one is."""

    SMALL = "small"
    LARGE = "large"
    HUGE = "huge"
    HOSTILE = "hostile"
    TO_BOTH = "to-both"
    RESUBMITTED = "resubmitted"
    SPAM = "spam"
    AMBIGUOUS = "ambiguous"
    VIRUS = "virus"
    PROGRAM = "program"
    STRANGER = "stranger"
    FORGED = "forged"
    UNKNOWN = "unknown"
    LOOP = "loop"


EXPECTED: Mapping[Kind, frozenset[str]] = {
    Kind.SMALL: frozenset({"relayed"}),
    Kind.LARGE: frozenset({"relayed"}),
    Kind.HUGE: frozenset({"relayed"}),
    # Both parties' mailboxes, hidden in ways that are all known: holding such a mail is no answer to them.
    Kind.HOSTILE: frozenset({"relayed"}),
    # One mail to two aliases, each with an outcome of its own.
    Kind.TO_BOTH: frozenset({"relayed"}),
    # The author's server hands the same mail over twice: one is relayed, the other discarded.
    Kind.RESUBMITTED: frozenset({"relayed", "discarded"}),
    Kind.SPAM: frozenset({"held"}),
    # Two media types in one part.
    Kind.AMBIGUOUS: frozenset({"held"}),
    Kind.VIRUS: frozenset({"refused"}),
    Kind.PROGRAM: frozenset({"refused"}),
    # Authenticated, and of another conversation.
    Kind.STRANGER: frozenset({"refused"}),
    # In a party's name, without any proof.
    Kind.FORGED: frozenset({"refused"}),
    # To an alias that does not exist.
    Kind.UNKNOWN: frozenset({"discarded"}),
    # One of the relay's own mails comes back.
    Kind.LOOP: frozenset({"discarded"}),
}
GROUPS: Mapping[str, tuple[Kind, ...]] = {
    "small": (Kind.SMALL,),
    "large": (Kind.LARGE,),
    "huge": (Kind.HUGE,),
    "hostile": (Kind.HOSTILE,),
    "duplicated": (Kind.RESUBMITTED,),
    "several": (Kind.TO_BOTH,),
    "held": (Kind.SPAM, Kind.AMBIGUOUS),
    "refused": (Kind.VIRUS, Kind.PROGRAM, Kind.STRANGER, Kind.FORGED),
    "discarded": (Kind.UNKNOWN, Kind.LOOP),
}
"""What the options count: the kinds of a group take turns."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to be. conversation: its index; by_buyer: who writes, in the other direction the seller.
    size: octets of its text, or of its attachment."""

    number: int
    kind: Kind
    conversation: int
    by_buyer: bool
    size: int

    @property
    def handed_over(self) -> int:
        """How often the author's server hands it over."""
        return 2 if self.kind is Kind.RESUBMITTED else 1

    @property
    def messages(self) -> int:
        """How many outcomes it must have in the end."""
        return 2 if self.kind in (Kind.RESUBMITTED, Kind.TO_BOTH) else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Octets by group; what is in neither is as small as `small`."""

    small: int = 2_000
    large: int = 1 * MB
    huge: int = 25 * MB


def plan(counts: Mapping[str, int], sizes: Sizes, conversations: int, seed: int) -> tuple[Letter, ...]:
    """The mails in the order in which they are sent. counts: by group of `GROUPS`."""
    chance = Random(seed)  # noqa: S311  # nothing here is a secret
    kinds = [
        GROUPS[group][turn % len(GROUPS[group])] for group, count in counts.items() for turn in range(count)
    ]
    chance.shuffle(kinds)
    octets = {Kind.LARGE: sizes.large, Kind.HUGE: sizes.huge}
    return tuple(
        Letter(
            number=number,
            kind=kind,
            conversation=0 if chance.random() < _HOT_SHARE else chance.randrange(conversations),
            by_buyer=chance.random() < 0.5,
            size=octets.get(kind, sizes.small),
        )
        for number, kind in enumerate(kinds)
    )
