"""One mail on trial: the masker, the leak gate and the standard library against each other.

What is asked of every mail: nothing raises; what goes out shows no secret to the judge (I1), is well-formed,
and holds what had to stay (I6); the gate sees whatever the judge sees; time stays in proportion (I9). An
ordinary mail is relayed.
"""

import email
import email.policy
import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass

from parley.conversation.messages import State
from parley.mail.compose import (
    ComposeError,
    KeptPart,
    Label,
    MessagePart,
    MultipartPart,
    OutgoingPart,
    compose,
)
from parley.mail.findings import Finding
from parley.mail.header import encode_words
from parley.mail.structure import Part, StructureError, read
from parley.mail.text import decode_body
from parley.mail.walk import filename, parts
from parley.masking.gate import leaks
from parley.masking.protected import Identity, Protected
from parley.relaying.arrival import Arrival
from parley.relaying.decide import Decision, Relay, Stop, decide
from parley.screening.policy import DEFAULT_POLICY
from tests.fuzz.judge import Sighting, is_opaque
from tests.fuzz.mails import Case
from tests.fuzz.parties import arrival
from tests.fuzz.wellformed import Trouble, of_form
from tests.golden.reading import missing

ALLOWED_SECONDS = 0.05
ALLOWED_SECONDS_PER_KB = 0.001
"""A hostile mail of 1 MB may take a second."""
TRIES = 4
_FAILURES = frozenset({"leak", "leak-gate-unreadable", "masking-unsettled", "pipeline-error"})
"""Codes that an ordinary mail never earns: the masker gave up, or the gate had to step in."""


@dataclass(frozen=True, slots=True)
class Trial:
    """outcome: relayed, held, refused or discarded. codes: those that decided."""

    outcome: str
    codes: tuple[str, ...]
    troubles: tuple[Trouble, ...]


def examine(case: Case) -> Trial:
    """Puts the mail on trial. Never raises."""
    try:
        arrived = arrival(case.raw, case.parties)
        if _is_relay_itself(arrived):
            return Trial("impossible", (), ())
        decision, seconds = _decided(arrived)
        outcome = decision.outcome.state if isinstance(decision.outcome, Stop) else State.RELAYED
        troubles = [*_of_decision(case, decision, seconds), *_of_gate(case, arrived)]
        if isinstance(decision.outcome, Relay):
            troubles += _of_outgoing(case, arrived, decision, decision.outcome.outgoing)
    except Exception as error:
        return Trial("raised", (), (Trouble(f"raises-{type(error).__name__}", repr(error)),))
    return Trial(str(outcome), decision.codes, tuple(dict.fromkeys(troubles)))


def _is_relay_itself(arrived: Arrival) -> bool:
    """A mutation can make the relay an author; nobody can be registered there."""
    assert arrived.writer is not None
    return any(mailbox.domain == arrived.relay_domain for mailbox in arrived.writer.mailboxes)


def _decided(arrived: Arrival) -> tuple[Decision, float]:
    """The decision and its CPU seconds; a slow one is timed again, because others share the machine."""
    tries, best = 0, float("inf")
    while True:
        started = time.thread_time()
        decision = decide(arrived, DEFAULT_POLICY)
        best = min(best, time.thread_time() - started)
        tries += 1
        if tries == TRIES or best <= allowed_seconds(arrived.raw):
            return decision, best
        gc.collect()


def allowed_seconds(raw: bytes) -> float:
    return ALLOWED_SECONDS + ALLOWED_SECONDS_PER_KB * len(raw) / 1024


def _of_decision(case: Case, decision: Decision, seconds: float) -> Iterator[Trouble]:
    if seconds > allowed_seconds(case.raw):
        yield Trouble("slow", f"{seconds:.3f} s for {len(case.raw)} octets")
    for finding in decision.findings:
        if finding.code == "pipeline-error":
            yield Trouble(f"raises-{finding.place}", "an error in decide")
        elif finding.code in _FAILURES and case.is_ordinary:
            # What is damaged may be read in different ways, and is held if the gate reads more.
            yield Trouble(f"stopped-{finding.code}", finding.place)
    if case.is_ordinary and not isinstance(decision.outcome, Relay) and not _FAILURES & set(decision.codes):
        yield Trouble("ordinary-mail-stopped", ", ".join(decision.codes))


