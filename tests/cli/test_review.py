"""The commands for reviewers: what they ask, what they show, and how they end, without a deployment."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from rich.console import Console
from typer.testing import CliRunner

from cli import main, options
from cli.answers import ApiProblem, ApiUnreachableError, Happening, HeldMessage, Hold, OpenedConversation
from cli.aws import Clients
from cli.checks.site import Site
from cli.deployment import Part
from cli.evidence.holdings import Holdings, Object, Refusal
from cli.evidence.verifying import compared
from cli.marketplace import MarketplaceApi
from cli.review import showing
from parley.archive.content import Note
from parley.archive.keys import transcript_key
from parley.archive.readable import Attachment, Readable
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation, Head
from parley.stores.items import head_item
from tests.cli.sites import NOW, PARTS, REGION, FakeResolver, Refuses, Says, a_deployment, stubbed
from tests.support.evidence import CONVERSATION, Archived, archived

PAGE = b"<!doctype html><title>Transcript</title>"
OPENED = OpenedConversation(
    id=CONVERSATION,
    status="open",
    order="303-11",
    buyer="buyer-1",
    seller="seller-1",
    buyer_alias="b-1@relay.example.com",
    seller_alias="s-1@relay.example.com",
    holds=(Hold(id="17-a", case="case-17", placed_at="2026-09-04T16:12:00+00:00", in_force=True),),
)
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


@dataclass
class FakeApi:
    """Notes what it is asked; `error` is what it answers with, if there is one."""

    error: Exception | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*given: Any, **named: Any) -> Any:
            self.asked.append((name, *given, *named.values()))
            if self.error is not None:
                raise self.error
            return {
                "conversation": OPENED,
                "conversations": iter([OPENED]),
                "held": iter([HeldMessage(**WAITING)]),
                "history": [],
                "release": "releasing",
                "refuse": "refused",
            }.get(name)

        return answer


WAITING: dict[str, Any] = {
    "conversation": CONVERSATION,
    "message": "m4",
    "state": "held",
    "codes": ("spam",),
    "received_at": "2026-09-04T16:12:00+00:00",
    "direction": "seller-to-buyer",
}


class World:
    """Buckets on a simulated S3, and an API."""

    def __init__(self) -> None:
        connect: Any = boto3.client
        self.s3: Any = connect("s3", region_name=REGION)
        for bucket in ("archive-bucket", "review-bucket"):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.api = FakeApi()
        parts = {**PARTS, Part.ARCHIVE: "archive-bucket", Part.REVIEW: "review-bucket"}
        self.site = Site(
            deployment=a_deployment(parts=parts),
            clients=Clients(lambda service: connect(service, region_name=REGION)),
            resolver=FakeResolver(),
            api=cast(MarketplaceApi, self.api),
            now=NOW,
        )

    def file(self, made: Archived) -> None:
        for key, (content, salt) in made.objects.items():
            self.s3.put_object(Bucket="archive-bucket", Key=key, Body=content, Metadata={"salt": salt})
        self.s3.put_object(Bucket="review-bucket", Key=transcript_key(CONVERSATION), Body=PAGE)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("PARLEY_CASE", raising=False)
    with mock_aws():
        made = World()
        monkeypatch.setattr(options, "connect", lambda _: made.site)
        yield made


def run(*arguments: str, text: str = "", **environment: str) -> Any:
    return CliRunner().invoke(main.app, list(arguments), input=text, env={"COLUMNS": "200", **environment})


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
    assert [(name, case) for name, _, case, _ in world.api.asked] == [("record_read", "case-17")]


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
    assert [(each["message"], each["codes"]) for each in listed] == [("m4", ["spam"])]
    assert "spam" in run("review", "held", "list").output


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


class Slow(Holdings):
    """Counts how much is read and not yet taken."""

    def __init__(self) -> None:
        self.width = 4
        self.waiting, self.most, self._lock = 0, 0, threading.Lock()

    def read(self, key: str) -> Object | Refusal:
        with self._lock:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        time.sleep(0.001)
        return Object(key, b"", "")


def test_objects_come_in_order_and_few_of_them_are_in_memory() -> None:
    slow, wanted, got = Slow(), [str(number) for number in range(60)], []
    for found in slow.read_all(wanted, ahead=3):
        with slow._lock:
            slow.waiting -= 1
        got.append(found.key)
    assert got == wanted
    assert slow.most <= 4


def test_the_archive_is_compared_with_the_table_where_that_is_allowed() -> None:
    conversation = Conversation(id=ConversationId(CONVERSATION), order="303-11", parties={}, aliases={})
    head = head_item(conversation, Head(3, "ab"))
    answers: list[tuple[Any, int, str, str]] = [
        (Says("dynamodb", "get_item", {"Item": head}), 3, "ab", "same"),
        (Says("dynamodb", "get_item", {"Item": head}), 3, "cd", "different"),
        (Says("dynamodb", "get_item", {"Item": head}), 2, "ab", "ahead"),
        (Says("dynamodb", "get_item", {"Item": head}), 4, "ab", "behind"),
        (Says("dynamodb", "get_item", {}), 4, "ab", "behind"),
        (Says("dynamodb", "get_item", {"Item": {**head, "version": {"N": "99"}}}), 3, "ab", "not-compared"),
        (Refuses("dynamodb", "get_item", "AccessDeniedException"), 3, "ab", "as-many"),
        (Refuses("dynamodb", "get_item", "AccessDeniedException"), 2, "ab", "ahead"),
        (Refuses("dynamodb", "get_item", "AccessDeniedException"), 4, "ab", "behind"),
    ]
    for answer, count, tip, wanted in answers:
        clients = Clients(stubbed(answer))
        long_ago = [(seq, NOW - timedelta(days=1)) for seq in (2, 3, 1)]
        told = compared(clients, "table", CONVERSATION, long_ago.copy, NOW, count, tip)
        assert told == wanted


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


def test_links_of_the_last_minutes_need_not_be_in_the_archive_yet() -> None:
    answer = Refuses("dynamodb", "get_item", "AccessDeniedException")
    places = [(1, NOW - timedelta(days=1)), (2, NOW - timedelta(minutes=1))]
    for count, wanted in ((1, "following"), (0, "ahead")):
        clients = Clients(stubbed(answer))
        assert compared(clients, "table", CONVERSATION, places.copy, NOW, count, "ab") == wanted


def test_a_conversation_that_was_tampered_with_is_told_by_its_first_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = archived()
    (key,) = [each for each in made.objects if each.endswith("m2/relayed.eml")]
    made.objects[key] = (b"altered", made.objects[key][1])
    world.file(made)
    monkeypatch.setattr("cli.verify.key_in_kms", lambda *_: made.checkpoints.public)
    monkeypatch.setattr("cli.verify.compared", lambda *_: "same")
    ended = run("verify", CONVERSATION, "--case", "case-17")
    assert ended.exit_code == 1
    assert (
        ended.output.splitlines()[0]
        == f"link 2: a mail or text was altered, or its salt (object-altered) {key}"
    )
    assert ended.output.splitlines()[-1] == "NOT INTACT"


def test_an_attachment_that_is_not_what_its_key_names_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = archived()
    (key, _) = [each for each in made.objects if "/attachments/" in each]
    made.objects[key] = (b"altered", "")
    world.file(made)
    monkeypatch.setattr("cli.verify.key_in_kms", lambda *_: made.checkpoints.public)
    monkeypatch.setattr("cli.verify.compared", lambda *_: "same")
    told = json.loads(run("verify", CONVERSATION, "--case", "case-17", "--json").stdout)
    assert (told["intact"], told["attachments_altered"], told["faults"]) == (False, [key], [])


def test_keys_of_the_archive_are_listed_from_all_its_parts(world: World) -> None:
    made = archived()
    world.file(made)
    assert Holdings(world.site.clients, "archive-bucket", CONVERSATION).keys() == sorted(made.objects)
