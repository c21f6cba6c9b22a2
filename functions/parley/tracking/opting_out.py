"""Opting a party out that complained of a mail, where the deployment's policy is that (`parley:complaints`).

The mark on the party is SES's time of the latest complaint. A complaint counts only if the marketplace has
not opted the party in since: the order in which complaints come, and how often, makes no difference.
"""

from dataclasses import replace
from datetime import datetime

from parley.conversation.parties import Party, PartyId
from parley.mail.delivery_events import DeliveryEvent, Fate
from parley.tracking.ports import Known, Outside
from parley.tracking.reachable import change
from parley.tracking.record import record_opt_out

_UNWANTED = frozenset({"abuse", "fraud", "other"})
"""Of the kinds of feedback (RFC 5965 §7.3) those by which a person says that the mail is not wanted; "other"
stands for the many that name none. not-spam says the opposite, and auth-failure and virus are a server's."""


def is_unwanted(event: DeliveryEvent) -> bool:
    """Whether it is the recipient's word that mail like this shall not come."""
    return event.fate is Fate.COMPLAINED and event.facts["feedback"] in _UNWANTED


def opt_out(party: PartyId, event: DeliveryEvent, known: Known, outside: Outside) -> bool:
    """Marks the party, and chains that as an event of the mail's conversation, once for each complaint.
    Returns whether it is this complaint that counts. Raises `BusyError`."""
    now = change(party, lambda as_it_is: _marked(as_it_is, event.at), outside)
    if now is None or not _counts(now, event.at):
        return False
    record_opt_out(event, now.role, known, outside)
    return True


def _marked(party: Party, at: datetime) -> Party:
    if not _counts(party, at):
        return party
    return replace(party, opted_out_at=max(at, party.opted_out_at or at))


def _counts(party: Party, at: datetime) -> bool:
    """Who is opted out for another reason was not opted out by a complaint from before it was opted in."""
    return party.opted_in_at is None or at > party.opted_in_at
