"""Handles at messengers: `Telegram: @anna_k`, `WeChat ID anna4711`, `https://wa.me/49151…`.

A service's name alone is none; an ordinary word after it is none either (`WhatsApp: bitte melden`).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from parley.masking.triggers import Sign, Trigger

Span = tuple[int, int]

_FILLER: Final = (
    r"(?:[ \t]{0,3}(?:\((?:@|id)\)|-?(?:id|name|nummer|number|account|konto|acc|user(?:name)?|nutzername"
    r"|benutzername|handle|contact|kontakt|usuario|号|號)|is|ist|unter|as|als|lautet|at|me|mich|auf|on|es|est|è"
    r"|mir|my|mein|add|bei|under|mi|mon|il|mio|an)(?![\w])){0,4}"
)
_MARKED: Final = re.compile(
    rf"{_FILLER}[ \t]{{0,3}}[:=\-–]?[ \t]{{0,3}}(@[\w](?:[\w.\-]{{0,38}}\w)?)(?![@\w])"
)
_NAMED: Final = re.compile(
    rf"(?P<filler>{_FILLER})[ \t]{{0,3}}(?P<mark>[:=：]?)[ \t]{{0,3}}"
    r"(?P<handle>[a-z0-9](?:[a-z0-9._:\-]{0,40}[a-z0-9_])?(?:#\d{4})?)(?![@\w/])"
)
_ID: Final = re.compile(r"(?:id|name|account|user(?:name)?|nutzername|benutzername|handle|号|號)\b|号|號")
_TELLING: Final = re.compile(r"[a-z].*\d|\d.*[a-z]|[a-z0-9][_.][a-z0-9]|#\d{4}|^live:")
_ORDINARY: Final = re.compile(
    r"(?:https?|www|ja|nein|yes|no|non|oui|si|bitte|please|danke|thanks|hallo|hello|gerne?|image|bild|video|call|"
    r"anruf|chat|web|gruppe|group|business|support|ok|okay|kein[e]?|none|n\.a|n/a)\b"
    r"|.*\.(?:jpe?g|png|mp4|pdf|opus|zip|com?|net|org|de|eu)\Z|\d+(?:[.,\-]\d+)*\Z|\d{1,2}(?:am|pm|h)\Z"
)
_ADDRESS: Final = re.compile(r"[\w.~%@?=&#/+:\-]{2,120}")
_SCHEME: Final = re.compile(r"(?://|^|[\s<>\"'(\[,;])(?:www\.|api\.|chat\.|web\.|de-de\.|m\.)?\Z")
_NOBODY: Final = re.compile(
    r"(?:sharer|share|intent|plugins|policies|policy|privacy|legal|about|help|business|tr\?|tr/|dialog|p/|reel"
    r"|explore|download|android|ios|dl\b|apps?\b|terms|security|images?/)"
)


def handles(lower: str, found: Iterable[Trigger]) -> Iterator[Span]:
    """The spans of handles and of links that lead to somebody's chat, in order."""
    done = 0
    for trigger in found:
        if trigger.start < done:
            continue
        span = None
        if trigger.sign is Sign.ADDRESS:
            span = _address(lower, trigger)
        elif trigger.sign in (Sign.MESSENGER, Sign.COMMON) and _stands_alone(lower, trigger):
            span = _handle(lower, trigger)
        if span is not None:
            done = span[1]
            yield span


def _stands_alone(lower: str, trigger: Trigger) -> bool:
    before, after = lower[trigger.start - 1 : trigger.start], lower[trigger.end : trigger.end + 1]
    if not lower[trigger.start].isascii():
        return True
    return not (before and (before.isalnum() or before in "._@/-")) and not (
        after.isalnum() and after.isascii()
    )


def _handle(lower: str, trigger: Trigger) -> Span | None:
    if lower.startswith("@", trigger.end) and not lower[trigger.end - 1].isspace():
        return None  # the local-part of a mailbox
    if match := _MARKED.match(lower, trigger.end):
        return match.span(1)
    match = _NAMED.match(lower, trigger.end)
    if match is None or _ORDINARY.match(handle := match["handle"]) or len(handle) < 3:
        return None
    has_id = _ID.search(match["filler"]) is not None
    is_short = lower.startswith("ig", trigger.start)
    if trigger.sign is Sign.COMMON and not has_id and not (is_short and match["mark"]):
        return None
    foreign = not lower[trigger.start].isascii()
    announced = match["mark"] or has_id or match["filler"] or foreign or "#" in handle
    if not announced:
        return None
    ends_line = lower[match.end() : match.end() + 2].strip(" \t.,;)")[:1] in ("", "\n", "\r", "<")
    if _TELLING.search(handle) or (match["mark"] and ends_line):
        return match.span("handle")
    return None


def _address(lower: str, trigger: Trigger) -> Span | None:
    rest = _ADDRESS.match(lower, trigger.end)
    if rest is None or _NOBODY.match(rest.group().lstrip("/")):
        return None
    head = lower[max(0, trigger.start - 20) : trigger.start]
    start = _SCHEME.search(head)
    if start is None:
        return None
    if lower[trigger.end - 1] == ":" and not _CHAT.match(rest.group()):
        return None
    first = trigger.start - len(start.group().lstrip(" \t\r\n<>\"'([,;"))
    for scheme in ("https:", "http:"):
        if lower.startswith("//", first) and lower.endswith(scheme, 0, first):
            first -= len(scheme)
    end = rest.end()
    while lower[end - 1] in ".,:;?":
        end -= 1
    return first, end


_CHAT: Final = re.compile(r"//[a-z]|[a-z0-9.:_\-]{3,}\?(?:chat|call|add)|[+]?\d{7}|live:")
