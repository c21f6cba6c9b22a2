"""Link rewriters: gateways that wrap every link and write the reader's mailbox into the wrapping.

A wrapped link whose wrapping reveals something protected is replaced by its target; if the target cannot be
read, by nothing that leads anywhere.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import pybase64

from parley.masking.protected import MASKED_DOMAIN

_URL: Final = re.compile(r"https?://[^\s<>\"']{4,8000}", re.IGNORECASE)
_UNREADABLE: Final = f"https://{MASKED_DOMAIN}/"
_ROUNDS: Final = 4
_MAX_UNWRAPPED: Final = 1_000
_TARGETS: Final = ("url", "u", "q", "a", "target", "redirect", "dest", "to")
_PROOFPOINT_V3: Final = re.compile(r"/v3/__(.+?)__;([A-Za-z0-9_\-=]*)!")
_REWRITERS: Final = (
    "safelinks.protection.outlook.com",
    "urldefense.com",
    "urldefense.proofpoint.com",
    "urldefense.us",
    "protect.mimecast.com",
    "linkprotect.cudasvc.com",
    "secure-web.cisco.com",
    "protection.sophos.com",
    "fireeye.com",
    "trendmicro.com",
    "clicktime.symantec.com",
    "l.facebook.com",
    "google.com",
    "google.de",
)


def unwrapped(text: str, reveals: Callable[[str], bool]) -> str:
    """The text with those wrapped links unwrapped that reveal something: as they stand, or in their target,
    of which Proofpoint writes some characters elsewhere."""
    lower = text.lower()
    if not any(host in lower for host in _REWRITERS):
        return text

    pieces: list[str] = []
    done = 0
    for match in islice(
        (match for match in _URL.finditer(text) if is_wrapped(match.group())), _MAX_UNWRAPPED
    ):
        leads_to = target(match.group())
        if reveals(match.group()) or (leads_to != _UNREADABLE and reveals(leads_to)):
            pieces += (text[done : match.start()], leads_to)
            done = match.end()
    return "".join((*pieces, text[done:]))


def is_wrapped(url: str) -> bool:
    """Whether the link goes through a known rewriter."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if host.removeprefix("www.").startswith("google."):
        return parts.path in ("/url", "/amp")
    return any(host == known or host.endswith("." + known) for known in _REWRITERS)


def target(url: str) -> str:
    """Where a wrapped link leads, unwrapped as often as it was wrapped."""
    for _ in range(_ROUNDS):
        if not is_wrapped(url):
            break
        url = _inner(url) or _UNREADABLE
    return url


def _inner(url: str) -> str | None:
    if match := _PROOFPOINT_V3.search(url):
        return _proofpoint_v3(match.group(1), match.group(2))
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
    except ValueError:
        return None
    if parts.path.startswith("/v2/") and "u" in query:
        return _http(unquote(query["u"][0].replace("-", "%").replace("_", "/")))
    for name in _TARGETS:
        for value in query.get(name, ())[:1]:
            if found := _http(value) or _http(unquote(value)) or _http(_base64(value)):
                return found
    return None


def _http(text: str) -> str | None:
    return text if text.lower().startswith(("http://", "https://")) and not re.search(r"\s", text) else None


def _base64(text: str) -> str:
    coded = text.replace("-", "+").replace("_", "/")
    try:
        return pybase64.b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (ValueError, UnicodeDecodeError):
        return ""


def _proofpoint_v3(address: str, coded: str) -> str | None:
    """Each `*` stands for the next of the characters that follow in base64; `**X` for a run of them."""
    left = _base64(coded.rstrip("="))
    pieces, index = [], 0
    for piece in re.split(r"(\*\*.|\*)", address):
        if piece == "*":
            pieces.append(left[index : index + 1])
            index += 1
        elif piece.startswith("**") and len(piece) == 3:
            length = _RUN_LENGTHS.find(piece[2]) + 2
            pieces.append(left[index : index + length])
            index += length
        else:
            pieces.append(piece)
    found = "".join(pieces)
    return _http(re.sub(r"^(https?):/(?=[^/])", r"\1://", found))


_RUN_LENGTHS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
