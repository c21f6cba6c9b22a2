"""What must be reached, and whether it is."""

from dataclasses import dataclass

SMALL_MAIL_SECONDS = {"2 KB text": 0.0005, "30 KB HTML and text": 0.004, "25 MB attachment": 0.05}
TIMES_FASTER = {"2 KB text": 8.0, "30 KB HTML and text": 8.0, "25 MB attachment": 30.0}
PEAK_MAILS = {"25 MB attachment": 2.0}
HOSTILE_SECONDS_PER_MB = 1.0
WIRE_SECONDS = 0.15
WIRE_COPIES = 1.0
COLD_START_SECONDS = 0.1
ZIP_OCTETS = 12_000_000
CALLS = 11
SHARE_OF_SES = 0.16


@dataclass(frozen=True, slots=True)
class Verdict:
    """One limit: what is limited, the limit and what was measured, as written, and whether it is kept."""

    what: str
    limit: str
    measured: str
    met: bool

    @property
    def word(self) -> str:
        return "met" if self.met else "not met"


def at_most(what: str, limit: float, measured: float | None, form: str) -> Verdict:
    """form: how a number is written, such as "{:.2f} ms". What could not be measured is not met."""
    shown = "not measured" if measured is None else form.format(measured)
    return Verdict(what, "at most " + form.format(limit), shown, measured is not None and measured <= limit)


def at_least(what: str, limit: float, measured: float | None, form: str) -> Verdict:
    shown = "not measured" if measured is None else form.format(measured)
    return Verdict(what, "at least " + form.format(limit), shown, measured is not None and measured >= limit)


def copies(what: str, limit: float, measured: float | None, form: str) -> Verdict:
    """As `at_most`, to one decimal."""
    rounded = None if measured is None else round(measured, 1)
    return at_most(what, limit, rounded, form)
