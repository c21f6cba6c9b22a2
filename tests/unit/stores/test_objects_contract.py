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


def test_the_inbox_lists_what_is_in_it_and_when_it_was_written(stores: Stores) -> None:
    stores.store("receipt-2", b"two")
    stores.store("receipt-1", b"one")
    listed = stores.inbox.listed("")
    assert [key for key, _ in listed.objects] == ["inbox/receipt-1", "inbox/receipt-2"]
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=1) for _, at in listed.objects)
    assert listed.next is None


def test_the_inbox_goes_on_behind_a_key(stores: Stores) -> None:
    for name in ("receipt-1", "receipt-2"):
        stores.store(name, b"mail")
    assert [key for key, _ in stores.inbox.listed("inbox/receipt-1").objects] == ["inbox/receipt-2"]
    assert stores.inbox.listed("inbox/receipt-2").objects == ()


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
