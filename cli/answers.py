"""What the deployed API answers: parties and conversations, or a problem."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

_T = TypeVar("_T")


class ApiProblem(Exception):  # noqa: N818  # RFC 9457's own word
    """The API refused.

    status: of HTTP. code: stable, from docs/api.md; "http-403" and the like where API Gateway itself answers,
    "not-an-answer" where the body is none of this API. field: the member or parameter at fault, below 500.
    party: who has the mailbox already, with "mailbox-registered".
    """

    def __init__(
        self, status: int, code: str, detail: str, field: str | None = None, party: str | None = None
    ) -> None:
        where = f" ({field})" if field else ""
        super().__init__(f"{status} {code}{where}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.party = party


class ApiUnreachableError(Exception):
    """There was no answer: no such host, no connection, no valid certificate, or none in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredParty:
    """contact_alias: the mailbox for first contact, None without one."""

    id: str
    role: str
    locale: str
    display_name: str
    mailboxes: tuple[str, ...]
    public_contacts: tuple[str, ...]
    own_domains: tuple[str, ...]
    contact_alias: str | None

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(
            id=body["id"],
            role=body["role"],
            locale=body["locale"],
            display_name=body["display_name"],
            mailboxes=tuple(body["mailboxes"]),
            public_contacts=tuple(body["public_contacts"]),
            own_domains=tuple(body["own_domains"]),
            contact_alias=body["contact_alias"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedConversation:
    """status: "open", "closed" and so on. buyer, seller: their ids; order: None for a first contact.

    buyer_alias stands for the buyer: it is where the seller writes to; seller_alias the other way round.
    """

    id: str
    status: str
    order: str | None
    buyer: str | None
    seller: str | None
    buyer_alias: str | None
    seller_alias: str | None

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        aliases = body["aliases"]
        return cls(
            **{name: body[name] for name in ("id", "status", "order", "buyer", "seller")},
            buyer_alias=aliases["buyer"],
            seller_alias=aliases["seller"],
        )


def read_json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


def read_body(read: Callable[[Mapping[str, Any]], _T], body: dict[str, Any]) -> _T:
    try:
        return read(body)
    except (KeyError, TypeError):
        raise not_an_answer(200) from None


def read_problem(status: int, body: Any) -> ApiProblem:
    """problem+json, or what API Gateway says itself: only a `message`."""
    match body:
        case {"code": str(code), "detail": str(detail)}:
            return ApiProblem(status, code, detail, body.get("field"), body.get("party"))
        case {"message": str(message)} | {"Message": str(message)}:
            return ApiProblem(status, f"http-{status}", message)
    return not_an_answer(status)


def not_an_answer(status: int) -> ApiProblem:
    return ApiProblem(status, "not-an-answer", "This is no answer of the API. Is the URL right?")
