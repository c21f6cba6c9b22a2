"""Confirming a mailbox that had bounced, or that SES suppresses: a mail is sent there, and its delivery makes
the party reachable.

    asked by the admin API → noted on the party → off SES's suppression list → sent → delivered (reachable)

SES keeps a mailbox that bounced on its list and drops what is sent to it, so it leaves the list first. Each
sending is noted before SES is asked, so that one request sends two mails at most, however often work on it is
cut short; and a queue that delivers the request again after it was done sends none.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from string import Template

from parley.conversation.confirmations import ConfirmationRequest
from parley.conversation.parties import Party
from parley.mail.compose import Label, TextPart, compose
from parley.mail.header import encode_phrase, encode_words
from parley.relaying.languages import DEFAULT, LANGUAGES
from parley.relaying.notices import notice_mailbox
from parley.relaying.ports import SendDeferredError, SendRefusedError, SendUncertainError, Submission
from parley.tracking.ports import Outside, Place
from parley.tracking.reachable import change

PAUSE = timedelta(minutes=15)
"""How soon another request sends another mail."""
MAX_SENDINGS = 2
"""Of one request, as far as SES may have taken them."""


def send_confirmation(asked: ConfirmationRequest, outside: Outside, place: Place) -> bool:
    """Whether a mail was sent: none to a party that is reachable, or was sent one a moment ago.

    Raises `SendDeferredError` or `BusyError`. The same request is carried on after a crash.
    """
    party = change(asked.party, lambda known: _claimed(known, asked, outside), outside)
    mark = None if party is None else party.unreachable
    if party is None or mark is None or mark.request != asked.request or mark.is_sent:
        return False
    outside.suppressions.remove(str(party.receiving_mailbox))
    submission = Submission(
        reverse_path=notice_mailbox(place.relay_domain),
        forward_path=party.receiving_mailbox,
        raw=_compose(party, asked, mark.asked_at or outside.clock.now(), place),
        tags={"kind": "confirmation", "party": asked.party, "request": asked.request},
    )
    sent = True
    try:
        outside.mailer.send(submission)
    except SendDeferredError:
        change(asked.party, lambda known: _given_back(known, asked), outside)
        raise
    except (SendRefusedError, SendUncertainError):
        sent = False  # It can be asked for again; SES may have taken this one.
    change(asked.party, lambda known: _sent(known, asked), outside)
    return sent


def _sent(known: Party, asked: ConfirmationRequest) -> Party:
    mark = known.unreachable
    if mark is None or mark.request != asked.request:
        return known
    return replace(known, unreachable=replace(mark, is_sent=True))


def _given_back(known: Party, asked: ConfirmationRequest) -> Party:
    """SES certainly did not take the mail."""
    mark = known.unreachable
    if mark is None or mark.request != asked.request:
        return known
    return replace(known, unreachable=replace(mark, sendings=max(mark.sendings - 1, 0)))


def _claimed(known: Party, asked: ConfirmationRequest, outside: Outside) -> Party:
    mark, now = known.unreachable, outside.clock.now()
    if mark is None:
        return known
    if mark.request != asked.request:
        if mark.asked_at is not None and now - mark.asked_at < PAUSE:
            return known
        mark = replace(mark, request=asked.request, asked_at=now, sendings=0, is_sent=False)
    if mark.sendings >= MAX_SENDINGS:
        return replace(known, unreachable=replace(mark, is_sent=True))
    if not mark.is_sent:
        mark = replace(mark, sendings=mark.sendings + 1)
    return replace(known, unreachable=mark)


def _compose(party: Party, asked: ConfirmationRequest, at: datetime, place: Place) -> bytes:
    """at: when it was first asked for: sent again after a crash, the mail has the same octets."""
    words = LANGUAGES.get(party.locale.partition("-")[0].lower(), DEFAULT)
    body = f"{words.greeting}\r\n\r\n{words.confirmation}\r\n\r\n$marketplace"
    text = Template(body).substitute(marketplace=place.marketplace_name) + "\r\n"
    fields = [
        ("From", f"{encode_phrase(place.marketplace_name)} <{notice_mailbox(place.relay_domain)}>"),
        ("To", str(party.receiving_mailbox)),
        ("Subject", encode_words(words.confirmation_subject)),
        ("Date", format_datetime(at)),
        # RFC 3834 §5: nobody's program answers it.
        ("Auto-Submitted", "auto-generated"),
        ("X-Parley-Message", asked.request),
    ]
    return compose(fields, TextPart(Label(media_type="text/plain"), text, "utf-8"), asked.request.encode())
