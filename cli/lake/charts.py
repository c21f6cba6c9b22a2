"""Charts as SVG text that can stand in a page: no script, no link, no font to load.

matplotlib draws the words as shapes, so the page looks the same everywhere; a reader of the screen gets the
alternative text and the table beside the chart.
"""

import io
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt  # the backend is chosen first
from matplotlib.axes import Axes

# Told apart by people who see colours differently (Okabe and Ito, 2008).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#999999")
_TICKS = 8
_SALT = "parley"


@dataclass(frozen=True, slots=True)
class Series:
    """values: one for each label of the chart; None leaves a gap."""

    name: str
    values: tuple[float | None, ...]


def bars(labels: Sequence[str], series: Sequence[Series], unit: str, alternative: str) -> str:
    """Bars upon each other, one a label."""

    def draw(axes: Axes) -> None:
        below = [0.0] * len(labels)
        for each, colour in zip(series, _colours(series), strict=True):
            heights = [value or 0.0 for value in each.values]
            axes.bar(range(len(labels)), heights, bottom=below, color=colour, label=each.name, width=0.85)
            below = [under + height for under, height in zip(below, heights, strict=True)]

    return _drawn(labels, unit, alternative, draw, legend=len(series) > 1)


def lines(labels: Sequence[str], series: Sequence[Series], unit: str, alternative: str) -> str:
    def draw(axes: Axes) -> None:
        for each, colour in zip(series, _colours(series), strict=True):
            values = [float("nan") if value is None else value for value in each.values]
            axes.plot(range(len(labels)), values, color=colour, label=each.name, marker=".", linewidth=1.5)

    return _drawn(labels, unit, alternative, draw, legend=len(series) > 1)


def _colours(series: Sequence[Series]) -> list[str]:
    return [COLOURS[place % len(COLOURS)] for place in range(len(series))]


def _drawn(
    labels: Sequence[str], unit: str, alternative: str, draw: Callable[[Axes], None], *, legend: bool
) -> str:
    # The same data gives the same octets: ids in the file are hashed with a salt.
    with mpl.rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "path", "font.size": 9}):
        figure, axes = plt.subplots(figsize=(8.6, 2.9), layout="constrained")
        draw(axes)
        step = max(1, -(-len(labels) // _TICKS))
        axes.set_xticks(range(0, len(labels), step), [labels[at] for at in range(0, len(labels), step)])
        axes.set_ylabel(unit)
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        if legend:
            axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1))
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    return _inline(written.getvalue(), alternative)


def _inline(svg: str, alternative: str) -> str:
    """Without what only a file needs, which names addresses; with the words for who does not see it."""
    # Several charts stand in one page, where an id may be there once.
    own = f"c{zlib.crc32(alternative.encode()):08x}-"
    body = svg[svg.index("<svg") :]
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{own}", body)
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    text = escape(alternative, quote=True)
    return body.replace("<svg ", f'<svg role="img" aria-label="{text}" ', 1)
