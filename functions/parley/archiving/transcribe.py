"""The transcript of a conversation, as reviewers open it."""

from collections.abc import Iterator, Sequence
from html import escape

from parley.archive.keys import ORIGINAL, RELAYED, content_key, order_key, transcript_key
from parley.archive.transcript.building import build
from parley.archive.transcript.rendering import render
from parley.archive.transcript.room import unread_of
from parley.archiving.ahead import reading_ahead
from parley.archiving.outside import Outside
from parley.archiving.veiling import Veiling
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from parley.conversation.parties import Party, Role
from parley.relaying.ports import ConversationGoneError

_POINTER = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{key}</title>
<p><a href="../../{key}">{key}</a></p>
</html>
"""
_MEDIA_TYPE = "text/html; charset=utf-8"


def transcribe(
    conversation: ConversationId, everything: Sequence[Message | Event], outside: Outside, *, is_new: bool
) -> None:
    """Makes the page anew. is_new: also the page by which the order leads to it, which stays as it is.

    everything: all messages and events, in the order of the chain. Raises `ConversationGoneError`.
    """
    found = outside.conversations.alone(conversation)
    if found is None:
        raise ConversationGoneError(conversation)
    page = transcript(found, everything, outside)
    outside.review.put(transcript_key(conversation), page, media_type=_MEDIA_TYPE)
    if is_new and found.order is not None:
        pointer = _POINTER.format(key=escape(transcript_key(conversation)))
        key = order_key(found.order, conversation)
        outside.review.put(key, pointer.encode(), media_type=_MEDIA_TYPE)


def transcript(conversation: Conversation, everything: Sequence[Message | Event], outside: Outside) -> bytes:
    """The masked page of a conversation."""
    parties = parties_of(conversation, outside)
    with reading_ahead(outside.archive, list(_keys(everything))) as stored:
        told = build(
            conversation,
            parties,
            everything,
            stored,
            Veiling(conversation, parties, outside.relay_domain),
            relay_domain=outside.relay_domain,
            generated_at=outside.clock.now(),
        )
    return render(told, outside.locale)


def parties_of(conversation: Conversation, outside: Outside) -> dict[Role, Party]:
    """Those that exist: an erased one is missing."""
    found = outside.conversations.parties(set(conversation.parties.values()))
    return {role: found[each] for role, each in conversation.parties.items() if each in found}


def _keys(everything: Sequence[Message | Event]) -> Iterator[str]:
    """What the page may show, in the order in which it is asked for."""
    yield from (content_key(each.folder) for each in everything if isinstance(each, Event) and each.folder)
    unread = unread_of(everything)
    for each in everything:
        if isinstance(each, Event) or not each.folder or each.id in unread:
            continue
        yield from (each.folder + ORIGINAL, each.folder + RELAYED)
        if each.released:
            yield each.released + RELAYED
        if each.released or each.state is State.RELAYED:
            yield content_key(each.released or each.folder)
