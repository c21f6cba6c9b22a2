"""What a rule may look at."""

from dataclasses import dataclass

from parley.mail.reports import Automatic
from parley.mail.structure import Mail
from parley.mail.verdicts import Verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One mail before one alias.

    size: bytes of the mail as received. recipients: how many of the relay's mailboxes the envelope names.
    fingerprint: of alias, author, Message-ID and body; None where the
    mail has no Message-ID. recent_fingerprints: of the last 24 hours' messages to this alias.
    automatic_lately: how many automatic mails this author had relayed in the last 24 hours.
    conversation_open: whether mail may pass between the parties at all. first_contact: whether the mail would
    open a conversation. recipient_reachable: False once the recipient's mailbox bounced for good.
    recipient_opted_out: whether the recipient complained, is opted out, and waits for no answer.
    """

    mail: Mail
    size: int
    automatic: Automatic | None
    verdicts: Verdicts
    recipients: int = 1
    fingerprint: str | None = None
    recent_fingerprints: frozenset[str] = frozenset()
    automatic_lately: int = 0
    conversation_open: bool = True
    first_contact: bool = False
    recipient_reachable: bool = True
    recipient_opted_out: bool = False
