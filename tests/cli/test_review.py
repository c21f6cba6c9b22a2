"""The commands for reviewers: what they ask, what they show, and how they end, without a deployment."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from cli.answers import ApiProblem, ApiUnreachableError, Happening
from cli.checks.site import Site
from cli.review import showing
from parley.archive.content import Note
from parley.archive.readable import Attachment, Readable
from tests.cli.review_world import OPENED, PAGE, World, a_world, run
from tests.cli.sites import NOW
from tests.support.evidence import CONVERSATION, archived

COMMANDS = [
    ["verify", CONVERSATION],
    ["export", CONVERSATION, "--out", "x.zip"],
    ["review", "find", "--order", "1"],
    ["review", "show", CONVERSATION],
    ["review", "open", CONVERSATION],
    ["review", "note", CONVERSATION, "text"],
    ["review", "hold", "place", CONVERSATION, "--reason", "why"],
    ["review", "hold", "lift", CONVERSATION, "17-a", "--reason", "why"],
    ["review", "hold", "list", CONVERSATION],
    ["review", "held", "list"],
    ["review", "held", "release", CONVERSATION, "m1", "--reason", "why", "--yes"],
    ["review", "held", "refuse", CONVERSATION, "m1", "--reason", "why", "--yes"],
]
READS = [each for each in COMMANDS if each[0] != "review" or each[1] in ("show", "open")]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch) as made:
        yield made


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_examples_json_and_exit_statuses(command: Sequence[str]) -> None:
    words = [each for each in command if each in ("review", "hold", "held") or each == command[0]]
    name = next(each for each in command if each not in ("review", "hold", "held"))
    shown = run(*dict.fromkeys([*words, name]), "--help").output
    assert f"  parley {' '.join(dict.fromkeys([*words, name]))}" in shown
    assert "Exit status: 0" in shown
    assert "--json" in shown or name == "open"


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_a_read_without_a_case_reads_nothing(world: World, command: Sequence[str]) -> None:
    ended = run(*command)
    assert (ended.exit_code, ended.output.count("\n")) == (2, 1)
    assert "PARLEY_CASE" in ended.output
    assert world.api.asked == []


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_the_case_is_recorded_before_anything_is_read(world: World, command: Sequence[str]) -> None:
    """Where it cannot be recorded, nothing is read."""
    world.api.error = ApiProblem(403, "http-403", "Forbidden")
    world.site = Site(
        **{**{f: getattr(world.site, f) for f in ("deployment", "resolver", "api", "now")}, "clients": None}
    )  # type: ignore[arg-type]
    ended = run(*command, PARLEY_CASE="case-17")
    assert ended.exit_code == 2
    asked = "record_export" if command[0] == "export" else "record_read"
    assert [(name, case) for name, _, case, _ in world.api.asked] == [(asked, "case-17")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("error", "part"),
    [
        (ApiProblem(403, "http-403", "Forbidden"), "Assume the role of"),
        (
            ApiProblem(404, "unknown-conversation", "There is none.", "conversation"),
            "(conversation) [unknown",
        ),
        (ApiProblem(500, "failed", "It failed."), "Try again"),
        (ApiUnreachableError("NewConnectionError"), "was not reached"),
        (
            ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject"),
            "s3:GetObject and kms:Decrypt is missing",
        ),
    ],
)
def test_a_command_that_is_refused_says_what_to_do_in_a_line(
    world: World, command: Sequence[str], error: Exception, part: str
) -> None:
    world.api.error = error
    ended = run(*command, PARLEY_CASE="case-17")
    assert (ended.exit_code, ended.output.count("\n")) == (2, 1), ended.output
    assert part in ended.output


def test_release_is_for_senior_reviewers(world: World) -> None:
    world.api.error = ApiProblem(403, "http-403", "Forbidden")
    ended = run("review", "held", "release", CONVERSATION, "m4", "--reason", "fine", "--case", "1", "--yes")
    assert "the role of a senior reviewer" in ended.output


@pytest.mark.parametrize("verb", ["release", "refuse"])
def test_held_mail_is_decided_on_after_a_yes_only(world: World, verb: str) -> None:
    command = ["review", "held", verb, CONVERSATION, "m4", "--reason", "because", "--case", "case-17"]
    assert (run(*command, text="n\n").exit_code, world.api.asked) == (2, [])
    assert run(*command, "--json").exit_code == 2
    assert run(*command, text="y\n").exit_code == 0
    assert world.api.asked == [(verb, CONVERSATION, "m4", "case-17", "because")]


def test_held_mail_is_listed_in_ids_and_codes(world: World) -> None:
    listed = json.loads(run("review", "held", "list", "--json").stdout)["messages"]
    assert [(each["message"], each["codes"]) for each in listed] == [
        ("m4", ["spam"]),
        ("m5", ["notification-missing"]),
    ]
    assert "spam" in run("review", "held", "list").output


@pytest.mark.parametrize("verb", ["release", "refuse"])
def test_held_mail_of_no_conversation_is_decided_on_as_it_is_listed(world: World, verb: str) -> None:
    listed = run("review", "held", "list").output
    (place,) = (word for word in listed.split() if word.startswith("receipt:"))
    command = ["review", "held", verb, place, "m5", "--case", "case-17"]
    world.api.asked.clear()
    assert (run(*command, text="n\n").exit_code, world.api.asked) == (2, [])
    assert run(*command, text="y\n").exit_code == 0
    assert world.api.asked == [(f"{verb}_loose", "d3q1i8s5n8b1kq0q", "m5", "case-17")]


@pytest.mark.parametrize("verb", ["release", "refuse"])
@pytest.mark.parametrize(
    ("place", "reason", "told"),
    [(CONVERSATION, [], "--reason"), ("receipt:d3q1i8s5n8b1kq0q", ["--reason", "Spam."], "into the case")],
)
def test_a_reason_is_given_where_a_conversation_keeps_it(
    world: World, verb: str, place: str, reason: list[str], told: str
) -> None:
    ended = run("review", "held", verb, place, "m5", "--case", "case-17", "--yes", *reason)
    assert (ended.exit_code, world.api.asked) == (2, [])
    assert told in ended.output


def test_a_note_is_read_from_standard_input(world: World) -> None:
    run("review", "note", CONVERSATION, "-", "--case", "case-17", text="called\nthe seller\n")
    assert world.api.asked[0] == ("add_note", CONVERSATION, "case-17", "called\nthe seller")


def test_find_by_order_looks_at_no_entry(world: World) -> None:
    found = json.loads(run("review", "find", "--order", "303-11", "--json").stdout)["conversations"]
    assert [(each["id"], each["messages"]) for each in found] == [(CONVERSATION, None)]


def test_find_by_flag_knows_the_findings_of_screening(world: World) -> None:
    world.file(archived())
    for flag, ids in (("iban", [CONVERSATION]), ("phone-number", [])):
        told = run("review", "find", "--order", "303-11", "--flag", flag, "--json")
        assert [each["id"] for each in json.loads(told.stdout)["conversations"]] == ids


@pytest.mark.parametrize(
    ("span", "found"),
    [
        (["--since", "2026-09-04"], 1),
        (["--since", "2026-09-04T16:13"], 1),
        (["--since", "2026-09-05"], 0),
        (["--since", "2026-01-01", "--until", "2026-09-04"], 0),
        (["--since", "2026-01-01", "--until", "2026-09-05"], 1),
    ],
)
def test_find_by_date_looks_at_when_mails_came(world: World, span: list[str], found: int) -> None:
    """The transcript's own date only narrows the search down: it may have been made anew."""
    world.file(archived())
    told = json.loads(run("review", "find", *span, "--json").stdout)
    assert len(told["conversations"]) == found


