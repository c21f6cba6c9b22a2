"""Relays mails as `sandbox preview` does, and compares each that would be sent with what came."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from parley.conversation.messages import State
from parley.relaying.arrival import Arrival
from parley.relaying.decide import Relay, Stop, decide
from parley.screening.policy import DEFAULT_POLICY
from sandbox.trial import Setup, arrival_of
from tools.damage.comparing import Compared, Comparison, Fate, codes_by_place
from tools.damage.hidden import secrets_of
from tools.damage.reasons import Explainer

_PLACEHOLDERS = ("***@***", "masked.invalid", "***", "masked")


@dataclass(frozen=True, slots=True)
class Source:
    """A mail to try. group: a heading. is_ordinary: whether it must be relayed."""

    group: str
    name: str
    path: Path
    is_ordinary: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a mail. codes: what decided. parts: empty unless it was relayed."""

    source: Source
    outcome: State
    codes: tuple[str, ...]
    parts: tuple[Compared, ...] = ()

    @property
    def damaged(self) -> list[Compared]:
        return [part for part in self.parts if part.fate is Fate.DAMAGED]


def tried(sources: Iterable[Source], setup: Setup) -> Iterator[Tried]:
    """Tries each. Raises `OSError` for one that cannot be read."""
    for source in sources:
        outcome, codes, parts = try_mail(source.path.read_bytes(), setup)
        yield Tried(source, outcome, codes, parts)


def try_mail(raw: bytes, setup: Setup) -> tuple[State, tuple[str, ...], tuple[Compared, ...]]:
    """Outcome, codes, and each part compared."""
    arrival = arrival_of(raw, setup)
    decision = decide(arrival, DEFAULT_POLICY)
    codes = tuple(str(code) for code in decision.codes)
    match decision.outcome:
        case Relay(outgoing):
            findings = [(str(finding.code), finding.place) for finding in decision.findings]
            return State.RELAYED, codes, tuple(comparison(arrival, findings).parts(raw, outgoing))
        case Stop(state):
            return state, codes, ()
        case _:
            raise AssertionError("a mail on trial opens no conversation")


def comparison(arrival: Arrival, findings: Iterable[tuple[str, str]]) -> Comparison:
    """How to compare this arrival with what goes out. findings: (code, place)."""
    parties = [party for party in (arrival.writer, arrival.owner) if party is not None]
    mailboxes = [str(mailbox) for party in parties for mailbox in party.mailboxes]
    domains = [domain for party in parties for domain in party.private_domains]
    if arrival.reverse_path:
        mailboxes.append(str(arrival.reverse_path))
    aliases = [str(arrival.alias_of(role)) for role in arrival.conversation.aliases]
    explainer = Explainer(
        secrets_of(arrival.raw, mailboxes, domains),
        tuple(dict.fromkeys((*aliases, arrival.relay_domain, *_PLACEHOLDERS))),
    )
    return Comparison(codes_by_place(findings), explainer)
