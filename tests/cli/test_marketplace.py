"""The client of the API: what it sends, how that is signed, and what it makes of answers."""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.credentials import Credentials

from cli import marketplace
from cli.answers import Export
from cli.marketplace import ApiProblem, ApiUnreachableError, HeldMessage, Hold, MarketplaceApi, Note

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HOLD = {"id": "h1", "case": "case-17", "placed_at": "2026-09-04T16:12:00+00:00", "in_force": True}
PARTY = {
    "id": "seller-1",
    "role": "seller",
    "locale": "en",
    "display_name": "Tea & Cups",
    "mailboxes": ["shop@tea.example"],
    "former_mailboxes": ["old@tea.example"],
    "public_contacts": [],
    "own_domains": ["tea.example"],
    "contact_alias": None,
}
CONVERSATION = {
    "id": "c1",
    "order": "303#11",
    "status": "open",
    "buyer": "buyer-1",
    "seller": "seller-1",
    "aliases": {"buyer": "b-1@relay.example", "seller": "s-1@relay.example"},
    "holds": [HOLD],
}


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """Answers every request with `status`, `body` and `more` header fields, or with what is left of
    `following`; remembers what it was asked."""

    url: str = ""
    status: int = 200
    body: bytes = b"{}"
    more: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)
    following: list[object] = field(default_factory=list)

    def answers(self, status: int, body: object, **more: str) -> None:
        self.status, self.body, self.more = status, json.dumps(body).encode(), more


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.asked.append(Asked(self.command, self.path, headers, body))
            if made.silent.is_set():
                release.wait(10)
                return
            if made.following:
                made.answers(200, made.following.pop(0))
            self.send_response(made.status)
            for name, value in made.more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nobody's news."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        made.url = f"http://127.0.0.1:{listening.server_address[1]}"
        try:
            yield made
        finally:
            release.set()
            listening.shutdown()
            thread.join()


def api(server: Server, path: str = "", **more: Any) -> MarketplaceApi:
    return MarketplaceApi(server.url + path, "eu-west-1", Credentials("AKIDEXAMPLE", SECRET), **more)


def signature(asked: Asked) -> str:
    """As AWS documents it ("Create a signed AWS API request"); the path is percent-encoded once more."""
    authorization = asked.headers["authorization"]
    _, _, scope = re.search(r"Credential=([^/]+)(/)([^,]+)", authorization).groups()  # type: ignore[union-attr]
    names = re.search(r"SignedHeaders=([^,]+)", authorization)[1]  # type: ignore[index]
    headers = "".join(f"{name}:{' '.join(asked.headers[name].split())}\n" for name in names.split(";"))
    unreserved = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/?=&"
    path = "".join(chr(octet) if octet in unreserved else f"%{octet:02X}" for octet in asked.path.encode())
    digest = hashlib.sha256(asked.body).hexdigest()
    path, _, query = path.partition("?")
    query = "&".join(sorted(query.split("&")))
    canonical = f"{asked.method}\n{path}\n{query}\n{headers}\n{names}\n{digest}"
    time = asked.headers["x-amz-date"]
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def test_a_party_is_registered_with_what_was_given_and_no_more(server: Server) -> None:
    server.answers(201, PARTY)
    party = api(server).register_party(
        role="seller", locale="en", mailboxes=["shop@tea.example"], id="seller-1"
    )
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/parties")
    assert json.loads(asked.body) == {
        "role": "seller",
        "locale": "en",
        "mailboxes": ["shop@tea.example"],
        "id": "seller-1",
    }
    assert (party.id, party.mailboxes, party.former_mailboxes, party.own_domains) == (
        "seller-1",
        ("shop@tea.example",),
        ("old@tea.example",),
        ("tea.example",),
    )


def test_a_conversation_has_the_alias_of_each_party(server: Server) -> None:
    server.answers(200, CONVERSATION)
    opened = api(server).open_conversation(order="303#11", buyer="buyer-1", seller="seller-1")
    assert (opened.buyer_alias, opened.seller_alias) == ("b-1@relay.example", "s-1@relay.example")
    assert [(hold.id, hold.case, hold.in_force) for hold in opened.holds] == [("h1", "case-17", True)]


