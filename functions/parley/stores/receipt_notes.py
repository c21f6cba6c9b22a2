"""The item of a receipt: which messages it made, what SES told of it, and until when a text brings it.

A message's key stands under the message's id, as a list. Whoever reads the messages of a receipt takes every
list for one (`parley.stores.erasure_subjects`), so nothing else here is a list.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from parley.conversation.messages import State
from parley.mail.verdicts import Verdict, Verdicts
from parley.relaying.ports import Told
from parley.relaying.receipts import possible_ids, whole_id
from parley.stores import keys
from parley.stores.attributes import number, read_optional, read_pair, read_text, text, texts
from parley.stores.updates import Update

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import datetime

    from parley.conversation.messages import Message
    from parley.stores.keys import Item

RECEIPT_KEPT = timedelta(days=400)
"""How long it is known which messages a receipt made. Longer than an object may stay in the inbox (365 days,
`parley:inbox-days`) and its notification in a queue after that (14 days)."""
_RECIPIENTS, _VERDICTS, _REQUESTED_UNTIL = "recipients", "verdicts", "requested_until"
_VERDICT_ORDER = ("spf", "dkim", "dmarc", "spam", "virus")

Place = tuple[str, str]
"""pk and sk of a message."""


@dataclass(frozen=True, slots=True)
class Note:
    """Of one receipt. places: of its messages, by their ids. recipients: those that were told,
    none if none was."""

    receipt_id: str
    places: Mapping[str, Place]
    recipients: tuple[str, ...]
    requested_until: datetime | None

    def is_ended(self, states: Mapping[Place, State], in_work: Container[State]) -> bool:
        """Whether each recipient has a message, and none is in work. states: by place. in_work:
        the states of those that have no outcome."""
        if any(states.get(place) in in_work for place in self.places.values()):
            return False
        whole = self.places.get(whole_id(self.receipt_id))
        if whole is not None and states.get(whole) is State.REFUSED:
            return True  # By a reviewer, for all of them.
        # By ids: a receipt may have more messages than recipients, when a reviewer has let it go as a whole,
        # or into another conversation.
        return not any(
            possible_ids(self.receipt_id, each).isdisjoint(self.places) for each in self.recipients
        )

    def is_awaited(self, now: datetime) -> bool:
        """Whether a text is known to bring the receipt."""
        return self.requested_until is not None and now < self.requested_until


def noted(message: Message, told: Told | None) -> Update:
    """The receipt's item with the message's key, on condition that none stands there yet, and with what was
    told, on condition that nothing stands for the whole receipt."""
    key = keys.message_key(message)
    update = Update(keys.receipt_key(message.receipt_id)).when(message.id, None)
    update.set(message.id, texts((key["pk"]["S"], key["sk"]["S"])))
    if told is not None:
        _set_told(update, told)
    if told is not None and told.whole is not None:
        update.when(told.whole, None)
    return _expiring(update, message.received_at)


def noted_told(receipt_id: str, told: Told, received_at: datetime) -> Update:
    """The receipt's item with what was told, whatever else stands there."""
    update = Update(keys.receipt_key(receipt_id))
    _set_told(update, told)
    return _expiring(update, received_at)


def noted_whole(message: Message) -> Update:
    """The receipt's item with the key of a message that stands for the whole receipt, on condition that
    nothing was told of it."""
    return noted(message, None).when(_RECIPIENTS, None)


def withdrawn(whole: Message) -> Update:
    """The receipt's item without that key."""
    update = Update(keys.receipt_key(whole.receipt_id)).set_or_remove(whole.id, None)
    return _expiring(update, whole.received_at)


def requested(receipt_id: str, until: datetime) -> Update:
    """The receipt's item with the time until which a text brings it."""
    update = Update(keys.receipt_key(receipt_id)).set(_REQUESTED_UNTIL, text(keys.stamp(until)))
    return _expiring(update, until)


def read_note(receipt_id: str, item: Item) -> Note:
    requested_until = read_optional(item, _REQUESTED_UNTIL)
    told = read_told(receipt_id, item)
    return Note(
        receipt_id=receipt_id,
        places={name: read_pair(value) for name, value in item.items() if "L" in value},
        recipients=() if told is None else told.recipients,
        requested_until=None if requested_until is None else keys.moment(requested_until),
    )


def read_told(receipt_id: str, item: Item) -> Told | None:
    if _RECIPIENTS not in item:
        return None
    stated = zip(_VERDICT_ORDER, read_text(item, _VERDICTS).split(), strict=True)
    return Told(
        recipients=tuple(json.loads(read_text(item, _RECIPIENTS))),
        verdicts=Verdicts(**{name: Verdict.read(each) for name, each in stated}),
        whole=whole_id(receipt_id),
    )


def _set_told(update: Update, told: Told) -> None:
    update.set(_RECIPIENTS, text(json.dumps(told.recipients)))
    update.set(_VERDICTS, text(" ".join(getattr(told.verdicts, each) for each in _VERDICT_ORDER)))


def _expiring(update: Update, since: datetime) -> Update:
    """With the time at which DynamoDB forgets it."""
    expires_at = int((since + RECEIPT_KEPT).timestamp())
    return update.set("version", number(1)).set(keys.EXPIRES_AT, number(expires_at))
