"""Mistakes that the product could make, and what the matrix says of each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import receive_mail.handler
import track_delivery.handler
from parley.stores.archive import S3Archive
from parley.stores.mailer import SesMailer
from parley.stores.messages import DynamoMessages

_send = SesMailer.send
_track = track_delivery.handler._track


def _acknowledging(*_: object) -> bool:
    """A handler that takes every failure for an end."""
    return True


def _forgetting(_archive: S3Archive, _key: str, _content: bytes, **_: object) -> None:
    """An archive that keeps nothing."""


def _repeating(mailer: SesMailer, submission: Any) -> str:
    """A mailer that tries again by itself."""
    try:
        return str(_send(mailer, submission))
    except Exception:
        return str(_send(mailer, submission))


def _unremembering(messages: DynamoMessages, _old: object, new: Any, **_: object) -> Any:
    """A record that is not written."""
    return new


def _ignoring(record: Any) -> None:
    """A handler for which an event that could not be recorded was none."""
    with suppress(Exception):
        _track(record)


@dataclass(frozen=True, slots=True)
class Mistake:
    """In place of what is called `name` there, `instead` is. scenario: in which it shows."""

    scenario: str
    place: Any
    name: str
    instead: Callable[..., Any]


MISTAKES = {
    "never finished|left in a queue|instead of": Mistake(
        "relayed", receive_mail.handler, "_is_given_up", _acknowledging
    ),
    "before its original was archived": Mistake("relayed", S3Archive, "put", _forgetting),
    "went out 3 times|went out 4 times": Mistake("relayed", SesMailer, "send", _repeating),
    "is left received": Mistake("relayed", DynamoMessages, "_step", _unremembering),
    "nobody sent a notice|instead of": Mistake("bounced", track_delivery.handler, "_track", _ignoring),
}
"""By the words with which it is found, any of them."""


@contextmanager
def made(mistake: str | None) -> Iterator[None]:
    """The product makes it within; none is none."""
    if mistake is None:
        yield
        return
    each = MISTAKES[mistake]
    with patch.object(each.place, each.name, each.instead):
        yield
