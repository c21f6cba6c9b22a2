"""What is timed: Parley's way from raw to outgoing bytes, the standard library's, and the physical limit."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.policy import Policy

from benchmarks.mails import BUYER_ALIAS, SELLER, SELLER_ALIAS, buyer
from parley.mail.authentication import ses_authentication
from parley.mail.compose import KeptPart, Label, MultipartPart, OutgoingPart, compose
from parley.mail.structure import Part, read
from parley.mail.walk import filename
from parley.relaying.arrival import Arrival
from parley.relaying.decide import Decision, Relay, decide
from parley.screening.policy import DEFAULT_POLICY
from sandbox.preview import read_setup
from sandbox.trial import Setup, arrival_of

PARLEY, MAIL_ALONE, LIMIT = "Parley", "parley.mail alone", "physical limit"
COMPAT32, DEFAULT = "email, compat32", "email, default"
_SEED = b"the same boundaries each time"
_ABSENT = b"\r\n--no such boundary"


@dataclass(frozen=True, slots=True)
class Contender:
    """work: from the mail of that number to the bytes that would go out. Raises what it raises."""

    name: str
    work: Callable[[int], object]


def contenders(mails: tuple[bytes, ...]) -> list[Contender]:
    """All of them for the same mails."""
    arrived = arrivals(mails)
    return [
        Contender(PARLEY, lambda number: decide(arrived[number], DEFAULT_POLICY)),
        Contender(MAIL_ALONE, lambda number: read_and_composed(mails[number])),
        Contender(COMPAT32, lambda number: parsed_and_written(mails[number], email.policy.compat32)),
        Contender(DEFAULT, lambda number: parsed_and_written(mails[number], email.policy.default)),
        Contender(LIMIT, lambda number: searched_and_copied(mails[number])),
    ]


def arrivals(mails: tuple[bytes, ...]) -> list[Arrival]:
    """Each mail as receive_mail hands it to `decide`; SES's own fields prove the author."""
    return [
        replace(arrival_of(raw, _setup(number)), authentication=ses_authentication)
        for number, raw in enumerate(mails)
    ]


def _setup(number: int) -> Setup:
    parties = ("--buyer", buyer(number), "--seller", SELLER)
    return read_setup([*parties, "--buyer-alias", BUYER_ALIAS, "--seller-alias", SELLER_ALIAS])


def parsed_and_written(raw: bytes, policy: Policy) -> bytes:
    """The least that a relay on the standard library does."""
    return email.message_from_bytes(raw, policy=policy).as_bytes()


def read_and_composed(raw: bytes) -> bytes:
    """The same as `parsed_and_written`, by the product: nothing is masked, and nobody asks who wrote."""
    mail = read(raw)
    fields = [(field.name, field.value.decode("latin-1")) for field in mail.header.fields]
    return compose(fields, _kept(mail.root), _SEED)


def _kept(part: Part) -> OutgoingPart:
    label = Label(media_type=part.content_type.value, filename=filename(part) or None)
    if part.children:
        return MultipartPart(label, tuple(map(_kept, part.children)))
    return KeptPart(label, part)


def searched_and_copied(raw: bytes) -> bytes:
    """What every relay must do: look at each octet once, and write it once."""
    return b"".join((raw, b"" if raw.find(_ABSENT) < 0 else b"?"))


def outcome(decision: Decision) -> str:
    """What became of a mail, in a word and its codes."""
    if isinstance(decision.outcome, Relay):
        return "relayed"
    return ", ".join(decision.codes)
