"""Following the table: entries, attachments, transcripts and checkpoints."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest

from parley.archive.chain import Committed, digest
from parley.archive.content import note_content
from parley.archive.entries import read_entry
from parley.archive.keys import (
    ORIGINAL,
    checkpoint_prefix,
    conversation_prefix,
    entry_prefix,
    order_key,
    transcript_key,
)
from parley.archive.records import EventKind
from parley.archive.redaction import shares
from parley.archive.transcript.building import build
from parley.archive.transcript.model import Transcript
from parley.archive.verdicts import Code
from parley.archiving import healing
from parley.archiving.healing import LATELY
from parley.archiving.transcribe import parties_of
from parley.archiving.veiling import Veiling
from parley.conversation.aliases import AliasId, ConversationAlias, ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.messages import Message, State
from parley.conversation.parties import PartyId, Role
from parley.lake.rows import ActionRow, MessageRow
from parley.lake.tables import ARRIVALS
from parley.mail.findings import Finding
from parley.relaying import override
from parley.relaying.events import record_event
from parley.relaying.ports import SendRefusedError, Submission
from parley.reviewing.decisions import release
from parley.reviewing.recording import Statement
from tests.support.archiving_world import ArchivingWorld
from tests.support.fake_reviews import a_desk
from tests.support.fakes import FakeArchive
from tests.support.relay_world import BUYER, CONTACT_ALIAS, CONVERSATION, SELLER, mail

OTHER = ConversationId("c2")
BILL = b"%PDF-1.4 a bill"


@pytest.fixture
def world() -> ArchivingWorld:
    return ArchivingWorld()


def with_attachment(content: bytes = BILL, name: str = "Bill 1.pdf") -> str:
    """A body and its fields, as `World.buyer_writes` takes them."""
    encoded = base64.b64encode(content).decode()
    return (
        "--b\r\nContent-Type: text/plain\r\n\r\nHere it is\r\n--b\r\n"
        f'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--b--"
    )


def write_with_attachment(world: ArchivingWorld, body: str) -> None:
    world.buyer_writes(body, MIME_Version="1.0", Content_Type='multipart/mixed; boundary="b"')


def open_other(world: ArchivingWorld) -> None:
    aliases = {Role.BUYER: AliasId("b-2222"), Role.SELLER: AliasId("s-2222")}
    world.directory.open(
        Conversation(id=OTHER, order="4712", parties={role: PartyId(role) for role in Role}, aliases=aliases),
        [ConversationAlias(id=a, conversation=OTHER, stands_for=r) for r, a in aliases.items()],
    )


def write_to_other(world: ArchivingWorld) -> None:
    world.receive(world.accept(mail(BUYER, Message_ID="<2@buyer.example>"), BUYER, "s-2222@relay.example"))


def test_what_was_followed_verifies_from_the_archive_alone(world: ArchivingWorld) -> None:
    world.buyer_writes("One")
    world.follow()
    world.seller_writes("Two")
    world.buyer_writes("Three", Message_ID="<3@buyer.example>")
    world.follow()
    verdict = world.verdict()
    assert (verdict.count, verdict.signed, verdict.faults) == (3, 3, ())


def test_a_batch_of_many_conversations_is_signed_once(world: ArchivingWorld) -> None:
    open_other(world)
    world.buyer_writes()
    write_to_other(world)
    followed = world.follow()
    assert (followed.entries, followed.conversations, world.signer.calls) == (2, 2, 1)
    assert [world.verdict(each).faults for each in (CONVERSATION, OTHER)] == [(), ()]


def test_several_changes_of_a_conversation_make_one_transcript_and_one_checkpoint(
    world: ArchivingWorld,
) -> None:
    world.buyer_writes("One")
    world.seller_writes("Two")
    world.follow()
    assert len(world.kept(checkpoint_prefix(CONVERSATION))) == 1
    assert len(world.kept(entry_prefix(CONVERSATION))) == 2


def test_following_the_same_changes_again_changes_no_entry(world: ArchivingWorld) -> None:
    world.buyer_writes()
    world.follow()
    before = {key: world.archive.objects[key] for key in world.kept(entry_prefix(CONVERSATION))}
    world.told.clear()
    world.follow()
    assert {key: world.archive.objects[key] for key in world.kept(entry_prefix(CONVERSATION))} == before
    assert world.verdict().is_intact


def test_a_message_that_is_still_worked_on_is_pending_and_blocks_nobody(world: ArchivingWorld) -> None:
    world.buyer_writes("One")
    world.seller_writes("Two")
    place, first = next((k, m) for k, m in world.memory.messages.items() if m.seq == 1)
    world.memory.messages[place] = replace(first, state=State.SENDING)
    world.follow()
    verdict = world.verdict()
    assert (verdict.pending, verdict.faults) == ((1,), ())
    world.memory.messages[place] = first
    world.follow()
    verdict = world.verdict()
    assert (verdict.pending, verdict.faults, verdict.signed) == ((), (), 2)


def test_an_entry_whose_change_was_lost_is_written_with_the_next_change(world: ArchivingWorld) -> None:
    world.buyer_writes("One")
    world.told += world.changes()
    world.seller_writes("Two")
    world.follow()
    assert len(world.kept(entry_prefix(CONVERSATION))) == 2
    assert world.verdict().is_intact


def test_one_conversation_that_fails_touches_no_other(world: ArchivingWorld) -> None:
    open_other(world)
    world.buyer_writes()
    write_to_other(world)
    head = world.memory.heads.pop(CONVERSATION)
    followed = world.follow()
    assert followed.failed == ((CONVERSATION, "ConversationGoneError"),)
    assert world.verdict(OTHER).is_intact
    world.memory.heads[CONVERSATION] = head
    world.told.clear()
    assert world.follow().failed == ()
    assert world.verdict().is_intact


def test_an_attachment_is_kept_once_by_its_content(world: ArchivingWorld) -> None:
    write_with_attachment(world, with_attachment())
    write_with_attachment(world, with_attachment() + "\r\n")
    world.follow()
    (key,) = world.kept(conversation_prefix(CONVERSATION) + "attachments/")
    assert key.endswith(f"attachments/{digest(BILL)}/attachment.pdf")
    assert world.archive.objects[key].content == BILL


def test_an_attachment_is_kept_as_nothing_that_a_browser_opens(world: ArchivingWorld) -> None:
    write_with_attachment(world, with_attachment(b"<script>alert(1)</script>", "page.html.pdf"))
    world.follow()
    (key,) = world.kept(conversation_prefix(CONVERSATION) + "attachments/")
    assert world.archive.objects[key].media_type == "application/octet-stream"


def test_the_order_leads_to_the_transcript(world: ArchivingWorld) -> None:
    world.buyer_writes("Is it blue?")
    world.follow()
    assert transcript_key(CONVERSATION).encode() in world.review.objects[order_key("4711", CONVERSATION)]
    assert b"Is it blue?" in world.review.objects[transcript_key(CONVERSATION)]


def test_no_transcript_shows_a_mailbox(world: ArchivingWorld) -> None:
    world.buyer_writes(f"Write to {BUYER}")
    world.buyer_writes(f"Or {BUYER}", spam="FAIL", Message_ID="<9@buyer.example>")
    world.receive(world.accept(mail(BUYER, f"I am {BUYER}"), BUYER, "s-9q4t@relay.example", spam="FAIL"))
    world.follow()
    page = world.review.objects[transcript_key(CONVERSATION)]
    assert BUYER.encode() not in page
    assert b"I am " in page


def test_words_of_an_unknown_author_are_not_laid_to_a_party(world: ArchivingWorld) -> None:
    stranger = "eve@stranger.example"
    world.receive(world.accept(mail(stranger, f"Pay me at {stranger}"), stranger, "s-9q4t@relay.example"))
    world.follow()
    page = world.review.objects[transcript_key(CONVERSATION)].decode()
    told = page[page.index("Pay me at") :][:200]
    assert "unknown-author@" in told
    assert "b-7k2m@" not in told


def test_a_transcript_that_fails_stops_no_entry_and_no_checkpoint_and_is_told(
    world: ArchivingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise RecursionError

    world.buyer_writes()
    with monkeypatch.context() as patch:
        patch.setattr("parley.archiving.follow.transcribe", fall)
        assert world.follow().failed == ((CONVERSATION, "RecursionError"),)
    verdict = world.verdict()
    assert (verdict.signed, verdict.faults) == (1, ())
    assert [key for key in world.review.objects if not key.startswith(ARRIVALS)] == []
    world.told.clear()
    assert world.follow().failed == ()
    assert transcript_key(CONVERSATION) in world.review.objects


def test_a_note_with_a_mailbox_in_letters_of_another_case_fails_nothing(world: ArchivingWorld) -> None:
    world.buyer_writes()
    contents = {Committed.CONTENT: note_content("asked \u017fhop@seller.example", "reviewer")}
    record_event(CONVERSATION, EventKind.NOTE, world.outside, contents=contents)
    assert world.follow().failed == ()
    assert world.verdict().signed == 2


def test_doing_it_again_adds_no_second_checkpoint_of_the_same_statement(world: ArchivingWorld) -> None:
    world.buyer_writes()
    world.follow()
    world.told.clear()
    world.clock.pass_by(timedelta(minutes=3))
    world.follow()
    assert len(world.kept(checkpoint_prefix(CONVERSATION))) == 1
    assert world.verdict().is_intact


def test_an_entry_is_written_that_was_lost_for_a_mail_worked_on_long_after_it_came(
    world: ArchivingWorld,
) -> None:
    world.buyer_writes("One")
    world.follow()
    late = world.accept(mail(BUYER, "Two", Message_ID="<2@buyer.example>"), BUYER, "s-9q4t@relay.example")
    world.clock.pass_by(LATELY + timedelta(hours=1))
    world.receive(late)
    world.told += world.changes()
    world.buyer_writes("Three", Message_ID="<3@buyer.example>")
    world.follow()
    verdict = world.verdict()
    assert (verdict.count, verdict.faults) == (3, ())


def test_attachments_of_a_mail_that_the_mail_service_refused_are_not_filed(world: ArchivingWorld) -> None:
    def refuse(_: Submission) -> None:
        raise SendRefusedError("ses-rejected")

    world.mailer.fault = refuse
    write_with_attachment(world, with_attachment())
    world.follow()
    assert world.message.state is State.HELD
    assert world.kept(conversation_prefix(CONVERSATION) + "attachments/") == []


class Counting(FakeArchive):
    """Counts what a healing asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.listings, self.reads = 0, 0

    def listed(self, prefix: str, after: str) -> list[str]:
        self.listings += 1
        return super().listed(prefix, after)

    def get(self, key: str) -> bytes:
        self.reads += key.startswith("entries/")
        return super().get(key)


