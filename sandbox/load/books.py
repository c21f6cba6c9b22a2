"""What the relay recorded, read from its table in one scan."""

from collections.abc import Iterator
from dataclasses import dataclass

from parley.conversation.messages import OUTCOMES, MessageId, State
from parley.stores import keys
from parley.stores.items import read_message
from sandbox.stack import Sandbox

_MESSAGES = (keys.MESSAGE, keys.ATTEMPT)


@dataclass(frozen=True, slots=True)
class Recorded:
    """sendings: how often SES was called for it without a certain answer, or at all."""

    message: MessageId
    state: State
    codes: tuple[str, ...]
    sendings: int

    @property
    def is_done(self) -> bool:
        return self.state in OUTCOMES


def recorded(sandbox: Sandbox) -> Iterator[Recorded]:
    """Every message of the table, of conversations and of none."""
    pages = sandbox.deployed.local.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=sandbox.settings.table, ConsistentRead=True):
        for item in page["Items"]:
            if item["sk"]["S"].startswith(_MESSAGES):
                found = read_message(item)
                yield Recorded(found.id, found.state, found.codes, found.sendings)
