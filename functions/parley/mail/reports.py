"""What kind of automatic mail a mail is (RFC 3834, 3464, 3798/8098, 5965, and what programs do instead)."""

import re
from enum import StrEnum

from parley.mail.address import address_list
from parley.mail.header import Header
from parley.mail.structure import Mail, Part
from parley.mail.transfer import decode


class Automatic(StrEnum):
    """Kinds of mail that no person wrote."""

    DELIVERY_REPORT = "delivery-report"
    """A DSN (multipart/report; report-type=delivery-status), or a bounce in a form of a mail server's own."""
    READ_RECEIPT = "read-receipt"
    """An MDN (report-type=disposition-notification)."""
    FEEDBACK_REPORT = "feedback-report"
    """ARF (report-type=feedback-report)."""
    AUTO_REPLY = "auto-reply"
    """Out-of-office and the like: Auto-Submitted: auto-replied, X-Autoreply, vendor forms."""
    AUTO_GENERATED = "auto-generated"
    """Auto-Submitted other than "no" and not a reply: shop systems, reminders."""
    BULK = "bulk"
    """Precedence: bulk/list/junk or List-* fields: a list or a newsletter."""


def automatic(mail: Mail, *, null_reverse_path: bool) -> Automatic | None:
    """The kind, most specific first, or None for what a person wrote. Header fields decide, not the body,
    except for non-standard bounces with a null reverse-path or from mailer-daemon/postmaster."""
    header, authors = mail.header, _authors(mail)
    from_daemon = not authors.isdisjoint(_DAEMONS)
    report = _report(mail.root, is_from_machine=null_reverse_path or from_daemon)
    if report is not None:
        return report
    if from_daemon or ((null_reverse_path or not authors.isdisjoint(_POSTMASTERS)) and _is_bounce(mail)):
        return Automatic.DELIVERY_REPORT
    return (
        _submitted(header)
        or (Automatic.BULK if _is_bulk(header) else None)
        # RFC 5321 §4.5.5: only reports have no reverse-path.
        or (Automatic.AUTO_GENERATED if null_reverse_path else None)
    )


def certain_report(mail: Mail, *, null_reverse_path: bool) -> Automatic | None:
    """The kind of a report that no person can have written: one by its structure (RFC 6522), by a mail
    server's own fields or name; its words alone are no evidence."""
    authors = _authors(mail)
    by_server = (
        not authors.isdisjoint(_DAEMONS)
        or any(mail.header.first(name) is not None for name in _BOUNCE_FIELDS)
        or (null_reverse_path and not authors.isdisjoint(_POSTMASTERS) and _is_bounce(mail))
    )
    return _report(mail.root, is_from_machine=False) or (Automatic.DELIVERY_REPORT if by_server else None)


def _authors(mail: Mail) -> set[str]:
    """The local-parts of From, lower-case."""
    return {named.mailbox.local_part.lower() for named in address_list(_latin(mail.header.first("from")))}


_REPORTS = {
    "delivery-status": Automatic.DELIVERY_REPORT,
    "disposition-notification": Automatic.READ_RECEIPT,
    "feedback-report": Automatic.FEEDBACK_REPORT,
}
_DAEMONS = frozenset(
    ("mailer-daemon", "mail-daemon", "mailerdaemon", "maildaemon", "mailer_daemon", "mdaemon")
)
_POSTMASTERS = frozenset(("postmaster", "mail-delivery-subsystem", "bounce", "bounces", "microsoftexchange"))


def _report(root: Part, *, is_from_machine: bool) -> Automatic | None:
    """The kind of a report by its media types (RFC 6522)."""
    is_report = root.content_type.value == "multipart/report"
    declared = root.content_type.parameters.get("report-type", "").strip().lower()
    if is_report and declared in _REPORTS:
        return _REPORTS[declared]
    kinds = [child.content_type.value for child in root.children] if is_report or is_from_machine else []
    for kind in (root.content_type.value, *kinds):
        family, _, subtype = kind.partition("/")
        if family == "message" and subtype.removeprefix("global-") in _REPORTS:
            return _REPORTS[subtype.removeprefix("global-")]
    return None


