"""What happens to one mail at one alias: admission, screening, masking, composing, gate. Pure.

`decide` tells the product's whole story of a mail; `parley.relaying.relay` carries its decision out, and the
preview prints it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from parley.conversation.admission import Admission, admit, authenticate
from parley.conversation.conversations import Status
from parley.conversation.messages import State
from parley.conversation.threading import message_ids
from parley.mail.address import NULL_REVERSE_PATH, Mailbox, address_list
from parley.mail.findings import Finding, Severity
from parley.mail.header import Header, parse_parameterised
from parley.mail.reports import Automatic, automatic
from parley.mail.structure import Mail, Part, StructureError, read, read_header
from parley.relaying.arrival import Arrival
from parley.relaying.prepare import prepare
from parley.screening.context import Context
from parley.screening.policy import CODES, Action, Policy
from parley.screening.screen import Screening, screen

WINDOW = timedelta(hours=24)
"""How long a resubmission and an automatic reply are remembered."""
_REPORTS = frozenset({Automatic.DELIVERY_REPORT, Automatic.READ_RECEIPT, Automatic.FEEDBACK_REPORT})
_STATES = {Action.HOLD: State.HELD, Action.REFUSE: State.REFUSED, Action.DISCARD: State.DISCARDED}
_NOTHING_SCREENED = Screening((), (), ())


@dataclass(frozen=True, slots=True)
class Relay:
    """Send `outgoing` to `recipient`, from `sender`."""

    outgoing: bytes
    sender: Mailbox
    recipient: Mailbox


@dataclass(frozen=True, slots=True)
class Stop:
    """Do not send. state: held, refused or discarded. notify: tell the author, whose mailbox is proved."""

    state: State
    notify: Mailbox | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """codes: those that decided, or for a relayed mail all that were found. admitted: whether the author is
    proved to be the other party. fingerprint, author_message_id, automatic: what to remember of the mail."""

    outcome: Relay | Stop
    codes: tuple[str, ...]
    findings: tuple[Finding, ...]
    screening: Screening
    admitted: bool
    fingerprint: str | None
    author_message_id: str | None
    automatic: Automatic | None


def decide(arrival: Arrival, policy: Policy) -> Decision:
    """Decides; never raises. The same arrival gives the same decision.

    An error that nobody foresaw holds the mail as `pipeline-error`: it is recorded and archived like any
    other, and the finding's place names the error's type.
    """
    try:
        return _decide(arrival, policy)
    except Exception as error:
        return Decision(
            outcome=Stop(State.HELD),
            codes=("pipeline-error",),
            findings=(Finding("pipeline-error", Severity.SERIOUS, type(error).__name__),),
            screening=_NOTHING_SCREENED,
            admitted=False,
            fingerprint=None,
            author_message_id=None,
            automatic=None,
        )


def _decide(arrival: Arrival, policy: Policy) -> Decision:
    reading = _read(arrival)
    findings = list(reading.findings)
    screening = _NOTHING_SCREENED
    fingerprint = outgoing = None
    if reading.mail is not None and not findings:
        fingerprint = _fingerprint(arrival, reading.authors, reading.mail)
        screening = screen(_context(arrival, reading.mail, reading.automatic, fingerprint))
        findings += [*(Finding(defect) for defect in reading.mail.defects), *screening.findings]
        if reading.admission is not Admission.ADMITTED:
            findings.append(Finding(reading.admission or Admission.AUTHOR_UNCLEAR, place="header:from"))
        if arrival.writer is not None and policy.strictest(findings)[0] not in _STATES:
            outgoing, noticed = prepare(arrival, arrival.writer, reading.mail, reading.automatic)
            findings += noticed
    action, codes = policy.strictest(findings)
    return Decision(
        outcome=_outcome(arrival, reading, action, codes, outgoing),
        codes=codes if action in _STATES else tuple(dict.fromkeys(finding.code for finding in findings)),
        findings=tuple(findings),
        screening=screening,
        admitted=reading.admission is Admission.ADMITTED,
        fingerprint=fingerprint,
        author_message_id=reading.author_message_id,
        automatic=reading.automatic,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The mail as far as it could be read. findings: what stops it before it is screened."""

    findings: tuple[Finding, ...]
    mail: Mail | None = None
    authors: tuple[Mailbox, ...] = ()
    admission: Admission | None = None
    automatic: Automatic | None = None
    author_message_id: str | None = None


