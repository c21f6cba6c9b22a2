"""The table's stream as the tests play it: what passes a mapping's filter, and what comes again."""

from typing import Any

import pytest

from tests.support.stream import Stream, matches

ENDED = {"dynamodb": {"NewImage": {"link": {"S": [{"exists": True}]}, "state": {"S": ["held", "relayed"]}}}}
EVENTS = {"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EVENT#"}]}}}}


def item(sk: str = "MESSAGE#1", **attributes: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in {"pk": "CONVERSATION#c1", "sk": sk, **attributes}.items()}


@pytest.mark.parametrize(
    ("told", "passes"),
    [
        (item(link="{}", state="relayed"), True),
        (item(link="{}", state="sending"), False),
        (item(state="relayed"), False),
        (item("EVENT#1"), True),
        (item("~HEAD", status="open"), False),
    ],
)
def test_a_change_passes_if_one_filter_lets_it(told: dict[str, Any], passes: bool) -> None:
    assert bool(Stream([ENDED, EVENTS]).records([told])) is passes


def test_a_rule_that_is_not_played_is_not_passed_over() -> None:
    with pytest.raises(NotImplementedError):
        matches({"eventName": [{"anything-but": "REMOVE"}]}, {"eventName": "INSERT"})


def test_what_was_not_taken_comes_again_and_what_was_taken_only_when_it_changes() -> None:
    stream, old = Stream([]), item(state="held")
    first = stream.records([old])
    assert [each["eventName"] for each in first] == ["INSERT"]
    assert [each["dynamodb"]["NewImage"] for each in stream.records([old])] == [old]
    stream.taken(first)
    assert stream.records([old]) == []
    (again,) = stream.records([item(state="released")])
    assert again["eventName"] == "MODIFY"
    assert again["dynamodb"]["SequenceNumber"] > first[0]["dynamodb"]["SequenceNumber"]
