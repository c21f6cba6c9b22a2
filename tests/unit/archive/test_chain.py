"""Links, their hashes and commitments."""

import hashlib
import json
from dataclasses import replace

import pytest

from parley.archive.chain import (
    Committed,
    Link,
    commitment,
    commitments,
    digest,
    link_hash,
    nothing,
    read_json,
)

LINK = Link(
    conversation="c1",
    seq=1,
    previous="",
    id="m1",
    at="2026-09-04T16:12:00+00:00",
    commitments={"record": "cc", "original": "aa", "relayed": "bb"},
)


def test_a_links_hash_can_be_recomputed_from_its_json_alone() -> None:
    text = LINK.to_json()
    assert hashlib.sha256(text.encode()).hexdigest() == link_hash(text)
    again = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert link_hash(again) == link_hash(text)


def test_any_change_of_a_link_changes_its_hash() -> None:
    changes = [{"conversation": "c2"}, {"seq": 2}, {"previous": "00"}, {"id": "m2"}, {"at": "2026"}]
    changes += [{"commitments": {"original": "ab", "relayed": "bb"}}, {"commitments": {}}]
    hashes = {link_hash(replace(LINK, **change).to_json()) for change in [{}, *changes]}  # type: ignore[arg-type]
    assert len(hashes) == len(changes) + 1


def test_a_link_tells_nothing_of_what_it_commits_to() -> None:
    assert json.loads(LINK.to_json()).keys() == {
        *("version", "conversation", "seq", "previous", "id", "at", "commitments")
    }


def test_a_commitment_hides_its_content_behind_the_salt() -> None:
    digest = hashlib.sha256(b"content").hexdigest()
    salt = "00" * 16
    assert commitment(salt, digest) == hashlib.sha256(bytes(16) + bytes.fromhex(digest)).hexdigest()
    assert commitment(salt, digest) != commitment("01" * 16, digest)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b"[" * 100_000,
        b"\xff",
        b"",
        b"{}x",
        b'{"a":' + b"9" * 10_000 + b"}",
    ],
)
def test_json_that_two_readers_could_understand_in_two_ways_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the standard library's own errors are among them
        read_json(raw)


def test_json_is_read_as_it_was_written() -> None:
    assert read_json(LINK.to_json().encode()) == json.loads(LINK.to_json())


def test_a_link_commits_to_each_kind_whatever_there_is() -> None:
    salts = {"record": "1" * 32, "content": "2" * 32}
    few = commitments(salts, {Committed.RECORD: b"{}"})
    more = commitments(salts, {Committed.RECORD: b"{}", Committed.CONTENT: b"text"})
    assert few.keys() == more.keys() == set(Committed)
    assert len(set(few.values())) == 4
    assert more["content"] == commitment("2" * 32, digest(b"text"))


def test_that_there_is_nothing_is_proved_by_the_records_salt_alone() -> None:
    made = commitments({"record": "1" * 32}, {Committed.RECORD: b"{}"})
    assert made["relayed"] == nothing("1" * 32, Committed.RELAYED)
    assert made["relayed"] != nothing("2" * 32, Committed.RELAYED)
