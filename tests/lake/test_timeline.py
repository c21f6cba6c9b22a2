"""The timeline of a conversation: told from its own objects, and from no other's."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cli.lake.engines import Answer
from cli.lake.local import LocalLake
from cli.lake.statements import Statement, free_statement, named_statement
from parley.archiving.happened import DELIVERIES
from parley.lake.catalogue import Query, find_query
from tests.lake import reference
from tests.lake.conftest import TODAY
from tests.lake.entries import write_contents, write_entries
from tests.lake.folders import FolderBucket
from tests.lake.test_answers import changed, difference
from tests.lake.world import World

TIMELINE = find_query("timeline")


class Archive:
    """The archive bucket with some conversations of the made-up marketplace. texts: by mail."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder, self.scratch = world, folder / "archive", folder
        self.texts: dict[str, str] = {}
        self.conversations = telling(world)
        for each in self.conversations:
            write_entries(world, each, self.folder)
            if not world.talks[each].is_erased:
                self.texts |= write_contents(world, each, self.folder)

    def ask(self, conversation: str, query: Query = TIMELINE, bucket: FolderBucket | None = None) -> Answer:
        return self.run(named_statement(query, query.bind({"conversation_id": conversation}, TODAY)), bucket)

    def run(self, statement: Statement, bucket: FolderBucket | None = None) -> Answer:
        archive = bucket or FolderBucket(self.folder)
        with TemporaryDirectory(dir=self.scratch) as fetched:
            # The lake proper has nothing: not a row of it is needed.
            empty = FolderBucket(Path(fetched))
            return LocalLake(empty, archive, Path(fetched)).run(statement, lambda state, scanned: None)

    def expected(self, conversation: str) -> reference.Rows:
        return reference.timeline(self.world, conversation, lambda mail: self.texts.get(mail.id))


