"""Telling an author once that a reviewer refused the mail."""

from parley.conversation.messages import Message, State
from parley.mail.address import NULL_REVERSE_PATH
from parley.relaying.held import held_arrival
from parley.relaying.notify import notify
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import ConversationGoneError, NoSuchObjectError, SendDeferredError
from parley.relaying.reading import from_mailboxes, header_of, read_arrival
from parley.relaying.work import take_over


def tell_refusal(message: Message, outside: Outside, deployment: Deployment) -> Message:
    """Tells a proved author; nobody in answer to anything automatic (I8), and nobody of what is gone.

    That it was told stands in the message, however often, and however late, the request comes again; only a
    crash between the notice and that note can repeat the notice. Raises `BusyError`, `LeaseLostError` or
    `SendDeferredError`.
    """
    try:
        arrival = held_arrival(message, outside, deployment)
    except (NoSuchObjectError, ConversationGoneError):
        return message
    authors = from_mailboxes(header_of(arrival.raw))
    is_automatic = read_arrival(arrival).automatic is not None or arrival.reverse_path is NULL_REVERSE_PATH
    if message.author_role is None or is_automatic or len(authors) != 1:
        return message
    message = take_over(message, outside, deployment)
    try:
        notify(authors[0], message, State.REFUSED, message.codes, arrival, outside, deployment)
    except SendDeferredError:
        outside.messages.put_down(message, told=False)
        raise
    return outside.messages.put_down(message, told=True)
