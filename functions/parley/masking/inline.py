"""Files that stand inside a text: `data:` URLs (RFC 2397), and values of calendars and vCards in base64."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

import pybase64

from parley.mail.transfer import decode_base64
from parley.masking.budget import Budget, MaskedFile
from parley.masking.edits import FormatError
from parley.masking.files import mask_file
from parley.masking.images import without_metadata
from parley.masking.matcher import Matcher
from parley.masking.media import PICTURES, Media, media_of

_PICTURE: Final = re.compile(
    r"data:image/(?:png|jpe?g|gif|webp|bmp)(?:;[\w.\-]{1,40}=[\w.\-]{1,100}){0,5};base64,([A-Za-z0-9+/=%\s_\-]*)",
    re.IGNORECASE,
)
_BITMAP: Final = b"BM"
_RATIO: Final = 20
"""Octets that may be inflated for one that stands in a text."""


def clean_data_uri(uri: str) -> str | None:
    """The picture without metadata, as it came if it has none; None for what is no picture in base64, or one
    that does not add up."""
    written = _PICTURE.fullmatch(uri.strip())
    if written is None:
        return None
    data = decode_base64(unquote_to_bytes(written[1]))
    if media_of(data) not in PICTURES:
        # A bitmap has nowhere to put metadata.
        return uri if data.startswith(_BITMAP) else None
    try:
        clean = without_metadata(data)
    except FormatError:
        return None
    return uri if clean is None else f"{written[0][: written.start(1)]}{encoded(clean)}"


def mask_inline(written: str, matcher: Matcher) -> MaskedFile:
    """A file that stands in a text in base64, masked like an attachment. What is inflated for it grows with
    the text, not with the number of files. Raises `text.UnsettledError`."""
    data = decode_base64(unquote_to_bytes(written))
    if media_of(data) is Media.PROGRAM:
        return MaskedFile(codes=("attachment-program",))
    return mask_file(data, matcher, Budget(octets=_RATIO * len(data)))


def encoded(data: bytes) -> str:
    """In base64, without line ends."""
    return pybase64.b64encode(data).decode("ascii")