def _of_gate(case: Case, arrived: Arrival) -> Iterator[Trouble]:
    """The mail as it is, only written anew: what the judge sees in that, the gate must see too."""
    assert arrived.writer is not None
    try:
        bare = _unmasked(case.raw)
    except (StructureError, ComposeError):
        return
    judge = case.parties.judge(arrived)
    seen = [sighting for sighting in judge.sightings(bare) if not sighting.opaque and not sighting.deep]
    if seen and not leaks(bare, _protected(arrived), arrived.owner.receiving_mailbox):
        yield Trouble("gate-blind", _described(seen))


def _protected(arrived: Arrival) -> Protected:
    assert arrived.writer is not None
    author, recipient = (
        Identity(
            mailboxes=frozenset(party.mailboxes),
            private_domains=party.private_domains,
            alias=arrived.alias_of(role),
        )
        for party, role in ((arrived.writer, arrived.author_role), (arrived.owner, arrived.author_role.other))
    )
    return Protected(author=author, recipient=recipient)


def _unmasked(raw: bytes) -> bytes:
    mail = read(raw)
    subject = encode_words(mail.header.text("subject") or "")
    return compose([("Subject", subject)], _kept(mail.root), b"fuzz: the same boundary for all")


def _kept(part: Part) -> OutgoingPart:
    media_type = part.content_type.value
    label = Label(media_type=media_type, disposition="attachment", filename=filename(part) or None)
    if part.children:
        return MultipartPart(Label(media_type=media_type), tuple(map(_kept, part.children)))
    if part.enclosed is not None:
        subject = encode_words(part.enclosed.header.text("subject") or "")
        return MessagePart(
            Label(media_type="message/rfc822"), (("Subject", subject),), _kept(part.enclosed.root)
        )
    return KeptPart(label, part)


def _of_outgoing(case: Case, arrived: Arrival, decision: Decision, outgoing: bytes) -> Iterator[Trouble]:
    yield from of_form(outgoing)
    sightings = case.parties.judge(arrived).sightings(outgoing)
    flagged = any(finding.code == "protected-in-attachment" for finding in decision.findings)
    plain = [sighting for sighting in sightings if not sighting.opaque]
    if plain:
        yield Trouble("leak", _described(plain))
    if len(plain) < len(sightings) and not flagged:
        yield Trouble("unflagged", _described([sighting for sighting in sightings if sighting.opaque]))
    if lost := missing(outgoing, case.texts):
        yield Trouble("text-lost", repr(sorted(lost)))
    decoded = contents(outgoing)
    if any(file not in decoded for file in case.files):
        yield Trouble("file-changed", "a file that nothing touches does not decode to its octets")
    yield from _of_untouched(case.raw, decision.findings, decoded)


def _described(sightings: list[Sighting]) -> str:
    return "; ".join(f"{s.secret} in {s.where}: {s.context!r}" for s in sightings[:3])


def contents(mail: bytes) -> set[bytes]:
    """What every leaf decodes to, by the standard library."""
    decoded: set[bytes] = set()
    for part in email.message_from_bytes(mail, policy=email.policy.compat32).walk():
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            decoded.add(body)
    return decoded


def _of_untouched(raw: bytes, findings: tuple[Finding, ...], decoded: set[bytes]) -> Iterator[Trouble]:
    """I6: a file of which no finding speaks decodes to the same octets."""
    spoken_of = tuple(f.place.removeprefix("part:").partition(":")[0] for f in findings if f.place)
    for path, part in parts(read(raw)):
        if part.children or part.enclosed is not None or _is_text(part.content_type.value):
            continue
        if any(path == place or path.startswith(f"{place}.") for place in spoken_of):
            continue
        body = decode_body(part)
        if is_opaque(body) and body not in decoded:
            yield Trouble("file-changed", f"part {path}, {part.content_type.value}, {len(body)} octets")


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type.endswith(("xml", "json", "html", "ics", "vcard"))