_BOUNCE_FIELDS = ("x-failed-recipients", "x-ms-exchange-message-is-ndr", "x-postfix-queue-id", "x-bounce-id")
_BOUNCE = re.compile(
    r"undeliver|unzustellbar|nicht zu(?:stellbar|gestellt)|not (?:be )?delivered|delivery (?:status|has|to)"
    r"|delivery fail|returned (?:mail|to sender)|failure notice|mail delivery|qmail-send|non remis"
    r"|no entregado|onbestelbaar|user unknown|no such user|did not reach|permanent(?: fatal)? error"
    r"|mailbox (?:unavailable|full)"
)


def _is_bounce(mail: Mail) -> bool:
    """Whether a mail without a report says in a server's own words that it could not deliver."""
    if any(mail.header.first(name) is not None for name in _BOUNCE_FIELDS):
        return True
    subject = (mail.header.text("subject") or "")[:500].lower()
    return bool(_BOUNCE.search(subject) or _BOUNCE.search(_opening(mail.root)))


def _opening(part: Part) -> str:
    """The first words of the first text, lower-case."""
    while part.children:
        part = part.children[0]
    if not part.content_type.value.startswith("text/"):
        return ""
    return decode(part.body[:2_000], part.transfer_encoding).decode("latin-1").lower()


_REPLY_FIELDS = frozenset(
    (
        "x-autoreply",
        "x-auto-reply",
        "x-autorespond",
        "x-autoresponder",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-vacation",
        "x-ms-exchange-generated-message-source",
    )
)
_GENERATED_FIELDS = frozenset(("x-autogenerated", "x-auto-generated", "x-cron-env", "x-fc-machinegenerated"))
_REPLY_SUBJECT = re.compile(
    r"auto(?:matic|mated|-)? ?(?:reply|response)|automatische antwort|automatisch antwoord|automatiskt? svar"
    r"|out of (?:the )?office|abwesen|autosvar|r[ée]ponse automatique|respuesta autom[áa]tica"
    r"|risposta automatica"
)


_MARKS = (
    _REPLY_FIELDS
    | _GENERATED_FIELDS
    | {"auto-submitted", "precedence", "x-precedence", "preference", "x-post-messageclass"}
    | {"x-auto-response-suppress"}
)
"""Without one of these fields nothing of what follows can be told."""


def _submitted(header: Header) -> Automatic | None:
    """What RFC 3834 §5 and the fields that came before it say."""
    if _MARKS.isdisjoint(header.by_name):
        return None
    submitted = _word(header.first("auto-submitted"))
    precedences = {_word(header.first(name)) for name in ("precedence", "x-precedence", "preference")}
    present = {
        field.name for field in header.fields if not (field.name[:2] == "x-" and _word(field.value) == "no")
    }
    is_reply = (
        submitted == "auto-replied"
        or not precedences.isdisjoint(("auto_reply", "auto-reply", "autoreply"))
        or not present.isdisjoint(_REPLY_FIELDS)
        or "autoresponder" in _latin(header.first("x-post-messageclass")).lower()
        or _word(header.first("x-autogenerated")) == "reply"
    )
    is_generated = submitted not in ("", "no") or not present.isdisjoint(_GENERATED_FIELDS)
    # Exchange calls its out-of-office replies generated. Neither the subject nor X-Auto-Response-Suppress,
    # which stands in ordinary mail as well, would be evidence alone.
    is_suppressed = is_generated or "x-auto-response-suppress" in present
    if is_reply or (is_suppressed and _REPLY_SUBJECT.match((header.text("subject") or "")[:200].lower())):
        return Automatic.AUTO_REPLY
    return Automatic.AUTO_GENERATED if is_generated else None


_LIST_FIELD = re.compile("list-")


def _is_bulk(header: Header) -> bool:
    if _word(header.first("precedence")) in ("bulk", "list", "junk"):
        return True
    names = header.by_name
    return "mailing-list" in names or "x-mailing-list" in names or any(map(_LIST_FIELD.match, names))


def _word(value: bytes | None) -> str:
    """The first word of a value, lower-case, without parameters and comments."""
    return "" if value is None else _END_OF_WORD.split(_latin(value).strip().lower(), maxsplit=1)[0]


_END_OF_WORD = re.compile(r"[\s;(]")


def _latin(value: bytes | None) -> str:
    return "" if value is None else value.decode("latin-1")
