"""The benchmark measures what it says: ordinary mails are relayed, what is missed is called so."""

from collections.abc import Mapping

import pytest

from benchmarks import hostile, mails, wire
from benchmarks.contenders import COMPAT32, DEFAULT, LIMIT, MAIL_ALONE, PARLEY, arrivals, outcome
from benchmarks.limits import at_least, at_most, copies
from benchmarks.measuring import Timing
from benchmarks.report import page
from benchmarks.results import MailResult, Results, WireResult
from benchmarks.transcript import TranscriptResult
from parley.relaying.decide import decide
from parley.screening.policy import DEFAULT_POLICY

SECONDS = {PARLEY: 0.0004, MAIL_ALONE: 0.0001, COMPAT32: 0.004, DEFAULT: 0.008, LIMIT: 0.000001}


def a_result(
    name: str = "2 KB text", seconds: Mapping[str, float] = SECONDS, *, hostile: bool = False
) -> MailResult:
    timings = {who: Timing(value, 7) for who, value in seconds.items()}
    return MailResult(name, 1024 * 1024, "relayed", hostile, timings, {PARLEY: 2 * 1024 * 1024})


@pytest.mark.parametrize("sample", list(mails.samples(quick=True)), ids=lambda sample: sample.name)
def test_ordinary_mails_of_the_benchmark_are_relayed(sample: mails.Sample) -> None:
    for arrival in arrivals(sample.mails[:2]):
        assert outcome(decide(arrival, DEFAULT_POLICY)) == "relayed"


def test_the_mails_are_the_same_in_every_run() -> None:
    assert list(mails.samples(quick=True)) == list(mails.samples(quick=True))


def test_hostile_mails_are_about_one_megabyte() -> None:
    for sample in hostile.samples(quick=False):
        assert 0.8 < sample.size / mails.MB < 1.2, sample.name


def test_the_faster_way_of_the_standard_library_is_the_opponent() -> None:
    assert a_result().times_faster() == pytest.approx(10)


def test_a_limit_is_met_up_to_and_including_itself() -> None:
    assert at_most("x", 1.0, 1.0, "{:.1f}").met
    assert not at_most("x", 1.0, 1.01, "{:.1f}").met
    assert at_least("x", 8.0, 8.0, "{:.1f}").met
    assert not at_least("x", 8.0, 7.9, "{:.1f}").met


def test_what_was_not_measured_is_not_met() -> None:
    assert at_most("x", 1.0, None, "{:.1f}").word == "not met"


@pytest.mark.parametrize(("seconds", "word"), [(1.0, "met"), (1.1, "not met")])
def test_the_transcript_of_200_messages_has_a_limit(seconds: float, word: str) -> None:
    results = Results(transcripts=[TranscriptResult(200, seconds, 1024), TranscriptResult(800, 9.0, 4096)])
    assert [verdict.word for verdict in results.verdicts()] == [word]
    assert "| 800 messages | 9,000 ms | 11.25 ms | 4.0 KB |" in page(results, runs=7)


def test_copies_count_to_one_decimal() -> None:
    assert copies("x", 1.0, 1.04, "{:.1f}").met
    assert not copies("x", 1.0, 1.06, "{:.1f}").met


def test_an_ordinary_mail_that_is_not_relayed_is_a_limit_not_met() -> None:
    result = a_result()
    held = MailResult(result.name, result.octets, "leak", False, result.timings, result.peaks)
    assert [v.word for v in Results(mails=[held]).verdicts()] == ["not met", "met", "met"]


def test_the_page_says_plainly_what_is_not_met() -> None:
    slow = a_result("near boundaries", {**SECONDS, PARLEY: 2.0}, hostile=True)
    written = page(Results(mails=[a_result(), slow]), runs=7)
    assert "| near boundaries | at most 1.00 s per MB | 2.00 s per MB | not met |" in written
    assert "| 2 KB text | at most 0.50 ms | 0.40 ms | met |" in written


def test_a_different_body_on_the_wire_is_a_limit_not_met() -> None:
    who = {wire.OURS: 0.05, wire.BOTOCORES: 0.1}
    result = WireResult(9, 12, False, who, {wire.OURS: 21, wire.BOTOCORES: 45})
    assert [v.word for v in Results(wire=result).verdicts()] == ["met", "met", "not met"]


def test_both_ways_to_ses_send_the_same_body() -> None:
    assert wire.bodies_agree(bytes(range(256)) * 5_000)
