"""Threads on both sides, though each side knows different Message-IDs (RFC 5322 §3.6.4).

SES gives our mail a Message-ID of its own. So every message has two: the author's, and the one under which
its recipient received it. References are translated for the reader of the outgoing mail; ids that neither
side can know from us are dropped. The conversation's own id stands first, so that programs which thread by
the first reference keep together what is older than our memory.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parley.conversation.aliases import ConversationId
from parley.conversation.messages import Message
from parley.conversation.parties import Role
from parley.mail.header import Header, decode_words

MAX_REFERENCES = 20
_MAX_READ = 100_000
_MESSAGE_ID = re.compile(r"<([!-;=?A-~]{1,250}@[!-;=?A-~]{1,250})>")


@dataclass(frozen=True, slots=True)
class Thread:
    """In-Reply-To (or None) and References for the outgoing mail, ids without angle brackets."""

    in_reply_to: str | None
    references: tuple[str, ...]


def message_ids(value: bytes | None) -> tuple[str, ...]:
    """The ids in a Message-ID, In-Reply-To or References value, in order, without angle brackets.

    Encoded words do not belong there (RFC 2047 §5), but programs write long values so.
    """
    return tuple(_MESSAGE_ID.findall(decode_words((value or b"")[:_MAX_READ])))


def conversation_reference(conversation: ConversationId, relay_domain: str) -> str:
    """The constant first reference of a conversation's mails."""
    return f"conversation.{conversation}@{relay_domain}"


def outgoing_message_id(ses_id: str, region: str) -> str:
    """The Message-ID that SES writes (AWS: "Amazon SES: message ID"): us-east-1 has a domain of its own."""
    return f"{ses_id}@{'email' if region == 'us-east-1' else region}.amazonses.com"


def thread(
    header: Header,
    recent: Iterable[Message],
    *,
    author: Role,
    conversation: ConversationId,
    relay_domain: str,
) -> Thread:
    """Translates In-Reply-To and References of the author's mail for the other side."""
    known = _translations(recent, author)
    replied = [known[i] for i in message_ids(header.first("in-reply-to")) if i in known]
    referred = [known[i] for i in message_ids(header.first("references")) if i in known]
    in_reply_to = replied[0] if replied else (referred[-1] if referred else None)
    chain = dict.fromkeys([*referred, *([in_reply_to] if in_reply_to else [])])
    first = conversation_reference(conversation, relay_domain)
    return Thread(in_reply_to, (first, *list(chain)[-MAX_REFERENCES:]))


def _translations(recent: Iterable[Message], author: Role) -> dict[str, str]:
    """Id as the author knows it → id as the other side knows the same message."""
    known: dict[str, str] = {}
    for message in recent:
        own, outgoing = message.author_message_id, message.outgoing_message_id
        if own and outgoing:
            known.setdefault(*((own, outgoing) if message.author_role is author else (outgoing, own)))
    return known
