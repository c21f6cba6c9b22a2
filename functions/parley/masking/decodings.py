"""The decodings that mail programs and gateways undo besides what the eye undoes, as views of a plain view.

Percent-encoding (repeatedly), UTF-7, quoted-printable and stripped tags; `unfolded` and `squeezed` join what
format=flowed (RFC 3676), quoting or folding (RFC 5545 §3.1, RFC 6350 §3.2) broke. Each view is linear in the
text.
"""

import re
from binascii import Error as BinasciiError
from binascii import a2b_base64
from collections.abc import Iterator

from parley.masking.readings import plain
from parley.masking.views import Decode, View

PERCENT_ROUNDS = 4
# "%u0040" is what `escape` of JavaScript writes.
_PERCENT = re.compile(r"%(?:(?:u00)?[0-7][0-9a-fA-F]|[89a-fA-F][0-9a-fA-F](?:%[89a-fA-F][0-9a-fA-F])*)")
_UTF7 = re.compile(r"\+(A[A-Za-z0-9+/]{2,400})-?")
_QUOTED_PRINTABLE = re.compile(r"=\r?\n|=[2-7][0-9A-Fa-f]")
# A ">" at the beginning of a line is a quote mark, unless what is open is a tag of HTML by its name.
_TAG = re.compile(
    r"<(?:/?(?:[abipqsu]|abbr|big|br|center|code|div|em|font|h[1-6r]|img|li|ol|o:p|pre|small|span|strong|sub|sup"
    r"|t[dhrt]|table|tbody|ul|wbr)(?=[\s/>])[^<>]{0,4096}|[^<>]{0,4096}(?<!\n))>",
    re.IGNORECASE,
)
_FOLD = re.compile(r"(?:\n|\r\n| [ \t]{0,7}\r?\n|\t[ \t]{0,7}\r?\n)[ \t]{0,8}(?:>[> \t]{0,40})?")
_BLANKS = re.compile(r"\s+")

_HEX = {f"{octet:02{form}}": chr(octet) for octet in range(128) for form in "xX"}


def _percent(match: re.Match[str]) -> str:
    found = match.group()
    if found[1] < "8" or found[1] == "u":
        return _HEX[found[-2:]]
    octets = bytes.fromhex(found.replace("%", ""))
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        # Old pages escape the octets of their own charset.
        return octets.decode("latin-1")


def _utf7(match: re.Match[str]) -> str:
    coded = match.group(1)
    try:
        octets = a2b_base64(coded + "=" * (-len(coded) % 4))
    except BinasciiError:
        return match.group()
    return octets[: len(octets) // 2 * 2].decode("utf-16-be", "replace")


def _quoted_printable(match: re.Match[str]) -> str:
    found = match.group()
    return "" if found[1] in "\r\n" else _HEX.get(found[1:]) or chr(int(found[1:], 16))


def percent_decodings(seen: View) -> Iterator[View]:
    """What percent-decoding makes of a plain view, again and again until nothing changes."""
    for _ in range(PERCENT_ROUNDS):
        if "%" not in seen.text:
            return
        decoded = seen.rewritten(_PERCENT, _percent)
        if decoded is seen:
            return
        seen = plain(decoded)
        yield seen


def other_decodings(seen: View) -> Iterator[View]:
    """UTF-7, quoted-printable and stripped tags of a plain view, where they change anything."""
    text = seen.text
    decodings: tuple[tuple[bool, re.Pattern[str], Decode], ...] = (
        ("+A" in text, _UTF7, _utf7),
        ("=" in text, _QUOTED_PRINTABLE, _quoted_printable),
        ("<" in text and ">" in text, _TAG, ""),
    )
    for present, pattern, decode in decodings:
        if present and (decoded := seen.rewritten(pattern, decode)) is not seen:
            yield decoded


def without_tags(seen: View) -> View:
    """The text without what looks like a tag."""
    return seen.rewritten(_TAG, "") if "<" in seen.text else seen


def unfolded(seen: View) -> View:
    """The text with line ends, quote marks and the blanks around them left out."""
    return _joined(seen, _FOLD)


def squeezed(seen: View) -> View:
    """The text without any blank."""
    return _joined(seen, _BLANKS)


def _joined(seen: View, pattern: re.Pattern[str]) -> View:
    view = seen.rewritten(pattern, "")
    if view is not seen:
        view.joins = True
    return view
