"""The command: measures, prints the tables and writes docs/damage.md. Exit status 1 if there is damage."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "damage.md"
sys.path.insert(0, str(ROOT / "functions"))

from sandbox.preview import read_setup  # noqa: E402  # needs the path set above
from tools.damage.relaying import tried  # noqa: E402
from tools.damage.report import Row, as_json, ordinary, page, reason_rows, rows  # noqa: E402
from tools.damage.sources import GIVEN, given, samples, scenarios  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.damage", description=__doc__)
    parser.add_argument("mails", nargs="*", type=Path, metavar="MAIL", help="further mails to try")
    parser.add_argument("--json", action="store_true", help="print each mail and part as JSON instead")
    arguments = parser.parse_args()
    beside = samples()
    try:
        results = list(tried([*scenarios(), *beside, *given(arguments.mails)], read_setup([])))
    except OSError as error:
        parser.error(f"{error.filename} cannot be read: {error.strerror}")
    if beside:
        DOCUMENT.write_text(page([one for one in results if one.source.group != GIVEN]), encoding="utf-8")
    damaged = [(one, part) for one in results for part in one.damaged]
    if arguments.json:
        print(as_json(results))
        return bool(damaged)
    console = Console(highlight=False, markup=False)
    console.print(_table(rows(results)), _table(reason_rows(results)))
    for one, part in damaged:
        for what in part.damage:
            console.print(f"DAMAGED {one.source.name}, part {part.place}, {part.media_type}: {what}")
    relayed, wanted = ordinary(results)
    console.print(f"{relayed} of {wanted} ordinary mails are relayed; {len(damaged)} parts are damaged.")
    console.print(
        f"wrote {DOCUMENT.relative_to(ROOT)}"
        if beside
        else "no sample corpus lies beside the project, so docs/damage.md, which tells of it, stays as it was"
    )
    return bool(damaged)


def _table(lines: Iterable[Row]) -> Table:
    head, *body = lines
    table = Table(*head)
    for line in body:
        table.add_row(*(cell.replace("`", "") for cell in line))
    return table


if __name__ == "__main__":
    sys.exit(main())
