"""A folder tells who wrote and when; it must be the one that its link and record make."""

import json
from collections.abc import Callable

import pytest

from parley.archive.chain import Committed
from parley.archive.entries import read_entry
from parley.archive.folders import is_own_folder, is_shown_folder
from parley.archive.keys import object_key
from parley.archive.records import EventKind
from tests.support.archived import Archived


@pytest.fixture
def archived() -> Archived:
    made = Archived()
    made.message()
    made.event(EventKind.NOTE, content=b"{}")
    made.event(EventKind.HOLD_LIFTED)
    made.checkpoint()
    return made


def moved(archived: Archived, seq: int, change: Callable[[str], str]) -> list[tuple[int, str]]:
    """The faults once an entry names another folder, and its objects lie there."""
    key = archived.entry(seq)
    told = json.loads(archived.entries[key])
    old, told["folder"] = told["folder"], change(told["folder"])
    archived.entries[key] = json.dumps(told).encode()
    for kind in set(Committed) - {Committed.RECORD}:
        if (found := archived.objects.pop(object_key(old, kind), None)) is not None:
            archived.objects[object_key(told["folder"], kind)] = found
    return archived.faults()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("buyer-to-seller", "seller-to-buyer"),
        ("T1612", "T0912"),
        ("0001_", "0002_"),
        ("_m1", "_m2"),
        ("_m1", "_m1_0123abcd"),
        ("conversations/c1", "conversations/c2"),
    ],
)
def test_a_mail_that_lies_under_another_name_is_named(archived: Archived, old: str, new: str) -> None:
    assert moved(archived, 1, lambda folder: folder.replace(old, new)) == [(1, "folder-altered")]


@pytest.mark.parametrize(
    ("old", "new"), [("_note_", "_released_"), ("T1613", "T0913"), ("_e2", "_e2_x"), ("_e2", "_e22")]
)
def test_a_note_that_lies_under_another_name_is_named(archived: Archived, old: str, new: str) -> None:
    assert moved(archived, 2, lambda folder: folder.replace(old, new)) == [(2, "folder-altered")]


def test_each_attempt_at_an_event_may_have_a_folder_of_its_own(archived: Archived) -> None:
    assert moved(archived, 2, lambda folder: folder.replace("_e2/", "_e2_0123abcd/")) == []


def test_an_event_without_content_has_no_folder(archived: Archived) -> None:
    assert moved(archived, 3, lambda _: "conversations/c1/0001_x/") == [(3, "folder-altered")]


def test_what_reached_a_party_lies_where_the_other_ones_mail_does(archived: Archived) -> None:
    entry = read_entry(archived.entries[archived.entry(1)])
    assert is_own_folder(entry)
    assert (is_shown_folder(entry, "seller"), is_shown_folder(entry, "buyer")) == (True, False)
