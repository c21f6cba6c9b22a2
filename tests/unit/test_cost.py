"""The arithmetic of what a mail costs: units by the sizes of items, and lives put together."""

from typing import Any

import pytest

from benchmarks.cost import Measured, quantities, seconds
from benchmarks.life import FUNCTIONS, Deployed, Life
from benchmarks.units import Seen, read, size, written

MAPPING = Deployed({"receive_mail": 1769, "track_delivery": 512, "write_archive": 1024}, window=60)


def an_item(octets: int) -> dict[str, Any]:
    """Of that size, with its key."""
    return {"pk": {"S": "a"}, "sk": {"S": "b"}, "x": {"S": "z" * (octets - 7)}}


def a_life(**calls: float) -> Life:
    made = {name: {} for name in FUNCTIONS} | {"write_archive": dict(calls)}
    return Life(made, {"write_archive": 1.0}, pages=1.0, written=8.0, read=2.0)


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        ({"S": "Grüße"}, 7),
        ({"N": "1823098320"}, 6),
        ({"BOOL": True}, 1),
        ({"L": [{"S": "record"}, {"S": "0" * 32}]}, 3 + 2 + 6 + 32),
        ({"M": {"a": {"S": "b"}}}, 3 + 1 + 2),
    ],
)
def test_an_item_is_as_long_as_its_names_and_values(value: Any, octets: int) -> None:
    assert size({"name": value}) == len("name") + octets


def test_a_kilobyte_begun_is_a_unit_and_two_in_a_transaction() -> None:
    items = {"a": an_item(1_024), "b": an_item(1_025)}
    transaction = {
        "TransactItems": [{"Put": {"Item": items["a"]}}, {"Update": {"Key": {"pk": "b", "sk": "b"}}}]
    }
    calls = [("PutItem", {"Item": items["b"]}, {}), ("TransactWriteItems", transaction, {})]
    assert written(Seen(calls), lambda key: items[key["pk"]]) == 2 + 2 + 4  # type: ignore[arg-type]


def test_a_query_is_paid_for_by_all_that_it_answers_with() -> None:
    answer = {"Items": [an_item(3_000), an_item(3_000)]}
    asked = [("Query", {"ConsistentRead": consistent}, answer) for consistent in (True, False)]
    assert read(Seen(asked)) == 2 + 1  # type: ignore[arg-type]


def test_whose_delivery_is_told_late_is_followed_once_more() -> None:
    together, apart = a_life(**{"s3.PutObject": 5.0}), a_life(**{"s3.PutObject": 7.0})
    made = Measured(together, together, MAPPING)
    assert made.share_late == pytest.approx(5 / 60)
    average = together.plus(apart.minus(together).times(made.share_late))
    assert average.of("s3.PutObject") == pytest.approx(5 + 2 * 5 / 60)
    assert average.written == pytest.approx(8)


def test_without_a_window_every_delivery_is_told_late() -> None:
    assert Measured(a_life(), a_life(), Deployed(MAPPING.memory, window=0)).share_late == 1.0


def test_a_function_with_less_memory_works_longer_and_waits_as_long() -> None:
    life = a_life(**{"s3.PutObject": 4.0})
    half = Deployed({**MAPPING.memory, "write_archive": 512}, window=60)
    waiting = 0.035
    slow, fast = (seconds(life, "write_archive", each) - waiting for each in (half, MAPPING))
    assert slow == pytest.approx(2 * fast)


def test_a_listing_is_paid_for_as_a_write_and_the_mail_service_writes_too() -> None:
    life = a_life(**{"s3.PutObject": 4.0, "s3.ListObjectsV2": 1.0, "s3.GetObject": 3.0})
    paid = quantities(life, MAPPING)
    assert (paid["S3 writes"], paid["S3 reads"]) == (6.0, 3.0)
