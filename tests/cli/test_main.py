"""The command line: options in, a report and an exit status out."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from cli import connecting, main, options
from cli.checks.site import Check, Site
from cli.connecting import Options, UsageError
from cli.deployment import Part, StackNotFoundError
from cli.doctor import Found
from cli.findings import Finding, Status, fail, ok, unknown, warn
from cli.smoke import preparing
from cli.smoke.preparing import NEEDED, author_ready, read_mailbox, scenarios
from parley.mail.address import parse_mailbox
from tests.cli.sites import PARTS, Refuses, Says, a_site

RUNNER = CliRunner()
DKIM = {"SigningEnabled": True, "Status": "SUCCESS"}


def run(*arguments: str, text: str = "") -> Any:
    return RUNNER.invoke(main.app, list(arguments), input=text, env={"COLUMNS": "200"})


def sees(monkeypatch: pytest.MonkeyPatch, *findings: Finding, site: Site | None = None) -> None:
    """The command is connected to a site, and its one check finds this."""
    monkeypatch.setattr(options, "connect", lambda _: site or a_site())
    monkeypatch.setattr(main, "CHECKS", (Check("Concern", "check", lambda _: iter(findings)),))


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (ok("good", "Good."), 0),
        (warn("look", "Look.", "Do."), 0),
        (unknown("dark", "Dark.", "Do."), 0),
        (fail("bad", "Bad.", "Do."), 1),
    ],
)
def test_doctor_ends_with_one_only_if_something_failed(
    monkeypatch: pytest.MonkeyPatch, found: Finding, status: int
) -> None:
    sees(monkeypatch, found)
    assert run("doctor").exit_code == status


def test_doctor_shows_concern_code_text_next_step_and_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    sees(monkeypatch, ok("good", "All [good]."), fail("bad-code", "It is bad.", "Mend it."))
    shown = run("doctor").output
    for part in ("Concern", "All [good].", "It is bad.", "(bad-code)", "→ Mend it.", "1 failed, 1 ok."):
        assert part in shown


def test_doctor_writes_json_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    sees(monkeypatch, fail("bad-code", "It is bad.", "Mend it."))
    written = json.loads(run("doctor", "--json").stdout)
    assert (written["stack"], written["region"]) == ("Parley", "eu-west-1")
    assert written["summary"] == {"ok": 0, "warn": 0, "fail": 1, "unknown": 0, "absent": 0}
    assert written["findings"] == [
        {
            "concern": "Concern",
            "check": "check",
            "status": "fail",
            "code": "bad-code",
            "text": "It is bad.",
            "next": "Mend it.",
        }
    ]


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (UsageError("There are no AWS credentials."), "no AWS credentials"),
        (StackNotFoundError("Parley"), "no stack Parley"),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeStacks"), "cloudformation:DescribeStacks"),
        (ClientError({"Error": {"Code": "ExpiredToken"}}, "DescribeStacks"), "Log in again"),
        (EndpointConnectionError(endpoint_url="https://x"), "was not reached"),
    ],
)
def test_a_command_that_cannot_start_says_why_in_a_line(
    monkeypatch: pytest.MonkeyPatch, error: Exception, part: str
) -> None:
    def broken(_: Options) -> Site:
        raise error

    monkeypatch.setattr(options, "connect", broken)
    ended = run("doctor")
    assert (ended.exit_code, ended.output.count("\n")) == (2, 1)
    assert part in ended.output


@pytest.mark.parametrize("command", ["doctor", "smoke"])
def test_help_has_examples_and_exit_statuses(command: str) -> None:
    shown = run(command, "--help").output
    assert f"  parley {command}" in shown
    assert "Exit status: 0" in shown


def test_a_mistyped_region_is_told_as_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    with pytest.raises(UsageError, match="no region mars-1"):
        connecting.connect(Options(region="mars-1"))


def test_without_credentials_the_command_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(UsageError, match="no AWS credentials"):
        connecting.connect(Options())
    with pytest.raises(UsageError, match="profile"):
        connecting.connect(Options(profile="nobody"))


def test_another_host_is_no_emulator() -> None:
    with pytest.raises(UsageError, match="on this machine"):
        connecting.connect(Options(endpoint_url="https://email.eu-west-1.amazonaws.com"))


def ready(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> list[Any]:
    """What is looked at before a mail is sent; returns what is played afterwards."""
    sees(monkeypatch)
    found = findings or (ok("good", "Good."),)
    played: list[Any] = []

    def play(chosen: Any, **rest: Any) -> tuple[Any, ...]:
        played.append([each.name for each in chosen])
        return ()

    check = Check("Concern", "stack", lambda _: iter(found))
    monkeypatch.setattr(preparing, "CHECKS", (check,))
    monkeypatch.setattr(preparing, "author_ready", lambda *_: ok("from-ready", "Ready."))
    monkeypatch.setattr("cli.smoke.running.play", play)
    return played


def test_smoke_shows_what_it_will_do_and_sends_nothing_without_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    played = ready(monkeypatch)
    ended = run("smoke", "--from", "probe@market-tests.example", text="n\n")
    assert (ended.exit_code, played) == (2, [])
    for part in ("This sends 4 mails", "bounce@simulator.amazonses.com", "What stays", "Nothing was sent."):
        assert part in ended.output


def test_smoke_goes_on_after_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    played = ready(monkeypatch)
    assert run("smoke", "--from", "probe@market-tests.example", text="y\n").exit_code == 0
    assert played == [["success", "bounce", "complaint", "suppressed"]]


def test_smoke_plays_what_is_named_and_the_mailbox_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    played = ready(monkeypatch)
    options = ["--only", "success", "--to", "tester@privatmail.example", "--yes"]
    assert run("smoke", "--from", "probe@market-tests.example", *options).exit_code == 0
    assert played == [["success", "your mailbox"]]


def test_smoke_sends_nothing_through_what_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    played = ready(monkeypatch, fail("bad-code", "It is bad.", "Mend it."))
    ended = run("smoke", "--from", "probe@market-tests.example", "--yes", "--json")
    written = json.loads(ended.stdout)
    assert (ended.exit_code, written["sent"], played) == (2, False, [])
    assert written["findings"][0]["code"] == "bad-code"


def test_smoke_ends_with_what_is_not_as_it_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    ready(monkeypatch)
    found = (
        Found("bounce", "delivery", ok("delivery-events", "Told.")),
        Found("success", "archive", unknown("access-denied", "Dark.", "Allow it.")),
    )
    monkeypatch.setattr("cli.smoke.running.play", lambda *_, **__: found)
    ended = run("smoke", "--from", "probe@market-tests.example", "--yes")
    assert ended.exit_code == 1
    assert "Told." not in ended.output
    for part in ("Dark.", "→ Allow it.", "1 unknown, 1 ok."):
        assert part in ended.output


def test_smoke_with_json_wants_a_yes_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    played = ready(monkeypatch)
    ended = run("smoke", "--from", "probe@market-tests.example", "--json")
    assert (ended.exit_code, played) == (2, [])
    assert "--yes" in ended.output


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--from", "nonsense"], "--from is not a mailbox"),
        (["--from", "x@relay.example.com"], "at the relay domain"),
        (["--from", "a@b.example", "--to", "x@relay.example.com"], "--to is at the relay domain"),
        (["--from", "a@b.example", "--only", "nothing"], "no scenario nothing"),
    ],
)
def test_smoke_refuses_what_cannot_work(
    monkeypatch: pytest.MonkeyPatch, options: list[str], part: str
) -> None:
    ready(monkeypatch)
    ended = run("smoke", *options)
    assert ended.exit_code == 2
    assert part in ended.output


def test_smoke_does_not_start_on_a_stack_that_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {part: each for part, each in PARTS.items() if part is not Part.IDENTITY}
    sees(monkeypatch, site=a_site(parts=parts))
    ended = run("smoke", "--from", "a@b.example", "--yes")
    assert (ended.exit_code, "not complete" in ended.output) == (2, True)


def test_what_is_looked_at_before_sending_are_checks_of_the_doctor() -> None:
    assert {check.name for check in main.CHECKS} >= NEEDED


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            Says("sesv2", "get_email_identity", {"VerifiedForSendingStatus": True, "DkimAttributes": DKIM}),
            (Status.OK, "from-ready"),
        ),
        (
            Says("sesv2", "get_email_identity", {"VerifiedForSendingStatus": False, "DkimAttributes": DKIM}),
            (Status.FAIL, "from-not-signed"),
        ),
        (
            Says(
                "sesv2",
                "get_email_identity",
                {"VerifiedForSendingStatus": True, "DkimAttributes": {"Status": "PENDING"}},
            ),
            (Status.FAIL, "from-not-signed"),
        ),
        (
            Refuses("sesv2", "get_email_identity", "NotFoundException", status=404),
            (Status.FAIL, "from-not-an-identity"),
        ),
    ],
)
def test_the_authors_domain_has_to_be_an_identity_that_signs(
    answer: Says | Refuses, expected: tuple[Status, str]
) -> None:
    finding = author_ready(parse_mailbox("probe@market-tests.example"), a_site(answer))
    assert (finding.status, finding.code) == expected


def test_a_mailbox_keeps_its_spelling() -> None:
    mailbox = read_mailbox("Probe@Market-Tests.example", "--from", a_site())
    assert str(mailbox).lower() == "probe@market-tests.example"


def test_scenarios_are_all_unless_some_are_named() -> None:
    assert [each.name for each in scenarios(None, ())] == ["success", "bounce", "complaint", "suppressed"]
    assert [each.name for each in scenarios(None, ["bounce"])] == ["bounce"]
