"""problem+json (RFC 9457): the one table of what a request can be refused for. docs/api.md lists it."""

import json
from http import HTTPStatus

PROBLEMS: dict[str, tuple[HTTPStatus, str]] = {
    "invalid-json": (HTTPStatus.BAD_REQUEST, "The body is not JSON, or names a member twice."),
    "missing-field": (HTTPStatus.BAD_REQUEST, "The field is missing. Add it."),
    "unknown-field": (HTTPStatus.BAD_REQUEST, "There is no such field here, or it cannot be changed."),
    "invalid-value": (HTTPStatus.BAD_REQUEST, "The value is not as /openapi.json describes it."),
    "ambiguous-list": (HTTPStatus.BAD_REQUEST, "Give either order or party."),
    "invalid-mailbox": (HTTPStatus.BAD_REQUEST, "This is not one mailbox, such as shop@example.com."),
    "unsupported-mailbox": (
        HTTPStatus.BAD_REQUEST,
        "SES cannot send there: the part before the @ must be ASCII.",
    ),
    "duplicate-mailbox": (HTTPStatus.BAD_REQUEST, "This is another spelling of a mailbox before it."),
    "relay-domain": (HTTPStatus.BAD_REQUEST, "This is at the relay domain, where only aliases are."),
    "invalid-display-name": (HTTPStatus.BAD_REQUEST, "A display name has no @, and prints."),
    "invalid-domain": (HTTPStatus.BAD_REQUEST, "This is not a domain, such as example.com."),
    "shared-domain": (HTTPStatus.BAD_REQUEST, "Strangers have mailboxes at this domain, too."),
    "invalid-public-contact": (
        HTTPStatus.BAD_REQUEST,
        "Give a mailbox, a host, an http(s) URL or a telephone number such as +49 30 1234567.",
    ),
    "unknown-route": (HTTPStatus.NOT_FOUND, "There is nothing here. /openapi.json lists what there is."),
    "unknown-party": (HTTPStatus.NOT_FOUND, "No party has this id. Register it first."),
    "unknown-conversation": (HTTPStatus.NOT_FOUND, "No conversation has this id."),
    "unknown-message": (HTTPStatus.NOT_FOUND, "There is no message of this id there."),
    "unknown-hold": (HTTPStatus.NOT_FOUND, "No hold of this id was ever placed on the conversation."),
    "party-exists": (HTTPStatus.CONFLICT, "A party of this id is registered and differs. Change it instead."),
    "mailbox-registered": (
        HTTPStatus.CONFLICT,
        "Another party has this mailbox: use that party, or take the mailbox from it first.",
    ),
    "event-exists": (HTTPStatus.CONFLICT, "Another note, hold or export has this id. Choose a new one."),
    "contents-erased": (HTTPStatus.CONFLICT, "What was written there is being erased, or is gone."),
    "too-many-mailboxes": (
        HTTPStatus.CONFLICT,
        "The party had 200 mailboxes before, which are kept until it is erased. Register another party.",
    ),
    "too-many-holds": (HTTPStatus.CONFLICT, "Fifty holds are in force here. Lift one first."),
    "not-held": (HTTPStatus.CONFLICT, "Only held mail is decided on. The history shows what became of this."),
    "being-released": (
        HTTPStatus.CONFLICT,
        "It is being released. If that fails it is held again, and can be refused then.",
    ),
    "changed-meanwhile": (HTTPStatus.CONFLICT, "Others change this party right now. Repeat the request."),
    "seller-only": (HTTPStatus.UNPROCESSABLE_ENTITY, "Only a seller has this."),
    "public-contact-is-registered": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "A registered mailbox is masked and cannot be public as well.",
    ),
    "same-party": (HTTPStatus.UNPROCESSABLE_ENTITY, "Buyer and seller are the same party."),
    "unknown-buyer": (HTTPStatus.UNPROCESSABLE_ENTITY, "No party has this id. Register it first."),
    "unknown-seller": (HTTPStatus.UNPROCESSABLE_ENTITY, "No party has this id. Register it first."),
    "not-a-seller": (HTTPStatus.UNPROCESSABLE_ENTITY, "This party is not registered as a seller."),
    "failed": (HTTPStatus.INTERNAL_SERVER_ERROR, "It failed here. Repeat the request; that does no harm."),
}


def problem(code: str, *, field: str | None = None, party: str | None = None) -> tuple[int, str]:
    """Status and body."""
    status, detail = PROBLEMS[code]
    # RFC 9457 §4.2.1: with about:blank the title is the status's own phrase; `code` tells problems apart.
    members = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
        "field": field,
        "party": party,
    }
    return status.value, json.dumps({name: each for name, each in members.items() if each is not None})
