"""What happens to one mail at one alias: admission, screening, masking, composing, gate. Pure.

`decide` tells the product's whole story of a mail; `parley.relaying.relay` carries its decision out, and the
preview prints it.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from parley.conversation.admission import Admission
from parley.conversation.conversations import Status
from parley.conversation.mailboxes import own_domain
from parley.conversation.messages import State
from parley.conversation.opting import is_opted_out
from parley.mail.address import NULL_REVERSE_PATH, Mailbox
from parley.mail.findings import Finding, Severity
from parley.mail.reports import Automatic
from parley.mail.structure import Mail
from parley.relaying.arrival import Arrival
from parley.relaying.prepare import prepare
from parley.relaying.reading import Reading, read_arrival
from parley.screening.context import Context
from parley.screening.policy import Action, Policy
from parley.screening.screen import Screening, screen

WINDOW = timedelta(hours=24)
"""How long a resubmission and an automatic mail are remembered."""
_FINGERPRINTED_BYTES = 64 * 1024
_STATES = {Action.HOLD: State.HELD, Action.REFUSE: State.REFUSED, Action.DISCARD: State.DISCARDED}
_NOTHING_SCREENED = Screening((), (), ())


@dataclass(frozen=True, slots=True)
class Relay:
    """Send this to the other party."""

    outgoing: bytes


@dataclass(frozen=True, slots=True)
class Open:
    """Open a conversation between this author and the owner of the contact alias, and decide again there."""

    author: Mailbox


@dataclass(frozen=True, slots=True)
class Stop:
    """Do not send. state: held, refused or discarded."""

    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """codes: those that decided, or for a relayed mail all that were found.

    author: who may be told what becomes of the mail, None if nobody. admitted: whether the author is proved
    to be the other party. fingerprint, author_message_id, author_domain, automatic: what to remember of the
    mail.
    """

    outcome: Relay | Open | Stop
    codes: tuple[str, ...]
    findings: tuple[Finding, ...]
    screening: Screening = _NOTHING_SCREENED
    author: Mailbox | None = None
    admitted: bool = False
    fingerprint: str | None = None
    author_message_id: str | None = None
    author_domain: str | None = None
    automatic: Automatic | None = None


def decide(arrival: Arrival, policy: Policy) -> Decision:
    """Decides; never raises. The same arrival gives the same decision.

    An error that nobody foresaw holds the mail as `pipeline-error`: it is recorded and archived like any
    other, and the finding's place names the error's type.
    """
    try:
        return _decide(arrival, policy)
    except Exception as error:
        finding = Finding("pipeline-error", Severity.SERIOUS, type(error).__name__)
        return Decision(outcome=Stop(State.HELD), codes=(finding.code,), findings=(finding,))


def _decide(arrival: Arrival, policy: Policy) -> Decision:
    reading = read_arrival(arrival)
    screening, fingerprint = _NOTHING_SCREENED, None
    if reading.mail is not None:
        fingerprint = _fingerprint(arrival, reading.mail, reading.author_message_id)
        screening = screen(_context(arrival, reading, reading.mail, fingerprint))
    findings = [*reading.findings, *screening.findings]
    outgoing = None
    if reading.mail is not None and arrival.writer is not None and policy.lets_pass(findings):
        outgoing, noticed = prepare(arrival, arrival.writer, reading.mail, reading.automatic)
        findings += noticed
    action, codes = policy.strictest(findings)
    return Decision(
        outcome=_outcome(arrival, reading, action, outgoing),
        codes=codes if action in _STATES else tuple(dict.fromkeys(finding.code for finding in findings)),
        findings=tuple(findings),
        screening=screening,
        author=_whom_to_tell(arrival, reading),
        admitted=reading.admission is Admission.ADMITTED,
        fingerprint=fingerprint,
        author_message_id=reading.author_message_id,
        author_domain=None if reading.author is None else own_domain(reading.author),
        automatic=reading.automatic,
    )


def _outcome(
    arrival: Arrival, reading: Reading, action: Action, outgoing: bytes | None
) -> Relay | Open | Stop:
    if action in _STATES:
        return Stop(_STATES[action])
    if outgoing is not None:
        return Relay(outgoing)
    if arrival.writer is None and reading.author is not None:
        return Open(reading.author)
    return Stop(State.HELD)  # A policy that lets a leak pass gets nothing to send all the same.


def _whom_to_tell(arrival: Arrival, reading: Reading) -> Mailbox | None:
    # RFC 3834 §2: no answer to anything automatic, nor to a null reverse-path.
    is_automatic = reading.automatic is not None or arrival.reverse_path is NULL_REVERSE_PATH
    told = reading.admission in (Admission.ADMITTED, Admission.UNREGISTERED_MAILBOX)
    return reading.author if told and not is_automatic else None


def _context(arrival: Arrival, reading: Reading, mail: Mail, fingerprint: str | None) -> Context:
    since = arrival.received_at - WINDOW
    window = [m for m in arrival.recent if m.received_at >= since and m.alias == arrival.alias.id]
    going_or_gone = [m for m in window if m.state not in (State.REFUSED, State.DISCARDED)]
    return Context(
        mail=mail,
        size=len(arrival.raw),
        automatic=reading.automatic,
        verdicts=arrival.verdicts,
        recipients=arrival.recipients,
        fingerprint=fingerprint,
        recent_fingerprints=frozenset(m.fingerprint for m in going_or_gone if m.fingerprint),
        automatic_lately=sum(m.automatic == reading.automatic for m in going_or_gone if m.automatic),
        conversation_open=arrival.conversation.status is Status.OPEN,
        first_contact=arrival.writer is None,
        recipient_reachable=not arrival.owner.is_dead,
        recipient_opted_out=is_opted_out(arrival.owner, arrival.wish),
    )


def _fingerprint(arrival: Arrival, mail: Mail, author_message_id: str | None) -> str | None:
    """SHA-256 of what makes a resubmission: alias, From, Message-ID, size and beginning of the body; None
    without a Message-ID, since people do write the same twice."""
    if author_message_id is None:
        return None
    body = mail.root.body
    author = mail.header.first("from") or b""
    digest = hashlib.sha256(f"{arrival.alias.id}\n{author_message_id}\n{len(body)}\n".encode())
    digest.update(author + b"\n")
    digest.update(body[:_FINGERPRINTED_BYTES])
    return digest.hexdigest()