@pytest.mark.parametrize(
    ("ask", "method", "body"),
    [
        (lambda each: each.close("c1"), "PATCH", {"status": "closed"}),
        (lambda each: each.reopen("c1"), "PATCH", {"status": "open"}),
        (lambda each: each.conversation("c1"), "GET", None),
    ],
)
def test_a_conversation_is_shown_closed_and_reopened_by_its_id(
    server: Server, ask: Callable[[MarketplaceApi], object], method: str, body: object
) -> None:
    server.answers(200, CONVERSATION)
    ask(api(server))
    (asked,) = server.asked
    assert (asked.method, asked.path) == (method, "/conversations/c1")
    assert (json.loads(asked.body) if asked.body else None) == body


DECIDED = {"case": "case-17", "reason": "no spam"}
EXPORTED = {"id": "x1", "event": "e6", "at": "2026-09-04T16:12:00+00:00", "seq": 6}
NOTED = {"id": "n1", "case": "case-17", "at": "2026-09-04T16:12:00+00:00", "seq": 3}


@pytest.mark.parametrize(
    ("ask", "answer", "path", "body", "made"),
    [
        (
            lambda each: each.release("c1", "m/1", **DECIDED),
            (202, {"message": "m/1", "state": "releasing"}),
            "/conversations/c1/messages/m%2F1/release",
            DECIDED,
            "releasing",
        ),
        (
            lambda each: each.refuse("c1", "m1", **DECIDED),
            (200, {"message": "m1", "state": "refused"}),
            "/conversations/c1/messages/m1/refuse",
            DECIDED,
            "refused",
        ),
        (
            lambda each: each.release_loose("d3q1i8s5", "m1", case="case-17"),
            (202, {"message": "m1", "state": "releasing"}),
            "/receipts/d3q1i8s5/messages/m1/release",
            {"case": "case-17"},
            "releasing",
        ),
        (
            lambda each: each.refuse_loose("d3q1i8s5", "m1", case="case-17"),
            (200, {"message": "m1", "state": "refused"}),
            "/receipts/d3q1i8s5/messages/m1/refuse",
            {"case": "case-17"},
            "refused",
        ),
        (
            lambda each: each.add_note("c1", case="case-17", text="called", id="n1"),
            (201, NOTED),
            "/conversations/c1/notes",
            {"case": "case-17", "text": "called", "id": "n1"},
            Note(**NOTED),
        ),
        (
            lambda each: each.place_hold("c1", **DECIDED),
            (201, HOLD),
            "/conversations/c1/holds",
            DECIDED,
            Hold(**HOLD),
        ),
        (
            lambda each: each.lift_hold("c1", "h1", reason="over"),
            (200, HOLD | {"in_force": False}),
            "/conversations/c1/holds/h1/lift",
            {"reason": "over"},
            Hold(**HOLD | {"in_force": False}),
        ),
        (
            lambda each: each.record_read("c1", case="case-17", what="transcript"),
            (201, {"id": "r1", "at": "2026-09-04T16:12:00+00:00"}),
            "/conversations/c1/reads",
            {"case": "case-17", "what": "transcript"},
            "r1",
        ),
        (
            lambda each: each.record_party_read("p1", case="case-17"),
            (201, {"id": "r1", "at": "2026-09-04T16:12:00+00:00"}),
            "/parties/p1/reads",
            {"case": "case-17"},
            "r1",
        ),
        (
            lambda each: each.record_export("c1", case="case-17", viewer="buyer"),
            (201, EXPORTED),
            "/conversations/c1/exports",
            {"case": "case-17", "for": "buyer"},
            Export(**EXPORTED),
        ),
        (
            lambda each: each.record_export("c1", case="case-17", viewer=None, id="x1"),
            (200, EXPORTED),
            "/conversations/c1/exports",
            {"case": "case-17", "id": "x1"},
            Export(**EXPORTED),
        ),
    ],
)
def test_what_a_reviewer_does_is_one_request(
    server: Server,
    ask: Callable[[MarketplaceApi], object],
    answer: tuple[int, object],
    path: str,
    body: object,
    made: object,
) -> None:
    server.answers(*answer)
    assert ask(api(server)) == made
    (asked,) = server.asked
    assert (asked.method, asked.path, json.loads(asked.body)) == ("POST", path, body)


def test_pages_are_asked_for_until_the_last_one(server: Server) -> None:
    happening = {"kind": "note", "id": "n1", "at": NOTED["at"], "message": None, "facts": {"case": "17"}}
    server.following = [
        {"happenings": [happening | {"seq": 2}], "next": "WyJ4Il0"},
        {"happenings": [happening | {"seq": 1}], "next": None},
    ]
    assert [each.seq for each in api(server).history("c1")] == [1, 2]
    path = "/conversations/c1/history?limit=100"
    assert [each.path for each in server.asked] == [path, f"{path}&cursor=WyJ4Il0"]
    for asked in server.asked:
        assert asked.headers["authorization"].endswith(f"Signature={signature(asked)}")


