"""Conversations in the shared sandbox, each with two parties of its own."""

import itertools
import time
from collections.abc import Callable
from typing import TypeVar

from parley.conversation.parties import Role
from sandbox.accounts import Account
from sandbox.seeding import Correspondence, Person
from sandbox.stack import Sandbox

PATIENCE_SECONDS = 60.0
_numbers = itertools.count(1)

T = TypeVar("T")


def correspond(sandbox: Sandbox, buyer: str = "buyer", seller: str = "shop") -> Correspondence:
    """A new conversation of two new parties. buyer, seller: the local-parts of their mailboxes; those of
    `sandbox.ses.simulator` have a wish."""
    number = next(_numbers)
    people = [
        Person(
            id=f"{role}-of-test-{number}",
            role=role,
            locale="en",
            display_name=f"{role.title()} {number}",
            account=Account(f"{local_part}@{role}-{number}.example", "a password"),
        )
        for role, local_part in ((Role.BUYER, buyer), (Role.SELLER, seller))
    ]
    return sandbox.open(f"order-{number}", *people)


def wait(look: Callable[[], T | None], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """What `look` finds once it finds something; fails after `seconds`."""
    until = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < until, f"no {what} within {seconds:.0f} s"
        time.sleep(0.02)
    return seen
