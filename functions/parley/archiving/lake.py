"""What the lake is told of a batch of changes: rows of ids, codes, times, hashes and numbers.

A message's row is told anew whenever the message changes, with a higher version. A conversation's rows rest
on its whole history as it is now, so that one which was erased meanwhile is told as erased, whatever its
change was. When the erasure itself comes, all that it covers is told anew: the table's stream keeps the order
of a conversation's changes, so nothing that was told before can outlast it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parley.archive.content import ContentError, read_note
from parley.archive.keys import content_key
from parley.archive.records import EventKind
from parley.archiving.filing import PassedOn, went_out_from
from parley.archiving.happened import (
    DELIVERIES,
    OCCURRED_AT,
    content_name,
    erased_until,
    facts_of,
    finding,
    is_action,
    moment,
    passed_on_at,
)
from parley.archiving.outside import Outside
from parley.conversation.conversations import Conversation
from parley.conversation.events import Event
from parley.conversation.messages import UNDECIDED, Message, State
from parley.conversation.parties import Role
from parley.lake.arrivals import MEDIA_TYPE, arrival
from parley.lake.rows import ActionRow, DeliveryRow, MessageRow, Row
from parley.relaying.ports import ConversationGoneError, NoSuchObjectError


@dataclass(frozen=True, slots=True)
class Told:
    """A change whose entry is filed. passed_on: of a mail that went out and is there."""

    change: Message | Event
    passed_on: PassedOn | None = None


def tell_lake(rows: Sequence[Row], outside: Outside) -> None:
    """Writes the rows of a batch as one object; the same rows make the same one."""
    made = arrival(rows)
    if made is not None:
        outside.review.put(made.key, made.content, media_type=MEDIA_TYPE)


def rows_of(filed: Sequence[Told], everything: Sequence[Message | Event], outside: Outside) -> list[Row]:
    """Of what was filed of one conversation. everything: its history, in the order of the chain. Reads what
    reviewers wrote, one object each, and no mail. Raises `ConversationGoneError`."""
    identity = everything[-1].conversation
    conversation = None if identity is None else outside.conversations.alone(identity)
    if conversation is None:
        raise ConversationGoneError(identity)
    telling = _Telling(conversation, everything, outside, erased_until(everything))
    return [row for each in filed for row in telling.rows(each)]


@dataclass(frozen=True, slots=True)
class _Telling:
    """erased_until: up to which place all was erased (None), or what a message has (its id)."""

    conversation: Conversation
    everything: Sequence[Message | Event]
    outside: Outside
    erased_until: Mapping[str | None, int]

    def rows(self, filed: Told) -> Iterator[Row]:
        change = filed.change
        if isinstance(change, Message):
            # As it is now: its own change may have come before another of it.
            found = next((each for each in self.everything if each.id == change.id), change)
            now = found if isinstance(found, Message) else change
            # What went out since is told by the change that made it go out, which comes by itself. Here it
            # was not read, and two rows of one version must not differ.
            if went_out_from(now) == went_out_from(change):
                yield self._message(now, filed.passed_on)
        elif change.kind == EventKind.ERASED:
            for each in self.everything:
                covered = self._is_erased(each)
                if covered and isinstance(each, Message):
                    yield self._message(each, None)
                elif covered and isinstance(each, Event) and is_action(each):
                    yield self._action(each)
        elif change.kind in DELIVERIES:
            yield self._delivery(change)
        elif is_action(change):
            yield self._action(change)

    def _message(self, message: Message, passed_on: PassedOn | None) -> MessageRow:
        record = json.loads(message.record or "{}")
        screening = record["screening"]
        is_erased = self._is_erased(message)
        parties, attachments = self.conversation.parties, passed_on.attachments if passed_on else ()
        is_final = message.state not in UNDECIDED
        return MessageRow(
            conversation_id=self.conversation.id,
            message_id=message.id,
            # The chain grows with all that happens but for the last step, from held or releasing to final.
            version=2 * self.everything[-1].seq + is_final,
            seq=message.seq,
            at=message.received_at,
            passed_on_at=passed_on_at(message, self.everything),
            order_id=None if is_erased else self.conversation.order,
            buyer_id=None if is_erased else parties.get(Role.BUYER),
            seller_id=None if is_erased else parties.get(Role.SELLER),
            author_role=record["author_role"],
            recipient_role=record["recipient_role"],
            state=message.state if is_final else State.HELD,
            codes=message.codes,
            automatic=message.automatic,
            policy=screening["policy"],
            hits=tuple(screening["hits"]),
            misses=tuple(screening["misses"]),
            findings=tuple(finding(each) for each in screening["findings"]),
            attachments=None if is_erased else attachments,
            content_name=None if is_erased else content_name(message),
            topics=passed_on.topics if passed_on and not is_erased else (),
            author_domain=None if is_erased else self._hashed(message.author_domain),
            is_erased=is_erased,
        )

    def _delivery(self, event: Event) -> DeliveryRow:
        facts = facts_of(event)
        occurred_at = moment(facts.pop(OCCURRED_AT, None)) or event.at
        is_erased = self._is_erased(event)
        return DeliveryRow(
            conversation_id=event.conversation,
            message_id=event.message or "",
            event_id=event.id,
            version=2 if is_erased else 1,
            seq=event.seq,
            at=event.at,
            occurred_at=occurred_at,
            kind=event.kind,
            codes=tuple(f"{name}={value}" for name, value in sorted(facts.items())),
            is_erased=is_erased,
        )

    def _action(self, event: Event) -> ActionRow:
        facts = facts_of(event)
        is_erased = self._is_erased(event)
        return ActionRow(
            conversation_id=event.conversation,
            message_id=event.message,
            action_id=event.id,
            version=2 if is_erased else 1,
            seq=event.seq,
            at=event.at,
            kind=event.kind,
            what=facts.get("what"),
            case_id=facts.get("case"),
            actor=None if is_erased else self._actor(event),
            is_erased=is_erased,
        )

    def _is_erased(self, happened: Message | Event) -> bool:
        """With everything before it, or with the message that it is or is about."""
        message = happened.message if isinstance(happened, Event) else happened.id
        return happened.seq < max(self.erased_until.get(each, 0) for each in {None, message})

    def _actor(self, event: Event) -> str | None:
        if not event.folder:
            return None
        try:
            return read_note(self.outside.archive.get(content_key(event.folder))).actor
        except (ContentError, NoSuchObjectError):
            return None  # Erased meanwhile, or of another form: the action is told all the same.

    def _hashed(self, domain: str | None) -> str | None:
        """Tells organisations apart, and not which they are."""
        return None if domain is None else self.outside.ids.derived("domain", domain)
