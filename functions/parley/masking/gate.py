"""The leak gate: reads the finished bytes again, independently, and says where a protected string shows.

It shares no decoding code with the masker or the scanner (`gate_reading`, `gate_decoding`, `gate_forms`).
Opaque attachments follow policy and are not searched (DESIGN: text in pictures, PDF and office files
remains); everything that is text is.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Final

from parley.mail.address import Mailbox
from parley.mail.findings import Finding, Severity
from parley.masking.gate_forms import BETWEEN_TEXTS, reveals
from parley.masking.gate_needles import Needles
from parley.masking.gate_reading import Place, texts_of
from parley.masking.protected import Protected

LEAK: Final = "leak"
UNREADABLE: Final = "leak-gate-unreadable"
_BATCH: Final = 64 * 1024


def leaks(
    outgoing: bytes, protected: Protected, addressee: Mailbox, returned_ids: Collection[str] = ()
) -> tuple[Finding, ...]:
    """A finding (code `leak`) for each place where a protected string can be read; none if the mail is clean.

    The addressee may stand in the mail's own To field, nowhere else. returned_ids: Message-IDs that come back
    to the recipient, who wrote them; they may stand in In-Reply-To and References. A mail that cannot be
    read gives a finding too (code `leak-gate-unreadable`): the gate fails closed.
    """
    try:
        needles = Needles(protected)
        ids = tuple(returned_ids)
        exempt = {"to": (str(addressee),), "in-reply-to": ids, "references": ids}
        places = list(_revealing(texts_of(outgoing, exempt), needles))
    except Exception:  # whatever goes wrong here, the mail was not cleared
        return (Finding(UNREADABLE, Severity.SERIOUS),)
    return tuple(Finding(LEAK, Severity.SERIOUS, place, count) for place, count in Counter(places).items())


def _revealing(texts: Iterable[Place], needles: Needles) -> Iterator[str]:
    """The places of those texts that show a protected string.

    Texts are read many at a time, and one by one only where something was found. What stands between them
    ends every token, tag, entity, escape and encoded run, so nothing is hidden by its neighbours.
    """
    batch: list[Place] = []
    size = 0
    for place, text in chain(texts, (("", ""),)):
        batch.append((place, text))
        size += len(text)
        if size < _BATCH and place:
            continue
        if reveals(BETWEEN_TEXTS.join([text for _, text in batch]), needles):
            yield from (known for known, text in batch if reveals(text, needles))
        batch, size = [], 0
