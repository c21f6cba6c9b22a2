"""Writes docs/queries.md from the queries themselves, each with the result that it has over an example lake.

.venv/bin/python -m tools.queries
"""

import json
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "queries.md"
sys.path.insert(0, str(ROOT / "functions"))

from cli.lake.engines import Answer  # noqa: E402  # needs the path set above
from cli.lake.local import LocalLake  # noqa: E402
from cli.lake.showing import told  # noqa: E402
from cli.lake.statements import free_statement, named_statement  # noqa: E402
from parley.lake.catalogue import QUERIES, Query  # noqa: E402
from parley.lake.parameters import Parameter  # noqa: E402
from parley.lake.tables import BY_CONVERSATION, ERRORS, MESSAGES, TABLES, Column  # noqa: E402
from parley.lake.views import DAY, VIEWS  # noqa: E402
from tests.lake.entries import write_entries  # noqa: E402
from tests.lake.folders import FolderBucket, write_error, write_lake  # noqa: E402
from tests.lake.world import DAYS, FIRST, Talk, World, make, rows  # noqa: E402

CONVERSATIONS: Final = 120
SHOWN: Final = 4
LAST = (FIRST + timedelta(days=DAYS - 1)).date()
PERIOD: Final = {"from": FIRST.date().isoformat(), "to": LAST.isoformat()}
ASKED_OF_VIEWS: Final = {
    "findings": "SELECT code, severity, count(*) AS findings, sum(occurrences) AS occurrences FROM findings"
    " WHERE day >= '2026-03-01' GROUP BY code, severity ORDER BY findings DESC, code, severity",
    "attachments": "SELECT author_role, media_type, count(*) AS attachments, max(octets) AS largest"
    " FROM attachments WHERE day >= '2026-03-01' GROUP BY author_role, media_type ORDER BY attachments DESC",
    "rules": "SELECT day, conversation_id, message_id, rule FROM rules"
    " WHERE day >= '2026-03-01' AND has_found AND state = 'relayed' ORDER BY at, rule",
}
"""By view: a question, for its section."""

INTRODUCTION = """\
# Queries

Questions that the lake answers: who answered when, what was refused, what became of a mail. They are SQL in
Trino's dialect, one file each in `functions/parley/lake/queries`, and run on Athena for a deployed stack, on
DuckDB for the sandbox. The stack keeps them as named queries of the workgroup too.

```
parley query --list
parley query contact-check --param order_id=303-11
parley query response-times --param from=2026-09-01 --param to=2026-09-30 --csv > september.csv
parley query timeline --param conversation_id=cpuusoosd6hzwl6gbd5vxjnr7qy --case 2026-117
parley query --sql "SELECT state, count(*) AS messages FROM messages WHERE day = '2026-09-04' GROUP BY state"
parley report seller seller-1 --out seller-1.html
parley report operations --from 2026-09-01 --to 2026-09-30 --out september.html
```

`--json` and `--csv` write all rows. On Athena the command shows how much was scanned and about what it cost
(`--price-per-tb`); Ctrl-C stops the query there too. A query that would scan more than
`parley:query-scan-limit-mb` is stopped. `--sql` takes one SELECT, which names no other tables than those
[below](#tables) and the [views](#views) over them, and is sent as it was written. What people wrote is in
`content` alone. That and `entries` lie apart for each conversation and are read by it
(`WHERE conversation_id = '…'`, or `IN ('…', '…')`), for a case, which is recorded first.
`parley query timeline` reads these two, and so no object of another conversation.

## What the queries go by

- Times are those of SES's receipt, in UTC; never the Date field. A day is a day of UTC.
- Windows are compared as intervals (`answered_at <= began_at + INTERVAL '48' HOUR`): exactly 48 hours are in
  time, a millisecond more is late, and no clock change or midnight matters.
- A message counts for who is proved to have written it. What is automatic is no answer and no question.
- What bounced, was suppressed or rejected did not reach anybody: it is no contact and no answer. What
  somebody complained about did arrive.
- Time in which a mail was held counts for nobody. The seller's clock begins when the buyer's mail was passed
  on, and stops when the answer came in, even if that is held then.
- A question and its answer count on the day on which the question came in, whatever the period is: the days
  of a month add up to the month. After 14 days a question stays without an answer. A question that comes
  later than that counts anew, and a later answer belongs to the first question of the 14 days before it.
- A first contact that was held at a contact alias and released counts once, in the conversation that it
  opened; a timeline of the intake shows it too.
- What was erased still counts, without what leads to a person: it belongs to no order, seller or buyer any
  more.
- A conversation's own objects are there moments after something happened; a day's rows reach the lake within
  the hour. While the files of a day of more than about 128 MB are divided, a query may count some rows of
  that day twice: for some seconds, or until the next round an hour later, should the division be interrupted.

Parameters that are dates take `2026-09-04`, `today` or `today-30`, and both days count.

## The queries

"""


VIEWS_INTRODUCTION: Final = f"""
## Views

Arrays are hard to ask, so each of these has a row for every member of one. They are asked like tables, by
`parley query --sql` and in Athena's console. A first contact that went on to another conversation is told
there alone. Their `{DAY.name}` is that of [`messages`](#messages): name it in WHERE, and only those days are
read. Of the message each has as well
{{shared}}.
"""


