"""How a run is shared out: all of it, and no part of it, among processes."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import workers

WHOLE, PART = pytest.Config.ArgsSource.TESTPATHS, pytest.Config.ArgsSource.ARGS


def config(source: pytest.Config.ArgsSource = WHOLE, keyword: str = "", **more: Any) -> Any:
    return SimpleNamespace(args_source=source, getoption={"keyword": keyword}.get, **more)


class Item:
    def __init__(self, path: str, *fixtures: str) -> None:
        self.nodeid = f"{path}::test"
        self.fixturenames = fixtures


def in_order(*items: Item) -> list[Item]:
    listed: list[Any] = list(items)
    workers.pytest_collection_modifyitems(config(workerinput={}), listed)
    return listed


@pytest.mark.parametrize(
    ("processors", "given", "processes"),
    [
        (2, config(), 2),
        (16, config(), workers.MOST),
        (1, config(), 0),
        (2, config(PART), 0),
        (2, config(keyword="thread"), 0),
    ],
)
def test_the_whole_suite_is_shared_among_the_processors_and_a_part_is_not(
    monkeypatch: pytest.MonkeyPatch, processors: int, given: Any, processes: int
) -> None:
    monkeypatch.setattr(workers, "processors", lambda: processors)
    assert workers.pytest_xdist_auto_num_workers(given) == processes


def test_all_that_share_the_sandbox_stay_in_one_process_and_come_first() -> None:
    one, two = Item("tests/unit/test_a.py"), Item("tests/programs/test_swaks.py", "home", "sandbox")
    three = Item("tests/sandbox/test_stack.py")
    assert in_order(one, two, three) == [two, three, one]
    assert workers.group(two.nodeid) == workers.group(three.nodeid) == "sandbox"


def test_a_module_that_shares_the_sandbox_and_is_not_named_stops_the_run() -> None:
    with pytest.raises(pytest.UsageError, match=r"tests/unit/test_a\.py needs the sandbox"):
        in_order(Item("tests/unit/test_a.py", "sandbox"))


def test_the_tests_of_a_module_stay_together_in_their_order() -> None:
    first, second, other = (
        Item("tests/cli/test_a.py"),
        Item("tests/cli/test_a.py"),
        Item("tests/cli/test_b.py"),
    )
    assert in_order(first, second, other) == [first, second, other]
    assert workers.group(first.nodeid) == "tests/cli/test_a.py"


def test_every_place_that_is_named_is_there(pytestconfig: pytest.Config) -> None:
    assert [
        path for path in (*workers.LONGEST, *workers.SANDBOX) if not (pytestconfig.rootpath / path).exists()
    ] == []


def test_a_single_process_keeps_the_order_of_the_files() -> None:
    items: list[Any] = [Item("tests/unit/test_a.py"), Item("tests/sandbox/test_stack.py")]
    before = list(items)
    workers.pytest_collection_modifyitems(config(), items)
    assert items == before


@pytest.mark.parametrize(
    ("value", "name"), [(b"a\x1f\x8b", "data"), (b"a\r\n", "data"), (b"From: a@b.example", None), ("ü", None)]
)
def test_octets_that_nobody_reads_name_no_test(value: object, name: str | None) -> None:
    assert workers.pytest_make_parametrize_id(value, "data") == name
