"""A seller's contact alias."""

import json
from dataclasses import replace

import pytest

from parley.conversation.aliases import ConversationAlias
from parley.conversation.conversations import Status
from parley.mail.mailbox import Mailbox
from parley.relaying.first_contact import MAX_NAMED
from tests.support.relay_world import CONTACT_ALIAS, SELLER, World, mail

CAROL = "carol@fourth.example"


@pytest.fixture
def world() -> World:
    return World()


def carol_writes(world: World, number: int = 1, **verdicts: str) -> str:
    raw = mail(CAROL, f"Question {number}", Message_ID=f"<{number}@fourth.example>")
    return world.accept(raw, CAROL, CONTACT_ALIAS, **verdicts)


def test_the_first_mail_of_an_unknown_author_opens_a_conversation(world: World) -> None:
    (report,) = world.receive(carol_writes(world))
    assert report.outcome == "relayed"
    (submission,) = world.sent
    alias = world.directory.alias(submission.reverse_path.local_part)  # type: ignore[arg-type]
    assert isinstance(alias, ConversationAlias)
    assert (alias.stands_for, alias.conversation) == ("buyer", report.conversation)
    assert str(submission.forward_path) == SELLER


def test_the_second_mail_goes_to_the_same_conversation(world: World) -> None:
    first, second = (world.receive(carol_writes(world, number))[0] for number in (1, 2))
    assert first.conversation == second.conversation
    assert len({str(submission.reverse_path) for submission in world.sent}) == 1


def test_the_seller_can_answer_a_first_contact(world: World) -> None:
    world.receive(carol_writes(world))
    alias = str(world.sent[0].reverse_path)
    (report,) = world.receive(world.accept(mail(SELLER), SELLER, alias))
    assert report.outcome == "relayed"
    assert str(world.sent[1].forward_path) == CAROL


def test_an_unproved_author_opens_nothing_and_the_attempt_is_recorded(world: World) -> None:
    (report,) = world.receive(carol_writes(world, dmarc="FAIL"))
    assert (report.outcome, report.codes) == ("refused", ("not-authenticated",))
    assert report.conversation == "intake"
    assert not world.sent
    assert len(world.memory.heads) == 2


def test_an_automatic_mail_opens_nothing(world: World) -> None:
    raw = mail(CAROL, Auto_Submitted="auto-replied")
    (report,) = world.receive(world.accept(raw, CAROL, CONTACT_ALIAS))
    assert (report.outcome, report.codes) == ("discarded", ("automatic-first-contact",))
    assert report.conversation == "intake"
    assert len(world.memory.parties) == 2


def test_a_seller_cannot_write_to_its_own_contact_alias(world: World) -> None:
    (report,) = world.receive(world.accept(mail(SELLER), SELLER, CONTACT_ALIAS))
    assert (report.outcome, report.codes) == ("refused", ("own-alias",))


@pytest.mark.parametrize("author", ["b-7k2m@relay.example", "jös@fourth.example"])
def test_a_mailbox_that_no_party_can_have_opens_nothing(world: World, author: str) -> None:
    (report,) = world.receive(world.accept(mail(author), author, CONTACT_ALIAS))
    assert (report.outcome, report.codes) == ("refused", ("unsupported-mailbox",))
    assert len(world.memory.parties) == 2


@pytest.mark.parametrize(
    ("verdicts", "outcome"), [({"virus": "FAIL"}, "refused"), ({"spam": "FAIL"}, "held")]
)
def test_spam_and_viruses_open_nothing(world: World, verdicts: dict[str, str], outcome: str) -> None:
    (report,) = world.receive(carol_writes(world, **verdicts))
    assert (report.outcome, report.conversation) == (outcome, "intake")
    assert len(world.memory.parties) == 2


def test_an_author_whose_first_mail_cannot_be_read_is_told(world: World) -> None:
    raw = mail(CAROL, Content_Transfer_Encoding="x-secret")
    (report,) = world.receive(world.accept(raw, CAROL, CONTACT_ALIAS))
    assert (report.outcome, report.codes) == ("held", ("unknown-transfer-encoding",))
    (notice,) = world.sent
    assert str(notice.forward_path) == CAROL
    assert CONTACT_ALIAS.encode() in notice.raw


def test_a_mail_stopped_at_the_intake_stays_stopped_when_it_comes_again_with_better_verdicts(
    world: World,
) -> None:
    notification = json.loads(carol_writes(world, spam="FAIL"))
    world.receive(json.dumps(notification))
    notification["receipt"]["spamVerdict"] = {"status": "PASS"}
    (report,) = world.receive(json.dumps(notification))
    assert (report.outcome, report.conversation) == ("held", "intake")
    assert [submission.tags.get("kind") for submission in world.sent] == ["notice"]


def test_who_writes_again_after_the_conversation_was_erased_gets_another_one(world: World) -> None:
    conversations = []
    for number in range(1, 4):
        (report,) = world.receive(carol_writes(world, number))
        assert report.outcome == "relayed"
        conversations.append(report.conversation)
        assert report.conversation is not None
        erased, head = world.memory.heads[report.conversation]
        world.memory.heads[report.conversation] = (replace(erased, aliases={}, status=Status.EXPIRED), head)
    assert len(set(conversations)) == 3


def test_a_closed_conversation_that_was_not_erased_stays_closed(world: World) -> None:
    (first,) = world.receive(carol_writes(world))
    assert first.conversation is not None
    closed, head = world.memory.heads[first.conversation]
    world.memory.heads[first.conversation] = (replace(closed, status=Status.CLOSED), head)
    (second,) = world.receive(carol_writes(world, 2))
    assert (second.conversation, second.codes) == (first.conversation, ("conversation-closed",))


def test_every_mailbox_that_a_first_contact_gives_as_its_authors_is_noted_once(world: World) -> None:
    raw = mail(
        f"Otto <otto@fourth.example>, Carol <{CAROL}>",
        Sender="sender@fourth.example",
        Reply_To=f"reply@fourth.example, {CAROL}",
    )
    world.receive(world.accept(raw, "path@fourth.example", CONTACT_ALIAS, spam="FAIL"))
    (message,) = world.memory.messages.values()
    named = ("otto", "carol", "sender", "reply", "path")
    hashes = [world.directory.author_hash(Mailbox(each, "fourth.example")) for each in named]
    assert [message.author_hash, *message.named_hashes] == hashes


def test_a_first_contact_that_names_a_crowd_notes_a_few(world: World) -> None:
    crowd = ", ".join(f"a{number}@fourth.example" for number in range(99))
    world.receive(world.accept(mail(crowd), CAROL, CONTACT_ALIAS))
    (message,) = world.memory.messages.values()
    assert len(message.named_hashes) == MAX_NAMED - 1
