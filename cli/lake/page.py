"""A report as one HTML file that does nothing: no script, no address, readable without its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cli.lake.engines import Answer
from cli.lake.showing import told

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
p.about { color: #444; margin-top: .25rem; }
svg { width: 100%; height: auto; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin: 1.5rem 0; } dl div { min-width: 8rem; }
dt { color: #444; font-size: .9rem; } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: #0b5394; } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; margin: .5rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
td.number, th.number { text-align: right; }
@media print { details > * { display: revert; } svg { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands large at the top."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """says: how to read it. chart: SVG, "" for none. answer: the table beside it. is_open: shown at once."""

    title: str
    says: str
    answer: Answer
    chart: str = ""
    is_open: bool = False


def page(title: str, about: str, figures: Sequence[Figure], sections: Sequence[Section]) -> str:
    top = "".join(f"<div><dt>{escape(each.name)}</dt><dd>{escape(each.value)}</dd></div>" for each in figures)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(title)}</h1>\n<p class="about">{escape(about)}</p>\n<dl>{top}</dl>\n'
        + "".join(map(_section, sections))
        + "</main>\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    if not section.answer.rows:
        shown = "<p>There is nothing in this period.</p>\n"
    else:
        is_open = " open" if section.is_open else ""
        table = _table(section.answer, section.title)
        rows = "1 row" if len(section.answer.rows) == 1 else f"{len(section.answer.rows)} rows"
        shown = (
            f"{section.chart}\n<details{is_open}><summary>As a table ({rows})</summary>\n{table}</details>\n"
        )
    return f"<section>\n<h2>{escape(section.title)}</h2>\n<p>{escape(section.says)}</p>\n{shown}</section>\n"


def _table(answer: Answer, caption: str) -> str:
    numeric = [
        any(isinstance(row[at], int | float) for row in answer.rows) for at in range(len(answer.columns))
    ]
    marks = [' class="number"' if each else "" for each in numeric]
    names = (name.replace("_", " ") for name in answer.columns)
    head = "".join(
        f'<th scope="col"{mark}>{escape(name)}</th>' for name, mark in zip(names, marks, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{mark}>{escape(told(cell))}</td>" for cell, mark in zip(row, marks, strict=True))
        + "</tr>\n"
        for row in answer.rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption, quote=True)}">\n'
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n"
    )
