"""Content-IDs and Content-Locations, which tie the pictures of a mail to its HTML (RFC 2392, RFC 2557)."""

import re
from typing import Final

from parley.mail.structure import Part

_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.\-]*:|//", re.IGNORECASE)


def content_id_key(value: str) -> str:
    """A Content-ID or the rest of a `cid:` URL (RFC 2392), comparable."""
    return _decoded(value).strip().strip("<>").strip().lower()


def location_keys(value: str) -> tuple[str, ...]:
    """A Content-Location (RFC 2557 §4.2), comparable: as a whole and, since relative URLs name it without the
    place where it once was, by its last segment. Unlike any `content_id_key`."""
    whole = _decoded(value).strip().lower()
    return tuple(dict.fromkeys(f"location {name}" for name in (whole, whole.rpartition("/")[2]) if name))


def names_of(part: Part) -> tuple[str, ...]:
    """The keys by which HTML may name the part, if it is a picture also by its Content-Location."""
    content_id, location = part.header.first("content-id"), part.header.first("content-location")
    names = () if content_id is None else (content_id_key(content_id.decode("latin-1")),)
    if location is None or not part.content_type.value.startswith("image/"):
        return names
    return (*names, *location_keys(location.decode("latin-1")))


def source_key(value: str) -> str:
    """The one of a picture's `location_keys` that a URL in HTML has to be."""
    return location_keys(value)[0 if _SCHEME.match(value) else -1] if value.strip("/ ") else ""


def _decoded(value: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value)
