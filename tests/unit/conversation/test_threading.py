from parley.conversation.aliases import ConversationId
from parley.conversation.messages import Message
from parley.conversation.parties import Role
from parley.conversation.threading import (
    MAX_REFERENCES,
    Thread,
    message_ids,
    outgoing_message_id,
    thread,
)
from parley.mail.header import Field, Header
from tests.support.samples import a_message

CONVERSATION = ConversationId("c1")
FIRST = "conversation.c1@relay.example"


def remembered(author: Role, own: str, outgoing: str) -> Message:
    return a_message(own, author_role=author, author_message_id=own, outgoing_message_id=outgoing)


def threaded(author: Role, recent: list[Message], **fields: str) -> Thread:
    header = Header(tuple(Field(name.replace("_", "-"), value.encode()) for name, value in fields.items()))
    return thread(header, recent, author=author, conversation=CONVERSATION, relay_domain="relay.example")


def test_an_answer_names_the_id_that_its_reader_gave_the_mail() -> None:
    recent = [remembered(Role.BUYER, "q@buyer.example", "ses1@eu-west-1.amazonses.com")]
    answer = threaded(Role.SELLER, recent, in_reply_to="<ses1@eu-west-1.amazonses.com>")
    assert answer == Thread("q@buyer.example", (FIRST, "q@buyer.example"))


def test_a_follow_up_on_ones_own_mail_names_the_id_under_which_it_was_received() -> None:
    recent = [remembered(Role.BUYER, "q@buyer.example", "ses1@eu-west-1.amazonses.com")]
    follow_up = threaded(Role.BUYER, recent, in_reply_to="<q@buyer.example>")
    assert follow_up.in_reply_to == "ses1@eu-west-1.amazonses.com"


def test_ids_of_other_mail_are_dropped() -> None:
    other = threaded(Role.SELLER, [], in_reply_to="<secret@private.example>", references="<a@b.example>")
    assert other == Thread(None, (FIRST,))


def test_a_mail_without_in_reply_to_answers_its_last_known_reference() -> None:
    recent = [remembered(Role.BUYER, "q@buyer.example", "ses1@eu-west-1.amazonses.com")]
    answer = threaded(Role.SELLER, recent, references="<x@y.example> <ses1@eu-west-1.amazonses.com>")
    assert answer.in_reply_to == "q@buyer.example"


def test_the_conversations_own_id_stands_first_and_at_most_twenty_follow() -> None:
    recent = [remembered(Role.BUYER, f"q{n}@buyer.example", f"s{n}@amazonses.com") for n in range(30)]
    references = " ".join(f"<s{n}@amazonses.com>" for n in range(30))
    ids = threaded(Role.SELLER, recent, references=references).references
    assert ids[0] == FIRST
    assert ids[1:] == tuple(f"q{n}@buyer.example" for n in range(30 - MAX_REFERENCES, 30))


def test_line_breaks_and_brackets_cannot_be_smuggled_into_an_id() -> None:
    assert message_ids(b"<a\r\nBcc: x@y.example> <a b@c> <<a@b.example>> <\xfc@b.example>") == (
        "a@b.example",
    )


def test_us_east_1_has_a_message_id_domain_of_its_own() -> None:
    assert outgoing_message_id("0100", "us-east-1") == "0100@email.amazonses.com"
    assert outgoing_message_id("0102", "eu-west-1") == "0102@eu-west-1.amazonses.com"


def test_ids_that_a_program_wrote_as_encoded_words_are_read() -> None:
    assert message_ids(b"=?utf-8?q?=3Cq=40buyer=2Eexample=3E?= =?utf-8?q?_=3Cr=40b=2Eexample=3E?=") == (
        "q@buyer.example",
        "r@b.example",
    )
