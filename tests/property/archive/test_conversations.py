"""Whatever happens in a conversation, in whatever order its writers meet, its chain verifies; and whatever is
done to what lies in the archive afterwards is found, at the right place.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.archive.chain import Committed, digest, link_hash
from parley.archive.checkpoints import Statement, batch_root, checkpoints
from parley.archive.entries import event_entry, message_entry
from parley.archive.keys import entry_key
from parley.archive.records import EventKind
from parley.archive.verification import Stored, Verdict, verify
from parley.conversation.events import Event
from parley.conversation.messages import OUTCOMES
from parley.relaying.events import record_event
from parley.relaying.ports import SendRefusedError, Submission
from tests.support.archived import Archived
from tests.support.relay_world import BUYER, CONVERSATION, SELLER_ALIAS, World, mail

FEW = settings(max_examples=60, derandomize=True, deadline=None)
MANY = settings(max_examples=300, derandomize=True, deadline=None)


class Busy(World):
    """A world in which others write just before a head is moved."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.number = 0
        self.meanwhile: list[str] = []
        self._intercept(self.outside.messages, "claim")
        self._intercept(self.outside.history, "append")

    def _intercept(self, port: Any, name: str) -> None:
        original = getattr(port, name)

        def intercepted(*given: Any, **named: Any) -> Any:
            if self.meanwhile:
                self.do(self.meanwhile.pop())
            return original(*given, **named)

        setattr(port, name, intercepted)

    def do(self, action: str) -> None:
        self.number += 1
        written = {"Message_ID": f"<{self.number}@x.example>", "Subject": f"Mail {self.number}"}
        match action:
            case "buyer":
                self.buyer_writes(**written)
            case "seller":
                self.seller_writes(**written)
            case "forged":
                self.receive(self.accept(mail(BUYER, **written), BUYER, SELLER_ALIAS, dmarc="FAIL"))
            case "rejected":
                self.mailer.fault = _rejecting
                self.buyer_writes(**written)
                self.mailer.fault = lambda _: None
            case "note":
                record_event(
                    CONVERSATION, EventKind.NOTE, self.outside, contents={Committed.CONTENT: b"a note"}
                )
            case "delivered":
                record_event(CONVERSATION, EventKind.DELIVERED, self.outside, facts={"ses": "0102-x"})

    def verdict(self) -> Verdict:
        history = sorted(self.outside.history.of(CONVERSATION), key=lambda each: each.seq)
        entries = []
        for each in history:
            link, record, salt = each.link or "", each.record or "", dict(each.salts)["record"]
            key = entry_key(CONVERSATION, each.seq, each.id)
            if isinstance(each, Event):
                entries.append((key, event_entry(link, record, salt, folder=each.folder)))
            elif each.state in OUTCOMES:
                raw = message_entry(
                    link,
                    record,
                    salt,
                    outcome=each.state,
                    codes=each.codes,
                    folder=each.folder,
                    outgoing_message_id=each.outgoing_message_id,
                )
                entries.append((key, raw))
        statement = Statement(
            conversation=CONVERSATION,
            count=len(history),
            tip=link_hash(history[-1].link or ""),
            pending={},
            at="2026-09-04T16:12:00+00:00",
        )
        (signed,) = checkpoints([statement], "key", b"signature")
        root = batch_root([statement])
        return verify(
            CONVERSATION,
            entries,
            [("checkpoints/c1/x.json", signed.to_bytes())],
            self.stored,
            lambda checkpoint: checkpoint.root == root,
        )

    def stored(self, key: str) -> Stored | None:
        found = self.archive.objects.get(key)
        return None if found is None else Stored(digest(found.content), found.metadata.get("salt", ""))


def _rejecting(submission: Submission) -> None:
    if submission.tags.get("kind") is None:
        raise SendRefusedError("ses-rejected")


ACTIONS = st.sampled_from(["buyer", "seller", "forged", "rejected", "note", "delivered"])


@FEW
@given(st.lists(st.tuples(ACTIONS, st.lists(ACTIONS, max_size=3)), min_size=1, max_size=6))
def test_a_conversation_verifies_in_whatever_order_its_writers_meet(
    history: list[tuple[str, list[str]]],
) -> None:
    world = Busy()
    for action, meanwhile in history:
        world.meanwhile = list(meanwhile)
        world.do(action)
    verdict = world.verdict()
    assert verdict.faults == ()
    assert verdict.count >= len(history)


LINKS = st.lists(st.sampled_from(["message", "held", "note", "delivered"]), min_size=2, max_size=8)


def archived(links: list[str], signed: set[int]) -> Archived:
    """A conversation with checkpoints behind some of its links, and behind the last."""
    made = Archived()
    for place, each in enumerate(links, 1):
        match each:
            case "message":
                made.message()
            case "held":
                made.message("held")
            case "note":
                made.event(EventKind.NOTE, content=f"note {place}".encode())
            case "delivered":
                made.event(EventKind.DELIVERED, facts={"ses": "0102-x"})
        if place in signed or place == len(links):
            made.checkpoint()
    return made


