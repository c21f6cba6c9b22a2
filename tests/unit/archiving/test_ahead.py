"""Objects are read ahead of their use, and large ones do not pile up."""

import threading
from concurrent.futures import Future

import pytest

from parley.archiving.ahead import AHEAD, AT_ONCE, MAX_AHEAD, SMALL, Room, reading_ahead, some_at_once
from parley.relaying.ports import NoSuchObjectError

KEYS = [f"k{number:03d}" for number in range(40)]


class Slow:
    """Counts what was asked for. Objects have `size` octets; keys that end with 3 have none."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes:
        with self._lock:
            self.asked.append(key)
        self.gate.wait(5)
        if key.endswith("3"):
            raise NoSuchObjectError(key)
        return key.encode().ljust(self.size)

    def put(self, *_: object, **__: object) -> None:
        raise AssertionError("nothing is written here")


def test_each_object_is_read_once_and_what_is_missing_is_none() -> None:
    archive = Slow()
    with reading_ahead(archive, KEYS) as stored:
        found = {key: stored(key) for key in (*KEYS, *KEYS)}
    assert sorted(archive.asked) == KEYS
    assert [key for key in KEYS if found[key] is None] == [key for key in KEYS if key.endswith("3")]
    assert (found["k007"] or b"").startswith(b"k007")


def test_no_more_is_asked_for_than_some_objects_ahead() -> None:
    archive = Slow()
    with reading_ahead(archive, KEYS) as stored:
        stored(KEYS[0])
    assert len(archive.asked) <= AHEAD


def test_what_is_passed_over_is_dropped_and_can_still_be_asked_for() -> None:
    with reading_ahead(Slow(SMALL + 1), KEYS) as stored:
        stored(KEYS[0])
        assert (stored(KEYS[20]) or b"").startswith(b"k020")
        assert (stored(KEYS[2]) or b"").startswith(b"k002")


def test_a_key_that_was_not_foreseen_is_read_all_the_same() -> None:
    with reading_ahead(Slow(), KEYS) as stored:
        assert (stored("other") or b"").startswith(b"other")


def test_with_much_waiting_each_object_is_asked_for_when_it_is_needed() -> None:
    archive = Slow()
    with reading_ahead(archive, KEYS, Room(octets=MAX_AHEAD + 1)) as stored:
        for key in KEYS[:3]:
            assert stored(key) is not None
    assert archive.asked == KEYS[:3]


def test_what_has_arrived_waits_until_it_is_used() -> None:
    room, read = Room(), Future[bytes | None]()
    assert room.take()
    read.set_result(bytes(MAX_AHEAD + 1))
    room.arrived(read)
    assert not room.take()
    room.used(read)
    assert room.take()


def test_all_pages_together_have_no_more_on_their_way_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page reads what it needs now, and together they read `AHEAD` objects ahead of that. Each object is
    too much to ask for more besides."""
    monkeypatch.setattr("parley.archiving.ahead.MAX_AHEAD", 100)
    archive, room = Slow(1_000), Room()
    archive.gate.clear()
    threading.Timer(0.2, archive.gate.set).start()
    together = threading.Barrier(AT_ONCE, timeout=5)

    def page(number: int) -> int:
        with reading_ahead(archive, [f"{number}-{key}" for key in KEYS], room) as stored:
            stored(f"{number}-{KEYS[0]}")
            together.wait()  # Until all have their first, each holds on to what it has asked for.
            return len(archive.asked)

    assert max(some_at_once(page, range(AT_ONCE))) <= AHEAD + AT_ONCE


def test_room_is_given_back_whatever_becomes_of_what_was_read_ahead() -> None:
    class Half(Slow):
        def get(self, key: str) -> bytes:
            if key == KEYS[20]:
                raise ConnectionError(key)
            return super().get(key)

    room = Room()
    with reading_ahead(Half(SMALL + 1), KEYS, room) as stored:
        for key in (KEYS[0], KEYS[5], KEYS[3], KEYS[15]):
            stored(key)
        with pytest.raises(ConnectionError):
            stored(KEYS[20])
    assert (room.on_their_way, room.octets) == (0, 0)


def test_another_error_reaches_whoever_asks() -> None:
    class Broken(Slow):
        def get(self, key: str) -> bytes:
            raise ConnectionError(key)

    with reading_ahead(Broken(), KEYS) as stored, pytest.raises(ConnectionError):
        stored(KEYS[0])


def test_some_are_worked_on_at_once_and_answered_in_their_order() -> None:
    """Each waits for as many as are worked on at once."""
    together = threading.Barrier(AT_ONCE, timeout=5)

    def work(number: int) -> int:
        together.wait()
        return -number

    assert some_at_once(work, range(2 * AT_ONCE)) == [-number for number in range(2 * AT_ONCE)]


def test_what_one_of_them_raises_is_raised() -> None:
    def work(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        some_at_once(work, (2, 1, 0))
