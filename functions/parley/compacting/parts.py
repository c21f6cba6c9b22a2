"""A day's files: how many there are, which rows lie in which, and in what order they are replaced.

There is a power of two of them, and a row's part is the remainder of its conversation's hash. So each file
can be replaced by itself, in one PUT, and no row is ever in none: when a day grows from n to 2n files, the
rows of part i go to i and i+n, and i+n is written first. Until i is replaced too a row may lie in both, which
the next round mends.

A day is split in two and no further at once, and only when it is whole: else n of 4n parts would look like a
division into n that had ended, and rows that still wait in part 0 would be sought elsewhere.
"""

import re
from collections.abc import Collection
from datetime import date

from parley.lake.tables import Table

MEDIA_TYPE = "application/vnd.apache.parquet"
MOST_PARTS = 256
"""Of a day. The rows of a conversation stay together, so that a file may always be larger than it should."""
_NAME = re.compile(r"part-([0-9]{3})\.parquet")


def day_prefix(table: Table, day: date) -> str:
    return f"{table.prefix}day={day.isoformat()}/"


def part_key(table: Table, day: date, part: int) -> str:
    return f"{day_prefix(table, day)}part-{part:03d}.parquet"


def part_of(key: str) -> int | None:
    """The number of a part; None for what is none."""
    found = _NAME.fullmatch(key.rpartition("/")[2])
    return int(found[1]) if found and int(found[1]) < MOST_PARTS else None


def count_for(present: Collection[int]) -> int:
    """How many parts a day has whose parts with these numbers are there: some may be missing, if a round
    that split it was interrupted."""
    return 1 << (max(present, default=0)).bit_length()


def may_split(present: Collection[int]) -> bool:
    """Whether the day's parts are all there, or none is, and there may be more of them."""
    count = count_for(present)
    return len(present) in (0, count) and count < MOST_PARTS


def sources(part: int, count: int, present: Collection[int]) -> list[int]:
    """In which of the present parts the rows of `part` of `count` may lie."""
    whole = count_for(present)
    if len(present) == whole <= count:
        return [part % whole]
    modulus, found = count, set()
    while modulus:
        found.add(part % modulus)
        modulus //= 2
    return sorted(found & set(present))


def order(count: int, present: Collection[int]) -> list[int]:
    """Which part is replaced after which: those that were not there come first."""
    return sorted(range(count), key=lambda part: (part in present, part))
