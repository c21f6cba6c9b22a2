"""Parties and a conversation for a scenario, by the API."""

import hashlib
from dataclasses import dataclass

from cli.findings import Finding, fail, ok
from cli.marketplace import ApiProblem, ApiUnreachableError, OpenedConversation, Role
from cli.smoke.ports import Marketplace
from cli.smoke.scenarios import Scenario

_ID_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Opened:
    """parties: the ids of both."""

    conversation: OpenedConversation
    parties: tuple[str, str]


def party_id(mailbox: str) -> str:
    """The same for each run, so that runs leave one party and not many. It stands in logs."""
    return f"smoke-{hashlib.sha256(mailbox.lower().encode()).hexdigest()[:_ID_LETTERS]}"


def open_conversation(
    scenario: Scenario, *, author: str, token: str, marketplace: Marketplace
) -> tuple[Finding, Opened | None]:
    """What was opened, or None with the reason. The author buys, the counterpart sells."""
    try:
        buyer = _register("buyer", author, party_id(author), marketplace)
        counterpart, mailbox = scenario.counterpart(token)
        seller = _register("seller", mailbox, counterpart, marketplace)
        order = f"smoke-{token}-{scenario.party.removeprefix('smoke-')}"
        opened = marketplace.open_conversation(order=order, buyer=buyer, seller=seller)
    except ApiProblem as problem:
        text = f"The API does not open a conversation: {problem}"
        return fail("not-opened", text, _advice(problem)), None
    except ApiUnreachableError as error:
        return fail("api-unreachable", f"The API does not answer: {error}.", "Run `make doctor` (API)."), None
    text = f"Conversation {opened.id} is open; mail goes to {opened.seller_alias}."
    return ok("opened", text), Opened(opened, (buyer, seller))


def _register(role: Role, mailbox: str, wanted: str, marketplace: Marketplace) -> str:
    """The id of the party that has the mailbox: an earlier run's, the marketplace's own, or a new one."""
    try:
        return marketplace.register_party(role=role, locale="en", mailboxes=[mailbox], id=wanted).id
    except ApiProblem as problem:
        if problem.code == "mailbox-registered" and problem.party:
            return problem.party
        raise


def _advice(problem: ApiProblem) -> str:
    if problem.status == 403:
        return "Allow execute-api:Invoke on the API (docs/api.md)."
    if problem.code == "not-a-seller":
        return "That mailbox is a buyer's in this marketplace: give another --to."
    if problem.code == "same-party":
        return "--from and --to belong to the same party: give another --to."
    return "docs/api.md lists the codes."
