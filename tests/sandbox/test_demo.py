"""The demo: its checks can fail and are told, it fits the terminal, and played for real all of it holds."""

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from parley.archive.chain import Committed, Link, commitments, link_hash
from parley.archive.records import MessageRecord
from parley.archive.verdicts import Code, Fault, Verdict
from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.conversations import Head
from parley.conversation.messages import Message, MessageId, State
from sandbox.archive import Kept
from sandbox.demo import checks, demo, proofs, stage
from sandbox.demo.acts import Act, Mark, Record, Row, Sheet, Span
from sandbox.demo.evidence import Filed, MissingError
from sandbox.demo.letters import Author, broken_cup
from sandbox.demo.panels import written_and_seen
from sandbox.demo.pictures import photo, pixels
from sandbox.demo.scenes import SCENES, Scene
from sandbox.demo.telling import Teller
from sandbox.emulator.tools import CDK, EMULATOR, NODE, ROOT, MissingToolError
from sandbox.queues import Depth
from sandbox.seeding import BUYER, SELLER, Correspondence, Correspondent

BOTH = Correspondence(
    "c-1", Correspondent(BUYER, "s-1@relay.example"), Correspondent(SELLER, "b-1@relay.example")
)
GOOD = checks.Check("Tea is hot.", "hot", "hot")
BAD = checks.Check("The cup is whole.", "a handle", "no handle")


def scene(play: Callable[[Any], Act], title: str = "A scene") -> Scene:
    return Scene(title, f"{title} with a caption.", play)


def run(monkeypatch: pytest.MonkeyPatch, *scenes: Scene) -> int:
    """The command's exit status, with these scenes and no sandbox."""

    @contextmanager
    def running(**_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(first=BOTH)

    monkeypatch.setattr(demo, "running", running)
    monkeypatch.setattr(demo, "Listener", lambda sandbox: None)
    monkeypatch.setattr(demo, "SCENES", scenes)
    return demo.run(argparse.ArgumentParser(), argparse.Namespace(step=False, slow=None))


def told(act: Act, width: int, **options: Any) -> str:
    console = Console(file=io.StringIO(), width=width, **options)
    Teller(console).act(act)
    output: str = console.file.getvalue()  # type: ignore[attr-defined]
    return output


def test_if_every_check_holds_the_exit_status_is_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, scene(lambda _: Act(checks=(GOOD,)))) == 0
    assert "✓ All 1 checks hold." in capsys.readouterr().out


def test_a_check_that_fails_is_told_with_expected_and_seen_and_makes_the_exit_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, scene(lambda _: Act(checks=(GOOD, BAD)))) == 1
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert {"✗ FAILED The cup is whole.", "expected a handle", "seen no handle"} <= set(lines)


def test_a_scene_that_breaks_off_is_a_failed_check_and_the_next_is_still_played(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> Act:
        raise LookupError("no mail")

    assert run(monkeypatch, scene(broken), scene(lambda _: Act(checks=(GOOD,)), "The next")) == 1
    output = capsys.readouterr().out
    assert "LookupError: no mail" in output
    assert "The next with a caption." in output
    assert "Tea is hot." in output


def test_a_terminal_that_knows_ascii_only_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stdout)
    assert run(monkeypatch, scene(lambda _: Act(checks=(GOOD, BAD)))) == 1
    stdout.seek(0)
    output = stdout.read()
    assert "? holds" in output
    assert "? FAILED" in output


def test_a_play_without_any_check_proves_nothing_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, scene(lambda _: Act())) == 1


TWO = Act(groups=((Sheet("Left"), Sheet("Right")), (Record("Below", "kept", (Row("key", ("a/b",)),)),)))


def rows_of_titles(output: str) -> list[list[str]]:
    lines = [line for line in output.splitlines() if "╭" in line]
    return [[title for title in ("Left", "Right", "Below") if title in line] for line in lines]


@pytest.mark.parametrize(
    ("width", "rows"),
    [
        (80, [["Left"], ["Right"], ["Below"]]),
        (99, [["Left"], ["Right"], ["Below"]]),
        (100, [["Left", "Right"], ["Below"]]),
        (160, [["Left", "Right", "Below"]]),
    ],
)
def test_panels_stand_beside_each_other_as_far_as_the_terminal_has_room(
    width: int, rows: list[list[str]]
) -> None:
    output = told(TWO, width)
    assert rows_of_titles(output) == rows
    assert max(map(len, output.splitlines())) <= width


@pytest.mark.parametrize("width", [80, 160])
def test_a_scene_without_panels_still_tells_its_checks(width: int) -> None:
    assert "Tea is hot." in told(Act(checks=(GOOD,)), width)


