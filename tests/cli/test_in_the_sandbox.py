"""Doctor and smoke test on the stack as it is deployed into the local emulator, with SES's stand-ins."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cli.checks import CHECKS
from cli.connecting import Options, connect
from cli.doctor import examine
from cli.findings import Finding, Status
from cli.marketplace import ApiProblem
from cli.smoke.exchange import play
from cli.smoke.ports import Stage, SystemClock
from cli.smoke.scenarios import SIMULATED
from sandbox.accounts import Account
from sandbox.emulator.tools import CDK, EMULATOR, NODE, MissingToolError
from sandbox.stack import Sandbox, running
from tests.cli.smoke_world import AUTHOR

pytestmark = pytest.mark.slow

PROBE = Account(AUTHOR, "secret")


@dataclass
class Sender:
    """Implements `Post` with the sandbox's SES, which takes an account's word for who writes."""

    sandbox: Sandbox

    def send(self, raw: bytes, *, author: str, recipient: str) -> str:
        self.sandbox.submit(PROBE, raw, [recipient])
        return "submitted"


class Silent:
    """Implements `Teller`."""

    def told(self, scenario: str, hop: str, finding: Finding) -> None:
        """Nobody listens."""

    def waiting(self, text: str) -> None:
        """Nobody listens."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    try:
        for tool in (EMULATOR, CDK, NODE):
            tool.found()
    except MissingToolError as error:
        pytest.skip(str(error))
    with running() as started:
        started.mailboxes.add(PROBE)
        yield started


def endpoint(sandbox: Sandbox) -> Options:
    return Options(endpoint_url=sandbox.emulator.local.endpoint, region=sandbox.emulator.local.region)


def test_the_doctor_finds_nothing_wrong_and_says_what_the_sandbox_lacks(sandbox: Sandbox) -> None:
    found = examine(CHECKS, connect(endpoint(sandbox)))
    lacking = {each.check for each in found if each.finding.status is Status.ABSENT}
    assert lacking == {check.name for check in CHECKS if not check.local}
    others = [each for each in found if each.finding.status is not Status.ABSENT]
    assert [each for each in others if each.finding.status is not Status.OK] == []


def test_every_simulated_mail_passes_every_hop_of_the_deployed_stack(sandbox: Sandbox) -> None:
    site = connect(endpoint(sandbox))
    stage = Stage(
        site=site,
        marketplace=sandbox.api,
        post=Sender(sandbox),
        teller=Silent(),
        clock=SystemClock(),
        seconds=60,
    )
    found = play(SIMULATED, author=AUTHOR, token="20261122e2e", stage=stage)
    assert [each for each in found if each.finding.status is not Status.OK] == []
    hops = [each.check for each in found if each.concern == "complaint"]
    assert hops == [
        *("opening", "sending", "receiving", "inbox", "outcome", "archive", "masking", "delivery"),
    ]


def test_the_api_refuses_what_it_describes_as_wrong(sandbox: Sandbox) -> None:
    with pytest.raises(ApiProblem) as raised:
        sandbox.api.register_party(role="buyer", locale="en", mailboxes=["not a mailbox"])
    assert (raised.value.status, raised.value.field) == (400, "mailboxes[0]")
