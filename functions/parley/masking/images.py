"""Metadata of pictures and videos: left out without touching what is seen.

Place, time, author, device, comments, thumbnails and whatever follows the end go; the orientation and the
colour profile stay. Nothing is encoded anew, and a picture that has no metadata stays as it is.
"""

import struct
from collections.abc import Callable
from typing import Final

from parley.masking.edits import Edit, FormatError, edited
from parley.masking.gif import gif_edits
from parley.masking.heif import heif_edits
from parley.masking.jpeg import jpeg_edits
from parley.masking.media import Media, media_of
from parley.masking.png import png_edits
from parley.masking.tiff import tiff_edits
from parley.masking.webp import webp_edits

_READERS: Final[dict[Media, Callable[[bytes], list[Edit]]]] = {
    Media.JPEG: jpeg_edits,
    Media.PNG: png_edits,
    Media.GIF: gif_edits,
    Media.WEBP: webp_edits,
    Media.TIFF: tiff_edits,
    Media.HEIF: heif_edits,
    Media.MP4: heif_edits,
}


def without_metadata(data: bytes) -> bytes | None:
    """The picture without metadata; None if there is none, or the content is no picture.

    Raises `FormatError` for a picture that does not add up: what it holds is not known.
    """
    reader = _READERS.get(media_of(data))
    if reader is None:
        return None
    try:
        edits = reader(data)
        return edited(data, edits) if edits else None
    except (struct.error, IndexError, OverflowError):
        raise FormatError from None
