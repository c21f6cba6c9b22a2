"""The smoke test on the simulated stack: the real functions behind a real queue, and SES as it behaves.

world = World(market)
world.play()                  a run with the scenario "success"; what it found, by code
world.lose = "notification"   the hop that breaks
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from json import dumps
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cli.answers import OpenedConversation, RegisteredParty
from cli.aws import Clients
from cli.checks.site import Site
from cli.deployment import OPTIONAL, Deployment, Part
from cli.doctor import Found
from cli.findings import Finding
from cli.marketplace import ApiProblem, Role
from cli.smoke.exchange import play
from cli.smoke.ports import Stage
from cli.smoke.scenarios import SIMULATED, Scenario
from tests.cli.sites import FakeApi, FakeResolver
from tests.support.http import Reply, ask
from tests.support.mails import PASS, Written
from tests.support.market import Market
from tests.support.stack import NotMadeError

AUTHOR = "probe@market-tests.example"
ENDINGS = {
    "success": ("Send", "Delivery"),
    "bounce": ("Send", "Bounce"),
    "complaint": ("Send", "Delivery", "Complaint"),
    "suppressionlist": ("Send", "Bounce"),
}


@dataclass(frozen=True, kw_only=True)
class AsSent(Written):
    """A mail as the smoke test wrote it."""

    mail: bytes

    def raw(self, at: datetime) -> bytes:
        return self.mail


@functools.cache
def _client(service: str, region: str) -> Any:
    """The smoke test's own, apart from the deployment's. Making one takes longer than most tests."""
    return boto3.session.Session(region_name=region).client(service)  # type: ignore[call-overload]


class HandlerApi:
    """Implements `Marketplace` with the function behind the API."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def register_party(
        self,
        *,
        role: Role,
        locale: str,
        mailboxes: list[str],
        id: str | None = None,  # noqa: A002
    ) -> RegisteredParty:
        body = {"role": role, "locale": locale, "mailboxes": mailboxes, "id": id}
        return RegisteredParty.read(_answered(ask(self._market, "POST", "/parties", body=body)))

    def open_conversation(self, *, order: str, buyer: str, seller: str) -> OpenedConversation:
        body = {"order": order, "buyer": buyer, "seller": seller}
        return OpenedConversation.read(_answered(ask(self._market, "POST", "/conversations", body=body)))

    def close(self, conversation: str) -> OpenedConversation:
        path = f"/conversations/{conversation}"
        return OpenedConversation.read(_answered(ask(self._market, "PATCH", path, body={"status": "closed"})))

    def status(self, conversation: str) -> str:
        return str(_answered(ask(self._market, "GET", f"/conversations/{conversation}"))["status"])


def _answered(reply: Reply) -> Any:
    if reply.status >= 400:
        told = reply.body
        raise ApiProblem(reply.status, told["code"], told["detail"], told.get("field"), told.get("party"))
    return reply.body


@dataclass
class World:
    """Implements `Post`, `Teller` and `Clock`: while the smoke test sleeps, the deployment works.

    lose: the hop at which mail gets lost. denied: an operation that the smoke test's own credentials may not
    call. verdicts: SES's. works: whether Lambda takes mail from the queue. follows: whether it takes changes
    from the table's stream.
    """

    market: Market
    lose: str = ""
    denied: str = ""
    verdicts: dict[str, str] = field(default_factory=lambda: dict(PASS))
    works: bool = True
    follows: bool = True
    told_of: list[tuple[str, str, str]] = field(default_factory=list)
    waited_for: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    _now: float = 0.0
    _announced: int = 0

    def __post_init__(self) -> None:
        self.api = HandlerApi(self.market)
        self.site = Site(
            deployment=deployment_of(self.market),
            clients=Clients(self._connect),
            resolver=FakeResolver(),
            api=FakeApi(),  # type: ignore[arg-type]  # what is used of it
            now=datetime.now(UTC),
        )

    def _connect(self, service: str) -> Any:
        client = _client(service, self.market.deployment.settings.region)
        # It outlives this world, whose refusals replace those of the world before.
        client.meta.events.unregister("before-call", unique_id="smoke world")
        client.meta.events.register("before-call", self._deny, unique_id="smoke world")
        return client

    def _deny(self, *, model: Any, **_: Any) -> None:
        if model.name == self.denied:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, model.name)

    def play(
        self, scenarios: Sequence[Scenario] = SIMULATED[:1], *, seconds: float = 10, author: str = AUTHOR
    ) -> list[tuple[str, str]]:
        """Status and code of what was found, but for the note on what stays."""
        found = [each.finding for each in self.run(scenarios, seconds, author)]
        return [(each.status.value, each.code) for each in found if each.code != "left"]

    def run(self, scenarios: Sequence[Scenario], seconds: float, author: str) -> tuple[Found, ...]:
        stage = Stage(
            site=self.site, marketplace=self.api, post=self, teller=self, clock=self, seconds=seconds
        )
        return play(scenarios, author=author, token="20261122t1", stage=stage)

    def send(self, raw: bytes, *, author: str, recipient: str) -> str:
        if self.lose == "sending":
            raise TimeoutError
        if self.lose != "receiving":
            mail = AsSent(author=author, to=recipient, mail=raw)
            announced = self.lose != "notification"
            self.receipts.append(self.market.accept(mail, verdicts=self.verdicts, announced=announced))
        return "0102019-first"

    def told(self, scenario: str, hop: str, finding: Finding) -> None:
        self.told_of.append((scenario, hop, finding.code))

    def waiting(self, text: str) -> None:
        self.waited_for.append(text)

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        self.market.clock.pass_by(timedelta(seconds=seconds))
        if self.works:
            self.market.work()
        if self.follows:
            self.market.follow()
        if self.lose != "events":
            self._tell_events()

    def _tell_events(self) -> None:
        """What SES publishes of each mail it was handed, by the mailbox it goes to."""
        sns = self.market.deployment.stack.client("sns")
        for sent in self.market.sent[self._announced :]:
            local = sent.recipients[0].partition("@")[0].partition("+")[0]
            tags = {name: [value] for name, value in sent.tags.items()}
            for kind in ENDINGS.get(local, ("Send", "Delivery")):
                event = dumps({"eventType": kind, "mail": {"tags": tags, "messageId": sent.message_id}})
                sns.publish(TopicArn=self.site.deployment.physical(Part.EVENTS_TOPIC), Message=event)
        self._announced = len(self.market.sent)


def deployment_of(market: Market) -> Deployment:
    """The simulated stack as CloudFormation would list it; what the simulation lacks has its logical name."""
    stack, template = market.deployment.stack, market.deployment.template
    parts: dict[Part, str] = {}
    for part in Part:
        kind, prefix = part.value
        (name,) = (
            each
            for each, resource in template["Resources"].items()
            if resource["Type"] == kind and each[:-8] == prefix
        )
        try:
            parts[part] = stack.made(name).ref
        except NotMadeError:
            if part not in OPTIONAL:
                parts[part] = name
    return Deployment(
        stack="Parley",
        region=market.deployment.settings.region,
        status="CREATE_COMPLETE",
        created=datetime.now(UTC),
        parts=parts,
        outputs={},
    )
