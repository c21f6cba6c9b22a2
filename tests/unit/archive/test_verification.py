"""What verification finds, and where."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from parley.archive.chain import Committed, link_hash
from parley.archive.entries import Entry
from parley.archive.records import EventKind, MessageRecord
from parley.archive.verdicts import Code
from tests.support.archived import Archived


@pytest.fixture
def archived() -> Archived:
    """Six links, checkpoints behind the fourth and the sixth; the fourth is a note, the fifth was held."""
    made = Archived()
    for _ in range(3):
        made.message()
    made.event(EventKind.NOTE, content=b"a note", facts={"case": "C-17"})
    made.checkpoint()
    made.message("held")
    made.message()
    made.checkpoint()
    return made


def edit(archived: Archived, seq: int, change: Callable[[dict[str, dict[str, object]]], object]) -> None:
    key = archived.entry(seq)
    entry = json.loads(archived.entries[key])
    change(entry)
    archived.entries[key] = json.dumps(entry).encode()


def rehash(entry: dict[str, dict[str, object]]) -> None:
    """What a forger does who knows the format."""
    text = json.dumps(entry["link"], sort_keys=True, separators=(",", ":"))
    entry["link_hash"] = link_hash(text)  # type: ignore[assignment]


def test_a_chain_as_it_was_written_is_intact(archived: Archived) -> None:
    verdict = archived.verdict()
    assert verdict.is_intact
    assert (verdict.count, verdict.signed, verdict.pending) == (6, 6, ())


def test_links_behind_the_last_checkpoint_are_counted_apart(archived: Archived) -> None:
    archived.message()
    verdict = archived.verdict()
    assert verdict.is_intact
    assert (verdict.count, verdict.signed) == (7, 6)


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_removed_entry_is_named(archived: Archived, seq: int) -> None:
    del archived.entries[archived.entry(seq)]
    assert archived.faults() == [(seq, "link-missing")]


def test_a_row_of_removed_entries_is_one_fault_with_their_number(archived: Archived) -> None:
    for seq in (2, 3):
        del archived.entries[archived.entry(seq)]
    (fault,) = archived.verdict().faults
    assert (fault.seq, fault.count) == (2, 2)


def test_a_cut_tail_is_named_by_its_first_link(archived: Archived) -> None:
    for seq in (5, 6):
        del archived.entries[archived.entry(seq)]
    (fault,) = archived.verdict().faults
    assert (fault.seq, fault.code, fault.count) == (5, "tail-missing", 2)
    assert archived.verdict().count == 6


def test_nothing_left_but_a_checkpoint_tells_how_much_there_was(archived: Archived) -> None:
    archived.entries.clear()
    (fault,) = archived.verdict().faults
    assert (fault.seq, fault.code, fault.count) == (1, "tail-missing", 6)


@pytest.mark.parametrize("seq", [1, 2, 4, 6])
def test_an_altered_link_is_named_itself_although_its_hash_was_made_anew(
    archived: Archived, seq: int
) -> None:
    edit(archived, seq, lambda entry: (entry["link"].update(at="2026-09-04T00:00:00+00:00"), rehash(entry)))
    assert archived.faults() == [(seq, "link-altered")]


def test_a_chain_that_was_rewritten_from_some_link_on_is_named_from_there(archived: Archived) -> None:
    forged = Archived()
    forged.message()
    forged.message("held")
    for _ in range(4):
        forged.message()
    archived.entries = forged.entries
    archived.objects = forged.objects
    assert archived.faults()[0] == (4, "link-altered")


def test_a_wrong_hash_beside_a_right_link_is_an_alteration(archived: Archived) -> None:
    edit(archived, 2, lambda entry: entry.update(link_hash="0" * 64))  # type: ignore[arg-type]
    assert archived.faults() == [(2, "link-altered")]


def test_an_altered_record_is_named(archived: Archived) -> None:
    edit(archived, 4, lambda entry: entry["record"].update(facts={"case": "C-18"}))
    assert archived.faults() == [(4, "record-altered")]


def test_a_swapped_salt_of_a_record_is_an_alteration(archived: Archived) -> None:
    edit(archived, 2, lambda entry: entry.update(record_salt="0" * 32))  # type: ignore[arg-type]
    assert archived.faults() == [(2, "record-altered")]


def test_an_altered_outcome_is_named(archived: Archived) -> None:
    edit(archived, 5, lambda entry: entry.update(outcome="relayed"))  # type: ignore[arg-type]
    assert archived.faults() == [(5, "outcome-altered")]


def test_a_code_that_no_record_tells_of_is_an_alteration(archived: Archived) -> None:
    edit(archived, 5, lambda entry: entry.update(codes=["spam"]))  # type: ignore[arg-type]
    assert archived.faults() == [(5, "outcome-altered")]


def test_entries_that_changed_places_are_both_named(archived: Archived) -> None:
    first, second = archived.entry(2), archived.entry(3)
    entries = archived.entries
    entries[first], entries[second] = entries[second], entries[first]
    assert archived.faults() == [(2, "entry-misplaced"), (3, "entry-misplaced")]


def test_of_two_entries_at_one_place_the_proved_one_counts(archived: Archived) -> None:
    raw = json.loads(archived.entries[archived.entry(3)])
    raw["link"]["id"] = "aaa"
    rehash(raw)
    archived.entries["entries/c1/0003_aaa.json"] = json.dumps(raw).encode()
    (fault,) = archived.verdict().faults
    assert (fault.seq, fault.code, fault.key) == (3, "entry-twice", "entries/c1/0003_aaa.json")


def test_an_entry_of_another_conversation_is_named_and_not_followed(archived: Archived) -> None:
    other = Archived("c2")
    other.message()
    archived.entries["entries/c1/0009_m1.json"] = other.entries[other.entry(1)]
    assert (9, "other-conversation") in archived.faults()


def test_an_entry_in_a_place_far_away_costs_no_time(archived: Archived) -> None:
    raw = json.loads(archived.entries[archived.entry(6)])
    raw["link"]["seq"] = 10**15
    rehash(raw)
    archived.entries[f"entries/c1/{10**15}_m6.json"] = json.dumps(raw).encode()
    fault, other = archived.verdict().faults
    assert (fault.seq, fault.code, fault.count) == (7, "link-missing", 10**15 - 7)
    assert other.seq == 10**15


@pytest.mark.parametrize(
    ("raw", "code"), [(b"\x00", "entry-unreadable"), (b'{"schema_version":1}', "entry-malformed")]
)
def test_an_entry_that_cannot_be_read_is_named_and_the_rest_is_verified(
    archived: Archived, raw: bytes, code: str
) -> None:
    archived.entries[archived.entry(3)] = raw
    assert archived.faults() == [(3, code)]


@pytest.mark.parametrize("name", ["original.eml", "relayed.eml", ".json"])
def test_a_removed_object_is_named(archived: Archived, name: str) -> None:
    key = next(key for key in archived.objects if "/0002_" in key and key.endswith(name))
    del archived.objects[key]
    (fault,) = archived.verdict().faults
    assert (fault.seq, fault.code, fault.key) == (2, "object-missing", key)


def test_an_altered_object_or_salt_is_named(archived: Archived) -> None:
    key = next(key for key in archived.objects if "/0002_" in key)
    content, salt = archived.objects[key]
    for forged in ((content + b"x", salt), (content, "0" * 32), (content, "")):
        archived.objects[key] = forged
        (fault,) = archived.verdict().faults
        assert (fault.seq, fault.code, fault.key) == (2, "object-altered", key)


def test_a_note_that_was_changed_is_found(archived: Archived) -> None:
    key = next(key for key in archived.objects if key.startswith("notes/"))
    archived.objects[key] = (b"another note", archived.objects[key][1])
    assert archived.faults() == [(4, "object-altered")]


def test_a_checkpoint_that_nobody_signed_proves_nothing(archived: Archived) -> None:
    last = max(archived.checkpoints)
    archived.roots.clear()
    assert {code for _, code in archived.faults()} == {"checkpoint-forged", "nothing-signed"}
    assert archived.faults()[-1] == (0, "nothing-signed")
    assert archived.verdict().signed == 0
    assert last in {fault.key for fault in archived.verdict().faults}


def test_a_checkpoint_that_was_changed_is_forged(archived: Archived) -> None:
    key = max(archived.checkpoints)
    fields = json.loads(archived.checkpoints[key])
    fields["statement"]["count"] = 4
    archived.checkpoints[key] = json.dumps(fields).encode()
    assert archived.faults() == [(6, "checkpoint-forged")]


def test_a_checkpoint_that_cannot_be_read_is_named(archived: Archived) -> None:
    archived.checkpoints[min(archived.checkpoints)] = b"{}"
    assert archived.faults() == [(4, "checkpoint-malformed")]


def test_a_checkpoint_of_another_conversation_proves_nothing_here(archived: Archived) -> None:
    other = Archived("c2")
    other.message()
    archived.checkpoints["checkpoints/c1/0001_x.json"] = other.checkpoints[other.checkpoint()]
    archived.roots |= other.roots
    assert archived.faults() == [(1, "other-conversation")]


def test_two_signed_checkpoints_that_contradict_each_other_are_named(archived: Archived) -> None:
    other = Archived()
    for _ in range(6):
        other.message()
    archived.checkpoints["checkpoints/c1/0006_y.json"] = other.checkpoints[other.checkpoint()]
    archived.roots |= other.roots
    assert (6, "checkpoint-contradicted") in archived.faults()


def test_a_chain_that_was_never_signed_is_not_called_intact() -> None:
    archived = Archived()
    archived.message()
    assert archived.faults() == [(0, "nothing-signed")]


def test_nothing_at_all_is_intact() -> None:
    assert Archived().verdict().is_intact


def test_a_link_without_a_checkpoint_behind_it_must_hang_on_the_one_before() -> None:
    archived = Archived()
    for _ in range(3):
        archived.message()
    edit(archived, 2, lambda entry: (entry["link"].update(at="2026-09-04T00:00:00+00:00"), rehash(entry)))
    assert archived.faults() == [(2, "folder-altered"), (3, "link-broken"), (0, "nothing-signed")]


def test_a_first_link_has_nothing_before_it() -> None:
    archived = Archived(tip="1" * 64)
    archived.message()
    archived.checkpoint()
    assert archived.faults() == [(1, "link-broken")]


def test_a_message_without_an_outcome_yet_does_not_break_the_chain() -> None:
    archived = Archived()
    archived.message()
    archived.message(done=False)
    archived.message()
    archived.checkpoint()
    verdict = archived.verdict()
    assert verdict.is_intact
    assert (verdict.count, verdict.pending) == (3, (2,))


def test_the_last_message_may_be_the_one_without_an_outcome() -> None:
    archived = Archived()
    archived.message()
    archived.message(done=False)
    archived.checkpoint()
    assert archived.verdict().is_intact
    assert archived.verdict().pending == (2,)


def test_an_entry_must_be_the_one_that_was_pending() -> None:
    archived = Archived()
    archived.message()
    archived.message(done=False)
    archived.message()
    archived.checkpoint()
    archived.finish(2)
    assert archived.verdict().is_intact
    edit(archived, 2, lambda entry: (entry["link"].update(at="2026-09-04T00:00:00+00:00"), rehash(entry)))
    assert archived.faults() == [(2, "link-altered")]


def test_an_entry_that_came_cannot_be_called_pending_again() -> None:
    archived = Archived()
    archived.message(done=False)
    archived.message()
    archived.checkpoint()
    archived.finish(1)
    archived.message()
    archived.checkpoint()
    del archived.entries[archived.entry(1)]
    assert archived.faults() == [(1, "link-missing")]


def test_an_outcome_that_an_event_tells_of_is_no_alteration() -> None:
    archived = Archived()
    message = archived.message("held", intended="relayed")
    told = {"outcome": "held", "codes": "composition-changed"}
    archived.event(EventKind.OUTCOME, message=message, facts=told)
    archived.checkpoint()
    assert archived.verdict().is_intact


def test_the_outcome_event_alone_says_how_a_message_ended() -> None:
    archived = Archived()
    message = archived.message("held", intended="relayed")
    told = {"outcome": "held", "codes": "composition-changed"}
    archived.event(EventKind.OUTCOME, message=message, facts=told)
    archived.checkpoint()
    edit(archived, 1, lambda entry: entry.update(outcome="relayed", codes=["protected-masked"]))  # type: ignore[arg-type]
    assert archived.faults() == [(1, "outcome-altered")]


def test_a_code_that_was_left_out_is_an_alteration(archived: Archived) -> None:
    edit(archived, 5, lambda entry: entry.update(codes=[]))  # type: ignore[arg-type]
    assert archived.faults() == [(5, "outcome-altered")]


@pytest.mark.parametrize("codes", [["protected-masked"], ["protected-masked", "ses-rejected"]])
def test_an_entry_has_the_codes_from_before_or_after_a_release_that_failed(codes: list[str]) -> None:
    archived = Archived()
    message = archived.message("held")
    archived.event(EventKind.RELEASE_ASKED, message=message)
    archived.event(EventKind.OUTCOME, message=message, facts={"outcome": "held", "codes": "ses-rejected"})
    archived.checkpoint()
    edit(archived, 1, lambda entry: entry.update(codes=codes))  # type: ignore[arg-type]
    assert archived.verdict().is_intact
    edit(archived, 1, lambda entry: entry.update(codes=["ses-rejected"]))  # type: ignore[arg-type]
    assert archived.faults() == [(1, "outcome-altered")]


def test_an_unsigned_message_of_the_same_id_proves_no_outcome() -> None:
    archived = Archived()
    archived.message("held")
    archived.checkpoint()
    edit(archived, 1, lambda entry: entry.update(outcome="relayed"))  # type: ignore[arg-type]
    forged = archived.entry(1)
    archived.message("relayed")
    raw = json.loads(archived.entries.pop(archived.entry(2)))
    raw["link"]["id"] = "m1"
    rehash(raw)
    archived.entries["entries/c1/0002_m1.json"] = json.dumps(raw).encode()
    assert (1, "outcome-altered") in archived.faults()
    assert forged in archived.entries


@pytest.mark.parametrize("salt", ["zz", "", "00", "0" * 31 + " ", "AB" * 16])
def test_an_object_whose_salt_is_none_is_altered(archived: Archived, salt: str) -> None:
    key = next(key for key in archived.objects if key.endswith("original.eml"))
    archived.objects[key] = (archived.objects[key][0], salt)
    assert archived.faults() == [(1, "object-altered")]


@pytest.mark.parametrize(
    ("age", "faults"),
    [
        (timedelta(minutes=1), []),
        (timedelta(hours=1), ["unsigned-tail"]),
        (timedelta(days=-1), ["unsigned-tail"]),
    ],
)
def test_an_end_that_nobody_signed_in_time_is_a_fault(
    archived: Archived, age: timedelta, faults: list[str]
) -> None:
    now = archived.now + age
    archived.message()
    archived.message()
    verdict = archived.verdict(now=now)
    assert [str(fault.code) for fault in verdict.faults] == faults
    assert verdict.unsigned == 2
    assert all((fault.seq, fault.count) == (7, 2) for fault in verdict.faults)


def test_what_was_composed_otherwise_and_never_kept_is_not_missing() -> None:
    archived = Archived()
    message = archived.message("held", intended="relayed", filed=False)
    told = {"outcome": "held", "codes": "composition-changed"}
    archived.event(EventKind.OUTCOME, message=message, facts=told)
    archived.checkpoint()
    assert archived.verdict().is_intact
    archived.objects.clear()
    assert archived.faults() == [(1, "object-missing")]


def test_erased_contents_are_not_missing_and_are_told() -> None:
    archived = Archived()
    archived.message()
    archived.event(EventKind.NOTE, content=b"a note")
    archived.event(EventKind.ERASED, facts={"certificate": "x-1"})
    archived.message()
    archived.checkpoint()
    archived.erase(3)
    verdict = archived.verdict()
    assert verdict.is_intact
    assert verdict.erased == (1, 2)


def test_what_came_after_an_erasure_may_not_be_missing() -> None:
    archived = Archived()
    archived.message()
    archived.event(EventKind.ERASED)
    archived.message()
    archived.checkpoint()
    archived.objects.clear()
    assert {fault.seq for fault in archived.verdict().faults} == {3}


def test_the_erasure_of_one_message_excuses_no_other() -> None:
    archived = Archived()
    first = archived.message()
    archived.message()
    archived.event(EventKind.ERASED, message=first)
    archived.checkpoint()
    archived.objects.clear()
    assert {fault.seq for fault in archived.verdict().faults} == {2}
    assert archived.verdict().erased == (1,)


def test_what_was_written_about_a_message_is_erased_with_it_and_nothing_else_is() -> None:
    archived = Archived()
    message = archived.message()
    archived.event(EventKind.REFUSED, message=message, content=b"why")
    archived.event(EventKind.NOTE, content=b"a note")
    archived.event(EventKind.ERASED, message=message)
    archived.event(EventKind.NOTE, message=message, content=b"later")
    archived.checkpoint()
    archived.objects.clear()
    assert {fault.seq for fault in archived.verdict().faults} == {3, 5}
    assert archived.verdict().erased == (1, 2)


def test_what_is_left_after_an_erasure_must_be_unaltered() -> None:
    archived = Archived()
    archived.message()
    archived.event(EventKind.ERASED)
    archived.checkpoint()
    key = min(archived.objects)
    archived.objects = {key: (b"forged", archived.objects[key][1])}
    assert archived.faults() == [(1, "object-altered")]


def test_an_erasure_that_nobody_signed_excuses_nothing() -> None:
    archived = Archived()
    archived.message()
    archived.checkpoint()
    archived.event(EventKind.ERASED)
    archived.objects.clear()
    assert {code for _, code in archived.faults()} == {"object-missing"}


def test_a_redacted_reader_verifies_what_he_may_open(archived: Archived) -> None:
    def closed(entry: Entry, kind: Committed) -> bool:
        return isinstance(entry.record, MessageRecord) and kind is Committed.ORIGINAL

    archived.objects = {
        key: each for key, each in archived.objects.items() if not key.endswith("original.eml")
    }
    verdict = archived.verdict(closed)
    assert verdict.is_intact
    assert verdict.unopened == (1, 2, 3, 5, 6)
    key = next(key for key in archived.objects if key.endswith("relayed.eml"))
    del archived.objects[key]
    assert [(fault.seq, fault.code) for fault in archived.verdict(closed).faults] == [(1, "object-missing")]


# What was done to objects after they were written


def test_the_end_is_told_by_its_hash_also_where_it_waits_for_its_outcome(archived: Archived) -> None:
    assert archived.verdict().tip == archived.tip
    archived.message(done=False)
    archived.checkpoint()
    verdict = archived.verdict()
    assert (verdict.count, verdict.pending, verdict.tip) == (7, (7,), archived.tip)


def test_an_end_that_is_gone_is_told_by_the_hash_that_its_checkpoint_proves(archived: Archived) -> None:
    del archived.entries[archived.entry(6)]
    assert archived.verdict().tip == archived.tip


def test_an_end_that_cannot_be_read_and_was_never_signed_has_no_hash(archived: Archived) -> None:
    archived.message()
    archived.entries[archived.entry(7)] = b"{"
    assert (archived.verdict().count, archived.verdict().tip) == (7, "")


def disturbed(archived: Archived, *keys: str) -> list[tuple[int, str, str]]:
    verdict = archived.verdict(disturbed=dict.fromkeys(keys, Code.OBJECT_HIDDEN))
    return [(fault.seq, str(fault.code), fault.key) for fault in verdict.faults]


def test_what_was_hidden_is_named_by_the_place_it_belongs_to(archived: Archived) -> None:
    (mail,) = [key for key in archived.objects if "/0002_" in key and "original" in key]
    (content,) = [key for key in archived.objects if key.startswith("contents/c1/0002_")]
    (note,) = [key for key in archived.objects if key.startswith("notes/")]
    attachment, stray = "conversations/c1/attachments/00/attachment.pdf", "conversations/c1/0009_x_m9/a.eml"
    checkpoint, entry = min(archived.checkpoints), archived.entry(3)
    assert disturbed(archived, mail, content, note, attachment, checkpoint, entry, stray) == [
        *sorted([(2, "object-hidden", mail), (2, "object-hidden", content)]),
        (3, "object-hidden", entry),
        *sorted([(4, "object-hidden", checkpoint), (4, "object-hidden", note)]),
        (9, "object-hidden", stray),
        (0, "object-hidden", attachment),
    ]


def test_a_signed_erasure_excuses_what_it_covers_and_nothing_later(archived: Archived) -> None:
    mails = [key for key in archived.objects if key.endswith("original.eml") or key.startswith("contents/")]
    archived.event(EventKind.ERASED, message="m2")
    archived.message()
    archived.checkpoint()
    left = [(int(key.split("/")[2][:4]), key) for key in mails if "/0002_" not in key]
    assert disturbed(archived, *mails) == [(place, "object-hidden", key) for place, key in sorted(left)]
    archived.event(EventKind.ERASED)
    archived.checkpoint()
    late = [key for key in archived.objects if "/0008_" in key]
    assert disturbed(archived, *mails, *late, "conversations/c1/attachments/00/attachment") == []
    assert disturbed(archived, archived.entry(2)) == [(2, "object-hidden", archived.entry(2))]