def test_held_mail_and_the_conversations_of_an_order_are_lists(server: Server) -> None:
    held = {
        "conversation": None,
        "receipt": "d3q1i8s5n8b1kq0q",
        "message": "m1",
        "state": "held",
        "codes": ["notification-missing"],
        "received_at": NOTED["at"],
        "direction": None,
    }
    server.answers(200, {"messages": [held], "next": None})
    assert list(api(server).held()) == [HeldMessage(**held | {"codes": ("notification-missing",)})]
    server.answers(200, {"conversations": [CONVERSATION], "next": None})
    assert [each.id for each in api(server).conversations(order="303#11")] == ["c1"]
    assert server.asked[-1].path == "/conversations?order=303%2311"


@pytest.mark.parametrize("path", ["", "/_aws/execute-api/7a6d587c/$default"])
def test_requests_are_signed_as_aws_documents_it(server: Server, path: str) -> None:
    server.answers(200, PARTY)
    api(server, path).party("seller-1")
    api(server, path).party("a b/ü$")
    server.answers(201, PARTY)
    api(server, path).register_party(role="seller", locale="en", mailboxes=["shop@tea.example"])
    for asked in server.asked:
        assert "/eu-west-1/execute-api/aws4_request" in asked.headers["authorization"]
        assert asked.headers["authorization"].endswith(f"Signature={signature(asked)}")


def test_an_id_stays_in_its_segment_of_the_path(server: Server) -> None:
    server.answers(200, PARTY)
    api(server).party("../conversations?x=1#y")
    assert server.asked[0].path == "/parties/..%2Fconversations%3Fx%3D1%23y"


def test_temporary_credentials_bring_their_token(server: Server) -> None:
    server.answers(200, PARTY)
    MarketplaceApi(server.url, "eu-west-1", Credentials("AKID", SECRET, "token")).party("p")
    assert server.asked[0].headers["x-amz-security-token"] == "token"


def test_further_header_fields_are_sent_with_every_request(server: Server) -> None:
    server.answers(200, PARTY)
    api(server, headers={"X-Forwarded-Proto": "https"}).party("p")
    assert server.asked[0].headers["x-forwarded-proto"] == "https"


def test_a_problem_carries_status_code_detail_field_and_party(server: Server) -> None:
    told = {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "Another party has this mailbox.",
        "code": "mailbox-registered",
        "field": "mailboxes[0]",
        "party": "buyer-1",
    }
    server.answers(409, told)
    with pytest.raises(ApiProblem, match="409 mailbox-registered") as raised:
        api(server).party("p")
    problem = raised.value
    assert (problem.status, problem.code, problem.detail) == (409, "mailbox-registered", told["detail"])
    assert (problem.field, problem.party) == ("mailboxes[0]", "buyer-1")


def test_what_api_gateway_refuses_itself_is_a_problem_by_its_status(server: Server) -> None:
    server.answers(403, {"message": "Forbidden"})
    with pytest.raises(ApiProblem) as raised:
        api(server).party("p")
    assert (raised.value.code, raised.value.detail, raised.value.field) == ("http-403", "Forbidden", None)


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"id": "p"}', b'{"id": 1, "mailboxes": null}'])
def test_an_answer_of_something_else_is_told_as_such(server: Server, body: bytes) -> None:
    server.body = body
    with pytest.raises(ApiProblem) as raised:
        api(server).party("p")
    assert raised.value.code == "not-an-answer"


def test_redirects_are_not_followed(server: Server) -> None:
    server.answers(302, {}, Location=f"{server.url}/elsewhere")
    with pytest.raises(ApiProblem) as raised:
        api(server).party("p")
    assert (raised.value.status, len(server.asked)) == (302, 1)


def test_a_server_that_does_not_answer_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marketplace, "READ_SECONDS", 0.2)
    server.silent.set()
    with pytest.raises(ApiUnreachableError, match="ReadTimeoutError"):
        api(server).party("p")
    assert len(server.asked) == 1


def test_a_host_that_is_not_there_is_told() -> None:
    with pytest.raises(ApiUnreachableError):
        MarketplaceApi("http://127.0.0.1:1", "eu-west-1", Credentials("a", "b")).party("p")


def test_proxies_of_the_environment_are_not_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.answers(200, {"info": {"version": "1"}})
    assert api(server).description_version() == "1"
