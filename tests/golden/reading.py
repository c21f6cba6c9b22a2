"""What a mail shows to its reader and to the programs on its way, by the standard library alone.

Knows nothing of the product: tests judge outgoing mails by it.
"""

import base64
import email
import email.header
import email.policy
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterable, Iterator

_INVISIBLE = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def texts(outgoing: bytes) -> Iterator[str]:
    """Every header field, parameter and body of a mail and of the mails in it, decoded."""
    yield outgoing.decode("latin-1")
    for part in email.message_from_bytes(outgoing, policy=email.policy.compat32).walk():
        for name, raw in part.raw_items():
            value = re.sub(r"\r?\n[ \t]+", " ", str(raw))
            yield f"{name}: {value}"
            yield _without_words(value)
        for parameter in (part.get_filename(), part.get_param("name")):
            if parameter:
                yield email.utils.collapse_rfc2231_value(parameter)
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            yield from _bodies(body, part.get_content_charset())


def _without_words(value: str) -> str:
    pieces = email.header.decode_header(re.sub(r"(\?=)\s+(=\?)", r"\1\2", value))
    return "".join(
        piece.decode(codec or "utf-8", "replace") if isinstance(piece, bytes) else piece
        for piece, codec in pieces
    )


def _bodies(body: bytes, charset: str | None) -> Iterator[str]:
    for codec in (charset, "utf-8", "latin-1", "utf-16-le", "utf-7"):
        try:
            yield body.decode(codec or "utf-8")
        except (LookupError, UnicodeError):
            continue


def forms(text: str) -> Iterator[str]:
    """A text as mail programs, browsers and gateways decode it."""
    yield text
    seen = unicodedata.normalize("NFKC", _INVISIBLE.sub("", html.unescape(text)))
    yield seen
    yield re.sub(r"<[^>]*>", "", seen)
    once = urllib.parse.unquote(seen)
    yield once
    yield urllib.parse.unquote(once)
    yield re.sub(r"\r?\n[ \t]?", "", seen)
    yield re.sub(r" \r?\n(>+ ?)?", "", seen)
    yield "".join(seen.split())
    for run in re.findall(r"[A-Za-z0-9_\-+/]{24,2000}", seen):
        for phase in range(4):
            piece = run[phase:].replace("-", "+").replace("_", "/")
            yield base64.b64decode(piece[: len(piece) // 4 * 4]).decode("latin-1")


def shows(outgoing: bytes, secret: str) -> bool:
    """Whether a mailbox or domain is readable in the mail, its own To field aside, on token boundaries."""
    head, _, body = outgoing.partition(b"\r\n\r\n")
    head = re.sub(rb"(?im)^to:[^\n]*\n(?:[ \t][^\n]*\n)*", b"", head)
    before = r"(?<![a-z0-9._%+\-])" if "@" in secret else r"(?<![a-z0-9\-])"
    spelled = re.escape(secret).replace("@", "(?:@|=|-40)")
    pattern = re.compile(before + spelled + r"(?![a-z0-9\-]|\.[a-z0-9])")
    return any(
        pattern.search(unicodedata.normalize("NFKC", form).lower())
        for text in texts(head + b"\r\n\r\n" + body)
        for form in forms(text)
    )


def missing(outgoing: bytes, wanted: Iterable[str]) -> set[str]:
    """Which texts can no longer be read in the mail."""
    left = set(wanted)
    for text in texts(outgoing):
        for form in (text, html.unescape(text)):
            flat = re.sub(r"\s+", " ", form)
            left = {want for want in left if want not in form and re.sub(r"\s+", " ", want) not in flat}
    return left
