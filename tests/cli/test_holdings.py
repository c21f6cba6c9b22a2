"""A conversation's objects in the archive bucket: listed, read in order, and as they were first written."""

import threading
import time
from collections.abc import Iterator

import pytest

from cli.evidence.holdings import FirstVersions, Holdings, Object, Refusal
from parley.archive.verdicts import Code
from tests.cli.review_world import World, a_world
from tests.support.evidence import CONVERSATION, archived


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch) as made:
        yield made


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


def test_keys_of_the_archive_are_listed_from_all_its_parts(world: World) -> None:
    made = archived()
    world.file(made)
    assert Holdings(world.site.clients, "archive-bucket", CONVERSATION).keys() == sorted(made.objects)


BUCKET, KEY = "archive-bucket", f"entries/{CONVERSATION}/0001_m1.json"


def put(world: World, content: bytes, key: str = KEY) -> None:
    world.s3.put_object(Bucket=BUCKET, Key=key, Body=content)


def first_versions(world: World) -> FirstVersions:
    return Holdings(world.site.clients, BUCKET, CONVERSATION).as_first_written()


def content_of(found: Object | Refusal) -> bytes:
    assert isinstance(found, Object)
    return found.content


def test_what_was_written_over_an_object_is_named_and_does_not_count(world: World) -> None:
    for content in (b"first", b"second", b"third"):
        put(world, content)
    first = first_versions(world)
    assert (content_of(first.read(KEY)), first.disturbed) == (b"first", {KEY: Code.OBJECT_OVERWRITTEN})


@pytest.mark.parametrize("again", [False, True])
def test_what_a_delete_marker_hides_is_named_and_read(world: World, again: bool) -> None:
    put(world, b"first")
    world.s3.delete_object(Bucket=BUCKET, Key=KEY)
    if again:
        put(world, b"second")
    first = first_versions(world)
    assert (first.keys(), content_of(first.read(KEY))) == ([KEY], b"first")
    assert first.disturbed == {KEY: Code.OBJECT_HIDDEN}


def test_a_delete_marker_below_which_nothing_is_left_is_named(world: World) -> None:
    put(world, b"first")
    version = world.s3.list_object_versions(Bucket=BUCKET)["Versions"][0]["VersionId"]
    world.s3.delete_object(Bucket=BUCKET, Key=KEY)
    world.s3.delete_object(Bucket=BUCKET, Key=KEY, VersionId=version)
    first = first_versions(world)
    assert (first.keys(), first.disturbed) == ([], {KEY: Code.OBJECT_HIDDEN})
    assert first.read(KEY) == Refusal(KEY, "object-missing")


def test_an_object_as_it_was_written_is_not_named(world: World) -> None:
    made = archived()
    world.file(made)
    first = first_versions(world)
    assert (first.keys(), first.disturbed) == (sorted(made.objects), {})
    assert first.entry_keys() == Holdings(world.site.clients, BUCKET, CONVERSATION).entry_keys()


def test_the_versions_of_an_object_may_stand_on_several_pages(world: World) -> None:
    for content in (b"first", b"second", b"third"):
        put(world, content)
    put(world, b"other", f"entries/{CONVERSATION}/0002_m2.json")
    world.site.clients.s3.meta.events.register(
        "provide-client-params.s3.ListObjectVersions", lambda params, **_: {**params, "MaxKeys": 1}
    )
    first = first_versions(world)
    assert (content_of(first.read(KEY)), first.disturbed) == (b"first", {KEY: Code.OBJECT_OVERWRITTEN})
    assert len(first.keys()) == 2
