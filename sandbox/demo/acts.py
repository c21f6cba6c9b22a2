"""What a scene shows, before anybody decides how it looks. Plain values, no colour and no width."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.demo.checks import Check


class Mark(StrEnum):
    """What a marked passage is."""

    NONE = ""
    HIDDEN = "hidden"
    """The author wrote it and the other side does not see it."""
    REPLACED = "replaced"
    """It stands in the place of something hidden."""


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    mark: Mark = Mark.NONE


Passage = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A mail as a mail program shows it. fields: names with what stands there. files: a line for each."""

    title: str
    fields: tuple[tuple[str, Passage], ...] = ()
    body: Passage = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A label with its lines."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What the archive holds of a message, or another list of facts."""

    title: str
    headline: str
    rows: tuple[Row, ...]


Panel = Sheet | Record


@dataclass(frozen=True, slots=True)
class Act:
    """groups: panels that belong beside each other. remarks: what has to be said besides."""

    groups: tuple[tuple[Panel, ...], ...] = ()
    checks: tuple[Check, ...] = ()
    remarks: tuple[str, ...] = ()