def test_a_key_that_is_too_long_is_broken_where_its_names_end() -> None:
    folder = "0001_2026-11-22T002449Z_buyer-to-seller_3s73wp6n4yyd67jaw2v2h34rcm/"
    output = told(Act(groups=((Record("Below", "kept", (Row("key", (folder,)),)),),)), 52)
    pieces = [line.split()[-2] for line in output.splitlines() if "0001" in line or "3s73" in line]
    assert pieces == ["0001_2026-11-22T002449Z_buyer-to-seller_", "3s73wp6n4yyd67jaw2v2h34rcm/"]


MARKED = Act(groups=((Sheet("Left", body=(Span("anna@x.example", Mark.HIDDEN), Span("!"))),),))


def test_without_colour_signs_stand_around_what_is_marked() -> None:
    assert "[-anna@x.example-]!" in told(MARKED, 100)


def test_with_colour_there_are_no_signs() -> None:
    output = told(MARKED, 100, force_terminal=True, color_system="standard", no_color=False)
    assert "[-" not in output
    assert "\x1b[" in output


def test_what_differs_is_marked_on_both_sides_and_what_is_the_same_on_neither() -> None:
    author = Author("Anna", "anna@privatmail.example")
    written = broken_cup(author, "s-1@relay.example")
    seen = written.replace(b"anna@privatmail.example", b"b-1@relay.example")
    left, right = written_and_seen("Anna", written, "The shop", seen)
    hidden = {span.text for span in left.body if span.mark is Mark.HIDDEN}
    replaced = {span.text for span in right.body if span.mark is Mark.REPLACED}
    assert (hidden, replaced) == ({"anna@privatmail.example"}, {"b-1@relay.example"})


def test_a_mailbox_that_can_be_read_is_a_failed_check_however_it_is_encoded() -> None:
    clean = b"From: b-1@relay.example\r\nTo: shop@mueller.example\r\n\r\nHello\r\n"
    leaking = clean.replace(b"Hello", b"anna%40privatmail.example")
    to = SELLER.account.mailbox
    assert checks.no_leak("", clean, BOTH, to=to).passed
    assert not checks.no_leak("", leaking, BOTH, to=to).passed
    assert not checks.would_leak(clean, BOTH, to=to).passed


def test_a_queue_that_is_not_empty_is_named() -> None:
    events = Depth("DeliveryEventsQueue", 0, 0)
    assert checks.queues_empty([events, Depth("ReceiptsQueue", 0, 0)]).passed
    failed = checks.queues_empty([events, Depth("ReceiptsDeadLetters", 0, 1)])
    assert (failed.passed, failed.seen) == (False, "ReceiptsDeadLetters: 1")


def test_the_photo_loses_its_author_and_no_pixel() -> None:
    assert pixels(photo("Anna")) == pixels(photo("Nobody"))
    assert photo("Anna") != photo("Nobody")


def filed(seq: int, previous: str) -> Filed:
    """A link of a chain, and the mail that it commits to."""
    original, salts = b"Received: SES\r\nSubject: tea\r\n", {"record": "5" * 32, "original": "6" * 32}
    record = MessageRecord(
        author_role="buyer", recipient_role="seller", outcome="refused", codes=("stranger",), screening={}
    ).to_json()
    contents = {Committed.RECORD: record.encode(), Committed.ORIGINAL: original}
    text = Link(
        conversation="c-1",
        seq=seq,
        previous=previous,
        id=f"m-{seq}",
        at="2026-11-22T00:00:00+00:00",
        commitments=commitments(salts, contents),
    ).to_json()
    message = Message(
        id=MessageId(f"m-{seq}"),
        receipt_id="r",
        alias=AliasId("s-1"),
        received_at=datetime(2026, 11, 22, tzinfo=UTC),
        state=State.REFUSED,
        conversation=ConversationId("c-1"),
        seq=seq,
        link=text,
        record=record,
        salts=tuple(salts.items()),
    )
    entry = {
        "link": json.loads(text),
        "link_hash": link_hash(text),
        "record": json.loads(record),
        "outcome": "refused",
        "codes": ["stranger"],
    }
    kept = Kept("b", "o", "", "", "e")
    return Filed(message=message, kept=kept, original=original, relayed=None, content=None, entry=entry)


FIRST = filed(1, "")
SECOND = filed(2, FIRST.entry["link_hash"])
LINKS = [each.message.link or "" for each in (FIRST, SECOND)]
HEAD = Head(2, SECOND.entry["link_hash"])


def test_a_chain_as_it_was_written_is_unbroken() -> None:
    assert checks.chain([FIRST, SECOND], LINKS, HEAD).passed
    # What SES told of a mail is a link as well, and has no mail.
    assert checks.chain([SECOND], LINKS, HEAD).passed


