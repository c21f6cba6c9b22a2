"""How a run is shared out: the whole suite among as many processes as there are processors, a part in one.

Tests of a module stay together, and so do those that need the shared sandbox, which is then started once.
The longest come first, so that the processes end at about the same time.
"""

import os

import pytest

MOST = 4
"""More processes than this win little: the longest group of tests ends last."""

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


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Octets that nobody reads name no test: a compressed file holds the time, and all processes must know a
    test by one name."""
    unread = isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable())
    return argname if unread else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before xdist reads the groups."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_place)


def _group(item: pytest.Item) -> str:
    return "sandbox" if _in_the_sandbox(item) else item.location[0]


def _place(item: pytest.Item) -> int:
    """0: at the beginning. Within a place the order stays."""
    if _in_the_sandbox(item):
        return 0
    found = (place for place, path in enumerate(LONGEST, 1) if item.location[0].startswith(path))
    return next(found, len(LONGEST) + 1)


def _in_the_sandbox(item: pytest.Item) -> bool:
    return "sandbox" in getattr(item, "fixturenames", ())
