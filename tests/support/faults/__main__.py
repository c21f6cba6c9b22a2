"""python -m tests.support.faults [SCENARIO …]: runs the matrix and prints how many cells there were."""

import sys
from pathlib import Path

from tests.support.faults.alone import alone, cells_of

# The functions' asset is not installed as a package: Lambda, too, runs it from its folder.
sys.path.insert(0, str(Path(__file__).parents[3] / "functions"))


def main(names: list[str]) -> int:
    alone()
    from tests.support.faults.report import printed
    from tests.support.faults.scenarios import SCENARIOS

    cells = [cell for name in names or SCENARIOS for cell in cells_of(name)]
    sys.stderr.write(printed(cells))
    return int(any(cell.problems for cell in cells))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
