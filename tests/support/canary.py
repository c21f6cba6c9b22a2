"""Invariant I7: no mailbox, name, subject or body in any log line, of the whole test run.

The functional tests write mail with these words. This plugin reads every record that any logger handles, all
that tests and handlers print, and every warning; a test in which a canary sings fails. `tests/conftest.py`
loads it (`pytest_plugins`), so that it hears the whole run, in each of its processes.
"""

import logging
import traceback
import warnings
from collections.abc import Generator
from typing import Any

import pytest

BUYER_MAILBOX = "kordula.kanarie@zeisig-post.example"
SELLER_MAILBOX = "laden@girlitz-handel.example"
STRANGER_MAILBOX = "fremd@bluthaenfling.example"
BUYER_NAME = "Kordula Kanarienvogel"
SELLER_NAME = "Handelshaus Girlitz"
SUBJECT_WORD = "Zitronengirlitzfrage"
BODY_WORD = "Stieglitzgeheimnis"

CANARIES = (
    *("kordula.kanarie", "zeisig-post", "girlitz-handel", "bluthaenfling"),
    *(BUYER_NAME.lower(), SELLER_NAME.lower(), SUBJECT_WORD.lower(), BODY_WORD.lower()),
)
"""Lower-case. Distinctive, so that whatever matches comes from a mail."""


def canaries_in(text: str) -> list[str]:
    folded = text.lower()
    return [canary for canary in CANARIES if canary in folded]


def text_of(record: logging.LogRecord) -> str:
    """Everything of a record that a formatter could show, extra fields and exceptions included."""
    shown = [record.getMessage(), repr({**record.__dict__, "exc_info": None})]
    if record.exc_info and record.exc_info[1]:
        shown += traceback.format_exception(record.exc_info[1])
    return "\n".join(shown)


class Cage:
    """The plugin. `heard` names what was found where; `records` counts what was read."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.records = 0
        self._handle = logging.Logger.handle

    def listen(self) -> None:
        cage = self

        def handle(logger: logging.Logger, record: logging.LogRecord) -> None:
            cage.records += 1
            cage.note(text_of(record), f"record of {record.name}")
            cage._handle(logger, record)

        logging.Logger.handle = handle  # type: ignore[method-assign, assignment]

    def stop(self) -> None:
        logging.Logger.handle = self._handle  # type: ignore[method-assign]

    def note(self, text: str, where: str) -> None:
        self.heard += [f"{canary!r} in a {where}" for canary in canaries_in(text)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        for name, content in report.sections:
            self.note(content, name)
        heard, self.heard = self.heard, []
        if heard and report.passed:
            report.outcome = "failed"
            report.longrepr = "\n".join(["I7: what people write stands in a log", *sorted(set(heard))])
        return report

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        self.note(str(warning_message.message), "warning")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """What was heard outside of any test. A process that shares the run tells the one that reports."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["canaries"] = sorted(set(self.heard))
        if self.heard:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        self.heard += getattr(node, "workeroutput", {}).get("canaries", [])

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for each in sorted(set(self.heard)):
            terminalreporter.write_line(f"I7: {each}", red=True)


CAGE = Cage()


def pytest_configure(config: pytest.Config) -> None:
    CAGE.listen()
    config.pluginmanager.register(CAGE, "parley-canary")


def pytest_unconfigure(config: pytest.Config) -> None:
    CAGE.stop()