def _read(arrival: Arrival) -> _Reading:
    try:
        header = read_header(arrival.raw)
    except StructureError as error:
        return _Reading(findings=(Finding(error.defect),))
    authors = from_mailboxes(header)
    admission = _admission(arrival, authors)
    null_path = arrival.reverse_path is NULL_REVERSE_PATH
    mail, kind = None, automatic(_without_body(header), null_reverse_path=null_path)
    findings: list[Finding] = []
    if admission is not Admission.ADMITTED:
        findings.append(Finding(admission, place="header:from"))
    try:
        mail = read(arrival.raw)
        kind = automatic(mail, null_reverse_path=null_path)
    except StructureError as error:
        findings.append(Finding(error.defect))
    return _Reading(
        # A report comes from a mail server, not from the party; screening knows what to do with it.
        findings=() if mail is not None and kind in _REPORTS else tuple(findings),
        mail=mail,
        authors=authors,
        admission=admission,
        automatic=kind,
        author_message_id=next(iter(message_ids(header.first("message-id"))), None),
    )


def _without_body(header: Header) -> Mail:
    """What can be told of a mail whose body cannot be read."""
    content_type = parse_parameterised(header.first("content-type") or b"text/plain")
    return Mail(Part(b"", header, content_type, None, "7bit", 0, 0), ())


def from_mailboxes(header: Header) -> tuple[Mailbox, ...]:
    """Every mailbox of every From field, in order."""
    values = (value.decode("utf-8", "replace") for value in header.all("from"))
    return tuple(named.mailbox for value in values for named in address_list(value))


def _admission(arrival: Arrival, authors: Sequence[Mailbox]) -> Admission:
    proof = authenticate(authors, arrival.verdicts, arrival.authentication)
    if proof is not Admission.ADMITTED:
        return proof
    if arrival.writer is None:
        return Admission.OWN_ALIAS if arrival.owner.may_send_from(authors[0]) else Admission.STRANGER
    return admit(authors[0], writer=arrival.writer, owner=arrival.owner)


def _context(arrival: Arrival, mail: Mail, kind: Automatic | None, fingerprint: str | None) -> Context:
    since = arrival.received_at - WINDOW
    window = [m for m in arrival.recent if m.received_at >= since and m.alias == arrival.alias.id]
    going_or_gone = [m for m in window if m.state not in (State.REFUSED, State.DISCARDED)]
    return Context(
        mail=mail,
        size=len(arrival.raw),
        automatic=kind,
        verdicts=arrival.verdicts,
        fingerprint=fingerprint,
        recent_fingerprints=frozenset(m.fingerprint for m in going_or_gone if m.fingerprint),
        automatic_recently=any(m.automatic == Automatic.AUTO_REPLY for m in going_or_gone),
        conversation_open=arrival.conversation.status is Status.OPEN,
    )


def _fingerprint(arrival: Arrival, authors: Sequence[Mailbox], mail: Mail) -> str | None:
    """SHA-256 of what makes a resubmission: alias, author, Message-ID and body; None without a Message-ID."""
    ids = message_ids(mail.header.first("message-id"))
    if not ids:
        return None
    digest = hashlib.sha256("\n".join([arrival.alias.id, *map(str, authors), ids[0], ""]).encode())
    digest.update(mail.root.body)
    return digest.hexdigest()


def _outcome(
    arrival: Arrival, reading: _Reading, action: Action, codes: Iterable[str], outgoing: bytes | None
) -> Relay | Stop:
    if outgoing is not None and action not in _STATES:
        return Relay(outgoing, arrival.alias_of(arrival.author_role), arrival.owner.receiving_mailbox)
    proved = reading.admission in (Admission.ADMITTED, Admission.UNREGISTERED_MAILBOX)
    # RFC 3834 §2: no answer to anything automatic, nor to a null reverse-path.
    may_answer = reading.automatic is None and arrival.reverse_path is not NULL_REVERSE_PATH
    told = proved and may_answer and any(CODES[code].notify for code in codes)
    return Stop(_STATES.get(action, State.HELD), notify=reading.authors[0] if told else None)
