"""How full queues are told to be."""

from typing import Any

from sandbox.queues import Depth, Queues


class Sqs:
    """Implements what is used of the SQS client. held: by URL, (waiting, taken)."""

    def __init__(self, **held: tuple[int, int]) -> None:
        self.held = held

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> Any:  # noqa: N803
        told = dict(
            zip(
                ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"),
                map(str, self.held[QueueUrl]),
                strict=True,
            )
        )
        return {"Attributes": {name: told[name] for name in AttributeNames}}


def test_queues_with_one_label_are_told_together_and_in_order() -> None:
    client: Any = Sqs(receipts=(3, 1), dead=(0, 0), undelivered=(2, 0), other=(9, 9))
    queues = Queues(client, (("a", "dead"), ("b", "receipts"), ("c", "undelivered"), ("d", "other")))
    labelled = queues.labelled({"b": "mail", "a": "dead letters", "c": "dead letters"})
    assert labelled.depths() == (Depth("mail", 3, 1), Depth("dead letters", 2, 0))
    assert [each.messages for each in queues.depths()] == [0, 4, 2, 18]