def forge(archive: Archived, seq: int, change: Callable[[dict[str, Any]], None], *, anew: bool) -> None:
    """Changes an entry. anew: and makes its hash fit again."""
    key = archive.entry(seq)
    entry = json.loads(archive.entries[key])
    change(entry)
    if anew:
        text = json.dumps(entry["link"], sort_keys=True, separators=(",", ":"))
        entry["link_hash"] = link_hash(text)
    archive.entries[key] = json.dumps(entry).encode()


HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@MANY
@given(LINKS, st.sets(st.integers(1, 8)), st.data())
def test_any_one_change_of_an_entry_is_found_at_its_place(
    links: list[str], signed: set[int], data: st.DataObject
) -> None:
    archive = archived(links, signed)
    assert archive.verdict().is_intact
    seq = data.draw(st.integers(1, len(links)))
    value = data.draw(HEX)
    changes: dict[str, Callable[[dict[str, Any]], None]] = {
        "previous": lambda entry: entry["link"].update(previous=value),
        "at": lambda entry: entry["link"].update(at="2020-01-01T00:00:00+00:00"),
        "record commitment": lambda entry: entry["link"]["commitments"].update(record=value),
        "another commitment": lambda entry: entry["link"]["commitments"].update(original=value),
        "salt": lambda entry: entry.update(record_salt=value[:32]),
        "hash": lambda entry: entry.update(link_hash=value),
    }
    name = data.draw(st.sampled_from(sorted(changes)))
    forge(archive, seq, changes[name], anew=name != "hash" and data.draw(st.booleans()))
    assert archive.verdict().faults[0].seq == seq


@MANY
@given(LINKS, st.sets(st.integers(1, 8)), st.data())
def test_any_missing_entry_is_found_at_its_place(
    links: list[str], signed: set[int], data: st.DataObject
) -> None:
    archive = archived(links, signed)
    gone = data.draw(st.sets(st.integers(1, len(links)), min_size=1))
    for seq in gone:
        del archive.entries[archive.entry(seq)]
    faults = archive.verdict().faults
    assert faults[0].seq == min(gone)
    assert sum(fault.count for fault in faults) == len(gone)


@MANY
@given(LINKS, st.sets(st.integers(1, 8)), st.data())
def test_entries_in_another_order_are_found(links: list[str], signed: set[int], data: st.DataObject) -> None:
    archive = archived(links, signed)
    keys = sorted(archive.entries)
    order = data.draw(st.permutations(keys))
    archive.entries = {key: archive.entries[other] for key, other in zip(keys, order, strict=True)}
    moved = [place for place, (key, other) in enumerate(zip(keys, order, strict=True), 1) if key != other]
    assert [fault.seq for fault in archive.verdict().faults] == moved


@MANY
@given(LINKS, st.data())
def test_any_change_of_an_object_is_found_at_its_place(links: list[str], data: st.DataObject) -> None:
    archive = archived(["message", *links], set())
    key = data.draw(st.sampled_from(sorted(archive.objects)))
    content, salt = archive.objects[key]
    match data.draw(st.sampled_from(["content", "salt", "removed", "swapped"])):
        case "content":
            archive.objects[key] = (content + b"!", salt)
        case "salt":
            archive.objects[key] = (content, digest(salt.encode())[:32])
        case "removed":
            del archive.objects[key]
        case "swapped":
            other = data.draw(st.sampled_from(sorted(archive.objects.keys() - {key})))
            archive.objects[key], archive.objects[other] = archive.objects[other], archive.objects[key]
    assert key in {fault.key for fault in archive.verdict().faults}


@MANY
@given(LINKS, LINKS, st.data())
def test_a_chain_made_anew_from_some_place_on_is_found_there(
    links: list[str], others: list[str], data: st.DataObject
) -> None:
    """The forger can do everything but sign."""
    kept = data.draw(st.integers(0, len(links) - 1))
    archive = archived(links, {kept})
    forged = archived([*links[:kept], "message" if links[kept] != "message" else "note", *others], set())
    archive.entries, archive.objects = forged.entries, forged.objects
    archive.checkpoints |= {f"{key}.forged": raw for key, raw in forged.checkpoints.items()}
    places = [
        fault.seq for fault in archive.verdict().faults if not str(fault.code).startswith("checkpoint-f")
    ]
    assert places[0] > kept
    assert archive.verdict().signed == len(links)


@MANY
@given(st.lists(st.booleans(), min_size=1, max_size=8), st.sets(st.integers(1, 8)), st.data())
def test_pending_links_break_nothing_whenever_they_get_their_outcome(
    done: list[bool], signed: set[int], data: st.DataObject
) -> None:
    archive = Archived()
    for place, each in enumerate(done, 1):
        archive.message(done=each)
        if archive.late and data.draw(st.booleans()):
            archive.finish(data.draw(st.sampled_from(sorted(archive.late))))
        if place in signed:
            archive.checkpoint()
            assert archive.verdict().is_intact
    archive.checkpoint()
    verdict = archive.verdict()
    assert verdict.is_intact
    assert verdict.pending == tuple(sorted(archive.late))
    assert replace(verdict, pending=()).count == len(done)
