"""One mail before one alias, with all that is known around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from parley.conversation.aliases import ConversationAlias, alias_mailbox
from parley.conversation.conversations import Conversation
from parley.conversation.messages import Message, MessageId
from parley.conversation.opting import NO_WISH, Wish
from parley.conversation.parties import Party, Role
from parley.mail.address import Mailbox, ReversePath
from parley.mail.authentication import Authentication, ses_authentication
from parley.mail.header import Header
from parley.mail.verdicts import Verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What a decision rests on.

    received_at: SES's time of the receipt. reverse_path: None where SES's text is no path. writer: the party
    that may write to the alias; None for a first contact. owner: the party that the alias stands for.
    recent: the conversation's latest messages of proved authors, without this one. wish: the owner's in this
    conversation. authentication: how to read what SES found from the mail's header section. recipients: how
    many forward-paths the envelope has.
    """

    raw: bytes
    message_id: MessageId
    received_at: datetime
    reverse_path: ReversePath | None
    verdicts: Verdicts
    alias: ConversationAlias
    conversation: Conversation
    writer: Party | None
    owner: Party
    recent: Sequence[Message]
    relay_domain: str
    wish: Wish = NO_WISH
    recipients: int = 1
    authentication: Callable[[Header], Authentication | None] = ses_authentication

    @property
    def author_role(self) -> Role:
        return self.alias.stands_for.other

    def alias_of(self, role: Role) -> Mailbox:
        """The mailbox under which the other side knows the party of that role."""
        return alias_mailbox(self.conversation.aliases[role], self.relay_domain)
