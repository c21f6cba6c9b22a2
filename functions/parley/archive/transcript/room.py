"""How much of what was not passed on a page masks anew: anyone can write to an alias, as often as they like,
and the page is made again with each change of the conversation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from parley.conversation.events import Event
from parley.conversation.messages import UNDECIDED, Message, State

MAX_ATTEMPTS: Final = 20
"""Mails by unproved authors that are read for a page. The others are listed with their commitment."""
MAX_UNPROVED: Final = 1_000_000
MAX_PROVED: Final = 10_000_000
"""Octets of one mail that is masked anew."""
MAX_ALL_UNPROVED: Final = 3_000_000
MAX_ALL_PROVED: Final = 40_000_000
"""Octets of all of them."""
_PASSED: Final = frozenset((State.RELAYED, State.RELEASED))


class NotShownError(Exception):
    """An original cannot be shown masked; `code` is stable, such as "html-too-complex"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Room:
    """What is left of a page's octets, for mails of proved and of unproved authors."""

    proved: int = MAX_ALL_PROVED
    unproved: int = MAX_ALL_UNPROVED

    def take(self, octets: int, *, is_proved: bool) -> None:
        """Raises `NotShownError` if a mail of that size is not to be masked."""
        if octets > (MAX_PROVED if is_proved else MAX_UNPROVED):
            raise NotShownError("too-large-to-mask")
        if octets > (self.proved if is_proved else self.unproved):
            raise NotShownError("one-of-many")
        if is_proved:
            self.proved -= octets
        else:
            self.unproved -= octets


def unread_of(history: Iterable[Message | Event]) -> frozenset[str]:
    """The ids of the messages whose originals a masked page does not read: attempts by unproved authors but
    `MAX_ATTEMPTS`. Those that wait for a reviewer are read first, then the latest."""
    attempts = [
        each
        for each in history
        if isinstance(each, Message) and each.author_role is None and each.state not in _PASSED
    ]
    attempts.sort(key=lambda each: (each.state in UNDECIDED, each.seq), reverse=True)
    return frozenset(each.id for each in attempts[MAX_ATTEMPTS:])
