"""What an entry is written with, and which objects are read as one."""

import json
from typing import Any

import pytest

from parley.archive.chain import link_hash
from parley.archive.checkpoints import CheckpointError, read_checkpoint
from parley.archive.entries import EntryError, event_entry, read_entry
from parley.archive.entry_schema import SCHEMA
from parley.archive.records import EventKind, EventRecord, MessageRecord
from parley.screening.policy import CODES
from parley.screening.rules import RULES
from tests.support.archived import Archived


def an_entry() -> dict[str, Any]:
    archived = Archived()
    archived.message()
    (raw,) = archived.entries.values()
    return dict(json.loads(raw))


def an_event() -> dict[str, Any]:
    archived = Archived()
    archived.event(EventKind.NOTE, content=b"{}", facts={"case": "C-17"})
    (raw,) = archived.entries.values()
    return dict(json.loads(raw))


def put(entry: dict[str, Any], path: str, value: object) -> bytes:
    """The entry with another value at a path; "…" takes the member away."""
    *way, name = path.split(".")
    inner: Any = entry
    for step in way:
        inner = inner[step]
    if value == "…":
        del inner[name]
    else:
        inner[name] = value
    return json.dumps(entry).encode()


def code(raw: bytes) -> str:
    with pytest.raises(EntryError) as refused:
        read_entry(raw)
    return refused.value.code


def test_an_entry_tells_its_link_its_record_and_the_outcome() -> None:
    entry = an_entry()
    assert entry["link_hash"] == link_hash(json.dumps(entry["link"], sort_keys=True, separators=(",", ":")))
    assert (entry["kind"], entry["outcome"], entry["record"]["outcome"]) == ("message", "relayed", "relayed")
    assert entry["schema_version"] == 1


def test_an_entry_is_read_as_it_was_written() -> None:
    raw = json.dumps(an_entry()).encode()
    entry = read_entry(raw)
    assert (entry.seq, entry.id, entry.outcome) == (1, "m1", "relayed")
    assert entry.told_hash == link_hash(entry.link.to_json())
    assert isinstance(entry.record, MessageRecord)
    assert entry.record.codes == entry.codes == ("protected-masked",)


def test_an_entry_is_one_line_of_ascii_which_athena_reads_as_one_object() -> None:
    archived = Archived()
    archived.message()
    archived.event(EventKind.NOTE, content=b"{}", facts={"case": "C-17"})
    for raw in archived.entries.values():
        assert raw.isascii()
        assert len(raw.splitlines()) == 1
        assert raw == json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":")).encode()


def test_an_entry_that_was_written_on_several_lines_is_read_as_well() -> None:
    entry = read_entry(json.dumps(an_entry(), indent=1).encode())
    assert (entry.seq, entry.id, entry.outcome) == (1, "m1", "relayed")


def test_an_event_has_no_outcome_of_its_own() -> None:
    entry = read_entry(json.dumps(an_event()).encode())
    assert entry.record == EventRecord(kind=EventKind.NOTE, facts={"case": "C-17"})
    assert (entry.outcome, entry.codes, entry.outgoing_message_id) == (None, (), None)


@pytest.mark.parametrize("raw", [b"", b"\x00", b"{", b'{"a":1,"a":1}', b"[" * 50_000, b'{"seq":NaN}'])
def test_what_is_no_json_is_unreadable(raw: bytes) -> None:
    assert code(raw) == "entry-unreadable"


def test_an_entry_of_a_later_version_is_not_called_malformed() -> None:
    assert code(put(an_entry(), "schema_version", 2)) == "entry-unknown"


