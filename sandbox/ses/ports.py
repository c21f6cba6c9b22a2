"""What the stand-ins are given: the few things that they do outside of themselves. All may be called from
several threads; an exception means that it was not done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class PutObject(Protocol):
    def __call__(self, *, bucket: str, key: str, body: bytes) -> None: ...


class Publish(Protocol):
    def __call__(self, *, topic: str, subject: str, message: str) -> None: ...


class Deliver(Protocol):
    """Puts a mail into a mailbox; False if there is no such mailbox."""

    def __call__(self, mailbox: str, raw: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class AutomaticReply:
    """What a mailbox answers by itself. It has the null reverse-path (RFC 3834 §3.3)."""

    author: str
    recipient: str
    raw: bytes


Answer = Callable[[AutomaticReply], None]
"""Hands an automatic reply to its author's mail server."""
