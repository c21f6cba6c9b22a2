"""What a use case is given: the ports, and what it must know of its deployment."""

from dataclasses import dataclass
from datetime import timedelta

from parley.mail.address import Mailbox
from parley.relaying.ports import Archive, Clock, Directory, Entropy, History, Inbox, Mailer, Messages
from parley.screening.policy import DEFAULT_POLICY, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    directory: Directory
    messages: Messages
    history: History
    inbox: Inbox
    archive: Archive
    mailer: Mailer
    clock: Clock
    entropy: Entropy


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """region: of the SES identity. lease: how long a message belongs to the invocation that claimed it."""

    relay_domain: str
    marketplace_name: str
    operator_mailbox: Mailbox
    region: str
    inbox_prefix: str
    lease: timedelta
    policy: Policy = DEFAULT_POLICY
