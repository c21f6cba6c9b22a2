"""The marketplace registers parties and opens conversations through the deployed function."""

import json
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from admin_api.description import OPERATIONS
from parley.conversation.aliases import ConversationId
from parley.conversation.parties import PartyId, Role
from parley.registering.conversations import open_for_order
from parley.registering.ports import Office
from parley.stores.entropy import SystemEntropy
from parley.stores.mailbox_index import MailboxIndex
from parley.stores.registry import DynamoRegistry
from tests.support import canary
from tests.support.fakes import FakeQueue
from tests.support.http import Reply, ask, escaped
from tests.support.market import Market
from tests.support.runtime import Fault, answers
from tests.support.wire import Call

ROOT = Path(__file__).resolve().parents[2]
NEW_BUYER = {
    "id": "kunde-2",
    "role": "buyer",
    "locale": "de",
    "display_name": canary.BUYER_NAME,
    "mailboxes": ["kordula.kanarie@bluthaenfling.example"],
}
NEW_SELLER = {
    "id": "laden-2",
    "role": "seller",
    "locale": "en",
    "display_name": canary.SELLER_NAME,
    "mailboxes": ["zwei@girlitz-handel.example", "drei@girlitz-handel.example"],
    "public_contacts": ["https://girlitz-handel.example/Impressum"],
    "own_domains": ["girlitz-handel.example"],
    "contact_alias": True,
}
STANDING = {"reachable": True, "opted_out": False}
OPENING = {"order": "303-11", "buyer": "p-buyer", "seller": "p-seller"}


@pytest.fixture
def api(market: Market) -> Callable[..., Reply]:
    return lambda method, path, **rest: ask(market, method, path, **rest)


Api = Callable[..., Reply]


def office(market: Market) -> Office:
    """What another request at the same time has."""
    clients, settings = market.deployment.clients, market.deployment.settings
    index = MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret)
    registry = DynamoRegistry(clients.dynamodb, settings.table, index)
    return Office(
        registry=registry,
        ids=index,
        requests=FakeQueue(),
        clock=market.clock,
        entropy=SystemEntropy(),
        relay_domain=settings.relay_domain,
    )


# Parties


def test_a_registered_party_is_read_back(api: Api) -> None:
    registered = api("POST", "/parties", body=NEW_SELLER)
    assert registered.status == 201
    contact = registered.body.pop("contact_alias")
    assert contact.startswith("c-")
    assert contact.endswith("@relay.example.com")
    public = ["https://girlitz-handel.example/impressum"]
    own = {name: each for name, each in NEW_SELLER.items() if name != "contact_alias"}
    assert registered.body == {**own, "former_mailboxes": [], "public_contacts": public, **STANDING}
    found = api("GET", "/parties/laden-2")
    assert (found.status, found.body) == (200, {**registered.body, "contact_alias": contact})


def test_a_request_that_comes_again_is_answered_the_same(api: Api, market: Market) -> None:
    first = api("POST", "/parties", body=NEW_SELLER)
    items = market.deployment.items()
    again = api("POST", "/parties", body=NEW_SELLER)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert market.deployment.items() == items


def test_a_party_without_an_id_gets_one(api: Api) -> None:
    given = {name: each for name, each in NEW_BUYER.items() if name != "id"}
    party = api("POST", "/parties", body=given).body["id"]
    assert api("GET", f"/parties/{party}").body["display_name"] == canary.BUYER_NAME


def test_a_party_changes_only_where_it_is_asked_to(api: Api) -> None:
    before = api("POST", "/parties", body=NEW_SELLER).body
    changed = api("PATCH", "/parties/laden-2", body={"locale": "fr", "mailboxes": ["neu@post.example"]})
    assert changed.status == 200
    given = {"locale": "fr", "mailboxes": ["neu@post.example"]}
    assert changed.body == {**before, **given, "former_mailboxes": before["mailboxes"]}
    assert api("GET", "/parties/laden-2").body == changed.body


