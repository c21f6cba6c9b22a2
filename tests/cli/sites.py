"""A site whose AWS answers what a test says, in order, and in the shape that botocore knows.

site = a_site(Says("sesv2", "get_account", {...}), Refuses("sns", "subscribe", "AuthorizationError"))
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import boto3
from botocore.stub import Stubber

from cli.aws import Clients
from cli.checks.site import Site
from cli.deployment import Deployment, Part
from cli.findings import Finding
from cli.marketplace import MarketplaceApi
from cli.records import DnsUnansweredError

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
REGION = "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:Parley-Receipts"
EVENTS_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:Parley-Events"
KEY = "11111111-2222-3333-4444-555555555555"
PARTS: dict[Part, str] = {
    **{part: part.value[1] for part in Part},
    **{
        part: f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{part.value[1]}"
        for part in Part
        if part.value[0] == "AWS::SQS::Queue"
    },
    Part.KEY: KEY,
    Part.MAPPING: "99999999-2222-3333-4444-555555555555",
    Part.ARCHIVING_MAPPING: "99999999-2222-3333-4444-666666666666",
    Part.IDENTITY: "relay.example.com",
    Part.CONFIGURATION_SET: "Parley",
    Part.RULE: "Parley",
    Part.RULE_SET: "Parley",
    Part.RECEIPTS_TOPIC: TOPIC,
    Part.EVENTS_TOPIC: EVENTS_TOPIC,
}
OUTPUTS = {
    "DnsDkim1": "one._domainkey.relay.example.com CNAME one.dkim.amazonses.com",
    "DnsDmarc": '_dmarc.relay.example.com TXT "v=DMARC1; p=reject; adkim=r; aspf=r"',
    "DnsMailFromMx": f"bounce.relay.example.com MX 10 feedback-smtp.{REGION}.amazonses.com",
    "DnsMailFromSpf": 'bounce.relay.example.com TXT "v=spf1 include:amazonses.com ~all"',
    "DnsMx": f"relay.example.com MX 10 inbound-smtp.{REGION}.amazonaws.com",
    "ApiUrl12345678": "https://a1b2c3.execute-api.eu-west-1.amazonaws.com",
}
ZONE: dict[tuple[str, str], tuple[str, ...]] = {
    ("one._domainkey.relay.example.com", "CNAME"): ("one.dkim.amazonses.com",),
    ("_dmarc.relay.example.com", "TXT"): ("v=DMARC1; p=reject; adkim=r; aspf=r",),
    ("bounce.relay.example.com", "MX"): (f"10 feedback-smtp.{REGION}.amazonses.com",),
    ("bounce.relay.example.com", "TXT"): ("v=spf1 include:amazonses.com ~all",),
    ("relay.example.com", "MX"): (f"10 inbound-smtp.{REGION}.amazonaws.com",),
}


@dataclass(frozen=True)
class Says:
    service: str
    operation: str
    response: Mapping[str, Any]


@dataclass(frozen=True)
class Refuses:
    service: str
    operation: str
    code: str
    message: str = ""
    status: int = 400


@dataclass
class FakeResolver:
    """unanswered: names about which the name servers keep silent."""

    zone: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=lambda: ZONE)
    unanswered: frozenset[str] = frozenset()

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        if name in self.unanswered:
            raise DnsUnansweredError("NoNameservers")
        return self.zone.get((name, kind), ())


class FakeApi:
    def __init__(self, answer: str | Exception = "1") -> None:
        self._answer = answer

    def description_version(self) -> str:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def a_deployment(**changes: Any) -> Deployment:
    given: dict[str, Any] = {
        "stack": "Parley",
        "region": REGION,
        "status": "CREATE_COMPLETE",
        "created": NOW,
        "parts": PARTS,
        "outputs": OUTPUTS,
    }
    return Deployment(**{**given, **changes})


def stubbed(*answers: Says | Refuses) -> Callable[[str], Any]:
    """What `Clients` connects with: clients that give these answers and no others, each service in order."""

    def connect(service: str) -> Any:
        made: Any = boto3.session.Session(
            aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION
        )
        client = made.client(service)
        stubber = Stubber(client)
        for each in answers:
            if each.service != service:
                continue
            if isinstance(each, Says):
                stubber.add_response(each.operation, dict(each.response))
            else:
                stubber.add_client_error(
                    each.operation, each.code, each.message, http_status_code=each.status
                )
        stubber.activate()
        return client

    return connect


def a_site(
    *answers: Says | Refuses,
    resolver: FakeResolver | None = None,
    api: str | Exception | None = "1",
    now: datetime = NOW,
    **deployment: Any,
) -> Site:
    return Site(
        deployment=a_deployment(**deployment),
        clients=Clients(stubbed(*answers)),
        resolver=resolver or FakeResolver(),
        api=None if api is None else cast(MarketplaceApi, FakeApi(api)),
        now=now,
    )


def codes(found: Iterator[Finding]) -> list[tuple[str, str]]:
    """Status and code of each finding; each text is a sentence, and what is not ok says what to do."""
    findings = list(found)
    for finding in findings:
        assert finding.text.endswith((".", ")", "?")), finding
        assert bool(finding.next) is (finding.status != "ok"), finding
    return [(finding.status.value, finding.code) for finding in findings]
