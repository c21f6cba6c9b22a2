"""What the deployed API answers: parties, conversations, what reviewers do to them, or a problem."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    """contact_alias: the mailbox for first contact, None without one. reachable: False once its receiving
    mailbox bounced for good. opted_out: whether it is sent only answers."""

    id: str
    role: str
    locale: str
    display_name: str
    mailboxes: tuple[str, ...]
    public_contacts: tuple[str, ...]
    own_domains: tuple[str, ...]
    contact_alias: str | None
    former_mailboxes: tuple[str, ...] = ()
    reachable: bool = True
    opted_out: bool = False

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(
            id=body["id"],
            role=body["role"],
            locale=body["locale"],
            display_name=body["display_name"],
            mailboxes=tuple(body["mailboxes"]),
            former_mailboxes=tuple(body["former_mailboxes"]),
            public_contacts=tuple(body["public_contacts"]),
            own_domains=tuple(body["own_domains"]),
            contact_alias=body["contact_alias"],
            reachable=body.get("reachable", True),
            opted_out=body.get("opted_out", False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold on a conversation. placed_at: ISO 8601, UTC. in_force: False once it is lifted."""

    id: str
    case: str
    placed_at: str
    in_force: bool

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(**{name: body[name] for name in ("id", "case", "placed_at", "in_force")})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedConversation:
    """status: "open", "closed" and so on. buyer, seller: their ids; order: None for a first contact. holds:
    those in force.

    buyer_alias stands for the buyer: it is where the seller writes to; seller_alias the other way round.
    """

    id: str
    status: str
    order: str | None
    buyer: str | None
    seller: str | None
    buyer_alias: str | None
    seller_alias: str | None
    holds: tuple[Hold, ...] = ()

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        aliases = body["aliases"]
        return cls(
            **{name: body[name] for name in ("id", "status", "order", "buyer", "seller")},
            buyer_alias=aliases["buyer"],
            seller_alias=aliases["seller"],
            holds=tuple(map(Hold.read, body["holds"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note that was written down. seq: its place in the conversation's chain. at: ISO 8601, UTC."""

    id: str
    case: str
    at: str
    seq: int

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(id=body["id"], case=body["case"], at=body["at"], seq=body["seq"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export that was recorded. event: the id of its event in the conversation's chain; seq: its place
    there. at: when, ISO 8601, UTC."""

    id: str
    event: str
    at: str
    seq: int

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(id=body["id"], event=body["event"], at=body["at"], seq=body["seq"])


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """A mail that waits for a decision. state: "held", or "releasing" while it is being sent. conversation:
    None for one whose recipients are not known, and for the operator's: these go by their receipt.
    received_at: ISO 8601, UTC."""

    conversation: str | None
    receipt: str
    message: str
    state: str
    codes: tuple[str, ...]
    received_at: str
    direction: str | None

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        names = ("conversation", "receipt", "message", "state", "received_at", "direction")
        return cls(codes=tuple(body["codes"]), **{name: body[name] for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A message or an event of a conversation, in ids, codes and times.

    kind: "message", or that of the event. at: ISO 8601, UTC. state, codes, direction, automatic: a message's.
    message, facts: an event's; message is the one that it concerns.
    """

    kind: str
    id: str
    seq: int
    at: str
    state: str | None = None
    codes: tuple[str, ...] = ()
    direction: str | None = None
    automatic: str | None = None
    message: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(
            kind=body["kind"],
            id=body["id"],
            seq=body["seq"],
            at=body["at"],
            state=body.get("state"),
            direction=body.get("direction"),
            automatic=body.get("automatic"),
            message=body.get("message"),
            codes=tuple(body.get("codes", ())),
            facts=dict(body.get("facts", {})),
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