@pytest.mark.parametrize(
    ("kept", "links", "fault"),
    [
        ([replace(FIRST, original=b"forged"), SECOND], LINKS, "link 1 commits to another original"),
        ([SECOND], LINKS[1:], "link 1 does not follow the one before"),
        ([FIRST], LINKS[:1], "the table's tip is link 2, that of what happened 1"),
        ([FIRST, SECOND], [LINKS[0], LINKS[0]], "the hash of link 2 is another"),
        ([FIRST, replace(SECOND, entry=FIRST.entry)], LINKS, "entry 2 differs from the table"),
        (
            [FIRST, replace(SECOND, entry=SECOND.entry | {"record": {}})],
            LINKS,
            "entry 2 differs from the table",
        ),
    ],
)
def test_a_chain_that_was_tampered_with_fails_and_names_the_link(
    kept: list[Filed], links: list[str], fault: str
) -> None:
    check = checks.chain(kept, links, HEAD)
    assert not check.passed
    assert fault in check.seen


VERDICT = Verdict(conversation="c-1", count=2, signed=2, faults=())
PAGE = b'<article id="m1">held</article><article id="m2">tea</article>'


def test_an_archive_that_verifies_is_proved_and_a_fault_is_named() -> None:
    fault = Fault(seq=2, code=Code.LINK_MISSING)
    assert proofs.proved(proofs.Proof(BOTH, VERDICT, PAGE, (1, 2))).passed
    failed = proofs.proved(proofs.Proof(BOTH, replace(VERDICT, faults=(fault,)), PAGE, (1, 2)))
    assert (failed.passed, failed.seen) == (False, "link-missing at 2")


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        (b"", "mails none; mailboxes: nothing"),
        (PAGE[: PAGE.index(b'<article id="m2"')], "mails 1; mailboxes: nothing"),
        (PAGE + SELLER.account.mailbox.encode(), f"mails 1, 2; mailboxes: {SELLER.account.mailbox}"),
    ],
)
def test_a_transcript_that_leaves_out_a_mail_or_shows_a_mailbox_fails(page: bytes, seen: str) -> None:
    assert proofs.told(proofs.Proof(BOTH, VERDICT, PAGE, (1, 2))).passed
    failed = proofs.told(proofs.Proof(BOTH, VERDICT, page, (1, 2)))
    assert (failed.passed, failed.seen) == (False, seen)


def test_a_mail_that_does_not_arrive_is_told_with_its_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "inbox", lambda *_: ())
    nowhere: Any = None
    with pytest.raises(MissingError, match=r"no mail came to Müller Tee & Tassen; .* refused \(stranger\)"):
        stage.Stage(nowhere, nowhere).arrived(BOTH.seller, 0, FIRST)


def test_an_outcome_that_table_and_archive_do_not_agree_on_fails() -> None:
    assert checks.outcome(FIRST, "refused", "stranger").passed
    assert not checks.outcome(FIRST, "refused", "virus").passed
    entry = {**FIRST.entry, "outcome": "relayed"}
    assert not checks.outcome(replace(FIRST, entry=entry), "refused", "stranger").passed


def test_an_original_that_lost_an_octet_fails() -> None:
    assert checks.original_kept(FIRST, b"Subject: tea\r\n").passed
    assert not checks.original_kept(FIRST, b"Subject: Tea\r\n").passed


def _without_colour() -> dict[str, str]:
    """The environment, in which nothing demands colour though there is no terminal."""
    return {
        name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "TTY_COMPATIBLE")
    }


def command(*options: str, module: str = "sandbox", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, "demo", *options],
        cwd=ROOT,
        env={**_without_colour(), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_waiting_for_enter_without_a_terminal_is_wrong_usage() -> None:
    ended = command("--step")
    assert ended.returncode == 2
    assert "standard input is no terminal" in ended.stderr


def test_a_pause_that_is_no_number_of_seconds_is_wrong_usage() -> None:
    ended = command("--slow", "often")
    assert ended.returncode == 2
    assert "often is not a number of seconds from 0 to 600" in ended.stderr


@pytest.mark.slow
def test_played_for_real_into_a_pipe_every_scene_is_told_and_every_check_holds() -> None:
    try:
        for tool in (EMULATOR, CDK, NODE):
            tool.found()
    except MissingToolError as error:
        pytest.skip(str(error))
    ended = command(module="tests.sandbox.ready_made", COLUMNS="120", PYTHONIOENCODING="utf-8")
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    words = " ".join(ended.stdout.split())
    for each in SCENES:
        assert " ".join(each.caption.split()) in words
    assert "✗" not in ended.stdout
    assert "\x1b" not in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= 120
