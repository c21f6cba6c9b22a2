"""JSON Schemas (draft 7) of the files in an evidence bundle."""

from typing import Any, Final

from parley.archive.chain import Committed
from parley.archive.entry_schema import SCHEMA

MANIFEST, CHAIN, ERRORS = "manifest.json", "chain.json", "errors.json"
SCHEMA_VERSION: Final = 1


def _file(kind: str, **properties: object) -> dict[str, object]:
    head = {"schema_version": {"const": SCHEMA_VERSION}, "kind": {"const": kind}}
    return _closed(**head, **properties)


def _closed(**properties: object) -> dict[str, object]:
    names = [*properties]
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


_ANY: Final = {"type": "string", "maxLength": 2048}
_TEXT: Final = {
    "type": "string",
    "maxLength": 2048,
    # Nothing that a terminal or a page would take for something else than text.
    "pattern": "^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$",
}
_HEX32: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_HEX64: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_MESSAGE_ENTRY: Final[dict[str, Any]] = SCHEMA["oneOf"][0]["properties"]  # type: ignore[index]
_OPENABLE: Final = {str(kind): _HEX32 for kind in Committed if kind is not Committed.RECORD}
SCHEMAS: Final = {
    MANIFEST: _file(
        "evidence",
        conversation=_MESSAGE_ENTRY["link"]["properties"]["conversation"],
        **dict.fromkeys(("case", "made_at", "made_by", "tool"), _TEXT),
        viewer={"enum": ["buyer", "seller", None]},
        count=_COUNT,
        exported={"type": "string", "pattern": "^[A-Za-z0-9_-]{1,128}$"},
        tip={"type": "string", "pattern": "^([0-9a-f]{64})?$"},
        key=_HEX64,
        files={"type": "object", "additionalProperties": _closed(sha256=_HEX64, size=_COUNT)},
    ),
    CHAIN: _file(
        "chain",
        links={
            "type": "array",
            "items": _closed(
                link=_MESSAGE_ENTRY["link"],
                link_hash=_HEX64,
                folder=_MESSAGE_ENTRY["folder"],
                salts={"type": "object", "properties": _OPENABLE, "additionalProperties": False},
                bare={"type": "boolean"},
            ),
        },
    ),
    ERRORS: _file("errors", errors={"type": "array", "items": _closed(key=_ANY, code=_TEXT)}),
}
"""By the name of the file."""
