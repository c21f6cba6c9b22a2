"""`parley verify` of a conversation: what it finds in the bucket, and beside the table."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cli.aws import Clients
from cli.evidence.verifying import Verified, compared, read, verify_seen
from cli.evidence.wording import verified_told
from parley.archive.chain import digest
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation, Head
from parley.stores.items import head_item
from tests.cli.review_world import World, a_world, run
from tests.cli.sites import NOW, Refuses, Says, stubbed
from tests.support.evidence import CONVERSATION, Archived, archived


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch) as made:
        yield made


def test_the_archive_is_compared_with_the_table_where_that_is_allowed() -> None:
    conversation = Conversation(id=ConversationId(CONVERSATION), order="303-11", parties={}, aliases={})
    head = head_item(conversation, Head(3, "ab"))
    answers: list[tuple[Any, int, str, str]] = [
        (Says("dynamodb", "get_item", {"Item": head}), 3, "ab", "same"),
        (Says("dynamodb", "get_item", {"Item": head}), 3, "cd", "different"),
        (Says("dynamodb", "get_item", {"Item": head}), 2, "ab", "ahead"),
        (Says("dynamodb", "get_item", {"Item": head}), 4, "ab", "behind"),
        (Says("dynamodb", "get_item", {}), 4, "ab", "behind"),
        (Says("dynamodb", "get_item", {"Item": {**head, "version": {"N": "99"}}}), 3, "ab", "not-compared"),
        (Refuses("dynamodb", "get_item", "AccessDeniedException"), 3, "ab", "as-many"),
        (Refuses("dynamodb", "get_item", "AccessDeniedException"), 2, "ab", "ahead"),
        (Refuses("dynamodb", "get_item", "AccessDeniedException"), 4, "ab", "behind"),
    ]
    for answer, count, tip, wanted in answers:
        clients = Clients(stubbed(answer))
        long_ago = [(seq, NOW - timedelta(days=1)) for seq in (2, 3, 1)]
        told = compared(clients, "table", CONVERSATION, long_ago.copy, NOW, count, tip)
        assert told == wanted


def test_links_of_the_last_minutes_need_not_be_in_the_archive_yet() -> None:
    answer = Refuses("dynamodb", "get_item", "AccessDeniedException")
    places = [(1, NOW - timedelta(days=1)), (2, NOW - timedelta(minutes=1))]
    for count, wanted in ((1, "following"), (0, "ahead")):
        clients = Clients(stubbed(answer))
        assert compared(clients, "table", CONVERSATION, places.copy, NOW, count, "ab") == wanted


def test_a_conversation_that_was_tampered_with_is_told_by_its_first_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = archived()
    (key,) = [each for each in made.objects if each.endswith("m2/relayed.eml")]
    made.objects[key] = (b"altered", made.objects[key][1])
    world.file(made)
    monkeypatch.setattr("cli.verify.key_in_kms", lambda *_: made.checkpoints.public)
    monkeypatch.setattr("cli.verify.compared", lambda *_: "same")
    ended = run("verify", CONVERSATION, "--case", "case-17")
    assert ended.exit_code == 1
    assert (
        ended.output.splitlines()[0]
        == f"link 2: a mail or text was altered, or its salt (object-altered) {key}"
    )
    assert ended.output.splitlines()[-1] == "NOT INTACT"


def test_an_attachment_that_is_not_what_its_key_names_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = archived()
    (key, _) = [each for each in made.objects if "/attachments/" in each]
    made.objects[key] = (b"altered", "")
    world.file(made)
    monkeypatch.setattr("cli.verify.key_in_kms", lambda *_: made.checkpoints.public)
    monkeypatch.setattr("cli.verify.compared", lambda *_: "same")
    told = json.loads(run("verify", CONVERSATION, "--case", "case-17", "--json").stdout)
    assert (told["intact"], told["attachments_altered"], told["faults"]) == (False, [key], [])


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Archived:
    """An archive whose checkpoints count."""
    made = archived()
    monkeypatch.setattr("cli.verify.key_in_kms", lambda *_: made.checkpoints.public)
    monkeypatch.setattr("cli.verify.compared", lambda *_: "same")
    return made


def faults(world: World) -> list[tuple[int, str, str]]:
    ended = run("verify", CONVERSATION, "--case", "case-17", "--json")
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["intact"]) == ((1, False) if told["faults"] else (0, True))
    return [(each["seq"], each["code"], each["key"]) for each in told["faults"]]


# One of each kind of object, and the place in the chain that it is named by.
OBJECTS = [
    (r"entries/c1/0002_m2\.json", 2),
    (r"checkpoints/c1/0005_.*", 5),
    (r".*m1/original\.eml", 1),
    (r".*m2/relayed\.eml", 2),
    (r"contents/c1/.*_m2\.json", 2),
    (r"notes/c1/.*_note_e5\.json", 5),
    (r".*/attachments/.*", 0),
]


@pytest.mark.parametrize(("pattern", "seq"), OBJECTS)
def test_an_object_that_somebody_deleted_is_named_and_what_it_was_still_verified(
    world: World, made: Archived, pattern: str, seq: int
) -> None:
    world.file(made)
    key = next(each for each in made.objects if re.fullmatch(pattern, each))
    world.s3.delete_object(Bucket="archive-bucket", Key=key)
    assert faults(world) == [(seq, "object-hidden", key)]


@pytest.mark.parametrize(("pattern", "seq"), OBJECTS)
def test_an_object_that_somebody_wrote_over_is_named_and_what_it_was_still_verified(
    world: World, made: Archived, pattern: str, seq: int
) -> None:
    world.file(made)
    key = next(each for each in made.objects if re.fullmatch(pattern, each))
    world.s3.put_object(Bucket="archive-bucket", Key=key, Body=b"something else")
    assert faults(world) == [(seq, "object-overwritten", key)]


def test_an_end_that_is_hidden_with_its_checkpoint_is_named(world: World, made: Archived) -> None:
    """Without the versions, what is left would be a chain that is intact and ends earlier."""
    made.message("seller", "buyer", "I will pay everything back")
    made.sign()
    world.file(made)
    hidden = [key for key in made.objects if "/0006_" in key]
    assert len(hidden) == 5
    for key in hidden:
        world.s3.delete_object(Bucket="archive-bucket", Key=key)
    assert sorted(key for _, _, key in faults(world)) == sorted(hidden)


def test_what_an_erasure_hides_is_no_fault_and_entries_are_never_erased(world: World, made: Archived) -> None:
    made.event(EventKind.ERASED)
    made.sign()
    world.file(made)
    entry = f"entries/{CONVERSATION}/0002_m2.json"
    for key in [each for each in made.objects if each.startswith("conversations/")]:
        world.s3.delete_object(Bucket="archive-bucket", Key=key)
    assert faults(world) == []
    world.s3.delete_object(Bucket="archive-bucket", Key=entry)
    assert faults(world) == [(2, "object-hidden", entry)]


def test_an_erasure_that_is_not_signed_excuses_nothing(world: World, made: Archived) -> None:
    made.at = NOW
    made.event(EventKind.ERASED)
    world.file(made)
    (key,) = [each for each in made.objects if each.endswith("m1/original.eml")]
    world.s3.delete_object(Bucket="archive-bucket", Key=key)
    assert faults(world) == [(1, "object-hidden", key)]


def test_a_chain_whose_last_mail_waits_for_its_outcome_is_compared_with_the_table(
    world: World, made: Archived, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.message("buyer", "seller", "And now?", done=False)
    made.sign()
    world.file(made)
    asked: list[tuple[int, str]] = []

    def compared_(*given: Any) -> str:
        asked.append((given[-2], given[-1]))
        return "same"

    monkeypatch.setattr("cli.verify.compared", compared_)
    told = json.loads(run("verify", CONVERSATION, "--case", "case-17", "--json").stdout)
    assert (told["intact"], told["pending"], told["table"]) == (True, [6], "same")
    assert asked == [(6, made.tip)]


def test_an_end_whose_hash_is_not_known_is_compared_by_its_number(world: World) -> None:
    conversation = Conversation(id=ConversationId(CONVERSATION), order="303-11", parties={}, aliases={})
    clients = Clients(stubbed(Says("dynamodb", "get_item", {"Item": head_item(conversation, Head(3, "ab"))})))
    assert compared(clients, "table", CONVERSATION, list, NOW, 3, "") == "as-many"


@pytest.mark.parametrize(
    "name",
    [
        "0006_2026-09-05T161200Z_seller-to-buyer_m6/original.eml",
        "0002_2026-09-04T161300Z_seller-to-buyer_m2/original (1).eml",
        f"attachments/{digest(b'a contract')}/attachment.pdf",
    ],
)
def test_an_object_that_belongs_to_no_link_is_named(world: World, made: Archived, name: str) -> None:
    key = f"conversations/{CONVERSATION}/{name}"
    made.objects[key] = (b"a contract", "")
    world.file(made)
    assert [(code, told) for _, code, told in faults(world)] == [("object-unproved", key)]


def test_an_attachment_that_is_gone_is_missed(world: World, made: Archived) -> None:
    (key, _) = sorted(each for each in made.objects if "/attachments/" in each)
    del made.objects[key]
    world.file(made)
    assert [(code, told) for _, code, told in faults(world)] == [("object-missing", key)]


def test_what_an_event_that_was_never_chained_left_is_told_to_prove_nothing(
    world: World, made: Archived
) -> None:
    key = f"notes/{CONVERSATION}/2026-09-05T080000Z_note_x.json"
    made.objects[key] = (b"{}", "")
    world.file(made)
    lines = run("verify", CONVERSATION, "--case", "case-17").output.splitlines()
    assert lines[-1] == "intact, but 1 objects prove nothing"
    assert any(line.startswith(f"no link commits to {key}") for line in lines)


def test_who_may_not_read_relayed_mails_is_told_nothing_of_attachments(made: Archived) -> None:
    denied = frozenset(key for key in made.objects if key.endswith(("relayed.eml", "original.eml")))
    holdings = made.holdings(denied)
    seen = read(holdings, holdings.keys(), lambda: None)
    verdict = verify_seen(seen, CONVERSATION, [made.checkpoints.public], listed=holdings.keys())
    assert verdict.is_intact


@pytest.mark.parametrize("at", ["2026-99-99T99:99:99+00:00", "0000-01-01T00:00:00+00:00"])
def test_an_entry_of_a_time_that_there_is_not_is_named(world: World, made: Archived, at: str) -> None:
    (key,) = [each for each in made.objects if each.startswith("entries/") and each.endswith("_m2.json")]
    planted = json.loads(made.objects[key][0])
    planted["link"] |= {"seq": 6, "at": at}
    made.objects[f"entries/{CONVERSATION}/0006_m6.json"] = (json.dumps(planted).encode(), "")
    world.file(made)
    assert (6, "entry-malformed", f"entries/{CONVERSATION}/0006_m6.json") in faults(world)


def test_a_name_in_the_bucket_does_nothing_to_the_terminal(world: World, made: Archived) -> None:
    made.objects[f"conversations/{CONVERSATION}/x\x1b[8m\n.eml"] = (b"", "")
    listed = made.holdings().keys()
    seen = read(made.holdings(), listed, lambda: None)
    verdict = verify_seen(seen, CONVERSATION, [made.checkpoints.public], listed=listed)
    verified = Verified(verdict=verdict, denied=(), attachments=(), table="same")
    told = "".join(verified_told(verified, [made.checkpoints.public]))
    assert "object-unproved" in told
    assert not set(told) & {"\x1b", "\n"}
