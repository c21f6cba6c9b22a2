"""What the operations on parties and conversations do."""

from collections.abc import Callable
from typing import Any

from admin_api.description import TEXT
from admin_api.exchange import Answer, Request, hold_document, written
from parley.conversation.aliases import ConversationId, alias_mailbox
from parley.conversation.conversations import Conversation, Status
from parley.conversation.parties import PartyId, Role
from parley.registering import conversations, parties
from parley.registering.conversations import Place
from parley.registering.parties import Application, Changes, Registered
from parley.registering.ports import Office
from parley.registering.refusals import RefusedError

_LISTS = ("mailboxes", "public_contacts", "own_domains")


def register_party(request: Request, office: Office) -> Answer:
    given = request.body
    application = Application(
        id=given.get("id"),
        role=Role(given["role"]),
        locale=given["locale"],
        display_name=given.get("display_name", ""),
        contact_alias=given["contact_alias"],
        **{name: tuple(given.get(name, ())) for name in _LISTS},
    )
    registered, new = parties.register(application, office)
    return _party(registered, 201 if new else 200)


def get_party(request: Request, office: Office) -> Answer:
    return _party(parties.find(PartyId(request.parameters["party"]), office))


def update_party(request: Request, office: Office) -> Answer:
    given: dict[str, Any] = {
        name: tuple(each) if name in _LISTS else each for name, each in request.body.items()
    }
    return _party(parties.update(PartyId(request.parameters["party"]), Changes(**given), office))


def confirm_mailbox(request: Request, office: Office) -> Answer:
    registered = parties.confirm(PartyId(request.parameters["party"]), office)
    return _party(registered, 200 if registered.party.unreachable is None else 202)


def open_conversation(request: Request, office: Office) -> Answer:
    given = request.body
    conversation, new = conversations.open_for_order(
        given["order"], PartyId(given["buyer"]), PartyId(given["seller"]), office
    )
    return _conversation(conversation, office, 201 if new else 200)


def get_conversation(request: Request, office: Office) -> Answer:
    return _conversation(conversations.find(_conversation_id(request), office), office)


def set_status(request: Request, office: Office) -> Answer:
    status = Status(request.body["status"])
    return _conversation(conversations.set_status(_conversation_id(request), status, office), office)


def list_conversations(request: Request, office: Office) -> Answer:
    asked = request.parameters
    if ("order" in asked) == ("party" in asked):
        raise RefusedError("ambiguous-list", "party" if "party" in asked else "order")
    place = _place(asked)
    if "order" in asked:
        listing = conversations.list_of_order(asked["order"], place, asked["limit"], office)
    else:
        listing = conversations.list_of_party(PartyId(asked["party"]), place, asked["limit"], office)
    following = listing.next and f"{listing.next.role or 'order'}.{listing.next.after or ''}"
    found = [_described(each, office) for each in listing.conversations]
    return Answer(200, written({"conversations": found, "next": following}))


def get_description(_request: Request, _office: Office) -> Answer:
    return Answer(200, TEXT)


ANSWERS: dict[str, Callable[[Request, Office], Answer]] = {
    each.__name__: each
    for each in (
        *(register_party, get_party, update_party, confirm_mailbox),
        *(open_conversation, get_conversation, set_status, list_conversations),
        get_description,
    )
}


def _conversation_id(request: Request) -> ConversationId:
    return ConversationId(request.parameters["conversation"])


def _place(asked: dict[str, Any]) -> Place:
    """Where the list goes on. A cursor of the other kind of list is refused."""
    if "cursor" not in asked:
        return Place(None, None)
    kind, _, after = asked["cursor"].partition(".")
    if (kind == "order") != ("order" in asked):
        raise RefusedError("invalid-value", "cursor")
    return Place(None if kind == "order" else Role(kind), ConversationId(after) if after else None)


def _party(registered: Registered, status: int = 200) -> Answer:
    party = registered.party
    body = {
        "id": party.id,
        "role": party.role,
        "locale": party.locale,
        "display_name": party.display_name,
        "mailboxes": [str(mailbox) for mailbox in party.mailboxes],
        "former_mailboxes": [str(mailbox) for mailbox in party.former_mailboxes],
        "public_contacts": sorted(party.public_contacts),
        "own_domains": sorted(party.own_domains),
        "contact_alias": None if registered.contact is None else str(registered.contact),
        "reachable": party.unreachable is None,
        "opted_out": party.opted_out_at is not None,
    }
    return Answer(status, written(body), party.id)


def _conversation(conversation: Conversation, office: Office, status: int = 200) -> Answer:
    return Answer(status, written(_described(conversation, office)), conversation.id)


def _described(conversation: Conversation, office: Office) -> dict[str, Any]:
    aliases = {
        role: str(alias_mailbox(alias, office.relay_domain)) for role, alias in conversation.aliases.items()
    }
    return {
        "id": conversation.id,
        "order": conversation.order,
        "status": conversation.status,
        **{role: conversation.parties.get(role) for role in Role},
        "aliases": {role: aliases.get(role) for role in Role},
        "holds": [hold_document(hold, in_force=True) for hold in conversation.holds],
    }
