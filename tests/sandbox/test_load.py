"""The load: a small one through a sandbox of its own, and whether its books and judge find what is wrong."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from parley.conversation.messages import MessageId, State
from sandbox.load.arrivals import Arrival, Arrivals
from sandbox.load.books import Recorded
from sandbox.load.judging import Judgement, judge
from sandbox.load.letters import Envelope, written
from sandbox.load.load import DEFAULTS, Options, loaded
from sandbox.load.plan import EXPECTED, GROUPS, Kind, Letter, Sizes, plan
from sandbox.load.reconciling import Books, reconcile
from sandbox.load.report import Measured, Report, percentile
from sandbox.load.traffic import Accepted
from tests.support.relay_world import BUYER, SELLER, SELLER_ALIAS, World

ANNA, SHOP, ALIAS = "anna@buyer-1.example", "shop@seller-1.example", "s-1@relay.example"
LETTER = Letter(7, Kind.SMALL, conversation=0, by_buyer=True, size=100)
MESSAGE = MessageId("m7")
ACCEPTED = Accepted(LETTER, MESSAGE, at=1.0, author=ANNA, to=SHOP)
RECORDED = Recorded(MESSAGE, State.RELAYED, (), sendings=1)
ARRIVED = Arrival(MESSAGE, is_notice=False, mailbox=SHOP, at=2.0, file=Path())


MEASURED = Measured(
    busy=1.0,
    arrived=1,
    latencies=(),
    delayed=(),
    cpu={},
    machine=1.0,
    memory={},
    killed={"receive_mail": 1, "write_archive": 1},
    kills_asked=2,
    repeated_notifications=0,
    refused_by_ses=0,
    unproved=(),
    behind=(),
    dead_letters=0,
)
HARMLESS = Judgement((), (), ())


def faults(books: Books) -> Mapping[str, tuple[str, ...]]:
    return {name: ids for name, ids in books.faults.items() if ids}


def booked(recorded: list[Recorded], arrived: list[Arrival], kills: int = 0) -> Books:
    return reconcile([ACCEPTED], recorded, arrived, kills)


@pytest.mark.slow
def test_a_small_load_with_a_killed_worker_is_neither_lost_nor_doubled_and_shows_no_mailbox(
    assembly: Path,
) -> None:
    options = Options(
        counts={**dict.fromkeys(DEFAULTS, 4), "small": 20, "large": 1, "huge": 0},
        sizes=Sizes(large=200_000),
        repeat=5,
        kills=1,
        conversations=4,
        connections=4,
        window=10,
        timeout=6,
        patience=60,
        seed=1,
    )
    report = loaded(options, Console(file=io.StringIO()), assembly)
    assert report.faults == {}
    assert json.loads(json.dumps(report.to_json()))["books"]["outcomes"] == report.books.outcomes
    assert report.books.accepted == sum(letter.messages for letter in planned(options))
    assert report.measured.repeated_notifications > 0
    assert sum(report.measured.killed.values()) == 1


def planned(options: Options) -> tuple[Letter, ...]:
    return plan(options.counts, options.sizes, options.conversations, options.seed)


def test_books_balance_when_each_promise_has_a_record_and_its_mail_arrived_once() -> None:
    books = booked([RECORDED], [ARRIVED])
    assert (faults(books), books.outcomes, books.balances) == ({}, {"relayed": 1}, True)


@pytest.mark.parametrize(
    ("recorded", "arrived", "fault"),
    [
        ([], [], "lost"),
        ([replace(RECORDED, state=State.SENDING)], [], "unfinished"),
        ([RECORDED, replace(RECORDED, message=MessageId("other"))], [ARRIVED], "invented"),
        ([replace(RECORDED, state=State.HELD)], [], "unexpected"),
        ([RECORDED], [], "undelivered"),
        ([RECORDED], [replace(ARRIVED, mailbox="somebody@else.example")], "stray"),
        ([RECORDED], [ARRIVED, replace(ARRIVED, message="nobody's")], "stray"),
        ([RECORDED], [ARRIVED, ARRIVED], "doubled"),
        ([RECORDED], [ARRIVED, *[replace(ARRIVED, is_notice=True)] * 3], "doubled"),
        ([RECORDED], [ARRIVED, *[replace(ARRIVED, is_notice=True)] * 2], "unexplained"),
        ([replace(RECORDED, sendings=2)], [ARRIVED, ARRIVED], "unexplained"),
    ],
)
def test_what_is_wrong_in_the_books_is_named(
    recorded: list[Recorded], arrived: list[Arrival], fault: str
) -> None:
    books = booked(recorded, arrived)
    assert (list(faults(books)), books.balances) == ([fault], False)


def test_a_second_delivery_is_explained_by_a_killed_worker_and_a_third_is_not() -> None:
    sent_twice = replace(RECORDED, sendings=2)
    books = booked([sent_twice], [ARRIVED, ARRIVED], kills=1)
    assert (faults(books), books.repeated) == ({}, (MESSAGE,))
    assert list(faults(booked([sent_twice], [ARRIVED] * 3, kills=9))) == ["doubled"]
    notices = [replace(ARRIVED, is_notice=True)] * 2
    books = booked([RECORDED], [ARRIVED, *notices], kills=1)
    assert (faults(books), books.repeated) == ({}, (MESSAGE,))


def test_a_killed_worker_explains_one_repetition_and_no_more() -> None:
    ids = [MessageId(f"m{number}") for number in range(3)]
    accepted = [replace(ACCEPTED, message=each) for each in ids]
    records = [replace(RECORDED, message=each, sendings=2) for each in ids]
    arrived = [replace(ARRIVED, message=each) for each in ids * 2]
    assert faults(reconcile(accepted, records, arrived, kills=3)) == {}
    assert faults(reconcile(accepted, records, arrived, kills=2)) == {"unexplained": tuple(ids)}


@pytest.mark.parametrize("kind", [kind for kind, states in EXPECTED.items() if states == {"relayed"}])
def test_a_mail_that_must_go_out_may_not_be_held_hostile_as_it_may_be(kind: Kind) -> None:
    accepted = [replace(ACCEPTED, letter=replace(LETTER, kind=kind))]
    books = reconcile(accepted, [replace(RECORDED, state=State.HELD)], [], kills=0)
    assert faults(books) == {"unexpected": (MESSAGE,)}


def test_every_hostile_mail_of_the_default_load_is_relayed() -> None:
    """So whichever is held, in the deployed stack, is held for a fault."""
    for number in range(DEFAULTS["hostile"][0]):
        world = World()
        letter = Letter(number, Kind.HOSTILE, conversation=0, by_buyer=True, size=2_000)
        raw = written(letter, Envelope(BUYER, (SELLER_ALIAS,), SELLER))
        (report,) = world.receive(world.accept(raw.decode(), BUYER, SELLER_ALIAS))
        assert report.outcome == "relayed", (number, report.codes)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, {}),
        ({"killed": {"receive_mail": 1}}, {"kills": ("1 of 2",)}),
        ({"killed": {}}, {"kills": ("0 of 2",)}),
        ({"dead_letters": 3}, {"dead_letters": ("3",)}),
        ({"unproved": ("c1",)}, {"unproved": ("c1",)}),
        ({"behind": ("c1",)}, {"behind": ("c1",)}),
    ],
)
def test_what_is_wrong_beside_the_books_fails_the_load_too(
    changes: dict[str, Any], fault: dict[str, tuple[str, ...]]
) -> None:
    report = Report(booked([RECORDED], [ARRIVED]), HARMLESS, replace(MEASURED, **changes))
    assert report.faults == fault


def test_a_leak_fails_the_load() -> None:
    leaking = Judgement((MESSAGE,), (), ())
    assert Report(booked([RECORDED], [ARRIVED]), leaking, MEASURED).faults == {"leaks": (MESSAGE,)}


@pytest.mark.parametrize("states", [(State.RELAYED, State.RELAYED), (State.DISCARDED, State.DISCARDED)])
def test_a_mail_that_was_handed_over_twice_must_go_out_once(states: tuple[State, State]) -> None:
    letter = replace(LETTER, kind=Kind.RESUBMITTED)
    ids = (MessageId("first"), MessageId("second"))
    accepted = [replace(ACCEPTED, letter=letter, message=each) for each in ids]
    records = [replace(RECORDED, message=each, state=state) for each, state in zip(ids, states, strict=True)]
    arrived = [replace(ARRIVED, message=each.message) for each in records if each.state is State.RELAYED]
    assert set(faults(reconcile(accepted, records, arrived, kills=0))["unexpected"]) == set(ids)


@pytest.mark.parametrize(
    ("mail", "fault"),
    [
        (f"Subject: Load 7, a question\r\n\r\nWrite to {ANNA}.\r\n", "leaks"),
        (f"Subject: Load 7, a question\r\nX-Seen: {SHOP.replace('@', '%40')}\r\n\r\nHello\r\n", "leaks"),
        ("Subject: Load 8, a question\r\n\r\nHello\r\n", "mixed_up"),
        ("Subject: =?utf-8?q?Load_7=2C_a_question?=\r\n\r\nHello\r\n", ""),
    ],
)
def test_the_judge_names_what_is_wrong_with_a_delivered_mail(tmp_path: Path, mail: str, fault: str) -> None:
    judgement = judge([arrived(tmp_path, mail.encode())], [ACCEPTED])
    assert [name for name, ids in judgement.faults.items() if ids] == ([fault] if fault else [])


def test_an_attachment_of_which_one_octet_changed_is_damaged(tmp_path: Path) -> None:
    letter = replace(LETTER, kind=Kind.LARGE, size=3_000)
    accepted = replace(ACCEPTED, letter=letter)
    # Between two others, so that the judge finds no secret in what stands around.
    raw = written(letter, Envelope("x@other.example", (ALIAS,), "y@other.example"))
    assert judge([arrived(tmp_path, raw)], [accepted]).damaged == ()
    at = raw.index(b"base64\r\n\r\n") + 20
    changed = raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :]
    assert judge([arrived(tmp_path, changed)], [accepted]).damaged == (MESSAGE,)


def arrived(folder: Path, raw: bytes) -> Arrival:
    arrivals = Arrivals(folder)
    assert arrivals.take(SHOP, f"X-Parley-Message: {MESSAGE}\r\n".encode() + raw)
    (found,) = arrivals.all
    return found


def test_the_same_seed_plans_the_same_mails_and_every_kind_is_among_the_default() -> None:
    counts = {name: count for name, (count, _) in DEFAULTS.items()}
    first, again = (plan(counts, Sizes(), 10, seed=3) for _ in range(2))
    assert first == again
    assert {letter.kind for letter in first} == set(Kind) == set(EXPECTED)
    assert counts.keys() == GROUPS.keys()


def test_percentiles_are_by_the_nearest_rank() -> None:
    assert [percentile(range(1, 101), each) for each in (50, 95, 99)] == [50, 95, 99]
    assert percentile([3.0], 50) == 3.0
    assert percentile([], 99) == 0.0
