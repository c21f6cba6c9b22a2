"""What is looked at before a mail is masked."""

from parley.conversation.messages import State
from parley.relaying.decide import Relay, Stop, decide
from parley.relaying.prepare import MAX_AUTHOR_MAILBOXES
from parley.screening.policy import DEFAULT_POLICY
from sandbox.preview import read_setup
from sandbox.trial import arrival_of


def mail(answers_to: int) -> bytes:
    reply_to = ",\r\n ".join(f"a@host-{number}.example" for number in range(answers_to))
    return (
        "From: anna.kaeufer@privatmail.example\r\nTo: s-9Q4T@relay.example\r\n"
        f"Reply-To: {reply_to}\r\nSubject: Order\r\n\r\nWhen will it come?\r\n"
    ).encode()


def test_a_mail_that_names_too_many_mailboxes_as_its_authors_is_held() -> None:
    setup = read_setup([])
    held = decide(arrival_of(mail(MAX_AUTHOR_MAILBOXES), setup), DEFAULT_POLICY)
    assert (held.outcome, held.codes) == (Stop(State.HELD), ("too-many-author-mailboxes",))
    relayed = decide(arrival_of(mail(MAX_AUTHOR_MAILBOXES - 5), setup), DEFAULT_POLICY)
    assert isinstance(relayed.outcome, Relay)
