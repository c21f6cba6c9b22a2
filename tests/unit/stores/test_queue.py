"""What the queue tells of itself."""

from typing import Any

import pytest

from parley.stores.queue import BACKLOG, SqsQueue


class Waiting:
    """A client of a queue in which so many texts wait, and so many are worked on or were put off."""

    def __init__(self, waiting: int, hidden: int) -> None:
        self._told = {
            "ApproximateNumberOfMessages": str(waiting),
            "ApproximateNumberOfMessagesNotVisible": str(hidden),
        }

    def get_queue_attributes(self, **asked: Any) -> Any:
        return {"Attributes": {name: self._told[name] for name in asked["AttributeNames"]}}


def is_behind(waiting: int, hidden: int) -> bool:
    client: Any = Waiting(waiting, hidden)
    return SqsQueue(lambda: client, "url").is_behind()


@pytest.mark.parametrize("waiting", [0, 1, BACKLOG - 1])
def test_a_queue_with_the_texts_of_the_moment_is_not_behind(waiting: int) -> None:
    assert not is_behind(waiting, hidden=1)


def test_a_queue_with_a_backlog_is_behind() -> None:
    assert is_behind(BACKLOG, hidden=2)


def test_a_queue_that_nothing_reads_is_behind_with_one_text() -> None:
    assert is_behind(1, hidden=0)
    assert not is_behind(0, hidden=0)