def test_mailboxes_move_in_the_index_with_their_party(api: Api, market: Market) -> None:
    api("POST", "/parties", body=NEW_SELLER)
    api("PATCH", "/parties/laden-2", body={"mailboxes": ["drei@girlitz-handel.example"]})
    freed = {**NEW_BUYER, "mailboxes": ["zwei@girlitz-handel.example"]}
    kept = {**NEW_BUYER, "id": "kunde-3", "mailboxes": ["drei@girlitz-handel.example"]}
    assert api("POST", "/parties", body=freed).status == 201
    assert api("POST", "/parties", body=kept).refusal == (409, "mailbox-registered", "mailboxes[0]")
    pointing = [item["party_id"]["S"] for item in market.deployment.items() if "MAILBOX" in item["sk"]["S"]]
    assert sorted(pointing) == ["kunde-2", "laden-2", "p-buyer", "p-seller"]


def test_a_taken_mailbox_is_answered_with_its_place_and_the_party_that_has_it(api: Api) -> None:
    taking = {**NEW_BUYER, "mailboxes": ["neu@post.example", canary.SELLER_MAILBOX.upper()]}
    refused = api("POST", "/parties", body=taking)
    assert refused.refusal == (409, "mailbox-registered", "mailboxes[1]")
    assert refused.body["party"] == "p-seller"
    assert (
        api("PATCH", "/parties/p-buyer", body={"mailboxes": taking["mailboxes"]}).refusal == refused.refusal
    )


def test_two_updates_at_once_both_take_effect(api: Api, market: Market) -> None:
    first = True

    def overtake(call: Call) -> None:
        nonlocal first
        if first and call.operation == "TransactWriteItems":
            first = False
            registry = office(market).registry
            party = registry.parties([PartyId("p-seller")])[PartyId("p-seller")]
            registry.replace(party, replace(party, display_name="Overtaken"))

    market.fault = Fault(before=overtake)
    changed = api("PATCH", "/parties/p-seller", body={"locale": "fr"})
    assert (changed.body["locale"], changed.body["display_name"]) == ("fr", "Overtaken")


# Conversations


def test_a_conversation_is_opened_once_for_its_order(api: Api) -> None:
    opened = api("POST", "/conversations", body=OPENING)
    again = api("POST", "/conversations", body=OPENING)
    assert (opened.status, again.status) == (201, 200)
    assert again.body == opened.body == api("GET", f"/conversations/{opened.body['id']}").body
    assert (opened.body["order"], opened.body["status"]) == ("303-11", "open")
    for role, alias in opened.body["aliases"].items():
        assert alias.startswith(role[0])
        assert alias.endswith("@relay.example.com")


def test_two_requests_at_once_open_one_conversation(api: Api, market: Market) -> None:
    """The other one comes between this one's look and its write."""
    overtaken: list[str] = []

    def overtake(call: Call) -> None:
        if call.operation == "TransactWriteItems" and not overtaken:
            overtaken.append("now")
            conversation, new = open_for_order(
                "303-11", PartyId("p-buyer"), PartyId("p-seller"), office(market)
            )
            overtaken[:] = [conversation.id]
            assert new

    market.fault = Fault(before=overtake)
    answered = api("POST", "/conversations", body=OPENING)
    assert (answered.status, answered.body["id"]) == (200, overtaken[0])
    heads = [each for each in market.deployment.items() if each.get("order_id") == {"S": "303-11"}]
    assert len(heads) == 1


def test_a_request_whose_answer_was_lost_can_be_repeated(api: Api, market: Market) -> None:
    market.fault = answers("TransactWriteItems", 500, "InternalServerError", canary.BUYER_MAILBOX)
    assert api("POST", "/conversations", body=OPENING).refusal == (500, "failed", None)
    market.fault = Fault()
    assert api("POST", "/conversations", body=OPENING).status == 201


def test_mail_passes_in_a_conversation_that_the_api_opened(api: Api, market: Market) -> None:
    api("POST", "/parties", body=NEW_BUYER)
    opened = api("POST", "/conversations", body={**OPENING, "buyer": "kunde-2"}).body
    mail = market.from_buyer(author=NEW_BUYER["mailboxes"][0], to=opened["aliases"]["seller"])
    market.accept(mail)
    assert market.work() == [True]
    (sent,) = market.sent
    assert sent.recipients == (canary.SELLER_MAILBOX,)
    assert sent.mail_from == opened["aliases"]["buyer"]
    assert message_from_bytes(sent.raw)["X-Parley-Conversation"] == opened["id"]
    assert b"bluthaenfling" not in sent.raw.lower()
    assert [state for state, _ in market.outcomes(opened["id"])] == ["relayed"]


