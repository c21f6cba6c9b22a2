"""What was measured, and the limits held against it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from benchmarks import cost, lake, limits
from benchmarks.contenders import COMPAT32, DEFAULT, LIMIT, PARLEY
from benchmarks.limits import Verdict
from benchmarks.measuring import Timing
from benchmarks.queries import LIMIT_SECONDS as YEAR_SECONDS
from benchmarks.queries import LIMITED, MARGIN_DAYS, Timed
from benchmarks.transcript import LIMIT_COUNT, LIMIT_SECONDS, TranscriptResult

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MailResult:
    """One mail and all contenders. outcome: what Parley decided. peaks: octets over the idle process."""

    name: str
    octets: int
    outcome: str
    hostile: bool
    timings: Mapping[str, Timing]
    peaks: Mapping[str, int | None]

    def seconds(self, who: str) -> float | None:
        return self.timings[who].seconds

    @property
    def standard_library(self) -> float | None:
        """The faster of its two ways: the honest opponent."""
        known = [seconds for who in (COMPAT32, DEFAULT) if (seconds := self.seconds(who)) is not None]
        return min(known, default=None)

    def times_faster(self, who: str = PARLEY) -> float | None:
        """How many times faster than the standard library it is."""
        ours, theirs = self.seconds(who), self.standard_library
        return theirs / ours if ours and theirs else None

    def times_limit(self) -> float | None:
        """How many times longer Parley takes than looking at each octet and copying it."""
        ours, physical = self.seconds(PARLEY), self.seconds(LIMIT)
        return ours / physical if ours and physical else None

    def peak_mails(self, who: str) -> float | None:
        """The peak in mails."""
        peak = self.peaks.get(who)
        return None if peak is None else peak / self.octets


@dataclass(frozen=True, slots=True)
class WireResult:
    """Both ways to make SendEmail's body. seconds and peaks by who; peaks count the mail too."""

    octets: int
    body_octets: int
    identical: bool
    seconds: Mapping[str, float | None]
    peaks: Mapping[str, int | None]

    def copies(self, who: str) -> float | None:
        """How often the body stood in memory, the mail itself aside."""
        peak = self.peaks[who]
        return None if peak is None else (peak - self.octets) / self.body_octets


@dataclass(slots=True)
class Results:
    """All of one run. starts: CPU seconds by what was started. skipped: what was not measured, and why."""

    mails: list[MailResult] = field(default_factory=list)
    wire: WireResult | None = None
    transcripts: list[TranscriptResult] = field(default_factory=list)
    days: list[lake.LakeResult] = field(default_factory=list)
    queries: list[Timed] = field(default_factory=list)
    starts: dict[str, float] = field(default_factory=dict)
    zip_octets: int | None = None
    calls: cost.Measured | None = None
    skipped: list[str] = field(default_factory=list)

    def verdicts(self) -> Iterator[Verdict]:
        """Every limit for which there is a measurement."""
        for mail in self.mails:
            yield from _of_hostile(mail) if mail.hostile else _of_ordinary(mail)
        if self.wire is not None:
            yield from _of_wire(self.wire)
        for transcript in self.transcripts:
            yield from _of_transcript(transcript)
        for day in self.days:
            yield limits.at_most(f"lake, {day.name}", lake.LIMIT_SECONDS, day.seconds, "{:.1f} s")
        for query in self.queries:
            yield from _of_query(query)
        if self.starts:
            added = 1_000 * (self.starts["handler"] - self.starts["boto3"])
            limit = 1_000 * limits.COLD_START_SECONDS
            yield limits.at_most("cold start over bare boto3", limit, added, "{:.0f} ms")
        if self.zip_octets is not None:
            size = self.zip_octets / 1e6
            yield limits.at_most("zip archive of the functions", limits.ZIP_OCTETS / 1e6, size, "{:.1f} MB")
        if self.calls is not None:
            asked = self.calls.alone.relaying
            yield limits.at_most("AWS calls for a relayed mail", limits.CALLS, asked, "{:.0f}")
            share, most = 100 * cost.dearest(self.calls) / cost.SES_PRICE, 100 * limits.SHARE_OF_SES
            yield limits.at_most("cost besides SES, of SES's own price", most, share, "{:.0f} %")


def _of_ordinary(mail: MailResult) -> Iterator[Verdict]:
    if mail.outcome != "relayed":
        yield Verdict(mail.name, "relayed", mail.outcome, met=False)
    if (seconds := limits.SMALL_MAIL_SECONDS.get(mail.name)) is not None:
        ours = mail.seconds(PARLEY)
        yield limits.at_most(mail.name, 1_000 * seconds, None if ours is None else 1_000 * ours, "{:.2f} ms")
    if (times := limits.TIMES_FASTER.get(mail.name)) is not None:
        what = f"{mail.name}, faster than email"
        yield limits.at_least(what, times, mail.times_faster(), "{:.1f} times")
    if (peak := limits.PEAK_MAILS.get(mail.name)) is not None:
        what = f"{mail.name}, peak memory"
        yield limits.copies(what, peak, mail.peak_mails(PARLEY), "{:.1f} mails")


def _of_hostile(mail: MailResult) -> Iterator[Verdict]:
    seconds = mail.seconds(PARLEY)
    per_mb = None if seconds is None else seconds * MB / mail.octets
    yield limits.at_most(mail.name, limits.HOSTILE_SECONDS_PER_MB, per_mb, "{:.2f} s per MB")


def _of_wire(wire: WireResult) -> Iterator[Verdict]:
    from benchmarks.wire import OURS

    ours = wire.seconds[OURS]
    milliseconds = None if ours is None else 1_000 * ours
    yield limits.at_most(
        f"wire to SES, mail of {wire.octets / MB:.0f} MB",
        1_000 * limits.WIRE_SECONDS,
        milliseconds,
        "{:.0f} ms",
    )
    yield limits.copies("wire to SES, copies of the body", limits.WIRE_COPIES, wire.copies(OURS), "{:.1f}")
    same = "identical" if wire.identical else "different"
    yield Verdict("wire to SES, body", "identical to botocore's", same, wire.identical)


def _of_transcript(transcript: TranscriptResult) -> Iterator[Verdict]:
    if transcript.messages == LIMIT_COUNT:
        what = f"transcript of {LIMIT_COUNT} messages"
        yield limits.at_most(what, 1_000 * LIMIT_SECONDS, 1_000 * transcript.seconds, "{:.0f} ms")


def _of_query(query: Timed) -> Iterator[Verdict]:
    what = f"{query.query} of {query.days} days"
    if query.query == LIMITED and query.days > 360:
        yield limits.at_most(what, YEAR_SECONDS, query.seconds, "{:.1f} s")
    # A wait may begin or end outside: such queries read up to 45 days on each side.
    most = (query.days + 2 * MARGIN_DAYS) * query.tables
    yield limits.at_most(f"{what}, objects opened", most, query.objects, "{:.0f}")
