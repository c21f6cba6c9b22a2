"""Entries: one JSON object a message, written once its outcome is known and never rewritten.

An entry repeats the message's link, so that the chain can be followed from the entries alone, and adds what
became of the message. It holds no mailbox, name, subject or body.
"""

import json
from collections.abc import Sequence

from parley.archive.chain import link_hash

SCHEMA_VERSION = 1


def message_entry(
    link: str,
    *,
    outcome: str,
    codes: Sequence[str],
    folder: str,
    outgoing_message_id: str | None,
) -> bytes:
    """The entry of a message as UTF-8 JSON.

    link: the canonical JSON that was chained. outcome: the final one ("relayed", "held", "refused",
    "discarded"); codes: why. folder: where original.eml and relayed.eml lie.
    """
    entry = {
        "schema_version": SCHEMA_VERSION,
        "kind": "message",
        "link": json.loads(link),
        "link_hash": link_hash(link),
        "outcome": outcome,
        "codes": list(codes),
        "folder": folder,
        "outgoing_message_id": outgoing_message_id,
    }
    return json.dumps(entry, indent=1, sort_keys=True, ensure_ascii=False).encode()
