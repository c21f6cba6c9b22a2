"""Reading an arrival: the mail as far as it can be read, who wrote it, and whether a person did. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from parley.conversation.admission import Admission, admit, admit_first_contact, authenticate
from parley.conversation.threading import message_ids
from parley.mail.address import NULL_REVERSE_PATH, Mailbox, address_list
from parley.mail.findings import Finding
from parley.mail.header import Header, parse_parameterised
from parley.mail.reports import Automatic, automatic, certain_report
from parley.mail.structure import Defect, Mail, Part, StructureError, read, read_header
from parley.relaying.arrival import Arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """mail: None if it cannot be read. findings: about its structure and its author.

    author: the From mailbox if it is proved, whoever it is. automatic: None for what a person wrote, as far
    as can be told. author_message_id: without angle brackets, None if there is none.
    """

    findings: tuple[Finding, ...]
    mail: Mail | None = None
    author: Mailbox | None = None
    admission: Admission = Admission.AUTHOR_UNCLEAR
    automatic: Automatic | None = None
    author_message_id: str | None = None


def read_arrival(arrival: Arrival) -> Reading:
    """Reads the mail and admits its author or not. What stops the mail is among the findings."""
    mail, defect = _read(arrival.raw)
    try:
        header = mail.header if mail is not None else read_header(arrival.raw)
    except StructureError as error:
        return Reading(findings=(Finding(error.defect),))
    authors = from_mailboxes(header)
    admission = _admission(arrival, header, authors)
    findings = [] if admission is Admission.ADMITTED else [Finding(admission, place="header:from")]
    if mail is not None:
        findings += [Finding(oddity) for oddity in mail.defects]
    elif defect is not None:
        findings.append(Finding(defect))
    return Reading(
        findings=tuple(findings),
        mail=mail,
        author=authors[0] if admission not in _UNPROVED else None,
        admission=admission,
        automatic=_automatic(mail or _without_body(header), arrival, admission),
        author_message_id=next(iter(message_ids(header.first("message-id"))), None),
    )


def _read(raw: bytes) -> tuple[Mail | None, Defect | None]:
    """The mail, or why it cannot be read: its header section may tell who wrote it all the same."""
    try:
        return read(raw), None
    except StructureError as error:
        return None, error.defect


_UNPROVED = frozenset(
    {Admission.AUTHOR_UNCLEAR, Admission.NOT_AUTHENTICATED, Admission.AUTHENTICATION_UNAVAILABLE}
)


def from_mailboxes(header: Header) -> tuple[Mailbox, ...]:
    """Every mailbox of the From field, in order; none if there are several such fields (RFC 5322 §3.6)."""
    fields = header.all("from")
    if len(fields) != 1:
        return ()
    return tuple(named.mailbox for named in address_list(fields[0].decode("utf-8", "replace")))


def header_of(raw: bytes) -> Header:
    """The header section, empty if it cannot be read."""
    try:
        return read_header(raw)
    except StructureError:
        return Header(())


def _admission(arrival: Arrival, header: Header, authors: Sequence[Mailbox]) -> Admission:
    proof = authenticate(authors, arrival.verdicts, arrival.authentication(header))
    if proof is not Admission.ADMITTED:
        return proof
    if arrival.writer is None:
        return admit_first_contact(authors[0], owner=arrival.owner, relay_domain=arrival.relay_domain)
    return admit(authors[0], writer=arrival.writer, owner=arrival.owner)


def _automatic(mail: Mail, arrival: Arrival, admission: Admission) -> Automatic | None:
    is_null = arrival.reverse_path is NULL_REVERSE_PATH
    kind = automatic(mail, null_reverse_path=is_null)
    if kind is Automatic.DELIVERY_REPORT and admission is Admission.ADMITTED:
        # A party who writes that a parcel could not be delivered is no mail server.
        certain = certain_report(mail, null_reverse_path=is_null)
        return certain or (Automatic.AUTO_GENERATED if is_null else None)
    return kind


def _without_body(header: Header) -> Mail:
    """What can be told of a mail whose body cannot be read."""
    content_type = parse_parameterised(header.first("content-type") or b"text/plain")
    return Mail(Part(b"", header, content_type, None, "7bit", 0, 0), ())
