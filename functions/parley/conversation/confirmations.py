"""Asking for a mailbox to be confirmed: the text by which the admin API asks track_delivery."""

import json
import re
from dataclasses import asdict, dataclass

from parley.conversation.parties import PartyId


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """request: an id of its own, the same however often the queue delivers it."""

    party: PartyId
    request: str


class ConfirmationError(ValueError):
    """The text begins as a request and is none. It never quotes the text."""


_BEGINNING = '{"confirmation": '
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""Both go into tags of SES."""


def confirmation_request(request: ConfirmationRequest) -> str:
    """The text for the queue; `read_confirmation_request` reads it."""
    return json.dumps({"confirmation": asdict(request)})


def read_confirmation_request(text: str) -> ConfirmationRequest | None:
    """None for a text that is something else. Raises `ConfirmationError`."""
    if not text.startswith(_BEGINNING):
        return None
    try:
        asked = json.loads(text)["confirmation"]
        party, request = str(asked["party"]), str(asked["request"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfirmationError(type(error).__name__) from None
    if not _ID.fullmatch(party) or not _ID.fullmatch(request):
        raise ConfirmationError("id")
    return ConfirmationRequest(PartyId(party), request)