def test_healing_asks_for_nothing_that_the_process_knows_and_otherwise_once() -> None:
    archive = Counting()
    world = ArchivingWorld(archive=archive)
    for number in range(5):
        world.buyer_writes(Message_ID=f"<{number}@buyer.example>")
        world.follow()
    assert (archive.listings, archive.reads) == (0, 0)
    world.archiving.filed.keys.clear()
    world.seller_writes()
    world.follow()
    world.buyer_writes(Message_ID="<9@buyer.example>")
    world.follow()
    assert (archive.listings, archive.reads) == (1, 0)


def test_a_process_that_knows_nothing_finds_the_entry_that_was_lost(world: ArchivingWorld) -> None:
    for number in range(3):
        world.buyer_writes(Message_ID=f"<{number}@buyer.example>")
    world.follow()
    lost = world.kept(entry_prefix(CONVERSATION))[1]
    del world.archive.objects[lost]
    world.archiving.filed.keys.clear()
    world.seller_writes()
    world.follow()
    assert lost in world.archive.objects
    assert world.verdict().is_intact


def test_what_is_known_is_limited_and_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healing, "MAX_KNOWN", 2)
    filed = healing.Filed()
    for key in "abc":
        filed.add(key)
    assert [key in filed for key in "abc"] == [False, True, True]


