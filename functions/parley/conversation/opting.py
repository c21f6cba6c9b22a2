"""Parties that complained of a mail, where the policy is to send them no more.

Such a party is sent no mail that it did not ask for, in any conversation. It may write, and whoever writes
in a conversation wants the answers there: from then on that conversation's mail comes again, until it
complains of a mail there. So do the answers to what it wrote in the two weeks before a complaint of something
else. What tells that stands at the head of the conversation, without a limit of mails or time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from parley.conversation.messages import Message
from parley.conversation.parties import Party, Role

UNANSWERED: Final = timedelta(days=14)
"""How long before a complaint somebody may have written who still waits for the answer."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a party did in a conversation that tells whether it wants the mail there.

    wrote_at: when the latest mail of its own was received, None without one. complained_at: when it latest
    complained of a mail there and was opted out by that, None if never. SES's times (UTC).
    """

    wrote_at: datetime | None = None
    complained_at: datetime | None = None


NO_WISH: Final = Wish()
Wishes = Mapping[Role, Wish]
"""By the party's role; who did nothing is not in it."""


def is_opted_out(party: Party, wish: Wish) -> bool:
    """Whether a mail to the party is unwanted. wish: its own, in the conversation of the mail."""
    since, wrote_at = party.opted_out_at, wish.wrote_at
    if since is None:
        return False
    if wrote_at is None or (wish.complained_at is not None and wrote_at <= wish.complained_at):
        return True
    return wrote_at <= since - UNANSWERED


def with_mail(wishes: Wishes, mail: Message) -> Wishes:
    """The wishes with what the mail tells of its author's. Nothing is told by a mail whose author is not
    proved, nor by one that the party's mail program wrote by itself: it asks for no answer."""
    role = mail.author_role
    if role is None or mail.automatic is not None:
        return wishes
    wish = wishes.get(role, NO_WISH)
    return {**wishes, role: replace(wish, wrote_at=_later(wish.wrote_at, mail.received_at))}


def with_complaint(wishes: Wishes, role: Role, at: datetime) -> Wishes:
    wish = wishes.get(role, NO_WISH)
    return {**wishes, role: replace(wish, complained_at=_later(wish.complained_at, at))}


def _later(known: datetime | None, news: datetime) -> datetime:
    """Mails and complaints become known in any order."""
    return news if known is None else max(known, news)
