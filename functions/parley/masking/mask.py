"""Masks a whole mail: decides for each part what goes out, and in which form."""

from dataclasses import dataclass

from parley.mail.address import Mailbox, address_list
from parley.mail.compose import OutgoingPart
from parley.mail.findings import Finding, Severity
from parley.mail.outgoing import filenames
from parley.mail.structure import Mail
from parley.masking.contact_rules import ContactPolicy, ContactRules, Treatment
from parley.masking.matcher import matcher_for
from parley.masking.parts import PartMasker, Unmaskable, new_content_ids
from parley.masking.protected import Protected
from parley.masking.text import UnsettledError, mask_text
from parley.masking.views import TooComplexError

__all__ = [
    "ContactPolicy",
    "ContactRules",
    "Masked",
    "Treatment",
    "Unmaskable",
    "author_mailboxes",
    "mask",
    "mask_name",
]

MAX_SUBJECT = 2_000
_SEVERITIES = dict.fromkeys(
    (
        "attachment-encrypted",
        "attachment-macros",
        "attachment-program",
        "attachment-type-mismatch",
        "attachment-unreadable",
        "contact-obfuscated",
        "document-names-author",
        "html-replaced-by-text",
        "program-in-archive",
        "protected-in-attachment",
    ),
    Severity.WARNING,
)


@dataclass(frozen=True, slots=True)
class Masked:
    """What may go out. subject: masked and decoded. findings: what was masked, dropped, noticed, by place.
    filenames: of every outgoing part, also those that came out of winmail.dat, a signature or an enclosed
    mail and which no rule over the mail as it arrived could see."""

    subject: str
    body: OutgoingPart
    findings: tuple[Finding, ...]
    filenames: tuple[str, ...] = ()


def mask(
    mail: Mail, protected: Protected, rules: ContactRules, *, content_id_seed: str, relay_domain: str
) -> Masked:
    """The mail without its header section, masked. Raises `Unmaskable`.

    content_id_seed: makes new Content-IDs `<content_id_seed.N@relay_domain>`; `cid:` references follow.
    """
    matcher = matcher_for(protected, relay_domain, rules)
    masker = PartMasker(
        matcher,
        mask_contacts=True,
        id_seed=content_id_seed,
        content_ids=new_content_ids(mail, content_id_seed, relay_domain),
    )
    try:
        body = masker.root(mail)
        subject = mask_text(mail.header.text("subject") or "", matcher, mask_contacts=masker.mask_contacts)
    except UnsettledError:
        raise Unmaskable(Finding("masking-unsettled", Severity.SERIOUS)) from None
    except TooComplexError:
        raise Unmaskable(Finding("text-too-complex", Severity.SERIOUS)) from None
    masker.note("protected-masked", "subject", subject.protected)
    masker.note_all(subject.contacts, "subject")
    findings = tuple(
        Finding(code, _SEVERITIES.get(code, Severity.NOTE), place, count)
        for (code, place), count in masker.noted.items()
    )
    return Masked(subject.text[:MAX_SUBJECT], body, findings, tuple(filenames(body)))


def mask_name(name: str, protected: Protected) -> str:
    """A display name, masked (people put their mailbox there)."""
    try:
        return mask_text(name, matcher_for(protected, protected.author.alias.domain)).text
    except (UnsettledError, TooComplexError):
        return ""


def author_mailboxes(mail: Mail) -> frozenset[Mailbox]:
    """The mailboxes of From, Sender and Reply-To of the mail's own header section."""
    return frozenset(
        named.mailbox
        for name in ("from", "sender", "reply-to")
        for raw in mail.header.all(name)
        for named in address_list(raw.decode("utf-8", "replace"))
    )
