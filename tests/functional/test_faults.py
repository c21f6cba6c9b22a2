"""I2, I3 and I10: every call may fail in every way, and the process may die around it; nothing is lost, and
nothing goes out twice.

`python -m tests.support.faults` runs the whole matrix alone and prints how many cells it has.
"""

import sys
from collections.abc import Iterator

import pytest

from tests.support.faults.alone import Apart
from tests.support.faults.mistakes import MISTAKES
from tests.support.faults.report import printed
from tests.support.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    """Not this process: it has grown, and has threads that wait for no test."""
    with Apart() as process:
        yield process


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_whatever_fails_the_work_ends_as_if_nothing_had(apart: Apart, scenario: str) -> None:
    cells = apart.cells_of(scenario)
    sys.stderr.write(printed(cells))
    assert len(cells) > 1
    assert [str(cell) for cell in cells if cell.problems] == []


@pytest.mark.parametrize("found", MISTAKES)
def test_the_matrix_finds_a_mistake_of_the_product(apart: Apart, found: str) -> None:
    cells = apart.cells_of(MISTAKES[found].scenario, found)
    problems = {problem for cell in cells for problem in cell.problems}
    assert any(each in problem for each in found.split("|") for problem in problems), sorted(problems)
