"""Texts of strangers on a terminal, and moments as people write them."""

import re
from datetime import UTC, datetime

# C0 and C1 but tab and line feed, DEL, and what changes the direction of writing: a mail must not be able to
# move the cursor, change the terminal's title or show its words in another order.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    return _UNSAFE.sub("\ufffd", text.replace("\r\n", "\n"))


def shown(moment: str | datetime) -> str:
    """`2026-09-04 16:12 UTC`, to the minute."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
