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

DEFAULT_LOCALE = "en"
NOTICE_LOCAL_PART = "no-reply"


@dataclass(frozen=True, slots=True)
class _Words:
    """One language. reasons: code → the sentence that says why and what to do next."""

    subject: str
    held_subject: str
    refused: str
    held: str
    reference: str
    reasons: dict[str, str]


_ENGLISH = _Words(
    subject="Your message was not delivered",
    held_subject="Your message is being checked",
    refused="your message to $alias, sent on $date, was not delivered.",
    held="your message to $alias, sent on $date, has not been delivered yet. A person will look at it first; "
    "you need not send it again.",
    reference="If you ask us about it, give this number: $message. Please do not answer this mail.",
    reasons={
        "unregistered-mailbox": "The mailbox you wrote from is not registered for this conversation. Write from "
        "the mailbox at which you receive its messages, or register this one with $marketplace.",
        "conversation-closed": "This conversation is closed. If you still need to write, open it again at "
        "$marketplace.",
        "virus": "A virus was found in it. Check your computer, then send the message again without the file.",
        "too-large": "It is too large. Send it again with smaller or fewer attachments (25 MB in all).",
        "too-many-parts": "It has too many parts. Send it again with fewer attachments.",
        "attachment-type-refused": "It has an attachment of a type that is not delivered (such as a program). "
        "Send it again without that file, or as a PDF or an image.",
        "encrypted": "It is encrypted. Messages here must be readable so that $marketplace can decide disputes; "
        "send it again without encryption.",
        "spam": "It looks like spam.",
        "unreadable": "It could not be read with certainty. Sending it again as plain text may help.",
    },
)
_GERMAN = _Words(
    subject="Ihre Nachricht wurde nicht zugestellt",
    held_subject="Ihre Nachricht wird geprüft",
    refused="Ihre Nachricht an $alias vom $date wurde nicht zugestellt.",
    held="Ihre Nachricht an $alias vom $date wurde noch nicht zugestellt. Zuerst sieht sie ein Mensch an; Sie "
    "brauchen sie nicht noch einmal zu senden.",
    reference="Wenn Sie uns danach fragen, nennen Sie diese Nummer: $message. Bitte antworten Sie nicht auf "
    "diese E-Mail.",
    reasons={
        "unregistered-mailbox": "Das Postfach, von dem Sie geschrieben haben, ist für diese Unterhaltung nicht "
        "registriert. Schreiben Sie von dem Postfach, in dem Sie ihre Nachrichten erhalten, oder registrieren "
        "Sie dieses bei $marketplace.",
        "conversation-closed": "Diese Unterhaltung ist geschlossen. Wenn Sie noch etwas schreiben müssen, "
        "öffnen Sie sie bei $marketplace wieder.",
        "virus": "Darin wurde ein Virus gefunden. Prüfen Sie Ihren Computer und senden Sie die Nachricht ohne "
        "die Datei noch einmal.",
        "too-large": "Sie ist zu groß. Senden Sie sie mit kleineren oder weniger Anhängen noch einmal (25 MB "
        "insgesamt).",
        "too-many-parts": "Sie hat zu viele Teile. Senden Sie sie mit weniger Anhängen noch einmal.",
        "attachment-type-refused": "Sie hat einen Anhang, dessen Art nicht zugestellt wird (zum Beispiel ein "
        "Programm). Senden Sie sie ohne diese Datei noch einmal, oder als PDF oder Bild.",
        "encrypted": "Sie ist verschlüsselt. Nachrichten müssen hier lesbar sein, damit $marketplace "
        "Streitfälle entscheiden kann; senden Sie sie unverschlüsselt noch einmal.",
        "spam": "Sie sieht nach Spam aus.",
        "unreadable": "Sie konnte nicht mit Sicherheit gelesen werden. Vielleicht hilft es, sie als reinen Text "
        "noch einmal zu senden.",
    },
)
_LANGUAGES = {"en": _ENGLISH, "de": _GERMAN}
_GREETING = {"en": "Hello,", "de": "Guten Tag,"}
_SAME_WORDS = {
    "mail-too-large": "too-large",
    "outgoing-too-large": "too-large",
    "spam-verdict-missing": "unreadable",
    "virus-verdict-missing": "unreadable",
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
    return known if known in _ENGLISH.reasons else "unreadable"


def notice_mailbox(relay_domain: str) -> Mailbox:
    """Where notices come from; mail to it is an unknown alias and is discarded."""
    return Mailbox(NOTICE_LOCAL_PART, relay_domain)


def compose_notice(notice: Notice, *, marketplace: str, relay_domain: str) -> bytes:
    """The notice as a finished mail in the author's language, English where we have no other."""
    language = notice.locale.partition("-")[0].lower()
    language = language if language in _LANGUAGES else DEFAULT_LOCALE
    words = _LANGUAGES[language]
    known = {
        "alias": str(notice.alias),
        "date": notice.received_at.strftime("%Y-%m-%d %H:%M UTC"),
        "marketplace": marketplace,
        "message": notice.message,
    }
    body = [_GREETING[language], words.held if notice.held else words.refused]
    body += [words.reasons[reason(notice.code)], words.reference, "$marketplace"]
    text = Template("\r\n\r\n".join(body)).substitute(known) + "\r\n"
    fields = [
        ("From", f"{encode_phrase(marketplace)} <{notice_mailbox(relay_domain)}>"),
        ("To", str(notice.author)),
        ("Subject", encode_words(words.held_subject if notice.held else words.subject)),
        ("Date", format_datetime(notice.received_at)),
    ]
    if notice.author_message_id:
        fields.append(("In-Reply-To", f"<{notice.author_message_id}>"))
        fields.append(("References", f"<{notice.author_message_id}>"))
    # RFC 3834 §5: what we write by ourselves says so, and nobody's program answers it.
    fields += [("Auto-Submitted", "auto-replied"), ("X-Parley-Message", notice.message)]
    return compose(fields, TextPart(Label(media_type="text/plain"), text, "utf-8"), notice.message.encode())
