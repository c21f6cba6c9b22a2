"""Recorded reads and requests, which lie in the review bucket by day: as rows of the reviewers' actions.

They stay where they are. How far they were taken in is kept with the turn, and a round that finds more looks
an hour further back, because they are written by many at once and in no strict order. What lies among them
under another name than a read's is refused, and never tells how far that is.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from parley.compacting.ports import Listed, Objects
from parley.compacting.staging import Staging
from parley.lake.rows import ActionRow, RowCode, RowError, line

ACCESSES = "accesses/"
OVERLAP = timedelta(hours=1)
_KEY = re.compile(rf"{ACCESSES}(20\d\d)/(\d\d)/(\d\d)/((\1-\2-\3T\d{{6}}\.\d{{6}}Z)_[^/]+)\.json", re.ASCII)
_TIME = "%Y-%m-%dT%H%M%S.%fZ"


def unread(objects: Objects, through: str) -> Iterator[Listed]:
    """Those to be taken in, the oldest first; none if no read is behind `through`."""
    since = recorded_at(through)
    behind = objects.list(ACCESSES, after=through if since else "")
    if any(recorded_at(each.key) for each in behind):
        yield from objects.list(ACCESSES, after=_key_before(since) if since else "")


def furthest(taken: Iterable[Listed], through: str, now: datetime) -> str:
    """How far reads are taken in with these. One that claims to come from the future does not count: all
    that are recorded until then would lie before it."""
    keys = (each.key for each in taken if (at := recorded_at(each.key)) and at <= now)
    return max([through if recorded_at(through) else "", *keys])


def recorded_at(key: str) -> datetime | None:
    """When, by its name; None for what is no record of a read."""
    found = _KEY.fullmatch(key)
    try:
        return datetime.strptime(found[5], _TIME).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def stage_reads(found: Sequence[tuple[Listed, bytes]], staging: Staging) -> None:
    for listed, content in found:
        try:
            staging.take(listed.key, listed.at, _line_of(listed.key, content))
        except RowError as error:
            # It is not set aside: it stays where it is, and names staff.
            staging.refuse(listed.key, 1, listed.at, error.code, content)


def row_of(key: str, content: bytes) -> ActionRow:
    """Raises `RowError`. The name of the object tells records apart: two by the same person, for the same
    thing, are two."""
    name = _KEY.fullmatch(key)
    try:
        record = json.loads(content)
        if name is None or recorded_at(key) is None or record["schema_version"] != 1:
            raise RowError(RowCode.MALFORMED)
        return ActionRow(
            conversation_id=record.get("conversation", ""),
            message_id=record.get("message"),
            action_id=name[4],
            version=1,
            seq=0,
            at=datetime.fromisoformat(record["at"]),
            kind=record["kind"],
            what=record.get("what"),
            case_id=record.get("case"),
            actor=record["who"],
            is_erased=False,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RowError(RowCode.MALFORMED) from None


def _line_of(key: str, content: bytes) -> bytes:
    """Raises `RowError`, also for values that no line can hold, such as a time before all times."""
    try:
        return line(row_of(key, content))
    except (ValueError, OverflowError, RecursionError) as error:
        raise error if isinstance(error, RowError) else RowError(RowCode.MALFORMED) from None


def _key_before(since: datetime) -> str:
    """A key that is an hour older."""
    return (since - OVERLAP).strftime(f"{ACCESSES}%Y/%m/%d/{_TIME}")