def telling(world: World) -> list[str]:
    """A few conversations for everything that may become of a mail, the shortest that there are."""
    wanted: dict[str, Callable[[str], bool]] = {
        **{
            state: lambda talk, state=state: any(each.state == state for each in world.mails_of[talk])
            for state in ("relayed", "released", "held", "refused", "expired", "discarded")
        },
        "unproved": lambda talk: any(each.author is None for each in world.mails_of[talk]),
        "erased": lambda talk: world.talks[talk].is_erased and len(world.mails_of[talk]) > 2,
        "moved": lambda talk: any(map(reference.is_moved, world.mails_of[talk])),
        "refused by a reviewer": lambda talk: any(
            each.state == "refused" and each.is_decided for each in world.mails_of[talk]
        ),
        **{
            f"{state} after an attempt": lambda talk, state=state: any(
                each.state == state and "ses-rejected" in each.codes for each in world.mails_of[talk]
            )
            for state in ("released", "held", "expired")
        },
        "chained late": lambda talk: any(
            [step.kind for step in world.steps_of[each.id]][-2:] == ["released", "outcome"]
            and each.state == "released"
            for each in world.mails_of[talk]
        ),
        "told late": lambda talk: any(
            event.occurred_at < earlier.occurred_at and event.seq > earlier.seq
            for each in world.mails_of[talk]
            for event in world.events_of[each.id]
            for other in world.mails_of[talk]
            for earlier in world.events_of[other.id]
        ),
        "bounced": lambda talk: any(
            event.codes for each in world.mails_of[talk] for event in world.events_of[each.id]
        ),
    }
    shortest_first = sorted(world.talks, key=lambda talk: (len(world.mails_of[talk]), talk))
    found = list[str]()
    for name, fits in wanted.items():
        some = [talk for talk in shortest_first if fits(talk)][:2]
        assert len(some) == 2, name
        found += some
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def archive(world: World, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return Archive(world, tmp_path_factory.mktemp("timeline").resolve())


def test_a_timeline_tells_what_plain_python_tells(archive: Archive) -> None:
    for each in archive.conversations:
        assert difference(archive.ask(each), archive.expected(each)) == "", each


def test_a_timeline_opens_and_lists_nothing_but_its_own_conversation(archive: Archive) -> None:
    conversation = archive.conversations[0]
    bucket = FolderBucket(archive.folder)
    answer = archive.ask(conversation, bucket=bucket)
    own = [f"{kind}/{conversation}/" for kind in ("contents", "entries")]
    assert sorted({key.rpartition("/")[0] + "/" for key in bucket.opened}) == own
    assert sorted(bucket.listed) == own
    assert answer.objects == len(bucket.opened) == len(set(bucket.opened))


def test_a_timeline_has_every_kind_of_delivery_event() -> None:
    assert [kind for kind in DELIVERIES if f"'{kind}'" not in TIMELINE.sql] == []


CHANGES = [
    ("AND link.seq IS NOT NULL", "AND link.seq > 1"),
    ("ELSE kind END, seq)", "ELSE kind END, 0 - seq)"),
    ("THEN element_at(facts, 'outcome')", "THEN 'refused'"),
    ("AND element_at(facts, 'opened') IS NULL", ""),
    ("max_by(name, seq)", "min_by(name, seq)"),
    ("max(CASE WHEN kind = 'released'", "min(CASE WHEN kind = 'released'"),
    ("IN ('released', 'refused', 'expired')", "IN ('released', 'refused')"),
    ("IN ('released', 'refused', 'expired')", "IN ('released', 'expired')"),
    ("AND id <> concat(about, '-outcome')", ""),
    ("      OR kind = 'outcome' AND id <> concat(about, '-outcome')\n", ""),
    ("ELSE m.codes || e.codes END", "ELSE m.codes END"),
    ("WHEN 'relayed' THEN m.at", "WHEN 'relayed' THEN NULL"),
    ("WHEN 'released' THEN e.passed_on_at", "WHEN 'released' THEN m.at"),
    ("WHEN 'released' THEN e.name", "WHEN 'held' THEN e.name"),
    ("coalesce(e.state, m.outcome) AS what", "m.outcome AS what"),
    ("coalesce(m.author_role, 'unproved')", "m.author_role"),
    ("'sent', 'delayed', 'delivered', 'bounced'", "'sent', 'delayed', 'delivered'"),
    ("{0,3}'), 'T', ' ') AS timestamp) AS at,", "{0,2}'), 'T', ' ') AS timestamp) AS at,"),
    ("filter(map_keys(facts), name -> name <> 'occurred-at')", "map_keys(facts)"),
    ("element_at(facts, 'occurred-at')", "element_at(facts, 'nothing')"),
    ("ORDER BY h.seq", "ORDER BY h.at"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[each[0].strip()[:40] for each in CHANGES])
def test_a_changed_timeline_no_longer_tells_the_same(archive: Archive, old: str, new: str) -> None:
    query = changed(TIMELINE, old, new)
    assert any(difference(archive.ask(each, query), archive.expected(each)) for each in archive.conversations)


@pytest.mark.parametrize(
    "raw",
    [b"{", b"no JSON\nat all\n", b"\xff\xfe", b"[1]", b'"text"', b'{"link":"text"}', b'{"link":{"seq":"x"}}'],
)
def test_an_entry_that_cannot_be_read_is_told_at_its_place_and_hides_no_other(
    archive: Archive, raw: bytes
) -> None:
    conversation = archive.conversations[-1]
    path = archive.folder / "entries" / conversation / "9999_planted.json"
    path.write_bytes(raw)
    try:
        rows = list(archive.ask(conversation).rows)
    finally:
        path.unlink()
    assert rows[:-1] == archive.expected(conversation)
    assert rows[-1] == (9999, None, None, "unreadable", *6 * (None,))


def test_a_content_that_cannot_be_read_hides_no_other(archive: Archive) -> None:
    conversation = archive.conversations[0]
    path = archive.folder / "contents" / conversation / "9999_planted.json"
    path.write_bytes(b"{")
    try:
        assert list(archive.ask(conversation).rows) == archive.expected(conversation)
    finally:
        path.unlink()


def test_a_lone_surrogate_in_a_text_is_shown_as_a_question_mark(archive: Archive) -> None:
    """It stands in a content as the escape of JSON, which DuckDB takes for no JSON at all."""
    conversation = archive.conversations[0]
    path = archive.folder / "contents" / conversation / "9999_planted.json"
    path.write_bytes(b'{"subject":"a \\ud800 b","text":"c"}')
    sql = f"SELECT subject, text FROM content WHERE conversation_id = '{conversation}' AND text = 'c'"  # noqa: S608  # made up
    try:
        rows = archive.run(free_statement(sql)).rows
    finally:
        path.unlink()
    assert rows == (("a ? b", "c"),)


def test_an_entry_of_another_conversation_is_not_found_by_a_name_that_begins_alike(archive: Archive) -> None:
    assert archive.ask(archive.conversations[0][:-1]).rows == ()


def test_entries_can_be_asked_freely(archive: Archive) -> None:
    conversation = archive.conversations[0]
    sql = f"SELECT kind, record.facts FROM entries WHERE conversation_id = '{conversation}' AND link.seq = 1"  # noqa: S608  # made up
    assert [row[0] for row in archive.run(free_statement(sql)).rows] == ["message"]