def test_mail_to_a_closed_conversation_is_refused_until_it_is_reopened(api: Api, market: Market) -> None:
    opened = api("POST", "/conversations", body=OPENING).body
    here, outcomes = f"/conversations/{opened['id']}", []
    for n, status in enumerate(("closed", "open")):
        changed = api("PATCH", here, body={"status": status})
        assert (changed.status, changed.body) == (200, {**opened, "status": status})
        market.accept(market.from_buyer(to=opened["aliases"]["seller"], message_id=f"CA{n}@mail.example"))
        market.work()
        outcomes.append(market.outcomes(opened["id"])[-1])
    assert outcomes[0] == ("refused", ("conversation-closed",))
    assert outcomes[1][0] == "relayed"


def test_first_contact_reaches_a_seller_at_the_contact_alias_that_the_api_gave(
    api: Api, market: Market
) -> None:
    contact = api("POST", "/parties", body=NEW_SELLER).body["contact_alias"]
    market.accept(market.from_buyer(to=contact))
    market.work()
    (sent,) = market.sent
    assert sent.recipients == (NEW_SELLER["mailboxes"][0],)
    listed = api("GET", "/conversations", query={"party": "laden-2"}).body["conversations"]
    assert [each["buyer"] for each in sorted(listed, key=lambda each: each["buyer"] or "")] == [
        None,
        "p-buyer",
    ]


def test_the_conversations_of_an_order_and_of_a_party_are_listed_page_by_page(
    api: Api, market: Market
) -> None:
    opened = [api("POST", "/conversations", body={**OPENING, "order": f"#{n}"}).body for n in range(4)]
    assert api("GET", "/conversations", query={"order": "#2"}).body == {
        "conversations": [opened[2]],
        "next": None,
    }
    for party in ("p-buyer", "p-seller"):
        listed: list[dict[str, Any]] = []
        query = {"party": party, "limit": "2"}
        while True:
            page = api("GET", "/conversations", query=query).body
            assert len(page["conversations"]) <= 2
            listed += page["conversations"]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]
        main = api("GET", "/conversations/c1").body
        assert sorted(listed, key=str) == sorted([*opened, main], key=str)


def test_a_list_shows_a_conversation_as_it_is_now(api: Api) -> None:
    opened = api("POST", "/conversations", body=OPENING).body
    api("PATCH", f"/conversations/{opened['id']}", body={"status": "closed"})
    (listed,) = api("GET", "/conversations", query={"order": "303-11"}).body["conversations"]
    assert listed["status"] == "closed"


def test_a_list_of_what_does_not_exist_is_empty(api: Api) -> None:
    for query in ({"order": "404"}, {"party": "nobody"}):
        assert api("GET", "/conversations", query=query).body == {"conversations": [], "next": None}


def test_mail_that_passes_writes_to_no_index(market: Market, api: Api) -> None:
    """An index that held more than keys would be written with every mail, once for each."""
    description = market.deployment.clients.dynamodb.describe_table(
        TableName=market.deployment.settings.table
    )
    indexes = description["Table"]["GlobalSecondaryIndexes"]
    assert {each["Projection"]["ProjectionType"] for each in indexes} == {"KEYS_ONLY"}


# What is refused

