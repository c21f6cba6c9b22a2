"""What was delivered, read by the fuzzer's judge: with the standard library, and nothing of the product.

Asked of each mail: neither party's mailbox or domain can be read in it, it is the mail that was written for
this mailbox, and what was attached decodes to the same octets.
"""

import email
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message

from sandbox.load.arrivals import Arrival
from sandbox.load.letters import attachment, subject
from sandbox.load.plan import Kind, Letter
from sandbox.load.traffic import Accepted
from tests.fuzz.judge import Judge

_WITH_FILES = frozenset({Kind.LARGE, Kind.HUGE})


@dataclass(frozen=True, slots=True)
class Judgement:
    """Ids of messages: where a mailbox can be read; which is another's mail; whose file has changed."""

    leaks: tuple[str, ...]
    mixed_up: tuple[str, ...]
    damaged: tuple[str, ...]

    @property
    def faults(self) -> Mapping[str, tuple[str, ...]]:
        return {"leaks": self.leaks, "mixed_up": self.mixed_up, "damaged": self.damaged}


def judge(
    arrived: Sequence[Arrival],
    accepted: Sequence[Accepted],
    tell: Callable[[int], None] = lambda _: None,
) -> Judgement:
    """tell: is told how many are done."""
    promised: dict[str, Accepted] = {each.message: each for each in accepted}
    found: dict[str, list[str]] = {"leaks": [], "mixed_up": [], "damaged": []}
    for count, arrival in enumerate(arrived, 1):
        mine = promised.get(arrival.message)
        # A stray mail is a fault of the books already, and nobody knows whose secrets to look for.
        if mine is not None:
            for fault in _faults(arrival, mine.letter, frozenset({mine.author, mine.to})):
                found[fault].append(arrival.message)
        tell(count)
    return Judgement(*(tuple(found[name]) for name in ("leaks", "mixed_up", "damaged")))


def _faults(arrival: Arrival, letter: Letter, mailboxes: frozenset[str]) -> Iterator[str]:
    parsed = email.message_from_bytes(arrival.file.read_bytes())
    if not arrival.is_notice:
        if not _decoded(parsed["Subject"]).startswith(subject(letter)):
            yield "mixed_up"
        if letter.kind in _WITH_FILES and not _without_attachment(parsed, letter):
            yield "damaged"
    else:
        # It is the author's own, whose Message-ID it answers.
        mailboxes -= {arrival.mailbox}
    domains = frozenset(mailbox.rpartition("@")[2] for mailbox in mailboxes)
    if Judge(mailboxes, domains, arrival.mailbox).sightings(parsed.as_bytes()):
        yield "leaks"


def _decoded(value: object) -> str:
    return str(make_header(decode_header(str(value))))


def _without_attachment(mail: Message, letter: Letter) -> bool:
    """Empties the part that is octet for octet what was attached; False if there is none. Octets of chance
    hold no mailbox, and the judge would read each of them in a dozen ways."""
    wanted = hashlib.sha256(attachment(letter)).digest()
    for part in mail.walk():
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and hashlib.sha256(body).digest() == wanted:
            part.set_payload("")
            return True
    return False
