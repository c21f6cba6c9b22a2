"""Addresses of the page."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.page.place import Column, Form, Place

ROLES = ("buyer", "seller")
columns = st.builds(
    Column,
    folder=st.text(min_size=1, max_size=10),
    uid=st.none() | st.integers(0, 999_999_999),
    form=st.sampled_from(Form),
)


def read(url: str) -> Place:
    return Place.read(dict(parse_qsl(urlsplit(url).query)), ROLES)


@given(columns, columns, st.none() | st.integers(0, 999_999_999), st.sampled_from(["", *ROLES]))
def test_an_address_leads_back_to_where_one_was(a: Column, b: Column, message: int | None, sent: str) -> None:
    place = Place((("buyer", a), ("seller", b)), message, sent)
    assert read(place.url) == place


@pytest.mark.parametrize(
    "url",
    [
        "/?buyer=",
        "/?buyer=/3",
        "/?buyer=INBOX/x",
        "/?buyer=INBOX/3/delete",
        "/?message=x",
        "/?message=-1",
        "/?message=²",
        "/?message=99999999999999999999",
        "/?sent=admin",
    ],
)
def test_what_makes_no_sense_is_left_out(url: str) -> None:
    assert read(url).url == "/"


def test_going_elsewhere_in_one_column_leaves_the_other_as_it_is() -> None:
    place = read("/?buyer=INBOX/3&seller=Sent/1/reply&message=2&sent=seller")
    assert place.at("buyer", Column()).url == "/?seller=Sent/1/reply&message=2"