PARTY, CONVERSATION = "/parties/p-buyer", "/conversations/c1"
REFUSED: list[tuple[str, str, dict[str, Any], tuple[int, str, str]]] = [
    ("POST", "/parties", {"body": "{"}, (400, "invalid-json", "body")),
    ("POST", "/parties", {}, (400, "invalid-json", "body")),
    ("POST", "/parties", {"body": '{"role": "buyer", "role": "seller"}'}, (400, "invalid-json", "body")),
    ("POST", "/parties", {"body": "[" * 100_000}, (400, "invalid-json", "body")),
    ("POST", "/parties", {"body": []}, (400, "invalid-value", "body")),
    ("POST", "/parties", {"body": {}}, (400, "missing-field", "role")),
    ("POST", "/parties", {"body": {**NEW_BUYER, "name": "x"}}, (400, "unknown-field", "name")),
    ("POST", "/parties", {"body": {**NEW_BUYER, "id": "a@b.example"}}, (400, "invalid-value", "id")),
    ("POST", "/parties", {"body": {**NEW_BUYER, "id": "a\n"}}, (400, "invalid-value", "id")),
    ("POST", "/parties", {"body": {**NEW_BUYER, "role": "reviewer"}}, (400, "invalid-value", "role")),
    ("POST", "/parties", {"body": {**NEW_BUYER, "locale": "Deutsch"}}, (400, "invalid-value", "locale")),
    ("POST", "/parties", {"body": {**NEW_BUYER, "mailboxes": []}}, (400, "invalid-value", "mailboxes")),
    (
        "POST",
        "/parties",
        {"body": {**NEW_BUYER, "mailboxes": ["a@b.example", 7]}},
        (400, "invalid-value", "mailboxes[1]"),
    ),
    (
        "POST",
        "/parties",
        {"body": {**NEW_BUYER, "mailboxes": ["a@b.example"] * 2}},
        (400, "invalid-value", "mailboxes"),
    ),
    (
        "POST",
        "/parties",
        {"body": {**NEW_BUYER, "mailboxes": ["x@relay.example.com"]}},
        (400, "relay-domain", "mailboxes[0]"),
    ),
    (
        "POST",
        "/parties",
        {"body": {**NEW_BUYER, "mailboxes": ["ü@b.example"]}},
        (400, "unsupported-mailbox", "mailboxes[0]"),
    ),
    (
        "POST",
        "/parties",
        {"body": {**NEW_BUYER, "display_name": "x" * 81}},
        (400, "invalid-value", "display_name"),
    ),
    (
        "POST",
        "/parties",
        {"body": {**NEW_BUYER, "display_name": "\ud800"}},
        (400, "invalid-display-name", "display_name"),
    ),
    (
        "POST",
        "/parties",
        {"body": {**NEW_BUYER, "contact_alias": True}},
        (422, "seller-only", "contact_alias"),
    ),
    ("POST", "/parties", {"body": {**NEW_BUYER, "id": "p-buyer"}}, (409, "party-exists", "id")),
    ("GET", "/parties/nobody", {}, (404, "unknown-party", "party")),
    ("GET", f"/parties/{escaped('a@b.example')}", {}, (400, "invalid-value", "party")),
    ("GET", "/parties/" + "x" * 3000, {}, (400, "invalid-value", "party")),
    ("GET", PARTY, {"query": {"verbose": "1"}}, (400, "unknown-field", "verbose")),
    ("GET", PARTY, {"query": {"party": "p-seller"}}, (400, "unknown-field", "party")),
    ("PATCH", "/parties/nobody", {"body": {"locale": "de"}}, (404, "unknown-party", "party")),
    ("PATCH", PARTY, {"body": {}}, (400, "invalid-value", "body")),
    ("PATCH", PARTY, {"body": {"role": "seller"}}, (400, "unknown-field", "role")),
    ("PATCH", PARTY, {"body": {"id": "other"}}, (400, "unknown-field", "id")),
    ("PATCH", PARTY, {"body": {"contact_alias": False}}, (400, "invalid-value", "contact_alias")),
    (
        "POST",
        "/conversations",
        {"body": {"order": "1", "buyer": "p-buyer"}},
        (400, "missing-field", "seller"),
    ),
    ("POST", "/conversations", {"body": {**OPENING, "order": "a b"}}, (400, "invalid-value", "order")),
    ("POST", "/conversations", {"body": {**OPENING, "buyer": "nobody"}}, (422, "unknown-buyer", "buyer")),
    ("POST", "/conversations", {"body": {**OPENING, "seller": "p-buyer"}}, (422, "same-party", "seller")),
    ("GET", "/conversations", {}, (400, "ambiguous-list", "order")),
    ("GET", "/conversations", {"query": {"order": "1", "party": "x"}}, (400, "ambiguous-list", "party")),
    ("GET", "/conversations", {"query": {"order": "1", "limit": "0"}}, (400, "invalid-value", "limit")),
    ("GET", "/conversations", {"query": {"order": "1", "limit": "many"}}, (400, "invalid-value", "limit")),
    (
        "GET",
        "/conversations",
        {"query": {"order": "1", "limit": "9" * 5000}},
        (400, "invalid-value", "limit"),
    ),
    ("GET", "/conversations", {"query": {"order": "1", "cursor": "x"}}, (400, "invalid-value", "cursor")),
    (
        "GET",
        "/conversations",
        {"query": {"order": "1", "cursor": "seller.c1"}},
        (400, "invalid-value", "cursor"),
    ),
    ("GET", "/conversations/c404", {}, (404, "unknown-conversation", "conversation")),
    (
        "PATCH",
        "/conversations/c404",
        {"body": {"status": "open"}},
        (404, "unknown-conversation", "conversation"),
    ),
    ("POST", "/parties/nobody/confirmation", {}, (404, "unknown-party", "party")),
    ("PATCH", CONVERSATION, {"body": {"status": "expired"}}, (400, "invalid-value", "status")),
    ("PATCH", CONVERSATION, {"body": {}}, (400, "missing-field", "status")),
    ("DELETE", CONVERSATION, {}, (404, "unknown-route", "path")),
    ("GET", "/", {}, (404, "unknown-route", "path")),
]


