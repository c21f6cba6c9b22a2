"""The object of a batch of rows."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from parley.lake.arrivals import arrival
from parley.lake.media import KNOWN, OTHER, media_type
from parley.lake.rows import line, read
from tests.unit.lake.test_rows import AT, MESSAGE

LATER = replace(MESSAGE, message_id="m2", at=AT + timedelta(days=1))


def test_no_rows_make_no_object() -> None:
    assert arrival([]) is None


def test_an_object_is_named_by_the_newest_of_its_rows_and_by_its_content() -> None:
    made = arrival([LATER, MESSAGE])
    assert made is not None
    digest = sha256(made.content).hexdigest()
    assert made.key == f"lake/arrivals/2026-09-05/2026-09-05T161200.123Z_{digest}.jsonl"
    assert {read(each) for each in made.content.splitlines()} == {MESSAGE, LATER}


def test_the_same_rows_make_the_same_object_in_whatever_order_and_however_often_they_come() -> None:
    assert arrival([MESSAGE, LATER]) == arrival([LATER, MESSAGE, LATER])


def test_another_version_makes_another_object() -> None:
    one, other = arrival([MESSAGE]), arrival([replace(MESSAGE, version=6)])
    assert one is not None
    assert other is not None
    assert one.key != other.key
    assert one.content == line(MESSAGE)


@pytest.mark.parametrize("declared", ["application/x-anna-schmidt", "image/anna", "", "application/pdf; a=b"])
def test_a_media_type_that_its_author_made_up_is_not_told(declared: str) -> None:
    assert media_type(declared) == OTHER


def test_a_usual_media_type_is_told() -> None:
    assert {media_type(each.upper()) for each in KNOWN} == KNOWN
