"""What the operations of reviewers do."""

import json
from collections.abc import Callable
from typing import Any

from admin_api.exchange import Answer, Request, hold_document, written
from parley.archive.keys import direction
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message, MessageId, State
from parley.reviewing import decisions
from parley.reviewing.exports import record_export as export
from parley.reviewing.holds import Placed
from parley.reviewing.holds import lift_hold as lift
from parley.reviewing.holds import place_hold as place
from parley.reviewing.looking import held_mail, history_of
from parley.reviewing.loose import LooseMail, refuse_loose, release_loose
from parley.reviewing.notes import add_note as add
from parley.reviewing.ports import Desk
from parley.reviewing.reads import What
from parley.reviewing.reads import record_party_read as record_of_party
from parley.reviewing.reads import record_read as record
from parley.reviewing.recording import Statement


def get_history(request: Request, desk: Desk) -> Answer:
    asked = request.parameters
    page = history_of(_conversation_id(request), asked.get("cursor"), asked["limit"], desk)
    found = [_happening(each) for each in page.happenings]
    return Answer(200, written({"happenings": found, "next": page.next}), asked["conversation"])


def add_note(request: Request, desk: Desk) -> Answer:
    given = request.body
    name, note, new = add(_statement(request, given["text"]), given.get("id"), desk)
    body = {
        "id": name,
        "case": given["case"],
        "at": note.at.isoformat(),
        "seq": note.seq,
    }
    return Answer(201 if new else 200, written(body), note.id)


def place_hold(request: Request, desk: Desk) -> Answer:
    given = request.body
    placed, new = place(_statement(request, given["reason"]), given.get("id"), desk)
    return _hold(placed, 201 if new else 200)


def lift_hold(request: Request, desk: Desk) -> Answer:
    hold, reason = request.parameters["hold"], request.body["reason"]
    return _hold(lift(_conversation_id(request), hold, reason, request.caller, desk))


def release_message(request: Request, desk: Desk) -> Answer:
    return _decided(decisions.release(_message_id(request), _reasoned(request), desk))


def refuse_message(request: Request, desk: Desk) -> Answer:
    return _decided(decisions.refuse(_message_id(request), _reasoned(request), desk))


def release_loose_message(request: Request, desk: Desk) -> Answer:
    return _decided(release_loose(_loose(request), desk))


def refuse_loose_message(request: Request, desk: Desk) -> Answer:
    return _decided(refuse_loose(_loose(request), desk))


def record_read(request: Request, desk: Desk) -> Answer:
    given = request.body
    read, at = record(
        _conversation_id(request),
        What(given["what"]),
        given["case"],
        request.caller,
        given.get("id"),
        desk,
    )
    return Answer(201, written({"id": read, "at": at.isoformat()}), read)


def record_party_read(request: Request, desk: Desk) -> Answer:
    read, at = record_of_party(request.body["case"], request.caller, request.body.get("id"), desk)
    return Answer(201, written({"id": read, "at": at.isoformat()}), read)


def record_export(request: Request, desk: Desk) -> Answer:
    given = request.body
    name, event, new = export(_statement(request, ""), given.get("for"), given.get("id"), desk)
    body = {"id": name, "event": event.id, "at": event.at.isoformat(), "seq": event.seq}
    return Answer(201 if new else 200, written(body), event.id)


def list_held(request: Request, desk: Desk) -> Answer:
    asked = request.parameters
    page = held_mail(asked.get("cursor"), asked["limit"], desk)
    return Answer(200, written({"messages": [_waiting(each) for each in page.messages], "next": page.next}))


REVIEWING: dict[str, Callable[[Request, Desk], Answer]] = {
    each.__name__: each
    for each in (
        *(get_history, add_note, place_hold, lift_hold, record_read, record_party_read, record_export),
        *(list_held, release_message, refuse_message, release_loose_message, refuse_loose_message),
    )
}


def _conversation_id(request: Request) -> ConversationId:
    return ConversationId(request.parameters["conversation"])


def _message_id(request: Request) -> MessageId:
    return MessageId(request.parameters["message"])


def _loose(request: Request) -> LooseMail:
    return LooseMail(
        receipt=request.parameters["receipt"],
        message=_message_id(request),
        case=request.body["case"],
        actor=request.caller,
    )


def _reasoned(request: Request) -> Statement:
    return _statement(request, request.body["reason"])


def _statement(request: Request, text: str) -> Statement:
    return Statement(
        conversation=_conversation_id(request),
        case=request.body["case"],
        text=text,
        actor=request.caller,
    )


def _hold(placed: Placed, status: int = 200) -> Answer:
    return Answer(status, written(hold_document(placed.hold, in_force=placed.in_force)), placed.hold.id)


def _decided(message: Message) -> Answer:
    status = 202 if message.state is State.RELEASING else 200
    return Answer(status, written({"message": message.id, "state": message.state}), message.id)


def _waiting(message: Message) -> dict[str, Any]:
    return {
        "conversation": message.conversation,
        "receipt": message.receipt_id,
        "message": message.id,
        "state": message.state,
        "codes": message.codes,
        "received_at": message.received_at.isoformat(),
        "direction": _direction(message),
    }


def _happening(happening: Message | Event) -> dict[str, Any]:
    """In ids, codes and times alone."""
    if isinstance(happening, Message):
        return {
            "kind": "message",
            "id": happening.id,
            "seq": happening.seq,
            "at": happening.received_at.isoformat(),
            "state": happening.state,
            "codes": happening.codes,
            "direction": _direction(happening),
            "automatic": happening.automatic,
        }
    return {
        "kind": happening.kind,
        "id": happening.id,
        "seq": happening.seq,
        "at": happening.at.isoformat(),
        "message": happening.message,
        "facts": json.loads(happening.record)["facts"],
    }


def _direction(message: Message) -> str | None:
    if message.record is None:
        return None
    return direction(message.author_role, json.loads(message.record)["recipient_role"])