def test_every_wrong_request_is_refused_by_its_field_and_writes_nothing(market: Market, api: Api) -> None:
    before = market.deployment.items()
    for method, path, rest, refusal in REFUSED:
        assert api(method, path, **rest).refusal == refusal, (method, path, rest)
    assert market.deployment.items() == before


def test_every_operation_is_refused_something_here() -> None:
    tried = {(method, path.split("/")[1]) for method, path, _, _ in REFUSED}
    operations = {(each.method, each.path.split("/")[1]) for each in OPERATIONS}
    # What reviewers ask is refused in test_reviewing.py.
    assert operations - tried == {("GET", "openapi.json"), ("GET", "held"), ("POST", "receipts")}


# What is served and what is logged


def test_the_description_is_served_as_it_is_committed(api: Api) -> None:
    served = api("GET", "/openapi.json")
    assert served.status == 200
    assert served.body == json.loads((ROOT / "docs/openapi.json").read_text())


def test_a_body_that_api_gateway_takes_for_binary_is_read(api: Api) -> None:
    assert api("POST", "/conversations", body=OPENING, encoded=True).status == 201


def test_a_request_is_logged_by_operation_status_code_and_id(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    api("POST", "/parties", body=NEW_BUYER)
    api("POST", "/parties", body={**NEW_BUYER, "id": "other"})
    logged = [vars(record) for record in caplog.records if record.getMessage() == "answered"]
    assert [(each["operation"], each["status"]) for each in logged] == [
        ("register_party", 201),
        ("register_party", 409),
    ]
    assert (logged[0]["subject"], logged[1]["code"]) == ("kunde-2", "mailbox-registered")
    assert {each["api_request_id"] for each in logged} == {"JKJaXmPLvHcESHA="}


def test_what_aws_says_in_an_error_is_neither_answered_nor_logged(
    api: Api, market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    market.fault = answers("BatchGetItem", 400, "ValidationException", canary.BUYER_MAILBOX)
    failed = api("GET", "/parties/p-buyer")
    assert failed.refusal == (500, "failed", None)
    assert canary.canaries_in(json.dumps(failed.body)) == []
    assert vars(caplog.records[-1])["cause"] == "ClientError"


def test_an_api_without_its_settings_fails_and_names_them(market: Market) -> None:
    market.environment = {"PARLEY_MAILBOX_KEY_SECRET": ""}
    with pytest.raises(ValueError, match="PARLEY_MAILBOX_KEY_SECRET is not set"):
        ask(market, "GET", "/openapi.json")


def test_each_request_costs_few_calls(api: Api, market: Market) -> None:
    opened = api("POST", "/conversations", body=OPENING)
    assert market.cost == [
        *("secrets-manager.GetSecretValue", "dynamodb.GetItem"),
        *("dynamodb.BatchGetItem", "dynamodb.TransactWriteItems"),
    ]
    api("GET", f"/conversations/{opened.body['id']}")
    assert market.cost == ["dynamodb.GetItem"]
    api("GET", "/conversations", query={"order": "303-11"})
    assert market.cost == ["dynamodb.Query", "dynamodb.BatchGetItem"]


def test_the_stores_of_the_relay_see_what_the_api_wrote(api: Api, market: Market) -> None:
    opened = api("POST", "/conversations", body=OPENING).body
    view = market.stores.directory.conversation(ConversationId(opened["id"]))
    assert view is not None
    assert view.conversation.parties == {Role.BUYER: "p-buyer", Role.SELLER: "p-seller"}
