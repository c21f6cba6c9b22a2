"""The benchmark measures what it says."""

from io import StringIO

from rich.console import Console

from benchmarks.transcript import COUNTS, LIMIT_COUNT, TranscriptResult, kept, show


def test_its_conversation_has_that_many_messages_and_all_are_shown() -> None:
    page = kept(6).page().decode()
    assert page.count("<article") == 6
    assert page.count('class="html"') == 3
    assert "Diese E-Mail kann nicht gezeigt werden" not in page


def test_it_says_whether_the_limit_is_met() -> None:
    assert LIMIT_COUNT in COUNTS
    for seconds, verdict in ((0.9, "s: met"), (1.1, "s: not met")):
        out = StringIO()
        show([TranscriptResult(LIMIT_COUNT, seconds, 10)], Console(file=out, width=100))
        assert verdict in out.getvalue()
