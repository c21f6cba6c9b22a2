"""How a run is shared out: the whole suite among as many processes as there are processors, a part in one.

Tests of a module stay together, and so do those that need the shared sandbox, which is then started once.
The longest come first, so that the processes end at about the same time.
"""

import os
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

MOST = 4
"""More processes than this win little: the longest group of tests ends last."""

SANDBOX = frozenset(
    (
        *(
            "tests/sandbox/test_archiving.py",
            "tests/sandbox/test_enforcement.py",
            "tests/sandbox/test_lake.py",
            "tests/sandbox/test_reviewing.py",
            "tests/sandbox/test_stack.py",
            "tests/sandbox/test_tracking.py",
        ),
        *("tests/programs/test_swaks.py", "tests/programs/test_sylpheed.py"),
        *("tests/programs/test_terminal_programs.py", "tests/cli/test_in_the_sandbox.py"),
        *("tests/cli/test_erase_in_the_sandbox.py", "tests/cli/test_query_in_the_sandbox.py"),
        "tests/cli/test_review_in_the_sandbox.py",
    )
)
"""Whose tests ask for the shared sandbox."""

LONGEST = (
    *("tests/sandbox/test_up.py", "tests/sandbox/page/test_hostile_mail.py", "tests/sandbox"),
    *("tests/functional", "tests/transcripts", "tests/infra", "tests/cli"),
)
"""Where the minutes are, after the shared sandbox."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For `-n auto` (pyproject.toml). 0: no other process; starting them takes longer than a few tests do."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.getoption("keyword")
    return min(processors(), MOST) if whole and processors() > 1 else 0


def processors() -> int:
    """Those that this process may use, where the system says which."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Scheduling(LoadFileScheduling):
    """A group of tests goes to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def group(nodeid: str) -> str:
    path = nodeid.partition("::")[0]
    return "sandbox" if path in SANDBOX else path


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Octets that nobody reads name no test: a compressed file holds the time, and all processes must know a
    test by one name."""
    unread = isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable())
    return argname if unread else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "sandbox" in getattr(item, "fixturenames", ()) and group(item.nodeid) != "sandbox":
            raise pytest.UsageError(f"{group(item.nodeid)} needs the sandbox: name it in {__name__}.SANDBOX")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _place(group(item.nodeid)))


def _place(found: str) -> int:
    """0: at the beginning. Within a place the order stays."""
    if found == "sandbox":
        return 0
    return next((place for place, path in enumerate(LONGEST, 1) if found.startswith(path)), len(LONGEST) + 1)
