"""`parley erase` and `parley erasures`: what is shown, what is asked, and what the function is handed."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.response import StreamingBody
from typer.testing import CliRunner

from cli import main, options
from cli.deployment import Part
from parley.erasing.tasks import TaskError, answer
from tests.cli.sites import PARTS, Refuses, Says, a_site

OFFICER = "arn:aws:sts::123456789012:assumed-role/Officer/erika"
FOUND = {
    "conversations": 5,
    "more": False,
    "first_contacts": 4,
    "held": 1,
    "cases": ["case-17"],
    "kept": 2,
    "kept_until": "2026-12-03T16:12:00+00:00",
}
PLAN = {
    "id": "e1",
    "party": "anna-303",
    "case": "dsr-17",
    "for_claims": True,
    "requested_at": "2026-11-20T12:00:00+00:00",
    "next_at": "2026-11-20T12:15:00+00:00",
    "finished_conversations": 0,
}
Connect = Callable[..., None]


def told(answered: object, *, failed: bool = False) -> Says:
    octets = json.dumps(answered).encode()
    response: dict[str, Any] = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(octets), len(octets))}
    return Says("lambda", "invoke", response | ({"FunctionError": "Unhandled"} if failed else {}))


WHO = Says("sts", "get_caller_identity", {"Arn": OFFICER, "Account": "123456789012", "UserId": "x"})


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    def with_answers(*answers: Says | Refuses) -> None:
        site = a_site(*answers)
        monkeypatch.setattr(options, "connect", lambda _: site)

    monkeypatch.delenv("PARLEY_CASE", raising=False)
    return with_answers


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The requests to the function."""
    from cli import erase

    found: list[dict[str, Any]] = []
    ask = erase.ask

    def noting(site: Any, request: dict[str, Any]) -> dict[str, Any]:
        found.append(request)
        return ask(site, request)

    monkeypatch.setattr(erase, "ask", noting)
    return found


def run(*arguments: str, text: str = "") -> Any:
    return CliRunner().invoke(main.app, list(arguments), input=text, env={"COLUMNS": "200"})


def test_nothing_is_erased_before_a_yes(connect: Connect, asked: list[dict[str, Any]]) -> None:
    connect(told(FOUND))
    ended = run("erase", "anna-303", "--case", "dsr-17", text="n\n")
    assert ended.exit_code == 2
    assert [each["task"] for each in asked] == ["look"]
    assert "Nothing was done." in ended.output


def test_what_would_go_and_what_stays_is_shown_with_its_reason(connect: Connect) -> None:
    connect(told(FOUND))
    shown = run("erase", "anna-303", "--case", "dsr-17", text="n\n").output
    assert "1 are under a hold (case-17)" in shown
    assert "2 stay until nobody can need them for a claim, the last until 2026-12-03" in shown
    assert "4 mails to contact aliases" in shown
    assert "also for the other side" in shown


def test_a_yes_begins_an_erasure_in_the_officers_name(connect: Connect, asked: list[dict[str, Any]]) -> None:
    connect(told(FOUND), WHO, told(PLAN))
    ended = run("erase", "anna-303", "--case", "dsr-17", text="y\n")
    assert ended.exit_code == 0, ended.output
    assert asked[-1] == {
        "task": "erase",
        "party": "anna-303",
        "case": "dsr-17",
        "for_claims": True,
        "who": OFFICER,
    }
    assert "erasures/e1.json" in ended.output


def test_at_once_waits_for_no_claim(connect: Connect, asked: list[dict[str, Any]]) -> None:
    connect(told(FOUND), WHO, told(PLAN))
    assert run("erase", "anna-303", "--case", "dsr-17", "--at-once", "--yes").exit_code == 0
    assert [each["for_claims"] for each in asked] == [False, False]


def test_what_the_command_asks_is_what_the_function_understands(
    connect: Connect, asked: list[dict[str, Any]]
) -> None:
    """Both sides are tested with answers made up here; this holds them together."""
    connect(told(FOUND), WHO, told(PLAN), told({"erasures": []}))
    run("erase", "anna-303", "--case", "dsr-17", "--yes")
    run("erasures")
    assert [each["task"] for each in asked] == ["look", "erase", "list"]
    for request in asked:
        broken = {**request, "task": f"{request['task']}-not"}
        with pytest.raises(TaskError, match="unknown-task"):
            answer(broken, None)  # type: ignore[arg-type]
        # Whatever is asked gets as far as the ports, of which there are none here.
        with pytest.raises(AttributeError):
            answer(request, None)  # type: ignore[arg-type]


def test_with_json_there_is_one_document(connect: Connect) -> None:
    connect(told(FOUND), WHO, told(PLAN))
    ended = run("erase", "anna-303", "--case", "dsr-17", "--yes", "--json")
    assert json.loads(ended.stdout) == {"erasure": PLAN, "found": FOUND}


def test_with_json_and_nobody_to_ask_nothing_is_done(connect: Connect) -> None:
    connect()
    ended = run("erase", "anna-303", "--case", "dsr-17", "--json")
    assert (ended.exit_code, "add --yes" in ended.output) == (2, True)


def test_an_unknown_party_is_named(connect: Connect) -> None:
    connect(told({"error": "unknown-party"}))
    ended = run("erase", "nobody", "--case", "dsr-17")
    assert (ended.exit_code, "There is no party nobody" in ended.output) == (2, True)


def test_without_the_right_the_role_is_named(connect: Connect) -> None:
    connect(Refuses("lambda", "invoke", "AccessDeniedException", status=403))
    ended = run("erasures")
    assert ended.exit_code == 2
    assert "a privacy officer" in ended.output
    assert "lambda:InvokeFunction" in ended.output


def test_a_failure_of_the_function_is_told_in_a_line(connect: Connect) -> None:
    connect(told({"errorMessage": "anna@privatmail.example"}, failed=True))
    ended = run("erasures")
    assert (ended.exit_code, ended.output.count("\n")) == (2, 1)
    assert "privatmail" not in ended.output


def test_erasures_under_way_are_listed(connect: Connect) -> None:
    connect(told({"erasures": [PLAN]}))
    shown = run("erasures").output
    assert "e1  anna-303  case dsr-17  since 2026-11-20" in shown
    connect(told({"erasures": []}))
    assert "No erasure is under way." in run("erasures").output


@pytest.mark.parametrize("command", ["erase", "erasures", "access-export"])
def test_the_help_has_examples_and_exit_statuses(command: str) -> None:
    shown = run(command, "--help").output
    assert "Examples:" in shown
    assert "Exit status:" in shown


def test_the_function_is_a_part_of_the_deployment() -> None:
    assert PARTS[Part.ERASE_DATA] == "ErasingEraseDataFunction"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"party": "anna@privatmail.example"}, "wrong-party"),
        ({"party": None}, "wrong-party"),
        ({"case": "anna@privatmail.example"}, "wrong-case"),
        ({"case": ""}, "wrong-case"),
        ({"who": ""}, "wrong-who"),
        ({"for_claims": "no"}, "wrong-ground"),
        ({"task": "delete"}, "unknown-task"),
    ],
)
def test_a_wrong_request_is_refused_by_the_name_of_what_is_wrong(changes: dict[str, Any], code: str) -> None:
    request = {"task": "erase", "party": "anna-303", "case": "dsr-17", "who": OFFICER, **changes}
    with pytest.raises(TaskError) as raised:
        answer(request, None)  # type: ignore[arg-type]
    assert raised.value.code == code
