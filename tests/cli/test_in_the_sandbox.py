"""Doctor and smoke test on the stack as it is deployed into the local emulator, with SES's stand-ins."""

from dataclasses import dataclass

import pytest

from cli.checks import CHECKS
from cli.connecting import Options, connect
from cli.doctor import examine
from cli.findings import Finding, Status
from cli.smoke.exchange import play
from cli.smoke.ports import Stage, SystemClock
from cli.smoke.scenarios import SIMULATED
from sandbox.accounts import Account
from sandbox.stack import Sandbox
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


@pytest.fixture
def probed(sandbox: Sandbox) -> Sandbox:
    """The shared sandbox, with an account for the author of the smoke test's mail."""
    sandbox.mailboxes.add(PROBE)
    return sandbox


def endpoint(sandbox: Sandbox) -> Options:
    return Options(endpoint_url=sandbox.emulator.local.endpoint, region=sandbox.emulator.local.region)


def test_the_doctor_finds_nothing_wrong_and_says_what_the_sandbox_lacks(sandbox: Sandbox) -> None:
    found = examine(CHECKS, connect(endpoint(sandbox)))
    lacking = {each.check for each in found if each.finding.status is Status.ABSENT}
    assert lacking == {check.name for check in CHECKS if not check.local}
    others = [each for each in found if each.finding.status is not Status.ABSENT]
    assert [each for each in others if each.finding.status is not Status.OK] == []


def test_every_simulated_mail_passes_every_hop_of_the_deployed_stack(probed: Sandbox) -> None:
    site = connect(endpoint(probed))
    stage = Stage(
        site=site,
        marketplace=probed.api,
        post=Sender(probed),
        teller=Silent(),
        clock=SystemClock(),
        seconds=60,
    )
    found = play(SIMULATED, author=AUTHOR, token="20261122e2e", stage=stage)
    assert [each for each in found if each.finding.status is not Status.OK] == []
    hops = [each.check for each in found if each.concern == "complaint"]
    assert hops == [
        *("opening", "sending", "receiving", "inbox", "outcome", "archive", "masking", "delivery", "entry"),
    ]
