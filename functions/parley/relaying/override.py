"""What a reviewer's release may override, and what not. Pure.

Overridden is the verdict of screening: spam, a resubmission, a closed conversation, and what the
marketplace's own policy holds. Never overridden are the structure of the mail, the masking and the leak gate
(invariants I1 and I5), nor that the From mailbox is one that the other party registered (I4), nor that the
recipient is unreachable or opted out. Whether that mailbox really wrote may be the reviewer's to judge only
where SES itself could not tell.
"""

from dataclasses import dataclass

from parley.conversation.admission import Admission, admit
from parley.conversation.opting import is_opted_out
from parley.mail.findings import Finding
from parley.mail.structure import Mail
from parley.relaying.arrival import Arrival
from parley.relaying.prepare import prepare
from parley.relaying.reading import Reading, from_mailboxes, read_arrival
from parley.screening.policy import DEFAULT_POLICY

_ADMISSIONS = frozenset(map(str, Admission))


@dataclass(frozen=True, slots=True)
class Composed:
    """The mail as it may go out, and what was found on the way."""

    outgoing: bytes
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreleasable:
    """Why the mail stays held. error: the type of an error that nobody foresaw, "" if it was none."""

    codes: tuple[str, ...]
    error: str = ""


def compose_release(arrival: Arrival, *, may_be_unproved: bool) -> Composed | Unreleasable:
    """Composes a held mail; never raises. may_be_unproved: whether the author was proved when the mail came,
    or could not be checked and the reviewer has judged.

    An error that nobody foresaw keeps the mail held as `pipeline-error`, as it does on arrival, and is named.
    """
    try:
        return _compose(arrival, may_be_unproved=may_be_unproved)
    except Exception as error:
        return Unreleasable(("pipeline-error",), type(error).__name__)


def _compose(arrival: Arrival, *, may_be_unproved: bool) -> Composed | Unreleasable:
    reading = read_arrival(arrival)
    # What a policy lets pass or holds is its own; these rows say what is safe.
    findings = [each for each in reading.findings if each.code not in _ADMISSIONS]
    if reading.mail is None:
        return Unreleasable(DEFAULT_POLICY.strictest(findings)[1])
    findings += map(Finding, unwanted(arrival))
    author = _author(arrival, reading, reading.mail, may_be_unproved=may_be_unproved)
    if author is not Admission.ADMITTED:
        findings.append(Finding(author))
    outgoing = None
    if arrival.writer is not None and DEFAULT_POLICY.lets_pass(findings):
        outgoing, noticed = prepare(arrival, arrival.writer, reading.mail, reading.automatic)
        findings += noticed
    if not DEFAULT_POLICY.lets_pass(findings):
        return Unreleasable(DEFAULT_POLICY.strictest(findings)[1])
    if outgoing is None:  # A first contact that may open no conversation.
        return Unreleasable((Admission.UNSUPPORTED_MAILBOX,))
    return Composed(outgoing, tuple(dict.fromkeys(finding.code for finding in findings)))


def unwanted(arrival: Arrival) -> tuple[str, ...]:
    """Why nothing is sent to the recipient as things are now, whoever wants it sent."""
    unreachable = ("recipient-unreachable",) if arrival.owner.is_dead else ()
    opted_out = ("recipient-opted-out",) if is_opted_out(arrival.owner, arrival.wish) else ()
    return unreachable + opted_out


def _author(arrival: Arrival, reading: Reading, mail: Mail, *, may_be_unproved: bool) -> Admission:
    """Whether the From mailbox is the other party's, as far as a reviewer can vouch for that."""
    if arrival.writer is None or not may_be_unproved:
        return reading.admission
    authors = from_mailboxes(mail.header)
    if len(authors) != 1:
        return Admission.AUTHOR_UNCLEAR
    return admit(authors[0], writer=arrival.writer, owner=arrival.owner)
