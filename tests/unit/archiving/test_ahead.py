"""Objects are read ahead of their use, and large ones do not pile up."""

import threading

import pytest

from parley.archiving.ahead import AHEAD, SMALL, reading_ahead
from parley.relaying.ports import NoSuchObjectError

KEYS = [f"k{number:03d}" for number in range(40)]


class Slow:
    """Counts what was asked for. Objects have `size` octets; keys that end with 3 have none."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self.asked: list[str] = []
        self.gate, self.finished = threading.Event(), threading.Semaphore(0)
        self.gate.set()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes:
        with self._lock:
            self.asked.append(key)
            is_last = len(self.asked) == AHEAD
        self.gate.wait(5)
        if is_last:
            self.finished.release()
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


def test_with_much_waiting_nothing_more_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.archiving.ahead.MAX_AHEAD", 100)
    archive = Slow(1_000)
    archive.gate.clear()
    opening = threading.Timer(0.1, archive.gate.set)
    opening.start()
    with reading_ahead(archive, KEYS) as stored:
        stored(KEYS[0])
        assert archive.finished.acquire(timeout=5)
        asked = len(archive.asked)
        stored(KEYS[1])
        stored(KEYS[2])
        assert len(archive.asked) == asked == AHEAD


def test_another_error_reaches_whoever_asks() -> None:
    class Broken(Slow):
        def get(self, key: str) -> bytes:
            raise ConnectionError(key)

    with reading_ahead(Broken(), KEYS) as stored, pytest.raises(ConnectionError):
        stored(KEYS[0])
