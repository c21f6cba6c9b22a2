"""Notices: what an author is told when a mail was not passed on, and why.

A notice goes only to an author whose mailbox is proved, never in answer to anything automatic (RFC 3834), at
most once per author, conversation and reason in 24 hours. It quotes nothing of the mail, so that it cannot
carry anybody's words to somebody else, and it never names the other party or a registered mailbox.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from string import Template

from parley.mail.address import Mailbox
from parley.mail.compose import Label, TextPart, compose
from parley.mail.header import encode_phrase, encode_words
from parley.relaying.languages import DEFAULT, LANGUAGES

NOTICE_LOCAL_PART = "no-reply"


_SAME_WORDS = {
    # That the recipient complained is nobody's business but the recipient's.
    "recipient-opted-out": "recipient-unreachable",
    "attachment-program": "attachment-type-refused",
    "mail-too-large": "too-large",
    "outgoing-too-large": "too-large",
    "spam-verdict-missing": "not-checked",
    "virus-verdict-missing": "not-checked",
    "ses-uncertain": "not-taken",
    "ses-rejected": "not-taken",
    "ses-bad-request": "not-taken",
    "ses-too-large": "not-taken",
    "composition-changed": "not-taken",
}
"""Codes that mean the same to an author. Every other code without words of its own is "unreadable"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What to tell. alias: where the author had written to. held: checked first, not refused.
    author_message_id: the mail's own id, so that the notice stands in its thread."""

    message: str
    author: Mailbox
    alias: Mailbox
    locale: str
    code: str
    held: bool
    received_at: datetime
    author_message_id: str | None


def reason(code: str) -> str:
    """The reason under which an author is told of a code, and by which repeated notices are recognised."""
    known = _SAME_WORDS.get(code, code)
    return known if known in DEFAULT.reasons else "unreadable"


def notice_mailbox(relay_domain: str) -> Mailbox:
    """Where notices come from; mail to it is an unknown alias and is discarded."""
    return Mailbox(NOTICE_LOCAL_PART, relay_domain)


def compose_notice(notice: Notice, *, marketplace: str, relay_domain: str) -> bytes:
    """The notice as a finished mail in the author's language, English where we have no other."""
    words = LANGUAGES.get(notice.locale.partition("-")[0].lower(), DEFAULT)
    known = {
        "alias": str(notice.alias),
        "date": notice.received_at.strftime("%Y-%m-%d %H:%M UTC"),
        "marketplace": marketplace,
        "message": notice.message,
    }
    body = [words.greeting, words.held if notice.held else words.refused]
    body += [words.reasons[reason(notice.code)], words.reference, "$marketplace"]
    text = Template("\r\n\r\n".join(body)).substitute(known) + "\r\n"
    fields = [
        ("From", f"{encode_phrase(marketplace)} <{notice_mailbox(relay_domain)}>"),
        ("To", str(notice.author)),
        ("Subject", encode_words(words.held_subject if notice.held else words.refused_subject)),
        ("Date", format_datetime(notice.received_at)),
    ]
    if notice.author_message_id:
        fields.append(("In-Reply-To", f"<{notice.author_message_id}>"))
        fields.append(("References", f"<{notice.author_message_id}>"))
    # RFC 3834 §5: what we write by ourselves says so, and nobody's program answers it.
    fields += [("Auto-Submitted", "auto-replied"), ("X-Parley-Message", notice.message)]
    return compose(fields, TextPart(Label(media_type="text/plain"), text, "utf-8"), notice.message.encode())
