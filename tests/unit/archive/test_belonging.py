"""Whether all that lies in a conversation's folders belongs to its links."""

from collections.abc import Collection
from datetime import timedelta

import pytest

from parley.archive import keys
from parley.archive.belonging import Listed
from parley.archive.records import EventKind
from parley.archive.verification import Verdict
from tests.support.archived import CONVERSATION, Archived

ATTACHMENT = keys.attachment_key(CONVERSATION, "ab" * 32, "bill.pdf")
EVENT = f"conversations/{CONVERSATION}/events/2026-09-04T161200Z"


@pytest.fixture
def archived() -> Archived:
    made = Archived()
    made.message()
    made.message("refused")
    made.event(EventKind.NOTE, content=b"{}")
    made.checkpoint()
    return made


def verdict(archived: Archived, *more: str, mail: str = "", known: Collection[str] = ()) -> Verdict:
    """more: keys of objects besides. mail: id of the one that `known` are the attachments of."""
    attached = {
        key.rpartition("/")[0] + "/": frozenset(known) for key in archived.objects if f"_{mail}/" in key
    }
    listed = Listed([*archived.objects, *more], attached if mail else {})
    return archived.verdict(listed=listed, now=archived.now)


def faults(
    archived: Archived, *more: str, mail: str = "", known: Collection[str] = ()
) -> list[tuple[int, str]]:
    return [(each.seq, str(each.code)) for each in verdict(archived, *more, mail=mail, known=known).faults]


def test_what_links_commit_to_belongs_to_them(archived: Archived) -> None:
    told = verdict(archived)
    assert (told.faults, told.stray) == ((), ())


@pytest.mark.parametrize(
    ("key", "seq"),
    [
        (f"conversations/{CONVERSATION}/0004_2026-09-03T161200Z_seller-to-buyer_m4/original.eml", 4),
        (f"conversations/{CONVERSATION}/0002_2026-09-04T161200Z_seller-to-buyer_m2/original.eml", 2),
        (f"conversations/{CONVERSATION}/0002_2026-09-04T161300Z_buyer-to-seller_m2/relayed.eml", 2),
        (f"conversations/{CONVERSATION}/0001_2026-09-04T161200Z_buyer-to-seller_m1/original (1).eml", 1),
        (f"conversations/{CONVERSATION}/more.eml", 0),
        (f"{EVENT}_note_x/more.txt", 0),
        (ATTACHMENT, 0),
    ],
)
def test_what_belongs_to_no_link_is_named(archived: Archived, key: str, seq: int) -> None:
    assert [(each.seq, each.code, each.key) for each in verdict(archived, key).faults] == [
        (seq, "object-unproved", key)
    ]


def test_what_an_event_that_was_never_chained_left_is_told_and_no_fault(archived: Archived) -> None:
    """Content is kept before its link: a request that broke off leaves it behind."""
    left = keys.content_key(f"{EVENT}_note_e3_0123abcd/")
    told = verdict(archived, left)
    assert (told.faults, told.stray) == ((), (left,))


def test_the_mail_of_a_message_without_an_entry_yet_belongs_there(archived: Archived) -> None:
    archived.message(done=False)
    assert faults(archived) == []
    archived.checkpoint()
    assert faults(archived) == []


def test_a_mail_behind_the_end_is_a_fault_once_it_is_old(archived: Archived) -> None:
    def mail(minutes: int) -> str:
        at = archived.now - timedelta(minutes=minutes)
        return keys.folder(CONVERSATION, 4, at, "buyer-to-seller", "m4") + keys.ORIGINAL

    assert faults(archived, mail(1)) == []
    assert faults(archived, mail(16)) == faults(archived, mail(-16)) == [(4, "object-unproved")]


def test_an_attachment_of_a_mail_belongs_to_it(archived: Archived) -> None:
    assert faults(archived, ATTACHMENT, mail="m1", known=[ATTACHMENT]) == []


def test_an_attachment_that_is_gone_is_missed_where_its_mail_went_out(archived: Archived) -> None:
    assert faults(archived, mail="m1", known=[ATTACHMENT]) == [(1, "object-missing")]
    assert faults(archived, mail="m2", known=[ATTACHMENT]) == []


def test_an_attachment_comes_moments_after_its_mail(archived: Archived) -> None:
    archived.message()
    assert faults(archived, mail="m4", known=[ATTACHMENT]) == []


def test_nobody_misses_or_suspects_attachments_of_what_was_erased(archived: Archived) -> None:
    archived.event(EventKind.ERASED)
    archived.checkpoint()
    assert faults(archived, ATTACHMENT) == []
    assert faults(archived, mail="m1", known=[ATTACHMENT]) == []


def test_who_may_not_read_all_mails_is_told_nothing_of_attachments(archived: Archived) -> None:
    listed = Listed([*archived.objects, ATTACHMENT], None)
    assert archived.verdict(listed=listed, now=archived.now).faults == ()
