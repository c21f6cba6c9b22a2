"""keep_lake on the deployed stack: rows that the handlers told are Parquet afterwards."""

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keep_lake.handler import handler
from parley import wiring
from parley.compacting.ports import NotDeletedError
from parley.lake.arrivals import arrival
from parley.lake.tables import MESSAGES
from parley.relaying.ports import NoSuchObjectError
from parley.stores.lake import DynamoTurns, S3Lake
from tests.support.fake_lake import NOON, message_row, plain, rows_in
from tests.support.market import Market
from tests.unit.test_handlers import Context


class Timed(Context):
    function_name = "keep_lake"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


@pytest.fixture
def lake(market: Market) -> S3Lake:
    deployment = market.deployment
    return S3Lake(deployment.clients.s3, deployment.archive_settings.review_bucket)


def arrive(market: Market, *rows: object) -> None:
    found = arrival(rows)  # type: ignore[arg-type]
    assert found is not None
    bucket = market.deployment.archive_settings.review_bucket
    market.deployment.clients.s3.put_object(Bucket=bucket, Key=found.key, Body=found.content)


def test_the_function_merges_what_arrived(
    market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in market.deployment.environment("keep_lake").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    wiring.wire_lake.cache_clear()
    arrive(market, message_row())
    told = handler({}, Timed())  # type: ignore[arg-type]
    assert (told["is_busy"], told["rows"], told["failed"], told["waiting"]) == (False, 1, 0, 0)
    assert rows_in(MESSAGES, market.deployment.reviewed()) == [plain(message_row())]
    assert list(tmp_path.iterdir()) == []
    wiring.wire_lake.cache_clear()


def test_objects_are_listed_from_a_key_on_fetched_and_deleted(
    market: Market, lake: S3Lake, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"rows")
    keys = [f"lake/x/{number:04d}" for number in range(1_003)]
    for key in keys[:3]:
        lake.store(key, path, media_type="text/plain")
    assert [(each.key, each.octets) for each in lake.list("lake/x/", after=keys[0])] == [
        (keys[1], 4),
        (keys[2], 4),
    ]
    lake.fetch(keys[1], tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == lake.read(keys[1]) == b"rows"
    # More than one call takes, most of which are not there.
    lake.delete(keys)
    assert list(lake.list("lake/x/")) == []
    with pytest.raises(NoSuchObjectError):
        lake.fetch(keys[1], tmp_path / "fetched")


def test_what_s3_does_not_delete_is_told(lake: S3Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"Errors": [{"Key": "a", "Code": "AccessDenied"}]}
    monkeypatch.setattr(lake._client, "delete_objects", lambda **_: answer)
    with pytest.raises(NotDeletedError) as raised:
        lake.delete(["a"])
    assert raised.value.codes == ("AccessDenied",)


def test_one_at_a_time_has_the_turn(market: Market) -> None:
    deployment = market.deployment
    turns = DynamoTurns(deployment.clients.dynamodb, deployment.settings.table)
    until = NOON + timedelta(minutes=16)
    first = turns.take("one", NOON, until)
    assert first is not None
    # Its own request, repeated after a lost answer.
    assert turns.take("one", NOON, until) == first
    assert turns.take("two", NOON, until) is None
    assert turns.take("two", until, until + timedelta(minutes=16)) is not None
    # The first one is late, and takes nothing from the second.
    turns.give_back(first)
    assert turns.take("three", until, until) is None


def test_how_far_reads_are_taken_in_is_kept_with_the_turn(market: Market) -> None:
    deployment = market.deployment
    turns = DynamoTurns(deployment.clients.dynamodb, deployment.settings.table)
    turn = turns.take("one", NOON, NOON)
    assert turn is not None
    turns.give_back(replace(turn, read_through="accesses/a"))
    again = turns.take("two", NOON, NOON)
    assert again is not None
    assert again.read_through == "accesses/a"
