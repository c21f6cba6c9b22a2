"""What stands between the mailboxes, read from what the deployed functions wrote."""

import json

import pytest

from parley.conversation.messages import State
from sandbox.page.details import Details, Told
from sandbox.page.place import Place
from sandbox.page.watch import Watch
from tests.sandbox.page.world import Served
from tests.sandbox.whole import written
from tests.support.canary import BUYER_MAILBOX


def told(world: Served, message: int | None = None) -> tuple[Told, ...]:
    archive = world.exchange.archive
    return Details(archive).tell(archive.messages(), Place((), message))


def post(world: Served, text: str, **fields: str) -> None:
    writes_to = world.buyer.writes_to
    world.whole.post(world.whole.buyer, written(world.whole.buyer, writes_to, text, **fields), writes_to)


def test_a_relayed_mail_is_told_with_what_was_masked_and_what_changed(world: Served) -> None:
    post(world, f"Write to {BUYER_MAILBOX}\n")
    (message,) = told(world)
    assert message.detail is not None
    assert (message.story.author, message.story.recipient) == ("buyer", "seller")
    assert message.story.state is State.RELAYED
    assert [finding.code for finding in message.story.findings] == ["protected-masked"]
    comparison = message.detail.comparison
    assert comparison is not None
    assert ["".join(span.text for span in line.spans) for line in comparison.lines[:2]] == [
        f"Write to {BUYER_MAILBOX}",
        f"Write to {world.seller.writes_to}",
    ]
    assert {"X-SES-Receipt", "Authentication-Results"} <= set(comparison.dropped)


def test_what_ses_found_stands_beside_it(world: Served) -> None:
    post(world, "Hello\n")
    detail = told(world)[0].detail
    assert detail is not None
    assert {verdict.name for verdict in detail.verdicts} == {"spf", "dkim", "dmarc", "spam", "virus"}
    assert all(verdict.is_good for verdict in detail.verdicts)


def test_the_keys_are_those_of_the_archive(world: Served) -> None:
    post(world, "Hello\n")
    detail = told(world)[0].detail
    assert detail is not None
    kept = detail.kept
    archived = [key for key in world.whole.market.deployment.archived() if not key.startswith("checkpoints/")]
    assert set(archived) == {kept.original, kept.relayed, kept.content, kept.entry}
    assert kept.bucket == world.whole.market.deployment.settings.archive_bucket
    assert json.loads(detail.entry)["outgoing_message_id"] == detail.ses_id != ""


def test_a_mail_that_nobody_proved_is_told_among_the_others_with_its_reason(world: Served) -> None:
    post(world, "Hello\n")
    writes_to = world.buyer.writes_to
    forged = written(world.whole.buyer, writes_to, "Hello\n")
    world.whole.post(None, forged, writes_to, author=BUYER_MAILBOX)
    first, second = told(world)
    assert (first.story.seq, second.story.seq) == (1, 2)
    assert (second.story.author, second.story.state) == ("", State.REFUSED)
    assert [finding.code for finding in second.story.findings] == ["not-authenticated"]
    assert second.detail is not None
    assert second.detail.comparison is None
    assert second.detail.kept.relayed == ""
    assert second.detail.kept.original in world.whole.market.deployment.archived()


def test_the_latest_is_open_unless_another_is_chosen(world: Served) -> None:
    post(world, "One\n")
    post(world, "Two\n")
    assert [message.detail is not None for message in told(world)] == [False, True]
    assert [message.detail is not None for message in told(world, 1)] == [True, False]
    assert [message.detail is not None for message in told(world, 0)] == [False, False]


def test_what_is_finished_is_read_once(world: Served) -> None:
    post(world, "One\n")
    archive, details = world.exchange.archive, Details(world.exchange.archive)
    messages = archive.messages()
    details.tell(messages, Place(()))
    calls = world.whole.market.wire.calls
    before = len(calls)
    details.tell(messages, Place(()))
    assert len(calls) == before


def test_an_entry_that_comes_later_is_shown_then(world: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is there a message is told without, and read again."""
    market, details = world.whole.market, Details(world.exchange.archive)
    with monkeypatch.context() as waiting:
        waiting.setattr(market, "follow", list)
        post(world, "Hello\n")
    (before,) = details.tell(world.exchange.archive.messages(), Place(()))
    assert before.detail is not None
    assert (before.detail.entry, before.detail.comparison is None) == ("", False)
    assert market.follow() == []
    (after,) = details.tell(world.exchange.archive.messages(), Place(()))
    assert after.detail is not None
    assert json.loads(after.detail.entry)["outcome"] == "relayed"


def test_nothing_is_ever_written(world: Served) -> None:
    post(world, "One\n")
    calls = world.whole.market.wire.calls
    before = len(calls)
    told(world)
    Watch(world.exchange).look()
    world.exchange.archive.transcript()
    operations = {call.operation for call in calls[before:]}
    assert operations == {"Query", "GetObject", "HeadObject", "GetQueueAttributes"}