@pytest.mark.parametrize("entry_comes_first", [True, False])
def test_the_outcome_that_is_chained_late_after_a_failed_release_verifies(
    world: ArchivingWorld, monkeypatch: pytest.MonkeyPatch, entry_comes_first: bool
) -> None:
    """The message's entry is written before the release is tried, or after it with further codes."""
    receipt = world.accept(mail(BUYER), BUYER, "s-9q4t@relay.example", spam="FAIL")
    world.receive(receipt)
    if entry_comes_first:
        world.follow()
    with monkeypatch.context() as unsafe:
        unsafe.setattr(override, "prepare", lambda *_: (None, (Finding("leak"),)))
        released(world, world.message)
    world.receive(receipt)
    world.follow()
    assert [each.kind for each in world.memory.events.values()] == ["release-asked", "outcome", "outcome"]
    verdict = world.verdict()
    assert (verdict.count, verdict.signed, verdict.faults) == (4, 4, ())


# A first contact that was held and released


NEW = "neu@privatmail.example"


def released(world: ArchivingWorld, message: Message) -> None:
    statement = Statement(
        conversation=message.conversation or CONVERSATION, case="case-17", text="fine", actor="x"
    )
    release(message.id, statement, a_desk(world))
    world.receive(world.queue.bodies.pop())


