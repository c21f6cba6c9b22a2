"""Telling how many cells there were."""

from collections import Counter

from tests.support.faults.scenario import Cell


def printed(cells: list[Cell]) -> str:
    """A line for each scenario, one for each kind of fault, and one for each cell that is not green."""
    scenarios, kinds = Counter(cell.scenario for cell in cells), Counter(cell.kind for cell in cells)
    red = [str(cell) for cell in cells if cell.problems]
    counted = [f"{count:6} {name}" for each in (scenarios, kinds) for name, count in each.items()]
    return "\n".join([*red, *counted, f"{len(cells):6} cells, {len(red)} of them red", ""])
