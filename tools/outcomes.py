"""Writes docs/outcomes.md from the table of codes in `parley.screening.policy`.

.venv/bin/python -m tools.outcomes
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "outcomes.md"
sys.path.insert(0, str(ROOT / "functions"))

from parley.screening.policy import CODES, Action  # noqa: E402  # needs the path set above

INTRODUCTION = """\
# Outcomes and codes

Every mail that SES accepts ends, for each envelope recipient, in exactly one recorded outcome:

| outcome | what it means | where it stands |
|---|---|---|
| `relayed` | handed to SES for the other party | message, entry, both mails in the archive |
| `held` | kept back until a reviewer decides | message, entry, original in the archive |
| `refused` | not passed on; counts as attempted contact | message, entry, original in the archive |
| `discarded` | not passed on, nobody is told | message; entry and original too where the alias is known |

Everything that is noticed about a mail is a *finding* with a stable code. The policy maps codes to actions
(`deliver`, `mask`, `flag`, `hold`, `refuse`, `discard`, in rising order of strictness); the strictest action
among a mail's findings decides. *Author told*: a notice goes to the author if SES proved the From mailbox,
the mail is not automatic and its reverse-path is not null; at most one per author, conversation and reason
a day.

This page is written by `.venv/bin/python -m tools.outcomes` from the table in
`functions/parley/screening/policy.py`; a test compares them.
"""


def page() -> str:
    """The page as Markdown."""
    lines = [INTRODUCTION]
    for action in reversed(Action):
        rows = sorted((row for row in CODES.values() if row.action is action), key=lambda row: row.code)
        if rows:
            lines += [f"## {action}", "", "| code | author told | meaning |", "|---|---|---|"]
            lines += [f"| `{row.code}` | {'yes' if row.notify else 'no'} | {row.meaning} |" for row in rows]
            lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
