"""When two mailboxes are the same, and which domains many people share."""

from parley.conversation.freemail import FREEMAIL_DOMAINS
from parley.mail.address import Mailbox


def is_freemail(domain: str) -> bool:
    """Whether strangers share this (lower-case) domain, so that it identifies nobody."""
    return domain in FREEMAIL_DOMAINS


def own_domain(mailbox: Mailbox) -> str | None:
    """The mailbox's domain, which names an organisation; None where strangers share it."""
    return None if is_freemail(mailbox.domain) else mailbox.domain


def may_be_registered(mailbox: Mailbox, relay_domain: str) -> bool:
    """Whether a party can have this mailbox: no alias of ours, and one that SES can send to (no SMTPUTF8)."""
    return mailbox.domain != relay_domain and str(mailbox).isascii() and str(mailbox).isprintable()


def same_for_admission(one: Mailbox, other: Mailbox) -> bool:
    """Whether mail from `one` is mail from `other`'s owner beyond doubt.

    Local-parts are compared without case: RFC 5321 §2.4 allows servers to tell them apart, none of note does.
    Gmail ignores dots and tags and answers to googlemail.com; elsewhere a tag is another mailbox.
    """
    return _admission_key(one) == _admission_key(other)


def _admission_key(mailbox: Mailbox) -> tuple[str, str]:
    local_part = mailbox.local_part.casefold()
    if mailbox.domain in ("gmail.com", "googlemail.com"):
        return local_part.partition("+")[0].replace(".", ""), "gmail.com"
    return local_part, mailbox.domain


def index_form(mailbox: Mailbox) -> str:
    """The text under which the mailbox index knows a mailbox; equal for mailboxes equal for admission."""
    local_part, domain = _admission_key(mailbox)
    return f"{local_part}@{domain}"
