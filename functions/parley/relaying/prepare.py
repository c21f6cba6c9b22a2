"""The outgoing mail of an admitted arrival: masked, composed, and read once more by the leak gate. Pure."""

from email.utils import format_datetime

from parley.conversation.parties import Role
from parley.conversation.threading import Thread, thread
from parley.mail.address import Mailbox
from parley.mail.compose import ComposeError, compose
from parley.mail.findings import Finding
from parley.mail.header import encode_phrase, encode_words
from parley.mail.reports import Automatic
from parley.mail.structure import Mail
from parley.masking.gate import leaks
from parley.masking.mask import ContactRules, Unmaskable, author_mailboxes, mask, mask_name
from parley.masking.protected import Identity, Protected
from parley.relaying.arrival import Arrival


def prepare(
    arrival: Arrival, mail: Mail, kind: Automatic | None
) -> tuple[bytes | None, tuple[Finding, ...]]:
    """Masks, composes and passes the gate: the outgoing bytes, or None, and what was found on the way."""
    protected = protect(arrival, mail)
    try:
        masked = mask(
            mail,
            protected,
            ContactRules(),
            content_id_seed=arrival.message_id,
            relay_domain=arrival.relay_domain,
        )
        threaded = _thread(arrival, mail)
        fields = _fields(arrival, kind, masked.subject, protected, threaded)
        outgoing = compose(fields, masked.body, arrival.message_id.encode())
    except Unmaskable as error:
        return None, (error.finding,)
    except ComposeError as error:
        return None, (Finding(error.code),)
    leaked = leaks(outgoing, protected, arrival.owner.receiving_mailbox, returned_ids=threaded.references)
    return (None if leaked else outgoing), masked.findings + leaked


def protect(arrival: Arrival, mail: Mail) -> Protected:
    """The protected strings of this mail (invariant I1)."""
    writer = arrival.writer
    if writer is None:
        raise ValueError("only a mail with an admitted author is masked")
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
    arrival: Arrival, kind: Automatic | None, subject: str, protected: Protected, threaded: Thread
) -> list[tuple[str, str]]:
    """The outgoing header section (docs/header-fields.md); Content-* and MIME-Version are compose's."""
    assert arrival.writer is not None
    name = encode_phrase(mask_name(arrival.writer.display_name, protected))
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
    fields += _automatic_fields(kind)
    fields.append(("X-Parley-Conversation", arrival.conversation.id))
    fields.append(("X-Parley-Message", arrival.message_id))
    return fields


def _automatic_fields(kind: Automatic | None) -> list[tuple[str, str]]:
    if kind is Automatic.AUTO_REPLY:
        return [("Auto-Submitted", "auto-replied")]
    return [("Auto-Submitted", "auto-generated")] if kind is Automatic.AUTO_GENERATED else []
