"""Rulings: what a reviewer decided of a held mail, as the queue carries it to receive_mail.

The decision itself stands in the table (`parley.reviewing`); a request only asks for it to be carried out, so
one that comes twice, or too late, does no harm.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from parley.conversation.aliases import ConversationId
from parley.conversation.messages import MessageId


class Verb(StrEnum):
    """release: compose the mail and send it. refuse: tell its author."""

    RELEASE = "release"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """request: an id of its own, by which a dead letter can be told from its repetitions."""

    verb: Verb
    conversation: ConversationId
    message: MessageId
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseRuling:
    """The release of a mail that belongs to no conversation. receipt: its receipt's id. request: as above."""

    receipt: str
    message: MessageId
    request: str


class RulingError(ValueError):
    """The text begins as a ruling and is none. It never quotes the text."""


_BEGINNING = '{"ruling": '


def ruling_request(ruling: Ruling | LooseRuling) -> str:
    """The text for the queue; `read_ruling` reads it."""
    return json.dumps({"ruling": asdict(ruling)})


def read_ruling(text: str) -> Ruling | LooseRuling | None:
    """None for a text that is something else. Raises `RulingError`."""
    if not text.startswith(_BEGINNING):
        return None
    try:
        fields = json.loads(text)["ruling"]
        if "receipt" in fields:
            return LooseRuling(
                receipt=str(fields["receipt"]),
                message=MessageId(str(fields["message"])),
                request=str(fields["request"]),
            )
        return Ruling(
            verb=Verb(fields["verb"]),
            conversation=ConversationId(str(fields["conversation"])),
            message=MessageId(str(fields["message"])),
            request=str(fields["request"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RulingError(type(error).__name__) from None
