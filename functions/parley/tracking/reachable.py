"""Whether mail reaches a party's receiving mailbox: what the latest thing that SES told of it says.

A mailbox that bounced for good is unreachable until it is confirmed, which is when a confirmation mail is
delivered there, or until another one receives. So is one that SES keeps on its suppression list, except that
mail to it is not refused: the mailbox may live, and leave that list. The times are SES's, so the order in
which events come makes no difference to who is dead.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from parley.conversation.parties import Party, PartyId, Unreachable
from parley.mail.address import Mailbox
from parley.mail.delivery_events import DeliveryEvent, Fate
from parley.relaying.ports import BusyError
from parley.tracking.ports import Outside

_TRIES = 5


def follow(party: PartyId, event: DeliveryEvent, outside: Outside) -> str | None:
    """What a bounce says of the party's mailbox. Returns how the party stands, if it is marked:
    "unreachable" or "suppressed". Raises `BusyError`."""
    if event.recipient is None:
        return None
    if event.is_refusal:
        _keep_off_the_list(party, event.recipient, outside)
    is_suppressed = event.fate is Fate.SUPPRESSED
    if not event.is_hard and not is_suppressed:
        return None
    if mark_unreachable(party, event.recipient, event.at, outside, is_suppressed=is_suppressed):
        return "suppressed" if is_suppressed else "unreachable"
    return None


def _keep_off_the_list(party: PartyId, bounced: Mailbox, outside: Outside) -> None:
    """One mail bounced for good, for what is in it or for the servers' sake. SES then suppresses the mailbox
    for all mail (Developer Guide, "Using the Amazon SES account-level suppression list"): whoever writes what
    the other's filter refuses would end all mail to them."""
    known = outside.reachability.party(party)
    if known is None or known.is_dead:
        return
    if outside.index.keyed_hash(known.receiving_mailbox) == outside.index.keyed_hash(bounced):
        outside.suppressions.remove(str(known.receiving_mailbox))


def mark_unreachable(
    party: PartyId, bounced: Mailbox, at: datetime, outside: Outside, *, is_suppressed: bool = False
) -> bool:
    """Marks the party, unless another mailbox receives by now, or this one was confirmed since. One that is
    dead stays so, whatever SES suppresses. Returns whether it is marked. Raises `BusyError`."""
    mailbox = outside.index.keyed_hash(bounced)

    def marked(known: Party) -> Party:
        is_another = outside.index.keyed_hash(known.receiving_mailbox) != mailbox
        if is_another or (known.confirmed_at is not None and at <= known.confirmed_at):
            return known
        mark = known.unreachable or Unreachable(mailbox, at, is_suppressed=is_suppressed)
        if mark.is_suppressed == is_suppressed:
            mark = replace(mark, since=max(mark.since, at))
        elif mark.is_suppressed:
            mark = replace(mark, since=at, is_suppressed=False)
        return replace(known, unreachable=mark)

    now = change(party, marked, outside)
    return now is not None and now.unreachable is not None


def mark_reachable(party: PartyId, request: str, at: datetime, outside: Outside) -> bool:
    """The confirmation mail of that request was delivered. Returns whether mail reaches the party now. Raises
    `BusyError`."""

    def confirmed(known: Party) -> Party:
        mark = known.unreachable
        if mark is None or mark.request != request or at <= mark.since:
            return known
        return replace(known, unreachable=None, confirmed_at=at)

    now = change(party, confirmed, outside)
    return now is not None and now.unreachable is None


def change(party: PartyId, changed: Callable[[Party], Party], outside: Outside) -> Party | None:
    """Writes what `changed` makes of whether mail reaches the party, and shall; returns the party as it is
    then, None if there is none. Raises `BusyError` ("party-busy")."""
    for _ in range(_TRIES):
        known = outside.reachability.party(party)
        if known is None:
            return None
        new = changed(known)
        if _standing(new) == _standing(known) or outside.reachability.write(known, new):
            return new
    raise BusyError("party-busy")


def _standing(party: Party) -> tuple[object, ...]:
    return party.unreachable, party.confirmed_at, party.opted_out_at, party.opted_in_at
