import hashlib
import json
from dataclasses import replace

from parley.archive.chain import Link, commitment, link_hash

LINK = Link(
    conversation="c1",
    seq=1,
    previous="",
    kind="message",
    message="m1",
    received_at="2026-09-04T16:12:00+00:00",
    author_role="seller",
    recipient_role="buyer",
    outcome="relayed",
    codes=("mailbox-masked",),
    screening={"policy": "default-1"},
    commitments={"original": "aa", "relayed": "bb"},
)


def test_a_links_hash_can_be_recomputed_from_its_json_alone() -> None:
    text = LINK.to_json()
    assert hashlib.sha256(text.encode()).hexdigest() == link_hash(text)
    again = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert link_hash(again) == link_hash(text)


def test_any_change_of_a_link_changes_its_hash() -> None:
    changes = [{"seq": 2}, {"previous": "00"}, {"outcome": "held"}, {"author_role": None}, {"codes": ()}]
    changes.append({"commitments": {"original": "ab", "relayed": "bb"}})
    assert (
        len({link_hash(replace(LINK, **change).to_json()) for change in [{}, *changes]}) == len(changes) + 1
    )


def test_a_commitment_hides_its_content_behind_the_salt() -> None:
    digest = hashlib.sha256(b"content").hexdigest()
    salt = "00" * 16
    assert commitment(salt, digest) == hashlib.sha256(bytes(16) + bytes.fromhex(digest)).hexdigest()
    assert commitment(salt, digest) != commitment("01" * 16, digest)
