"""The one table of codes, and what each leads to.

A policy maps the code of a finding to an action; the strictest action among a mail's findings decides.
`docs/outcomes.md` is written from this table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from parley.mail.findings import Finding


class Action(StrEnum):
    """In rising order of strictness; discarding stands above refusing because nobody is told of it."""

    DELIVER = "deliver"
    MASK = "mask"
    FLAG = "flag"
    HOLD = "hold"
    REFUSE = "refuse"
    DISCARD = "discard"


_STRICTNESS = {action: rank for rank, action in enumerate(Action)}


@dataclass(frozen=True, slots=True)
class Code:
    """One row: the default action, whether an authenticated author is told, and what the code means."""

    code: str
    action: Action
    notify: bool
    meaning: str


def _rows(action: Action, notify: bool, meanings: Mapping[str, str]) -> dict[str, Code]:
    return {code: Code(code, action, notify, meaning) for code, meaning in meanings.items()}


CODES: dict[str, Code] = {
    **_rows(
        Action.REFUSE,
        False,
        {
            "author-unclear": "no From field, several, or one with several mailboxes",
            "not-authenticated": "neither DMARC nor an exactly aligned SPF or DKIM proves the From mailbox",
            "stranger": "the author is authenticated but is not the conversation's other party",
            "unsupported-mailbox": "a first contact from a mailbox that no party can have",
            "own-alias": "the party that the alias stands for wrote to itself",
        },
    ),
    **_rows(
        Action.REFUSE,
        True,
        {
            "unregistered-mailbox": "the author wrote from a mailbox of theirs that is not registered",
            "conversation-closed": "the conversation is closed or expired",
            "recipient-unreachable": "the recipient's mailbox bounced for good and is not confirmed yet",
            "recipient-opted-out": "the recipient complained, was opted out, and waits for no answer here",
            "virus": "SES found a virus",
            "too-large": "the mail is larger than 36 MB: 25 MB of attachments and some text",
            "mail-too-large": "the mail is larger than 40 MB",
            "outgoing-too-large": "the mail would exceed SES's 40 MB after encoding",
            "too-many-recipients": "the mail is for more than 10 mailboxes of the relay at once",
            "too-many-parts": "the mail has more than 1,000 parts, or more than 450 to send",
            "attachment-type-refused": "an attachment has a name ending that SES does not send",
            "attachment-program": "an attachment is a program, whatever its name says",
            "encrypted": "the mail is encrypted (S/MIME or PGP) and cannot be read",
        },
    ),
    **_rows(
        Action.HOLD,
        True,
        {
            "spam": "SES judges it spam",
            "spam-verdict-missing": "SES could not check for spam",
            "virus-verdict-missing": "SES could not check for viruses",
            "header-too-large": "the header section exceeds 256 KB or 2,000 fields",
            "nested-too-deep": "parts are nested deeper than 20 levels",
            "ambiguous-content-type": "a part declares two different media types",
            "ambiguous-transfer-encoding": "a part declares two different transfer encodings",
            "too-many-near-boundaries": "too many lines begin like a boundary and are none",
            "unknown-transfer-encoding": "a part has a transfer encoding that is not MIME's",
            "encoded-multipart": "a multipart is itself transfer-encoded",
            "undecodable-text": "a text part cannot be decoded with certainty",
            "text-too-large": "a text part exceeds 5 MB",
            "message-partial": "message/partial: only a piece of a mail",
            "message-external-body": "message/external-body: the content lies elsewhere",
            "tnef": "a winmail.dat that is not opened yet",
            "leak": "the finished mail still showed a protected string",
            "leak-gate-unreadable": "the leak gate could not read the finished mail",
            "ses-uncertain": "SES was called twice and never answered: it may have taken the mail",
            "ses-rejected": "SES refused the finished mail",
            "ses-bad-request": "SES could not read the request to send the finished mail",
            "ses-too-large": "SES found the finished mail too large",
            "too-many-author-mailboxes": "the header section names more than 100 mailboxes as its author's",
            "masking-unsettled": "masking kept uncovering further protected strings",
            "text-too-complex": "a text hides too many encoded pieces to be read with certainty",
            "html-too-complex": "an HTML part is too deeply nested or too large to be read with certainty",
            "signed-opaque": "S/MIME signed data that encloses its content",
            "composition-changed": "the mail was composed differently when work on it resumed",
        },
    ),
    **_rows(
        Action.HOLD,
        False,
        {
            "pipeline-error": "an unexpected error; the mail waits for a corrected version",
            "authentication-unavailable": "SES could not check who wrote, or did not say what it found",
            "not-a-mail": "the object is no mail",
            "parties-gone": "the alias, or a party, is gone: there is nobody to whom it could go",
            "notification-missing": "SES's notification never came and the recipients are not known",
            "recipients-unknown": "a reviewer released it, and its To and Cc name no alias that there is",
            "original-gone": "a reviewer released it when the inbox had it no longer",
        },
    ),
    **_rows(
        Action.DISCARD,
        False,
        {
            "unknown-alias": "an alias by its form, but there is none of that name",
            "mistyped-alias": "no alias by its form: mistyped, or made up",
            "foreign-domain": "not a mailbox of the relay domain",
            "loop": "one of our own mails came back",
            "too-many-hops": "more than 50 servers handled the mail",
            "delivery-report": "a delivery report (bounce): recorded, never relayed",
            "feedback-report": "an abuse report by a mailbox provider: recorded, never relayed",
            "read-receipt": "a read receipt: recorded, never relayed",
            "automatic-repeated": "a second automatic reply, or the 21st automatic mail, within 24 hours",
            "automatic-first-contact": "an automatic mail opens no conversation",
            "resubmission": "the same mail again within 24 hours",
        },
    ),
    **_rows(
        Action.FLAG,
        False,
        {
            "protected-in-attachment": "a file that cannot be masked holds a party's mailbox",
            "attachment-type-mismatch": "a file is something else than its name or media type says",
            "attachment-unreadable": "a picture, document or archive is broken, too large or deep, or of a "
            "kind that is not opened",
            "attachment-encrypted": "a file is protected by a password and cannot be read",
            "attachment-macros": "an office file holds macros",
            "program-in-archive": "an archive holds a program",
            "document-names-author": "a document names its author in a place that cannot be cleaned",
            "contact-mailbox": "another mailbox was noticed",
            "contact-phone": "a telephone number was noticed",
            "contact-iban": "an IBAN was noticed",
            "contact-handle": "a handle at a messenger, or a link to a chat, was noticed",
            "contact-link": "a link or a domain was noticed",
            "contact-obfuscated": "contact data is written so that programs shall not see it",
            "spam-uncertain": "SES is not sure whether it is spam",
            "spam-scan-disabled": "spam scanning is off",
            "virus-scan-disabled": "virus scanning is off",
            "bulk": "sent as bulk or list mail",
            "auto-generated": "written by a program, not as a reply",
        },
    ),
    **_rows(
        Action.MASK,
        False,
        {
            "protected-masked": "a protected string was replaced",
            "contact-mailbox-masked": "another mailbox was replaced",
            "contact-phone-masked": "a telephone number was replaced",
            "contact-iban-masked": "an IBAN was replaced",
            "contact-handle-masked": "a handle at a messenger, or a link to a chat, was replaced",
            "contact-link-masked": "a link or a domain was replaced",
            "image-metadata-removed": "metadata such as place and author were removed from a picture",
            "document-author-removed": "names of people and companies were removed from a file's properties",
            "attachment-masked": "a protected string was replaced inside a file",
            "tnef-opened": "a winmail.dat was opened and its files are sent as ordinary parts",
            "filename-masked": "a file name held a protected string",
            "signature-removed": "an S/MIME or PGP signature no longer fits and was removed",
            "certificate-removed": "a certificate or public key that names its owner was removed",
            "remote-content-removed": "remote images and the like were removed from HTML",
            "html-replaced-by-text": "an HTML part could not be kept as HTML and is sent as text",
            "amp-removed": "an AMP alternative was removed",
            "uuencoded-file-removed": "a uuencoded file inside a text was removed",
            "enclosed-header-reduced": "the header section of an enclosed mail was reduced",
        },
    ),
    **_rows(
        Action.DELIVER,
        False,
        {
            "relayed": "handed to SES",
            "role-mailbox": "passed on to the operator's mailbox",
            "auto-reply": "an automatic reply; does not count as an answer",
            "part-empty": "a part had nothing left to send",
            "attachment-not-searched": "a large attachment was not searched for mailboxes",
            "junk-in-header": "a line in a header section is no field",
            "idle-transfer-encoding": "a multipart claims a transfer encoding that it does not have",
            "missing-blank-line": "a body begins without the empty line before it",
            "bare-carriage-returns": "lines end with CR alone",
            "missing-boundary": "a multipart without boundaries is read as text",
            "missing-close": "a multipart does not end with its closing boundary",
        },
    ),
}


def row(code: str) -> Code:
    """The row of a code; one that says to hold for a code that the table does not know."""
    return CODES.get(code) or Code(code, Action.HOLD, False, "unknown")


@dataclass(frozen=True, slots=True)
class Policy:
    """version: recorded with every message. actions: what differs from the table's defaults."""

    version: str
    actions: Mapping[str, Action]

    def action(self, code: str) -> Action:
        """A code that neither the policy nor the table knows holds the mail."""
        return self.actions.get(code) or row(code).action

    def lets_pass(self, findings: Iterable[Finding]) -> bool:
        """Whether none of the findings stops the mail."""
        return _STRICTNESS[self.strictest(findings)[0]] < _STRICTNESS[Action.HOLD]

    def strictest(self, findings: Iterable[Finding]) -> tuple[Action, tuple[str, ...]]:
        """The action that decides, and the codes that demand it, in order, without repetition."""
        actions = [(self.action(finding.code), finding.code) for finding in findings]
        decisive = max((action for action, _ in actions), key=_STRICTNESS.__getitem__, default=Action.DELIVER)
        return decisive, tuple(dict.fromkeys(code for action, code in actions if action is decisive))


DEFAULT_POLICY = Policy("default-1", {})
