"""Where things lie: names that a person can read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from parley.archive import keys
from parley.archive.chain import Committed
from parley.archive.records import EventKind

MOMENT = datetime(2026, 9, 4, 16, 12, 0, 900, UTC)
DIGEST = "d" * 64


def test_a_folder_names_order_time_direction_and_message() -> None:
    folder = keys.folder("c1", 3, MOMENT, "seller-to-buyer", "m1")
    assert folder == "conversations/c1/0003_2026-09-04T161200Z_seller-to-buyer_m1/"
    assert keys.entry_key("c1", 3, "m1") == "entries/c1/0003_m1.json"


def test_times_in_names_are_utc() -> None:
    berlin = MOMENT.astimezone(timezone(timedelta(hours=2)))
    assert "T161200Z" in keys.folder("c1", 3, berlin, "seller-to-buyer", "m1")


def test_an_event_has_a_folder_beside_those_of_messages() -> None:
    assert keys.event_folder("c1", MOMENT, "note", "e1") == (
        "conversations/c1/events/2026-09-04T161200Z_note_e1/"
    )


def test_what_was_read_in_mail_that_went_out_lies_apart_from_what_reviewers_wrote() -> None:
    assert keys.content_key(keys.folder("c1", 3, MOMENT, "seller-to-buyer", "m1")) == (
        "contents/c1/0003_2026-09-04T161200Z_seller-to-buyer_m1.json"
    )
    released = keys.event_folder("c1", MOMENT, EventKind.RELEASED, "e1")
    assert keys.content_key(released) == "contents/c1/2026-09-04T161200Z_released_e1.json"


@pytest.mark.parametrize("id_", ["e1", "_released_", "2026-09-04T161200Z_released_e1", "x/released"])
@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.RELEASED])
def test_nothing_that_a_reviewer_wrote_lies_among_the_contents_whatever_its_id(
    kind: EventKind, id_: str
) -> None:
    key = keys.content_key(keys.event_folder("c1", MOMENT, kind, id_))
    assert key == f"notes/c1/2026-09-04T161200Z_{kind}_{id_}.json"


def test_all_that_can_be_erased_lies_under_prefixes_of_its_conversation() -> None:
    places = [
        keys.folder("c1", 3, MOMENT, "seller-to-buyer", "m1"),
        keys.event_folder("c1", MOMENT, EventKind.RELEASED, "e1"),
        keys.event_folder("c1", MOMENT, EventKind.NOTE, "e2"),
    ]
    found = [keys.object_key(place, kind) for place in places for kind in set(Committed) - {Committed.RECORD}]
    for key in (*found, keys.attachment_key("c1", DIGEST, "a.pdf")):
        assert key.startswith(keys.erasable_prefixes("c1"))
        assert not key.startswith(keys.erasable_prefixes("c"))


def test_who_is_not_proved_is_named_so() -> None:
    assert keys.direction(None, "seller") == "unproved-to-seller"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("invoice of Anna.PDF", "attachment.pdf"),
        ("../../etc/passwd", "attachment"),
        ("", "attachment"),
        ("...", "attachment"),
        ("a.b/c", "attachment"),
        ("\ud800\0\r\n", "attachment"),
        ("a." + "y" * 300, "attachment"),
        ("a.\u0661\u0662", "attachment"),
        ("call me.Anna7", "attachment"),
        ("anna.k", "attachment"),
        ("photo.JPEG", "attachment.jpeg"),
    ],
)
def test_a_key_has_an_attachments_ending_and_nothing_that_its_author_named(name: str, kept: str) -> None:
    assert keys.attachment_key("c1", DIGEST, name) == f"conversations/c1/attachments/{DIGEST}/{kept}"


def test_a_statement_has_one_key_whenever_it_is_made() -> None:
    assert keys.checkpoint_key("c1", 4, DIGEST) == f"checkpoints/c1/0004_{'d' * 32}.json"


def test_an_orders_number_stays_readable_and_cannot_leave_its_folder() -> None:
    assert keys.order_key("2026-4711", "c1") == "orders/2026-4711/c1.html"
    assert keys.order_key("a/../b#ü", "c1") == "orders/a%2F..%2Fb%23%C3%BC/c1.html"