def test_find_shows_no_more_than_asked_for_and_says_so(world: World) -> None:
    world.api.__dict__["conversations"] = lambda **_: iter([OPENED] * 3)
    told = json.loads(run("review", "find", "--order", "303-11", "--limit", "2", "--json").stdout)
    assert (len(told["conversations"]), told["more"]) == (2, True)


@pytest.mark.parametrize(
    "given", [["--order", "1", "--party", "2"], ["--since", "yesterday"], ["--order", "1", "--until", "soon"]]
)
def test_find_refuses_what_it_does_not_understand(world: World, given: list[str]) -> None:
    ended = run("review", "find", *given)
    assert (ended.exit_code, ended.output.count("\n")) == (2, 1)


def test_a_transcript_is_written_for_its_reader_alone(world: World, tmp_path: Path) -> None:
    world.file(archived())
    out = tmp_path / "transcript.html"
    assert run("review", "open", CONVERSATION, "--case", "1", "--out", str(out)).exit_code == 0
    assert (out.read_bytes(), out.stat().st_mode & 0o077) == (PAGE, 0)


def test_a_conversation_without_a_transcript_is_told_so(world: World) -> None:
    ended = run("review", "open", CONVERSATION, "--case", "1")
    assert (ended.exit_code, "There is no transcript yet" in ended.output) == (2, True)