@pytest.mark.parametrize("raw", [b"null", b"[]", b"1", b'"text"', b"{}"])
def test_other_json_is_malformed(raw: bytes) -> None:
    assert code(raw) == "entry-malformed"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("more", 1),
        ("link.more", 1),
        ("record.subject", "Geheim"),
        ("record.screening.text", "Geheim"),
        ("link.seq", 0),
        ("link.seq", "1"),
        ("link.seq", True),
        ("link.previous", "x"),
        ("link.id", "../m1"),
        ("link.conversation", "c1\n"),
        ("link.at", "2026-09-04 16:12"),
        ("link.at", "2026-09-04T16:12:00+02:00"),
        ("link.version", 2),
        ("link.commitments.record", "…"),
        ("link.commitments.more", "0" * 64),
        ("link.commitments.original", "0" * 63),
        ("link_hash", "0" * 64 + "\n"),
        ("link_hash", "A" * 64),
        ("record_salt", "0" * 31),
        ("record", "…"),
        ("kind", "note"),
        ("record.kind", "note"),
        ("record.author_role", "operator"),
        ("record.codes", ["anna@buyer.example"]),
        ("record.screening.findings", [["spam", "note", "anna@buyer.example", 1]]),
        ("record.screening.findings", [["spam", "note", "subject"]]),
        ("record.screening.findings", [["spam", "note", "subject", 1, 1]]),
        ("outcome", "sent"),
        ("outcome", None),
        ("folder", "conversations/c1/../../x/"),
        ("folder", "/etc/"),
        ("folder", "conversations/c1/a"),
        ("outgoing_message_id", "a b"),
    ],
)
def test_a_message_entry_that_the_schema_does_not_admit_is_malformed(path: str, value: object) -> None:
    assert code(put(an_entry(), path, value)) == "entry-malformed"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("kind", "hold-lifted"),
        ("record.kind", "erased"),
        ("record.facts", {"who": "anna@buyer.example"}),
        ("record.facts", {"Name": "x"}),
        ("record.facts", {"case": None}),
        ("record.facts", {"case": {"a": 1}}),
        ("record.message", "m 1"),
        ("outcome", "relayed"),
        ("codes", []),
    ],
)
def test_an_event_entry_that_the_schema_does_not_admit_is_malformed(path: str, value: object) -> None:
    assert code(put(an_event(), path, value)) == "entry-malformed"


def test_an_entry_that_could_not_be_read_is_not_written() -> None:
    record = EventRecord(kind=EventKind.NOTE).to_json()
    with pytest.raises(EntryError):
        event_entry('{"seq":1}', record, "0" * 32, folder="")


@pytest.mark.parametrize(
    "facts",
    [{"who": "anna@buyer.example"}, {"Case": "x"}, {"case": "two\nlines"}, {"case": "x" * 65_537}, {"": "x"}],
)
def test_an_event_whose_entry_could_never_be_written_is_not_recorded(facts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no id, code or number"):
        EventRecord(kind=EventKind.NOTE, facts=facts)


def test_all_codes_and_rules_of_the_product_have_a_place_in_a_record() -> None:
    entry = an_entry()
    names = sorted({*CODES, *(rule.name for rule in RULES)})
    entry["record"] |= {"codes": names, "screening": entry["record"]["screening"] | {"misses": names}}
    assert read_entry(json.dumps(entry).encode()).record == MessageRecord(
        author_role="buyer",
        recipient_role="seller",
        outcome="relayed",
        codes=tuple(names),
        screening=entry["record"]["screening"],
    )


def test_every_object_of_the_schema_is_closed() -> None:
    def closed(schema: object) -> bool:
        if isinstance(schema, list):
            return all(map(closed, schema))
        if not isinstance(schema, dict):
            return True
        own = schema.get("type") != "object" or schema.get("additionalProperties") is False
        return own and all(map(closed, schema.values()))

    assert closed(SCHEMA)


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    archived = Archived()
    archived.message(done=False)
    key = archived.checkpoint()
    checkpoint = read_checkpoint(archived.checkpoints[key])
    assert checkpoint.statement == archived.statement()
    assert checkpoint.root in archived.roots


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema_version", 2),
        ("algorithm", "none"),
        ("more", 1),
        ("statement.count", "1"),
        ("statement.count", 0),
        ("statement.more", 1),
        ("statement.tip", ""),
        ("statement.pending", {"x": "0" * 64}),
        ("statement.pending", {"1": "x"}),
        ("place", -1),
        ("path", ["zz"]),
        ("path", "00"),
        ("signature", "%"),
        ("signature", 1),
        ("statement", "…"),
    ],
)
def test_an_object_that_is_no_checkpoint_is_refused(path: str, value: object) -> None:
    archived = Archived()
    archived.message()
    fields = json.loads(archived.checkpoints[archived.checkpoint()])
    with pytest.raises(CheckpointError):
        read_checkpoint(put(fields, path, value))


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"[" * 50_000, b'{"statement":[]}'])
def test_other_octets_are_no_checkpoint(raw: bytes) -> None:
    with pytest.raises(CheckpointError):
        read_checkpoint(raw)
