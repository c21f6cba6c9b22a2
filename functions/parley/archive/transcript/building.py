"""From a conversation's history to its transcript."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain

from parley.archive.records import EventKind
from parley.archive.transcript.happenings import happening
from parley.archive.transcript.messages import Happening
from parley.archive.transcript.model import Transcript
from parley.archive.transcript.room import Room, unread_of
from parley.archive.transcript.seen import Album
from parley.archive.transcript.summary import summary
from parley.archive.transcript.telling import MaskOriginal, Stored, Teller
from parley.archive.transcript.veil import veil
from parley.archive.verification import Verdict
from parley.conversation.aliases import alias_mailbox
from parley.conversation.conversations import Conversation
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.conversation.parties import Party, Role

ANSWER_WINDOW = timedelta(hours=48)


def build(
    conversation: Conversation,
    parties: Mapping[Role, Party],
    history: Iterable[Message | Event],
    stored: Stored,
    mask_original: MaskOriginal,
    *,
    relay_domain: str,
    generated_at: datetime,
    window: timedelta = ANSWER_WINDOW,
    verdict: Verdict | None = None,
    with_originals: bool = False,
) -> Transcript:
    """The transcript, in time linear in the conversation. Objects are asked for one message at a time and are
    not kept.

    parties: those that are known; an erased one is missing. history: in any order. stored: the object at a
    key of the archive, None if there is none. mask_original: a mail that was not passed on, masked and
    composed as if it were, and past the leak gate; raises `NotShownError` where that cannot be. window: how
    long an answer may take. verdict: what verifying the chain said, None if it was not verified for this
    page.
    """
    aliases = {role: str(alias_mailbox(each, relay_domain)) for role, each in conversation.aliases.items()}
    everything = sorted(history, key=lambda each: each.seq)
    hidden = veil(parties, aliases)
    of_message: dict[str, list[tuple[Happening, str]]] = {}
    loose: list[Happening] = []
    known = {each.id for each in everything if isinstance(each, Message)}
    for event in everything:
        if isinstance(event, Event):
            made = happening(event, stored, hidden)
            if event.message in known:
                of_message.setdefault(event.message or "", []).append((made, event.folder))
            else:
                loose.append(made)
    erased_until = max((each.seq for each in loose if each.kind == EventKind.ERASED), default=0)
    teller = Teller(
        conversation=conversation.id,
        stands_for={alias: role for role, alias in conversation.aliases.items()},
        aliases=tuple(aliases.values()),
        veil=hidden,
        stored=stored,
        mask_original=mask_original,
        erased_until=erased_until,
        with_originals=with_originals,
        album=Album(),
        unread=frozenset() if with_originals else unread_of(everything),
        room=Room(),
    )
    told = tuple(
        teller.tell(each, of_message.get(each.id, ())) for each in everything if isinstance(each, Message)
    )
    return Transcript(
        conversation=conversation.id,
        order=None if conversation.order is None else hidden.strictly(conversation.order),
        status=conversation.status,
        names=tuple((role, hidden.strictly(party.display_name)) for role, party in sorted(parties.items())),
        aliases=tuple(sorted(aliases.items())),
        generated_at=generated_at,
        head=max((each.seq for each in everything), default=0),
        erased_until=erased_until,
        verdict=verdict,
        summary=summary(
            told, tuple(chain(loose, *([e for e, _ in es] for es in of_message.values()))), window
        ),
        messages=told,
        happenings=tuple(loose),
    )