def test_a_transcript_with_originals_has_them_beside(world: World, tmp_path: Path) -> None:
    world.file(archived())
    world.api.__dict__["party"] = lambda _: (_ for _ in ()).throw(ApiProblem(404, "unknown-party", "None."))
    out = tmp_path / "originals.html"
    ended = run("review", "open", CONVERSATION, "--case", "1", "--originals", "--out", str(out))
    assert ended.exit_code == 0, ended.output
    page = out.read_text()
    for text in ("original: Is it blue?", "relayed: Is it blue?", "original: a threat"):
        assert text in page
    assert world.api.asked[0] == ("record_read", CONVERSATION, "1", "originals")


def test_a_reviewer_reads_a_mail_as_it_was_first_written(world: World, tmp_path: Path) -> None:
    made, out = archived(), tmp_path / "originals.html"
    world.file(made)
    over, hidden = (
        next(key for key in made.objects if key.endswith(name))
        for name in ("m1/original.eml", "m2/original.eml")
    )
    world.s3.put_object(Bucket="archive-bucket", Key=over, Body=b"Subject: x\r\n\r\nsomething else")
    world.s3.delete_object(Bucket="archive-bucket", Key=hidden)
    world.api.__dict__["party"] = lambda _: (_ for _ in ()).throw(ApiProblem(404, "unknown-party", "None."))
    run("review", "open", CONVERSATION, "--case", "1", "--originals", "--out", str(out))
    page = out.read_text()
    assert ("original: Is it blue?" in page, "original: It is green." in page) == (True, True)
    assert "something else" not in page


HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eevil\r\nline"


def test_text_of_strangers_cannot_steer_the_terminal() -> None:
    mail = Readable(
        subject=HOSTILE,
        text=HOSTILE,
        others=(HOSTILE,),
        attachments=(Attachment(place="1.2", name=HOSTILE, media_type=HOSTILE, size=1),),
    )
    note = Note(text=HOSTILE, actor=HOSTILE)
    happened = Happening(kind="message", id="m1", seq=1, at=NOW.isoformat(), state="relayed")
    console = Console(force_terminal=False, width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    showing.conversation_told(OPENED, [(happened, mail), (happened, note)], console)
    shown = console.export_text()
    assert "evil" in shown
    assert not set(shown) & set("\x1b\x07\x9b\u202e\r")


def test_markup_of_strangers_is_shown_as_text() -> None:
    happened = Happening(kind="message", id="m1", seq=1, at=NOW.isoformat(), state="relayed")
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    text = "[bold]shout[/] [link=https://evil.example]here[/link]"
    showing.conversation_told(OPENED, [(happened, Readable(subject=text, text=text))], console)
    assert console.export_text().count("[bold]shout[/]") == 2


def test_an_intake_is_not_exported_for_a_buyer_whom_it_does_not_have(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world.file(archived())
    monkeypatch.setattr(world.api, "conversation", lambda _: replace(OPENED, buyer=None), raising=False)
    ended = run(
        "export", CONVERSATION, "--case", "case-17", "--for", "buyer", "--out", str(tmp_path / "x.zip")
    )
    assert (ended.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "no buyer" in ended.output
