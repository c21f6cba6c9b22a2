"""A held mail as it stands now: found again, with what is known around it."""

from dataclasses import replace
from itertools import chain

from parley.archive.chain import Committed
from parley.conversation.admission import Admission, admit_first_contact
from parley.conversation.aliases import ContactAlias, ConversationAlias, ConversationId
from parley.conversation.messages import Message, MessageId
from parley.conversation.parties import Role
from parley.relaying.arrival import Arrival
from parley.relaying.filing import filed_content
from parley.relaying.first_contact import open_conversation
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import ConversationGoneError
from parley.relaying.reading import from_mailboxes, header_of
from parley.relaying.receipts import LostReceipt
from parley.relaying.recovery import recover


def find_held(conversation: ConversationId, message: MessageId, outside: Outside) -> Message | None:
    """Most often among the latest messages; otherwise the whole conversation is read."""
    view = outside.directory.conversation(conversation)
    if view is None:
        return None
    everything = chain(view.recent, outside.history.of(conversation))
    found = (each for each in everything if isinstance(each, Message) and each.id == message)
    return next(found, None)


def held_arrival(message: Message, outside: Outside, deployment: Deployment) -> Arrival:
    """The mail before its alias, with the parties and the conversation as they are now. What SES found of it
    then is read from SES's own header fields. Raises `ConversationGoneError` or `NoSuchObjectError`."""
    view = outside.directory.conversation(message.conversation or ConversationId(""))
    alias = outside.directory.alias(message.alias)
    if view is None or alias is None:
        raise ConversationGoneError(message.id)
    if isinstance(alias, ContactAlias):
        # Of an intake, or of the conversation that a first contact has opened.
        alias = ConversationAlias(id=alias.id, conversation=view.conversation.id, stands_for=Role.SELLER)
    roles = view.conversation.parties
    parties = outside.directory.parties(set(roles.values()))
    if parties.keys() != set(roles.values()):
        raise ConversationGoneError(message.id)
    raw = filed_content(message, Committed.ORIGINAL, outside.archive)
    receipt = recover(LostReceipt(message.receipt_id, "", message.received_at), header_of(raw))
    writer = roles.get(alias.stands_for.other)
    return Arrival(
        raw=raw,
        message_id=message.id,
        received_at=message.received_at,
        reverse_path=receipt.reverse_path,
        verdicts=receipt.verdicts,
        alias=alias,
        conversation=view.conversation,
        writer=None if writer is None else parties[writer],
        owner=parties[roles[alias.stands_for]],
        recent=tuple(known for known in view.recent if known.id != message.id),
        wish=view.head.wish(alias.stands_for),
        relay_domain=deployment.relay_domain,
    )


def with_opened_conversation(arrival: Arrival, outside: Outside) -> Arrival:
    """A proved first contact, moved into the conversation of its author with the seller, which is opened if
    need be; unchanged if its author may open none."""
    authors = from_mailboxes(header_of(arrival.raw))
    if len(authors) != 1:
        return arrival
    admission = admit_first_contact(authors[0], owner=arrival.owner, relay_domain=arrival.relay_domain)
    if admission is not Admission.ADMITTED:
        return arrival
    alias = open_conversation(arrival.alias, authors[0], arrival.owner, outside)
    view = outside.directory.conversation(alias.conversation)
    if view is None:
        raise ConversationGoneError(alias.conversation)
    buyer = view.conversation.parties[Role.BUYER]
    writer = outside.directory.parties([buyer])[buyer]
    return replace(
        arrival,
        alias=alias,
        conversation=view.conversation,
        writer=writer,
        recent=view.recent,
        wish=view.head.wish(alias.stands_for),
    )
