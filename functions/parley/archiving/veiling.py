"""A mail that was not passed on, as the other party would have seen it."""

from collections.abc import Mapping
from dataclasses import dataclass

from parley.archive.transcript.room import NotShownError
from parley.conversation.aliases import alias_mailbox
from parley.conversation.conversations import Conversation
from parley.conversation.messages import Message
from parley.conversation.parties import Party, Role
from parley.mail.address import Mailbox, address_list
from parley.mail.compose import ComposeError, compose
from parley.mail.header import encode_words
from parley.mail.structure import Mail, StructureError, read
from parley.masking.gate import leaks
from parley.masking.mask import ContactRules, Unmaskable, author_mailboxes, mask
from parley.masking.protected import MASKED_DOMAIN, Identity, Protected

_NOBODY = Mailbox("nobody", "invalid")
_UNKNOWN_AUTHOR = Mailbox("unknown-author", MASKED_DOMAIN)
"""Not the alias of a party: the page would lay a stranger's words to it."""


@dataclass(frozen=True, slots=True)
class Veiling:
    """parties: those that are known."""

    conversation: Conversation
    parties: Mapping[Role, Party]
    relay_domain: str

    def __call__(self, message: Message, original: bytes) -> bytes:
        """The original masked, composed and past the leak gate. Raises `NotShownError`."""
        try:
            mail = read(original)
            protected = self._protected(message, mail)
            masked = mask(
                mail,
                protected,
                ContactRules(),
                content_id_seed=message.id,
                relay_domain=self.relay_domain,
            )
            fields = [("From", str(protected.author.alias)), ("Subject", encode_words(masked.subject))]
            shown = compose(fields, masked.body, message.id.encode())
        except StructureError as error:
            raise NotShownError(error.defect) from None
        except Unmaskable as error:
            raise NotShownError(error.finding.code) from None
        except ComposeError as error:
            raise NotShownError(error.code) from None
        if leaks(shown, protected, _NOBODY):
            raise NotShownError("leak")
        return shown

    def _protected(self, message: Message, mail: Mail) -> Protected:
        """Both parties, whoever wrote it, and everyone whom the mail names as its author."""
        recipient = next(
            (role for role, alias in self.conversation.aliases.items() if alias == message.alias), Role.SELLER
        )
        author = self._identity(recipient.other)
        own = {each for each in author_mailboxes(mail) | _return_path(mail) if self._is_outside(each)}
        return Protected(
            author=Identity(
                mailboxes=author.mailboxes | own,
                private_domains=author.private_domains,
                alias=_UNKNOWN_AUTHOR if message.author_role is None else author.alias,
            ),
            recipient=self._identity(recipient),
        )

    def _is_outside(self, mailbox: Mailbox) -> bool:
        return mailbox.domain != self.relay_domain

    def _identity(self, role: Role) -> Identity:
        party, alias = self.parties.get(role), self.conversation.aliases.get(role)
        return Identity(
            mailboxes=frozenset() if party is None else frozenset(party.mailboxes),
            private_domains=frozenset() if party is None else party.private_domains,
            alias=Mailbox(role, self.relay_domain)
            if alias is None
            else alias_mailbox(alias, self.relay_domain),
        )


def _return_path(mail: Mail) -> frozenset[Mailbox]:
    raw = mail.header.first("return-path") or b""
    return frozenset(each.mailbox for each in address_list(raw.decode("utf-8", "replace")))
