"""What every Inbox, Archive, Mailer and Queue does."""

from datetime import UTC, datetime, timedelta

import pytest

from parley.mail.address import Mailbox
from parley.relaying.ports import NoSuchObjectError, Submission
from tests.support.stores import Stores


def test_the_inbox_gives_the_octets_that_ses_wrote(stores: Stores) -> None:
    raw = bytes(range(256)) * 4
    stores.store("receipt-1", raw)
    assert stores.inbox.get("inbox/receipt-1") == raw


def test_an_object_that_is_not_in_the_inbox_is_reported(stores: Stores) -> None:
    with pytest.raises(NoSuchObjectError):
        stores.inbox.get("inbox/nothing")


def written_between(stores: Stores, after: timedelta, before: timedelta) -> dict[str, datetime]:
    now = datetime.now(UTC)
    return dict(stores.inbox.written_between(now + after, now + before))


def test_the_inbox_lists_what_was_written_in_a_span(stores: Stores) -> None:
    stores.store("receipt-1", b"one")
    stores.store("receipt-2", b"two")
    found = written_between(stores, timedelta(minutes=-1), timedelta(minutes=1))
    assert set(found) == {"inbox/receipt-1", "inbox/receipt-2"}
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=1) for at in found.values())


@pytest.mark.parametrize(("after", "before"), [(-60, -1), (1, 60)], ids=["younger", "older"])
def test_the_inbox_lists_nothing_of_another_span(stores: Stores, after: int, before: int) -> None:
    stores.store("receipt-1", b"one")
    assert written_between(stores, timedelta(minutes=after), timedelta(minutes=before)) == {}


def test_a_span_holds_its_beginning_and_not_its_end(stores: Stores) -> None:
    stores.store("receipt-1", b"one")
    ((key, at),) = written_between(stores, timedelta(minutes=-1), timedelta(minutes=1)).items()
    second = timedelta(seconds=1)
    assert list(stores.inbox.written_between(at, at + second)) == [(key, at)]
    assert list(stores.inbox.written_between(at - second, at)) == []


def test_the_archive_gives_back_what_was_put(stores: Stores) -> None:
    stores.archive.put("c1/original.eml", b"\x00\xff\r\n", media_type="message/rfc822", metadata={"id": "m1"})
    assert stores.archive.get("c1/original.eml") == b"\x00\xff\r\n"


def test_the_archive_never_rewrites(stores: Stores) -> None:
    stores.archive.put("c1/original.eml", b"first", media_type="message/rfc822", metadata={})
    stores.archive.put("c1/original.eml", b"second", media_type="message/rfc822", metadata={})
    assert stores.archive.get("c1/original.eml") == b"first"


def test_an_object_that_is_not_in_the_archive_is_reported(stores: Stores) -> None:
    with pytest.raises(NoSuchObjectError):
        stores.archive.get("c1/nothing.eml")


def test_each_mail_gets_an_id_of_its_own(stores: Stores) -> None:
    assert stores.mailer.send(a_submission()) != stores.mailer.send(a_submission())


@pytest.mark.parametrize("raw", [b"", b"x", b"\xff\x00\r\n" * 700_001], ids=["empty", "one", "large"])
def test_the_mailer_sends_exactly_these_octets(stores: Stores, raw: bytes) -> None:
    stores.mailer.send(a_submission(raw))
    assert stores.sent() == [raw]


def a_submission(raw: bytes = b"From: a\r\n\r\nb\r\n") -> Submission:
    return Submission(
        reverse_path=Mailbox("b-7k2m", "relay.example.com"),
        forward_path=Mailbox("shop", "haendler.example"),
        raw=raw,
        tags={"message": "m1"},
    )


def test_the_queue_takes_texts_in_any_script(stores: Stores) -> None:
    stores.queue.send('{"notificationType": "Received", "Übergröße": "ß"}')
    assert stores.queued() == ['{"notificationType": "Received", "Übergröße": "ß"}']
