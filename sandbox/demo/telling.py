"""How it looks: as wide as the terminal, with colour where there is any, readable without."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.panel import Panel as Box
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from sandbox.demo.acts import Act, Mark, Panel, Passage, Record, Sheet
from sandbox.demo.checks import Check, status
from sandbox.seeding import Correspondence

SIDE_BY_SIDE = 100
"""Columns from which on panels stand beside each other."""
_NARROWEST = 46
_WIDEST_TEXT = 100
_GAP = 1
_FRAME = 4
_BETWEEN = 2
_PIECE = re.compile(r"[^_/ ]*[_/ ]?")
_STYLES = {Mark.NONE: "", Mark.HIDDEN: "red strike", Mark.REPLACED: "bold green"}
_SIGNS = {Mark.HIDDEN: ("[-", "-]"), Mark.REPLACED: ("{+", "+}")}


class Teller:
    """Prints scenes on a console. Without colour, signs stand around what is marked."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._signs = console.no_color or console.color_system is None

    @contextmanager
    def busy(self, what: str) -> Iterator[Callable[[str], None]]:
        """Shows that something goes on; what is yielded tells the next step of it. Lines if no terminal."""
        if not self._console.is_terminal:
            yield lambda step: self._console.print(f"{what}: {step} …")
            return
        with self._console.status(f"{what} …") as shown:
            yield lambda step: shown.update(f"{what}: {step} …")

    def opening(self, cast: Correspondence, seconds: float) -> None:
        self._text(
            f"After {seconds:.1f} s the whole stack runs on this machine, with two registered parties:"
        )
        for one, other in ((cast.buyer, cast.seller), (cast.seller, cast.buyer)):
            self._console.print(
                Text.assemble(
                    (f"  {one.person.display_name}", "bold"),
                    ", whose mailbox is ",
                    self._marked(one.account.mailbox, Mark.HIDDEN),
                    "\n    and is seen as ",
                    self._marked(other.writes_to, Mark.REPLACED),
                )
            )
        self._text("In all mails below, what is hidden and what stands in its place are marked like this.")

    def scene(self, number: int, title: str, caption: str) -> None:
        self._console.print()
        heading = Text(f"{number} · {title}", style="bold")
        self._console.print(Rule(heading, align="left", style="cyan"))
        self._text(caption)
        self._console.print()

    def act(self, act: Act) -> None:
        for group in self._rows(act.groups):
            self._console.print(self._beside(group))
        for remark in act.remarks:
            self._text(f"Note: {remark}", "yellow")
        for check in act.checks:
            self._console.print(_verdict(check))

    def ending(self, checks: Sequence[Check], seconds: float) -> None:
        failed = sum(not check.passed for check in checks)
        self._console.print()
        self._console.print(Rule(style="cyan"))
        if status(checks):
            self._text(
                f"✗ {failed} of {len(checks)} checks FAILED; each says above what was seen.", "bold red"
            )
        else:
            self._text(f"✓ All {len(checks)} checks hold.", "bold green")
        self._text(f"Played in {seconds:.0f} s, and nothing is left of it. To write yourself: make sandbox")

    def _text(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style), width=min(self._console.width, _WIDEST_TEXT))

    def _rows(self, groups: Sequence[Sequence[Panel]]) -> list[list[Panel]]:
        """All in one row if there is room, else a row for each group, else one below the other."""
        panels = [panel for group in groups for panel in group]
        width = self._console.width
        if width < SIDE_BY_SIDE:
            return [[panel] for panel in panels]
        if panels and width // len(panels) >= _NARROWEST:
            return [panels]
        return [list(group) for group in groups if group]

    def _beside(self, panels: Sequence[Panel]) -> RenderableType:
        width = (self._console.width - _GAP * (len(panels) - 1)) // len(panels)
        boxes = [self._box(panel, width) for panel in panels]
        options = self._console.options.update(width=width)
        height = max(len(self._console.render_lines(box, options)) for box in boxes)
        grid = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
        for box in boxes:
            grid.add_column(width=width)
            box.height = height
        grid.add_row(*boxes)
        return grid

    def _box(self, panel: Panel, width: int) -> Box:
        content = self._sheet(panel) if isinstance(panel, Sheet) else _record(panel, width - _FRAME)
        style = "blue" if isinstance(panel, Sheet) else "yellow"
        return Box(
            content,
            title=Text(panel.title, style="bold"),
            title_align="left",
            border_style=style,
            width=width,
        )

    def _sheet(self, sheet: Sheet) -> RenderableType:
        head = _facts()
        for name, passage in sheet.fields:
            head.add_row(Text(name, style="dim"), self._passage(passage))
        files = [Text(f"attached: {file}", style="italic") for file in sheet.files]
        parts: list[RenderableType] = [head, Text()] if sheet.fields else []
        parts.append(self._passage(sheet.body))
        return Group(*parts, *([Text(), *files] if files else []))

    def _passage(self, passage: Passage) -> Text:
        return Text.assemble(*(self._marked(span.text, span.mark) for span in passage))

    def _marked(self, text: str, mark: Mark) -> Text:
        if mark is not Mark.NONE and self._signs:
            before, after = _SIGNS[mark]
            text = f"{before}{text}{after}"
        return Text(text, style=_STYLES[mark])


def _facts() -> Table:
    table = Table.grid(padding=(0, _BETWEEN, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _record(record: Record, width: int) -> RenderableType:
    table = _facts()
    room = width - _BETWEEN - max((len(row.label) for row in record.rows), default=0)
    for row in record.rows:
        lines = "\n".join(piece for line in row.lines for piece in _folded(line, room))
        table.add_row(Text(row.label, style="dim"), Text(lines))
    return Group(Text(record.headline, style="bold"), Text(), table)


def _folded(line: str, width: int) -> Iterator[str]:
    """A line in pieces that fit, if they can: also broken after the `_` and `/` of a key, and indented."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    piece = ""
    for token in _PIECE.findall(line):
        if piece.strip() and len((piece + token).rstrip()) > width:
            yield piece.rstrip()
            piece = indent if "/" in line else ""
        piece += token
    yield piece


def _verdict(check: Check) -> Table:
    """With a word beside the sign, and what was seen only where it is not what was expected."""
    table = _facts()
    if check.passed:
        table.add_row(Text("✓ holds", style="green"), Text(check.claim))
        return table
    table.add_row(Text("✗ FAILED", style="bold red"), Text(check.claim, style="bold"))
    table.add_row(Text("  expected", style="dim"), Text(check.expected))
    table.add_row(Text("  seen", style="dim"), Text(check.seen, style="red"))
    return table
