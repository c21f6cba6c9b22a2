"""What a mail must be to stand in the right thread of its reader, and to show nobody's mailbox."""

from email.message import EmailMessage

from parley.conversation.aliases import ConversationId
from parley.conversation.threading import conversation_reference
from tests.programs.desk import Desk


def ids(mail: EmailMessage, name: str) -> list[str]:
    """The ids of a header field, with their angle brackets."""
    return str(mail[name] or "").split()


def assert_answers(mail: EmailMessage, reader: Desk, conversation: str) -> None:
    """The reader's program files it under the last mail that the reader sent (RFC 5322 §3.6.4): each id that
    it names is one of a mail which that program holds, but for the conversation's own, which is first."""
    asked = reader.mails("Sent")[-1]
    assert ids(mail, "In-Reply-To") == ids(asked, "Message-ID")
    first, *others = ids(mail, "References")
    relay_domain = reader.writes_to.partition("@")[2]
    assert first == f"<{conversation_reference(ConversationId(conversation), relay_domain)}>"
    held = {each["Message-ID"] for folder in ("INBOX", "Sent") for each in reader.mails(folder)}
    assert others[-1:] == ids(asked, "Message-ID")
    assert set(others) <= held
    # The thread goes back to its beginning.
    assert len(others) == len(held) - 1


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    assert body is not None
    return str(body.get_content())


def assert_hides(mail: EmailMessage, hidden: Desk) -> None:
    """Neither the mailbox nor the domain, nor where it sends from, can be read in it."""
    texts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    seen = "\n".join([mail.as_string(), *texts]).lower()
    assert hidden.mailbox.lower() not in seen
    assert hidden.domain.lower() not in seen
