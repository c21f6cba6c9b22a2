"""The outgoing mail of an admitted arrival: masked, composed, and read once more by the leak gate. Pure."""

from email.utils import format_datetime

from parley.conversation.parties import Party, Role
from parley.conversation.threading import Thread, thread
from parley.mail.address import Mailbox
from parley.mail.compose import ComposeError, compose
from parley.mail.findings import Finding
from parley.mail.header import encode_phrase, encode_words
from parley.mail.reports import Automatic
from parley.mail.structure import Mail, read, read_header
from parley.masking.contact_rules import DEFAULT_CONTACT_POLICY
from parley.masking.gate import leaks
from parley.masking.mask import Unmaskable, author_mailboxes, mask, mask_name
from parley.masking.protected import Identity, Protected
from parley.relaying.arrival import Arrival
from parley.screening.rules.attachment_type import is_refused

MAX_AUTHOR_MAILBOXES = 100
"""Registered ones, at most 20, and those of From, Sender, Reply-To and the reverse-path. Each is looked for
in every form: a mail with thousands is made to be slow (invariant I9)."""
_SUBMITTED = {Automatic.AUTO_REPLY: "auto-replied", Automatic.AUTO_GENERATED: "auto-generated"}
"""RFC 3834 §5: what was automatic when it came still says so when it goes."""
_CONTACTS = {Role.BUYER: DEFAULT_CONTACT_POLICY.from_buyer, Role.SELLER: DEFAULT_CONTACT_POLICY.from_seller}
"""What becomes of other contact data, by author."""


def prepare(
    arrival: Arrival, writer: Party, mail: Mail, kind: Automatic | None
) -> tuple[bytes | None, tuple[Finding, ...]]:
    """Masks, composes and passes the gate: the outgoing bytes, or None, and what was found on the way."""
    protected = _protected(arrival, writer, mail)
    if len(protected.author.mailboxes) > MAX_AUTHOR_MAILBOXES:
        return None, (Finding("too-many-author-mailboxes"),)
    try:
        masked = mask(
            mail,
            protected,
            _CONTACTS[arrival.author_role],
            content_id_seed=arrival.message_id,
            relay_domain=arrival.relay_domain,
        )
        if any(map(is_refused, masked.filenames)):
            # Names that nobody saw before: of files inside a winmail.dat, say.
            return None, (*masked.findings, Finding("attachment-type-refused"))
        threaded = _thread(arrival, mail)
        fields = _fields(arrival, writer, masked.subject, protected, threaded)
        fields += _marks(arrival, kind)
        outgoing = compose(fields, masked.body, arrival.message_id.encode())
    except Unmaskable as error:
        return None, (error.finding,)
    except ComposeError as error:
        return None, (Finding(error.code),)
    leaked = leaks(outgoing, protected, arrival.owner.receiving_mailbox, returned_ids=threaded.references)
    return (None if leaked else outgoing), masked.findings + leaked


def _protected(arrival: Arrival, writer: Party, mail: Mail) -> Protected:
    """The protected strings of this mail (invariant I1)."""
    role = arrival.author_role
    own = author_mailboxes(mail) | (
        {arrival.reverse_path} if isinstance(arrival.reverse_path, Mailbox) else frozenset()
    )
    return Protected(
        author=Identity(
            mailboxes=frozenset(m for m in own if m.domain != arrival.relay_domain) | set(writer.mailboxes),
            private_domains=writer.private_domains,
            alias=arrival.alias_of(role),
        ),
        recipient=Identity(
            mailboxes=frozenset(arrival.owner.mailboxes),
            private_domains=arrival.owner.private_domains,
            alias=arrival.alias_of(role.other),
        ),
        public_contacts=writer.public_contacts if role is Role.SELLER else frozenset(),
    )


def _thread(arrival: Arrival, mail: Mail) -> Thread:
    return thread(
        mail.header,
        arrival.recent,
        author=arrival.author_role,
        conversation=arrival.conversation.id,
        relay_domain=arrival.relay_domain,
    )


def _fields(
    arrival: Arrival, writer: Party, subject: str, protected: Protected, threaded: Thread
) -> list[tuple[str, str]]:
    """The outgoing header section (docs/header-fields.md); Content-* and MIME-Version are compose's."""
    name = encode_phrase(mask_name(writer.display_name, protected))
    sender = protected.author.alias
    fields = [
        ("From", f"{name} <{sender}>" if name else str(sender)),
        ("To", str(arrival.owner.receiving_mailbox)),
        ("Subject", encode_words(subject)),
        ("Date", format_datetime(arrival.received_at)),
    ]
    if threaded.in_reply_to:
        fields.append(("In-Reply-To", f"<{threaded.in_reply_to}>"))
    fields.append(("References", " ".join(f"<{reference}>" for reference in threaded.references)))
    return fields


def _marks(arrival: Arrival, kind: Automatic | None) -> list[tuple[str, str]]:
    """What programs look at: whether a person wrote, and which message of ours it is."""
    submitted = _SUBMITTED.get(kind) if kind else None
    return [
        *([("Auto-Submitted", submitted)] if submitted else []),
        ("X-Parley-Conversation", arrival.conversation.id),
        ("X-Parley-Message", arrival.message_id),
    ]


def may_still_go(arrival: Arrival, writer: Party, outgoing: bytes) -> bool:
    """Whether a mail that was composed earlier may go out as things are now: its addressee still receives
    there, and nothing in it has become protected since."""
    mail = read(arrival.raw)
    addressee = str(arrival.owner.receiving_mailbox).encode()
    if read_header(outgoing).first("to") != addressee:
        return False
    protected, threaded = _protected(arrival, writer, mail), _thread(arrival, mail)
    return not leaks(outgoing, protected, arrival.owner.receiving_mailbox, threaded.references)
