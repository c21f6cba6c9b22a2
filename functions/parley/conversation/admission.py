"""Who may write to an alias (invariant I4): an authenticated mailbox that the other party registered.

Two questions, in order: is the From mailbox proved (`authenticate`), and is it the other party's (`admit`).
Anything short of proof is not admitted; a verdict that SES could not reach is no proof either way and holds
the mail.
"""

from collections.abc import Sequence
from enum import StrEnum

from parley.conversation.mailboxes import is_freemail, may_be_registered
from parley.conversation.parties import Party
from parley.mail.address import Mailbox
from parley.mail.authentication import Authentication
from parley.mail.verdicts import Verdict, Verdicts


class Admission(StrEnum):
    """The answer, and the code under which it is recorded."""

    ADMITTED = "admitted"
    AUTHOR_UNCLEAR = "author-unclear"
    """No From field, several, or one with several mailboxes."""
    NOT_AUTHENTICATED = "not-authenticated"
    AUTHENTICATION_UNAVAILABLE = "authentication-unavailable"
    """SES could not check, or did not say what it found."""
    STRANGER = "stranger"
    """Authenticated, but not the other party."""
    UNREGISTERED_MAILBOX = "unregistered-mailbox"
    """Authenticated and at a registered mailbox's private domain, but not registered itself."""
    UNSUPPORTED_MAILBOX = "unsupported-mailbox"
    """Authenticated first contact from a mailbox that no party can have."""
    OWN_ALIAS = "own-alias"
    """The party that the alias stands for wrote to itself."""


_UNDECIDED = frozenset({Verdict.PROCESSING_FAILED, Verdict.MISSING})


def authenticate(
    authors: Sequence[Mailbox], verdicts: Verdicts, authentication: Authentication | None
) -> Admission:
    """Whether the From mailbox is proved. authors: every mailbox of every From field, in order.

    DMARC PASS counts if SES names the From domain as header.from. GRAY (the domain publishes no policy)
    counts if SPF or DKIM passed for exactly the From domain: relaxed alignment is DMARC's to grant.
    """
    if len(authors) != 1:
        return Admission.AUTHOR_UNCLEAR
    domain = authors[0].domain
    match verdicts.dmarc:
        case Verdict.FAIL:
            return Admission.NOT_AUTHENTICATED
        case Verdict.PASS if authentication is not None:
            proved = authentication.dmarc_domain == domain
        case Verdict.GRAY if authentication is not None:
            by_spf = verdicts.spf is Verdict.PASS and authentication.spf_domain == domain
            proved = by_spf or (verdicts.dkim is Verdict.PASS and domain in authentication.dkim_domains)
            if not proved and not _UNDECIDED.isdisjoint((verdicts.spf, verdicts.dkim)):
                return Admission.AUTHENTICATION_UNAVAILABLE
        case _:
            return Admission.AUTHENTICATION_UNAVAILABLE
    return Admission.ADMITTED if proved else Admission.NOT_AUTHENTICATED


def admit(author: Mailbox, *, writer: Party, owner: Party) -> Admission:
    """Whether an authenticated author may write to an alias of `owner`, whose other party is `writer`."""
    if writer.may_send_from(author):
        return Admission.ADMITTED
    if owner.may_send_from(author):
        return Admission.OWN_ALIAS
    if not is_freemail(author.domain) and author.domain in writer.private_domains:
        return Admission.UNREGISTERED_MAILBOX
    return Admission.STRANGER


def admit_first_contact(author: Mailbox, *, owner: Party, relay_domain: str) -> Admission:
    """Whether an authenticated author may open a conversation with the owner of a contact alias."""
    if owner.may_send_from(author):
        return Admission.OWN_ALIAS
    may = may_be_registered(author, relay_domain)
    return Admission.ADMITTED if may else Admission.UNSUPPORTED_MAILBOX
