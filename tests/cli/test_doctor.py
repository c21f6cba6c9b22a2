"""Running checks: side by side, within their time, and with nothing but findings as a result."""

import threading
import time
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from cli.checks import CHECKS
from cli.checks.site import Check, Site
from cli.deployment import PartMissingError
from cli.doctor import examine, failed
from cli.findings import Finding, Status, fail, ok, warn
from cli.permissions import DOCTOR
from cli.troubles import explain
from tests.cli.sites import a_site


def denied(operation: str, code: str = "AccessDenied") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, operation)


def good(_: Site) -> Iterator[Finding]:
    yield ok("good", "Good.")


def breaks(_: Site) -> Iterator[Finding]:
    yield ok("first", "First.")
    raise denied("GetAccount")


def test_findings_come_in_the_order_of_the_checks() -> None:
    def slow(_: Site) -> Iterator[Finding]:
        time.sleep(0.1)
        yield ok("slow", "Slow.")

    found = examine([Check("A", "slow", slow), Check("B", "good", good)], a_site())
    assert [(each.concern, each.check, each.finding.code) for each in found] == [
        ("A", "slow", "slow"),
        ("B", "good", "good"),
    ]


def test_what_a_check_found_before_it_broke_counts() -> None:
    found = examine([Check("A", "breaks", breaks), Check("B", "good", good)], a_site())
    assert [each.finding.code for each in found] == ["first", "access-denied", "good"]


def test_a_check_that_hangs_is_given_up_and_the_others_are_told() -> None:
    release = threading.Event()

    def hangs(_: Site) -> Iterator[Finding]:
        release.wait(60)
        yield ok("late", "Late.")

    begun = time.monotonic()
    found = examine([Check("A", "hangs", hangs), Check("B", "good", good)], a_site(), seconds=0.2)
    release.set()
    assert [each.finding.code for each in found] == ["timed-out", "good"]
    assert found[0].finding.status is Status.UNKNOWN
    assert time.monotonic() - begun < 30


def test_what_the_emulator_lacks_is_not_looked_at() -> None:
    found = examine([Check("A", "breaks", breaks, local=False)], a_site(local=True))
    assert [each.finding.status for each in found] == [Status.ABSENT]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([ok("a", "A.")], False),
        ([warn("a", "A.", "B.")], False),
        ([Finding(Status.UNKNOWN, "a", "A.", "B.")], False),
        ([ok("a", "A."), fail("b", "B.", "C.")], True),
    ],
)
def test_only_a_failure_fails(findings: list[Finding], expected: bool) -> None:
    check = Check("A", "a", lambda _: iter(findings))
    assert failed(examine([check], a_site())) is expected


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (denied("GetAccount"), "unknown", "access-denied"),
        (denied("ListSubscriptionsByTopic", "AuthorizationError"), "unknown", "access-denied"),
        (denied("HeadObject", "403"), "unknown", "access-denied"),
        (denied("GetAccount", "ExpiredToken"), "unknown", "credentials-refused"),
        (denied("GetEmailIdentity", "NotFoundException"), "fail", "resource-gone"),
        (
            denied("GetQueueAttributes", "AWS.SimpleQueueService.NonExistentQueue"),
            "fail",
            "resource-gone",
        ),
        (denied("GetAccount", "InternalFailure"), "unknown", "aws-error"),
        (ConnectTimeoutError(endpoint_url="https://email"), "unknown", "aws-unreachable"),
        (PartMissingError("ReceiptsQueue"), "fail", "part-missing"),
        (KeyError("surprise"), "unknown", "check-failed"),
    ],
)
def test_an_error_becomes_a_finding_that_says_what_to_do(error: Exception, status: str, code: str) -> None:
    finding = explain(error)
    assert (finding.status.value, finding.code) == (status, code)
    assert finding.next


@pytest.mark.parametrize("operation", DOCTOR)
def test_a_denied_call_names_the_action_that_is_missing(operation: str) -> None:
    assert " and ".join(DOCTOR[operation]) in explain(denied(operation)).text


def test_the_text_of_an_error_is_not_repeated() -> None:
    """AWS's texts can quote mailboxes."""
    error = ClientError({"Error": {"Code": "MessageRejected", "Message": "anna@privatmail.example"}}, "X")
    assert "anna" not in f"{explain(error)}{explain(ValueError('anna'))}"


def test_every_check_without_any_right_is_unknown_or_looked_at_without_aws() -> None:
    """None of them ends in a traceback, or passes as good."""

    def connect(_: str) -> object:
        raise denied("GetAccount")

    site = a_site(outputs={})
    object.__setattr__(site, "clients", type(site.clients)(connect))
    found = examine(CHECKS, site)
    without = {"stack", "api"}
    assert {each.check for each in found} == {check.name for check in CHECKS}
    assert {each.finding.code for each in found if each.check not in without} == {"access-denied"}
