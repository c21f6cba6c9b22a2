"""The deployed API as a client sees it: signed requests out, frozen dataclasses back.

Requests are signed with Signature Version 4 for `execute-api` and sent once: nothing is retried, no redirect
is followed, and neither a proxy nor credentials are taken from the environment. Every request of this API may
be repeated (docs/api.md), so who wants to retry can.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials

from cli.answers import (
    ApiProblem,
    ApiUnreachableError,
    Happening,
    HeldMessage,
    Hold,
    Note,
    OpenedConversation,
    RegisteredParty,
    not_an_answer,
    read_body,
    read_json,
    read_problem,
)
from cli.reviewing import Reviewing, What, segment

__all__ = [
    "ApiProblem",
    "ApiUnreachableError",
    "Happening",
    "HeldMessage",
    "Hold",
    "MarketplaceApi",
    "Note",
    "OpenedConversation",
    "RegisteredParty",
    "Role",
    "What",
]

CONNECT_SECONDS = 5.0
# API Gateway gives up after 30 seconds, and then says so.
READ_SECONDS = 35.0
_NOTHING: Mapping[str, str] = {}

Role = Literal["buyer", "seller"]


class MarketplaceApi(Reviewing):
    """Safe to share between threads.

    url: the stack's output `ApiUrl…`, with or without a path. credentials: those of boto3's session; they are
    read anew for every request, so that temporary ones may be renewed. headers: sent with every request, not
    signed (the local emulator wants `X-Forwarded-Proto: https`).

    All methods raise `ApiProblem` or `ApiUnreachableError`.
    """

    def __init__(
        self,
        url: str,
        region: str,
        credentials: Credentials | ReadOnlyCredentials,
        headers: Mapping[str, str] = _NOTHING,
    ) -> None:
        self._url = url.rstrip("/")
        self._region = region
        self._credentials = credentials
        self._headers = dict(headers)
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)

    def register_party(
        self,
        *,
        role: Role,
        locale: str,
        mailboxes: Sequence[str],
        id: str | None = None,  # noqa: A002  # the API's own name
        display_name: str = "",
        public_contacts: Sequence[str] = (),
        own_domains: Sequence[str] = (),
        contact_alias: bool = False,
    ) -> RegisteredParty:
        """Registers a party, or finds that it is registered just so. mailboxes: the first one receives."""
        wanted: dict[str, object] = {"role": role, "locale": locale, "mailboxes": list(mailboxes)}
        given = {
            "id": id,
            "display_name": display_name,
            "public_contacts": list(public_contacts),
            "own_domains": list(own_domains),
            "contact_alias": contact_alias,
        }
        wanted |= {name: each for name, each in given.items() if each}
        return self._party("POST", "/parties", wanted)

    def party(self, party: str) -> RegisteredParty:
        return self._party("GET", f"/parties/{segment(party)}")

    def confirm(self, party: str) -> RegisteredParty:
        """Asks for a mail to the receiving mailbox of a party that had bounced."""
        return self._party("POST", f"/parties/{segment(party)}/confirmation")

    def open_conversation(self, *, order: str, buyer: str, seller: str) -> OpenedConversation:
        """Opens the conversation of two parties about an order, or finds it. A closed one stays closed."""
        return self._conversation(
            "POST", "/conversations", {"order": order, "buyer": buyer, "seller": seller}
        )

    def conversation(self, conversation: str) -> OpenedConversation:
        return self._conversation("GET", f"/conversations/{segment(conversation)}")

    def close(self, conversation: str) -> OpenedConversation:
        """Closes a conversation: mail to its aliases is refused from then on."""
        return self._set_status(conversation, "closed")

    def reopen(self, conversation: str) -> OpenedConversation:
        return self._set_status(conversation, "open")

    def conversations(
        self, *, order: str | None = None, party: str | None = None
    ) -> Iterator[OpenedConversation]:
        """Those of an order or of a party: give one of the two. A request for each page."""
        query = {"order": order} if party is None else {"party": party}
        for page in self._pages("/conversations", query):
            yield from read_body(lambda body: list(map(OpenedConversation.read, body["conversations"])), page)

    def description_version(self) -> str:
        """The version of the API, as its own `openapi.json` says; asks nothing of table or keys."""
        return str(self._ask("GET", "/openapi.json")["info"]["version"])

    def _set_status(self, conversation: str, status: str) -> OpenedConversation:
        path = f"/conversations/{segment(conversation)}"
        return self._conversation("PATCH", path, {"status": status})

    def _party(self, method: str, path: str, body: object = None) -> RegisteredParty:
        answered = self._ask(method, path, body)
        return read_body(RegisteredParty.read, answered)

    def _conversation(self, method: str, path: str, body: object = None) -> OpenedConversation:
        answered = self._ask(method, path, body)
        return read_body(OpenedConversation.read, answered)

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        url, data = self._url + path, None if body is None else json.dumps(body).encode()
        headers = self._signed(method, url, data)
        try:
            answer = self._pool.request(method, url, body=data, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise ApiUnreachableError(f"{type(error).__name__}: {error}") from None
        read = read_json(answer.data)
        if answer.status not in (200, 201, 202):
            raise read_problem(answer.status, read)
        if not isinstance(read, dict):
            raise not_an_answer(answer.status)
        return read

    def _signed(self, method: str, url: str, data: bytes | None) -> dict[str, str]:
        """The header fields of a request that is signed just now."""
        request = AWSRequest(method, url, data=data)
        if data is not None:
            request.headers["Content-Type"] = "application/json"
        credentials = self._credentials
        if isinstance(credentials, Credentials):
            # Temporary credentials may be renewed between two reads of their attributes.
            credentials = credentials.get_frozen_credentials()
        SigV4Auth(credentials, "execute-api", self._region).add_auth(request)
        return {**dict(request.headers.items()), **self._headers}