def released_first_contact(world: ArchivingWorld) -> ConversationId:
    """With an attachment; the seller answers an hour later. Returns the conversation that it opened."""
    fields = {"MIME_Version": "1.0", "Content_Type": 'multipart/mixed; boundary="b"'}
    written = mail(NEW, with_attachment(), **fields)
    world.receive(world.accept(written, NEW, CONTACT_ALIAS, spam="FAIL"))
    world.follow()
    released(world, world.message)
    world.clock.pass_by(timedelta(hours=1))
    world.receive(world.accept(mail(SELLER, "An answer"), SELLER, str(world.sent[-1].reverse_path)))
    assert world.follow().failed == ()
    (opened,) = {each.conversation for each in world.memory.messages.values()} - {"intake"}
    assert opened is not None
    return opened


def test_the_transcript_of_a_released_first_contact_begins_with_it_and_says_who_wrote_first(
    world: ArchivingWorld,
) -> None:
    opened = released_first_contact(world)
    page = world.review.objects[transcript_key(opened)].decode()
    assert 0 < page.index("Here it is") < page.index("An answer")
    assert NEW not in page
    told = told_of(world, opened)
    contact = told.summary.contact
    assert (contact.first, contact.author, contact.took) == (1, Role.BUYER, timedelta(hours=1))
    assert [each.seq for each in told.messages] == [1, 4]
    assert told.messages[0].shown is not None
    assert [each.name for each in told.messages[0].shown.files] == ["Bill 1.pdf"]
    assert told.summary.missing == ()


def test_the_intake_tells_that_it_was_released_and_lacks_nothing(world: ArchivingWorld) -> None:
    released_first_contact(world)
    told = told_of(world, ConversationId("intake"))
    (message,) = told.messages
    assert (message.state, message.problem, message.passed_at) == (State.RELEASED, "", None)
    assert (told.summary.attempts, told.summary.missing) == ((), ())


def test_a_released_first_contact_verifies_from_the_archive_alone_and_an_altered_original_is_named(
    world: ArchivingWorld,
) -> None:
    opened = released_first_contact(world)
    for conversation in ("intake", opened):
        verdict = world.verdict(conversation)
        assert (verdict.signed, verdict.faults) == (verdict.count, ())
    (original, *_) = (each for each in world.kept(conversation_prefix(opened)) if each.endswith(ORIGINAL))
    world.archive.objects[original] = replace(world.archive.objects[original], content=b"altered")
    assert [(each.seq, each.code) for each in world.verdict(opened).faults] == [(1, Code.OBJECT_ALTERED)]


def test_attachments_of_a_released_first_contact_lie_in_its_conversation_alone(world: ArchivingWorld) -> None:
    opened = released_first_contact(world)
    assert world.kept(conversation_prefix("intake") + "attachments/") == []
    assert len(world.kept(conversation_prefix(opened) + "attachments/")) == 1


def test_the_lake_is_told_of_a_released_first_contact_where_it_went_on_and_of_one_decision(
    world: ArchivingWorld,
) -> None:
    opened = released_first_contact(world)
    rows = world.review.rows()
    told = {
        (each.conversation_id, each.author_role): each
        for each in sorted(rows, key=lambda row: row.version)
        if isinstance(each, MessageRow)
    }
    there, first = told["intake", "buyer"], told[opened, "buyer"]
    assert (there.state, there.passed_on_at, there.content_name) == ("released", None, None)
    assert (first.state, len(first.attachments or ())) == ("released", 1)
    assert first.passed_on_at is not None
    assert f"contents/{opened}/{first.content_name}.json" in world.archive.objects
    actions = {(each.conversation_id, each.kind) for each in rows if isinstance(each, ActionRow)}
    assert actions == {("intake", "release-asked")}


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [("seller", {Committed.RELAYED, Committed.CONTENT}), ("buyer", {Committed.ORIGINAL})],
)
def test_an_export_for_a_party_has_the_first_contact_as_it_saw_it(
    world: ArchivingWorld, viewer: str, seen: set[Committed]
) -> None:
    opened = released_first_contact(world)
    entries = [read_entry(world.archive.objects[key].content) for key in world.kept(entry_prefix(opened))]
    first = shares(entries, viewer, roles=("buyer", "seller"))[:3]
    assert {kind for share in first for kind in share.contents} == seen


def told_of(world: ArchivingWorld, conversation: ConversationId) -> Transcript:
    view = world.directory.conversation(conversation)
    assert view is not None
    parties = parties_of(view.conversation, world.archiving)
    kept = world.archive.objects
    return build(
        view.conversation,
        parties,
        world.archiving.history.of(conversation),
        lambda key: kept[key].content if key in kept else None,
        Veiling(view.conversation, parties, "relay.example"),
        relay_domain="relay.example",
        generated_at=world.clock.now(),
    )