def page() -> str:
    """The page as Markdown."""
    with tempfile.TemporaryDirectory(prefix="parley-queries-") as scratch:
        lake, fetched, working = (Path(scratch).resolve() / name for name in ("lake", "fetched", "working"))
        for each in (lake, fetched, working):
            each.mkdir()
        world = make(CONVERSATIONS)
        write_lake(rows(world), lake, working)
        write_error(lake, FIRST, "column-missing")
        given = _given(world)
        write_entries(world, given["conversation_id"], lake)
        _write_content(world, given["conversation_id"], lake)
        parts = [INTRODUCTION]
        parts += [f"- [`{name}`](#{name}): {query.title}\n" for name, query in QUERIES.items()]
        for query in QUERIES.values():
            values = {each.name: given[each.name] for each in query.parameters if _wanted(each, query)}
            bound = query.bind(values, LAST)
            bucket = FolderBucket(lake)
            engine = LocalLake(bucket, bucket, fetched)
            answer = engine.run(named_statement(query, bound), lambda _state, _scanned: None)
            parts += _section(query, values, answer)
        parts += _tables()
        parts += _views(lake, fetched)
    return "".join(parts)


def _wanted(parameter: Parameter, query: Query) -> bool:
    small = {"fan-out": {"conversations"}, "attachments": {"conversations"}}
    is_given = parameter.default is None or parameter.name in PERIOD
    return is_given or parameter.name in small.get(query.name, set())


def _given(world: World) -> Mapping[str, str]:
    """Values with which the examples show something: an order with an answer, a released mail."""
    orders = [talk for talk in world.talks.values() if talk.order and not talk.is_erased]
    answered = next(
        each for each in orders if _first_two(world, each) == [("buyer", "relayed"), ("seller", "relayed")]
    )
    released = next(each for each in orders if _first_two(world, each)[:1] == [("buyer", "released")])
    return PERIOD | {
        "order_id": str(answered.order),
        "conversation_id": released.id,
        "code": "contact-iban",
        "words": "pot",
        "conversations": "2",
    }


def _first_two(world: World, talk: Talk) -> list[tuple[str | None, str]]:
    """Authors and states of the first two mails of a conversation in which little was written."""
    mails = world.mails_of[talk.id]
    is_plain = len(mails) <= 5 and not any(each.automatic for each in mails[:2])
    return [(each.author, each.state) for each in mails[:2]] if is_plain else []


def _write_content(world: World, conversation: str, lake: Path) -> None:
    folder = lake / "contents" / conversation
    folder.mkdir(parents=True)
    for mail in world.mails_of[conversation]:
        if mail.passed_on_at is not None:
            text = "Is the pot blue?" if mail.author == "buyer" else "It is green."
            content = {"kind": "message", "subject": "About the teapot", "text": text, "others": []}
            (folder / f"{mail.content_name}.json").write_text(json.dumps(content), encoding="utf-8")


def _section(query: Query, values: Mapping[str, str], answer: Answer) -> Iterator[str]:
    yield f"\n### {query.name}\n\n**{query.title}** {query.answers}\n"
    if query.workgroup == "auditing":
        yield "\nFor auditors, in a workgroup of their own.\n"
    yield "\n| parameter | type | default | is |\n|---|---|---|---|\n"
    for each in query.parameters:
        default = {"": "all", None: "needed"}.get(each.default, f"`{each.default}`")
        yield f"| `{each.name}` | {each.type} | {default} | {each.says} |\n"
    options = "".join(f" --param {name}={value}" for name, value in values.items())
    yield f"\n```\n$ parley query {query.name}{options}\n```\n\n"
    yield from _rows(answer)


def _rows(answer: Answer) -> Iterator[str]:
    yield "| " + " | ".join(answer.columns) + " |\n|" + "---|" * len(answer.columns) + "\n"
    for row in answer.rows[:SHOWN]:
        yield "| " + " | ".join(told(cell).replace("|", "\\|") for cell in row) + " |\n"
    more = len(answer.rows) - SHOWN
    if more > 0:
        yield f"\nand {more} {'row' if more == 1 else 'rows'} more.\n"


def _tables() -> Iterator[str]:
    yield (
        "\n## Tables\n\nThese have the column `day` (text, `2026-09-04`), by which files are found: name it"
        " in WHERE, and only those days are read.\n"
    )
    for table in (*TABLES.values(), ERRORS):
        yield from _table(table.name, table.says, table.columns)
    yield (
        "\n`content` and `entries` are the archive's own objects, which are found by `conversation_id`"
        " (text); it has to be named in WHERE. An object that is no JSON is a row without values: `parley"
        ' verify` says why. `"$path"` is the object: in `content` its name is `content_name` of `messages`,'
        " and the last part of `folder` of `entries`.\n"
    )
    for kept in BY_CONVERSATION.values():
        yield from _table(kept.name, kept.says, kept.columns)


def _views(lake: Path, fetched: Path) -> Iterator[str]:
    bucket = FolderBucket(lake)
    shared = [each.name for each in MESSAGES.columns if all(each in view.columns for view in VIEWS.values())]
    listed = ", ".join(f"`{each}`" for each in shared)
    yield VIEWS_INTRODUCTION.format(shared=textwrap.fill(listed, width=110))
    for view in VIEWS.values():
        own = [each for each in view.columns if each.name not in shared and each != DAY]
        yield from _table(f"{view.name} (view)", view.says, own)
        sql = ASKED_OF_VIEWS[view.name]
        yield f'\n```\n$ parley query --sql "{sql}"\n```\n\n'
        engine = LocalLake(bucket, bucket, fetched)
        yield from _rows(engine.run(free_statement(sql), lambda _state, _scanned: None))


def _table(name: str, says: str, columns: Sequence[Column]) -> Iterator[str]:
    yield f"\n### {name}\n\n{says[0].upper()}{says[1:]}.\n"
    yield "\n| column | type | is |\n|---|---|---|\n"
    for each in columns:
        mark = " (empty once erased)" if each.is_personal else ""
        yield f"| `{each.name}` | {each.type} | {each.says}{mark} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
