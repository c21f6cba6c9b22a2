"""Delivery events through the deployed stack: topic, queue, function, table."""

import pytest

from sandbox.accounts import Account
from sandbox.stack import Sandbox
from tests.sandbox.whole import written
from tests.support.correspondences import correspond, wait

pytestmark = pytest.mark.slow


def told(sandbox: Sandbox, conversation: str) -> list[str]:
    """The kinds of what SES told, in the order of the chain."""
    return [each.kind for each in sandbox.api.history(conversation) if each.kind != "message"]


def test_a_mail_is_followed_until_it_is_delivered(sandbox: Sandbox) -> None:
    both = correspond(sandbox)
    to = both.buyer.writes_to
    sandbox.submit(both.buyer.account, written(both.buyer.account, to, "Hello?\n"), [to])
    wait(lambda: set(told(sandbox, both.conversation)) >= {"sent", "delivered"} or None, "its delivery")


def test_a_dead_mailbox_is_told_of_and_reached_again_once_it_is_confirmed(sandbox: Sandbox) -> None:
    both = correspond(sandbox)
    buyer, gone = both.buyer.account, Account("shop@gone-1.example", "a password")
    party = sandbox.api.register_party(role="seller", locale="en", mailboxes=[gone.mailbox], id="gone-1")
    opened = sandbox.api.open_conversation(order="gone-1", buyer=both.buyer.person.id, seller=party.id)

    def write(number: int) -> None:
        mail = written(buyer, opened.seller_alias, "Hello?\n", Message_ID=f"<{number}@buyer>")
        sandbox.submit(buyer, mail, [opened.seller_alias])

    def heard(account: Account, count: int) -> None:
        wait(lambda: len(sandbox.mailboxes.messages(account.mailbox)) >= count, f"mail number {count}")

    write(1)
    heard(buyer, 1)  # The notice that it came back.
    assert not sandbox.api.party(party.id).reachable
    write(2)
    heard(buyer, 2)  # The notice that nothing is sent there.
    assert b"gone-1" not in b"".join(each.raw for each in sandbox.mailboxes.messages(buyer.mailbox))
    sandbox.mailboxes.add(gone)
    sandbox.api.confirm(party.id)
    wait(lambda: sandbox.api.party(party.id).reachable, "the confirmation")
    write(3)
    heard(gone, 2)  # Behind the mail that confirmed.
