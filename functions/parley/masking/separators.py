"""What stands between a local-part and its domain, and around both: at signs in many forms, what lists and
gateways write in their place, comments (RFC 5322 §3.2.2), host names and escapes before a domain."""

import re
from dataclasses import dataclass
from typing import Final

from parley.masking.tokens import ESCAPE, MAX_LOCAL
from parley.masking.views import View

_HOST_BACKWARDS: Final = re.compile(r"(?:\.[\w\-]{1,63}){0,30}")
_COMMENT_BACKWARDS: Final = r"(?:\)[^()@\r\n]{0,64}\()?"
_SEPARATOR_BACKWARDS: Final = re.compile(
    rf"{_COMMENT_BACKWARDS}[ \t]{{0,3}}(?:[)\]}}][ \t]?@[ \t]?[(\[{{]|@|==?|04[=%\-_]|[%_#]|[)\]}}]ta[(\[{{])"
    rf"[ \t]{{0,3}}{_COMMENT_BACKWARDS}|[ \t]{{1,3}}ta[ \t]{{1,3}}"
)
_LONGEST: Final = 160
# "+AEA-" is an at sign in UTF-7.
_BROKEN_TAG: Final = re.compile(r"\+(?!aea-)[a-z0-9_\-]{1,24}")
# What Exchange calls a guest: "anna_web.example#EXT#@tenant.example".
VERP_TAIL: Final = re.compile(r"(?:#ext#)?@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,10}")
# SRS ("SRS0=hash=tt=web.example=anna@…") and bang paths: the domain first.
LOCAL_AFTER: Final = re.compile(rf"[=!]([\w.%+\-']{{1,64}}){VERP_TAIL.pattern}")


@dataclass(frozen=True, slots=True)
class Separator:
    """What makes a local-part and a domain a mailbox: where the local-part ends, whether this is an at sign,
    and whether more than one mailbox may end there ("bounce-81-anna=gmail.com")."""

    start: int
    is_at: bool
    is_listed: bool


def separator_before(lower: str, host: int) -> Separator | None:
    """The separator before the host that begins there."""
    found = _SEPARATOR_BACKWARDS.match(lower[max(0, host - _LONGEST) : host][::-1])
    if found is None:
        return None
    written = found.group()
    return Separator(host - found.end(), "@" in written, "=" in written)


def host_before(lower: str, start: int) -> int:
    """Where the host name begins that ends with the domain that begins there; a percent-encoded character
    before it does not belong to it."""
    before = _HOST_BACKWARDS.match(lower[max(0, start - MAX_LOCAL) : start][::-1])
    host = start - (before.end() if before else 0)
    if host and lower[host - 1] == "%" and (escape := ESCAPE.match(lower, host - 1, start)):
        return escape.end()
    return host


def breaks_tag(view: View, start: int, at: int) -> bool:
    """Whether what looks like a local-part with a tag rather is the end of one line and words of the next."""
    plus = view.lower.find("+", start + 1, at)
    gaps = view.gaps(plus, at) if plus >= 0 else []
    return len(gaps) > 1 or (len(gaps) == 1 and not _BROKEN_TAG.fullmatch(view.lower, plus, at))
