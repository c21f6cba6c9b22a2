"""A conversation's history, read from its entries alone, and the page with originals that is made from it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from cli.answers import ApiProblem, OpenedConversation
from cli.marketplace import MarketplaceApi
from parley.archive.entries import Entry
from parley.archive.records import EventKind, EventRecord, MessageRecord
from parley.archive.transcript.building import build
from parley.archive.transcript.rendering import render
from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.conversations import Conversation, Status
from parley.conversation.events import Event, EventId
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import parse_mailbox

Stored = Callable[[str], bytes | None]
_ENDS = {
    EventKind.RELEASED: State.RELEASED,
    EventKind.REFUSED: State.REFUSED,
    EventKind.EXPIRED: State.EXPIRED,
    EventKind.OUTCOME: State.HELD,
}
"""What a message is after an event. An outcome that is not held is told by the message's entry itself."""


def history_of(entries: Iterable[Entry], conversation: Conversation) -> list[Message | Event]:
    """Messages as they ended, and events, in the order of the chain; what has no record is left out."""
    in_order = sorted(entries, key=lambda each: each.seq)
    ends: dict[str, State] = {}
    for each in in_order:
        match each.record:
            case EventRecord(kind=kind, message=str(message), facts=facts) if kind in _ENDS:
                if facts.get("outcome", State.HELD) == State.HELD:
                    ends[message] = _ENDS[kind]
    history: list[Message | Event] = []
    for each in in_order:
        if isinstance(each.record, MessageRecord):
            history.append(_message(each, each.record, ends.get(each.id), conversation))
        elif isinstance(each.record, EventRecord):
            history.append(_event(each, each.record))
    return history


def _message(entry: Entry, record: MessageRecord, end: State | None, conversation: Conversation) -> Message:
    return Message(
        id=MessageId(entry.id),
        receipt_id="",
        alias=conversation.aliases.get(Role(record.recipient_role), AliasId("")),
        received_at=datetime.fromisoformat(entry.link.at),
        state=end or State(entry.outcome or State.RECEIVED),
        codes=entry.codes,
        conversation=conversation.id,
        seq=entry.seq,
        author_role=Role(record.author_role) if record.author_role else None,
        link=entry.link.to_json(),
        record=record.to_json(),
        folder=entry.folder,
    )


def _event(entry: Entry, record: EventRecord) -> Event:
    return Event(
        id=EventId(entry.id),
        conversation=ConversationId(entry.link.conversation),
        seq=entry.seq,
        at=datetime.fromisoformat(entry.link.at),
        kind=record.kind,
        link=entry.link.to_json(),
        record=record.to_json(),
        salts=(),
        message=MessageId(record.message) if record.message else None,
        folder=entry.folder,
    )


def conversation_of(opened: OpenedConversation) -> Conversation:
    parties = {Role.BUYER: opened.buyer, Role.SELLER: opened.seller}
    aliases = {Role.BUYER: opened.buyer_alias, Role.SELLER: opened.seller_alias}
    return Conversation(
        id=ConversationId(opened.id),
        order=opened.order,
        parties={role: PartyId(each) for role, each in parties.items() if each},
        aliases={role: AliasId(each.partition("@")[0]) for role, each in aliases.items() if each},
        status=Status(opened.status),
    )


def parties_of(opened: OpenedConversation, api: MarketplaceApi) -> dict[Role, Party]:
    """Those that are still registered, and that these credentials may look at. Raises `ApiProblem`."""
    found = {}
    for role, id_ in ((Role.BUYER, opened.buyer), (Role.SELLER, opened.seller)):
        if id_ is None:
            continue
        try:
            told = api.party(id_)
        except ApiProblem as problem:
            if problem.status not in (403, 404):
                raise
            continue
        found[role] = Party(
            id=PartyId(told.id),
            role=role,
            locale=told.locale,
            display_name=told.display_name,
            mailboxes=tuple(map(parse_mailbox, told.mailboxes)),
        )
    return found


def page_with_originals(
    entries: Iterable[Entry],
    conversation: Conversation,
    parties: Mapping[Role, Party],
    stored: Stored,
    *,
    relay_domain: str,
    now: datetime,
    locale: str,
) -> bytes:
    """For those who may see everything. Mail that was not passed on is shown as it was written."""
    transcript = build(
        conversation,
        parties,
        history_of(entries, conversation),
        stored,
        _as_written,
        relay_domain=relay_domain,
        generated_at=now,
        with_originals=True,
    )
    return render(transcript, locale, with_originals=True)


def _as_written(_message: Message, original: bytes) -> bytes:
    return original
