"""JSON Schemas (draft 7) of the archive's entries and checkpoints. docs/archive.md explains the members."""

from typing import Final

from parley.archive.chain import Committed
from parley.archive.records import CODE, FACT_NAME, FACT_VALUE, PLACE, EventKind

SCHEMA_VERSION: Final = 1
CHECKPOINT_VERSION: Final = 1
_COUNT: Final = {"type": "integer", "minimum": 1}
_HEX32: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_HEX64: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ID: Final = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,128}$"}
_ID_OR_NULL: Final = {"type": ["string", "null"], "pattern": "^[A-Za-z0-9_-]{1,128}$"}
_MOMENT: Final = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\+00:00$",
}
_CODE: Final = {"type": "string", "pattern": CODE}
_CODES: Final = {"type": "array", "items": _CODE}
_ROLE: Final = {"enum": ["buyer", "seller"]}
_OUTCOME: Final = {"enum": ["relayed", "held", "refused", "discarded"]}
_FOLDER: Final = {
    "type": "string",
    "pattern": "^(conversations/[A-Za-z0-9_-]{1,128}/(events/)?[A-Za-z0-9_-]{1,300}/)?$",
}


def _closed(properties: dict[str, object], *, optional: tuple[str, ...] = ()) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


_LINK = _closed(
    {
        "version": {"const": 1},
        "conversation": _ID,
        "seq": _COUNT,
        "previous": {"type": "string", "pattern": "^([0-9a-f]{64})?$"},
        "id": _ID,
        "at": _MOMENT,
        "commitments": _closed(
            {str(kind): _HEX64 for kind in Committed},
        ),
    }
)
_COMMON: Final = {
    "schema_version": {"const": SCHEMA_VERSION},
    "link": _LINK,
    "link_hash": _HEX64,
    "record_salt": _HEX32,
    "folder": _FOLDER,
}
_FINDING: Final = {
    "type": "array",
    "items": [
        _CODE,
        {"enum": ["note", "warning", "serious"]},
        {"type": "string", "pattern": PLACE},
        {"type": "integer", "minimum": 0},
    ],
    "minItems": 4,
    "additionalItems": False,
}
_SCREENING = _closed(
    {
        "policy": {"type": "string", "maxLength": 128},
        "hits": _CODES,
        "misses": _CODES,
        "findings": {"type": "array", "items": _FINDING},
    }
)
_MESSAGE_RECORD = _closed(
    {
        "version": {"const": 1},
        "kind": {"const": "message"},
        "author_role": {"enum": ["buyer", "seller", None]},
        "recipient_role": _ROLE,
        "outcome": _OUTCOME,
        "codes": _CODES,
        "screening": _SCREENING,
    }
)
_EVENT_RECORD = _closed(
    {
        "version": {"const": 1},
        "kind": {"enum": [str(kind) for kind in EventKind]},
        "message": _ID_OR_NULL,
        "facts": {
            "type": "object",
            "patternProperties": {FACT_NAME: {"type": ["string", "integer"], "pattern": FACT_VALUE}},
            "additionalProperties": False,
        },
    }
)
SCHEMA: Final = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "oneOf": [
        _closed(
            {
                **_COMMON,
                "kind": {"const": "message"},
                "record": _MESSAGE_RECORD,
                "outcome": _OUTCOME,
                "codes": _CODES,
                "outgoing_message_id": {"type": ["string", "null"], "pattern": r"^[!-~]{1,320}$"},
            }
        ),
        _closed({**_COMMON, "kind": {"enum": [str(kind) for kind in EventKind]}, "record": _EVENT_RECORD}),
    ],
}
"""What `parley.archive.entries` writes and admits."""
CHECKPOINT_SCHEMA: Final = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_closed(
        {
            "schema_version": {"const": CHECKPOINT_VERSION},
            "kind": {"const": "checkpoint"},
            "statement": _closed(
                {
                    "conversation": _ID,
                    "count": _COUNT,
                    "tip": _HEX64,
                    "pending": {
                        "type": "object",
                        "patternProperties": {"^[1-9][0-9]{0,8}$": _HEX64},
                        "additionalProperties": False,
                    },
                    "at": _MOMENT,
                }
            ),
            "place": {"type": "integer", "minimum": 0},
            "of": _COUNT,
            "path": {"type": "array", "items": _HEX64, "maxItems": 64},
            "algorithm": {"const": "ECDSA_SHA_256"},
            "key": {"type": "string", "maxLength": 2048},
            "signature": {"type": "string", "maxLength": 1024},
        }
    ),
}
"""What `parley.archive.checkpoints` writes and admits."""
