"""Places of a chain, written as a person would: `1-3 5`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_RUN = re.compile("([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?")


@dataclass(frozen=True, slots=True)
class Places:
    """runs: first and last of each. So it is small, whatever a text says."""

    runs: frozenset[tuple[int, int]] = frozenset()
    single: frozenset[int] = frozenset()

    def __contains__(self, place: int) -> bool:
        return place in self.single or any(first <= place <= last for first, last in self.runs)


def read_places(text: str) -> Places:
    """Raises ValueError."""
    runs, single = set(), set()
    for each in text.split():
        found = _RUN.fullmatch(each)
        if found is None:
            raise ValueError("no places")
        first, last = found.groups()
        if last is None:
            single.add(int(first))
        else:
            runs.add((int(first), int(last)))
    return Places(frozenset(runs), frozenset(single))


def written_places(places: Iterable[int]) -> str:
    runs: list[list[int]] = []
    for place in sorted(set(places)):
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return " ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)
