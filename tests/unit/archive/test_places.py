"""Places of a chain as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.archive.places import read_places, written_places


@given(st.sets(st.integers(1, 60)))
def test_places_are_read_as_they_were_written(places: set[int]) -> None:
    read = read_places(written_places(places))
    assert {place for place in range(1, 70) if place in read} == places


def test_runs_are_written_short() -> None:
    assert written_places([5, 1, 2, 3, 3]) == "1-3 5"
    assert written_places([]) == ""


@pytest.mark.parametrize("text", ["0", "a", "1,2", "-1", "1-", "01", "1-9999999999"])
def test_what_names_no_places_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no places"):
        read_places(text)


def test_a_run_without_end_costs_nothing() -> None:
    assert 5 in read_places("1-999999999")
