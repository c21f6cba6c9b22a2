"""The deployed stack with somebody named for each role, and the `parley` command in their hands.

Everything is the product's own: the command connects as it does in AWS, its requests reach `admin_api`, its
invocations `erase_data`, and each side's calls are judged by the policies of its own role. Athena alone only
takes the questions, and finds nothing.
"""

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote, urlsplit

import urllib3
from typer.testing import CliRunner

from cli import main
from tests.support.answering import FakeAthena
from tests.support.aws import deployed
from tests.support.guard import Asked, Guard, guarded
from tests.support.http import request
from tests.support.market import START, Market
from tests.support.resources import Template, one

ANNA = "arn:aws:iam::111122223333:user/anna"
OTTO = "arn:aws:iam::111122223333:user/office/otto"
SSO = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Review_01ab"
NAMED: dict[str, Any] = {
    "parley:reviewer-principals": [ANNA, SSO],
    "parley:senior-reviewer-principals": [ANNA],
    "parley:privacy-officer-principals": [OTTO],
    "parley:auditor-principals": [OTTO],
}
REVIEWER, SENIOR, OFFICER, AUDITOR = "Reviewer", "SeniorReviewer", "PrivacyOfficer", "Auditor"
ROLES = (REVIEWER, SENIOR, OFFICER, AUDITOR)
_API = "https://api.relay.example"
_LAKE = ("LakeDatabase", "ReviewingWorkgroup", "AuditingWorkgroup")
_ENVIRONMENT = {"COLUMNS": "200", "PARLEY_CASE": None, "AWS_PROFILE": None}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended. asked: what it needed, of the person's own role."""

    status: int
    output: str
    asked: tuple[Asked, ...]

    @property
    def refused(self) -> set[str]:
        """The actions that the role does not have, or not for this."""
        return {each.need.action for each in self.asked if not each.allowed}


class Staffed:
    """market: the deployed stack, whose functions run under their own roles."""

    def __init__(self, market: Market, guard: Guard) -> None:
        self.market = market
        self.guard = guard

    def role(self, person: str) -> str:
        """The role's logical id."""
        return one(self.market.deployment.template, "AWS::IAM::Role", f"Reviewers{person}")[0]

    def reference(self, kind: str, name: str) -> str:
        """What Ref gives of the only resource of that type and name."""
        made: str = self.market.deployment.stack.resolve(
            {"Ref": one(self.market.deployment.template, kind, name)[0]}
        )
        return made

    def ask_api(self, path: str, body: object) -> None:
        """A request to the API by somebody whom the roles are no matter for."""
        answer = self._invoke("admin_api", request("POST", path, body=body))
        assert answer["statusCode"] < 300, answer["body"]

    def run(self, person: str, *arguments: str, text: str = "") -> Ran:
        """The command in the hands of who has assumed the person's role."""
        return self.run_as(self.role(person), *arguments, text=text)

    def run_as(self, role: str, *arguments: str, text: str = "") -> Ran:
        """What the command asks is answered from the market. role: by logical id, or one that was granted."""
        first = len(self.guard.asked)
        with self.guard.acting(role):
            ended = CliRunner().invoke(main.app, list(arguments), input=text, env=_ENVIRONMENT)
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        asked = (each for each in self.guard.asked[first:] if each.role == role)
        return Ran(ended.exit_code, ended.output, tuple(asked))

    def ask(self, method: str, url: str, **sent: Any) -> Any:
        """What API Gateway does: IAM first, then the function."""
        parts = urlsplit(url)
        if not self.guard.lets(self.guard.calls.request(method, parts.path)):
            return SimpleNamespace(status=403, data=b'{"message":"Forbidden"}')
        asked = request(
            method, unquote(parts.path), query=dict(parse_qsl(parts.query)), body=_text(sent.get("body"))
        )
        answer = self._invoke("admin_api", asked)
        if method == "POST":
            # What the table's stream does within a minute.
            with self.guard.acting(None), redirect_stdout(io.StringIO()):
                self.market.follow()
        return SimpleNamespace(status=answer["statusCode"], data=answer["body"].encode())

    def erase(self, asked: Mapping[str, Any]) -> Any:
        """What Lambda answers to Invoke."""
        told = json.dumps(self._invoke("erase_data", json.loads(asked["Payload"]))).encode()
        return {"StatusCode": 200, "Payload": io.BytesIO(told)}

    def _invoke(self, package: str, payload: Any) -> Any:
        """Its log is not the command's output."""
        with redirect_stdout(io.StringIO()):
            return self.market.invoke(package, payload)


@contextmanager
def staffed(template: Template) -> Iterator[Staffed]:
    """template: with somebody named for each role."""
    with ExitStack() as stack:
        deployment = stack.enter_context(deployed(template))
        deployment.stack.make_all()
        market = Market(deployment)
        # The command has the present time, and compares.
        market.clock.pass_by(datetime.now(UTC) - START)
        listed = _listed(template, deployment.stack.references())
        answers: dict[str, Any] = {
            "cloudformation.DescribeStacks": lambda _: {"Stacks": [_described(template)]},
            "cloudformation.ListStackResources": lambda _: {"StackResourceSummaries": listed},
            **FakeAthena().answers(),
        }
        guard = stack.enter_context(guarded(template, deployment.stack.names(), answers))
        market.acting = lambda package: guard.acting(guard.role_of(package))
        made = Staffed(market, guard)
        answers["lambda.Invoke"] = made.erase
        stack.enter_context(patch.object(urllib3.PoolManager, "request", made.ask))
        yield made


def _described(template: Template) -> dict[str, Any]:
    (name,) = (each for each in template["Outputs"] if each.startswith("ApiUrl"))
    lake = {each: template["Outputs"][each]["Value"] for each in _LAKE}
    outputs = [{"OutputKey": key, "OutputValue": value} for key, value in ({name: _API} | lake).items()]
    return {"StackStatus": "CREATE_COMPLETE", "CreationTime": START, "Outputs": outputs}


def _listed(template: Template, names: Mapping[str, str]) -> list[dict[str, str]]:
    """names: of what was made; anything else has its logical id for a name."""
    return [
        {
            "ResourceType": each["Type"],
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": names.get(logical_id, logical_id),
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for logical_id, each in template["Resources"].items()
    ]


def _text(body: bytes | None) -> str | None:
    return None if body is None else body.decode()
