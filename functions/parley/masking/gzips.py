"""Gzip files (RFC 1952): the one file in them is masked; compressed anew only if something was changed."""

import re
import struct
import zlib
from dataclasses import replace
from typing import Final

from parley.masking.binaries import overwritten
from parley.masking.budget import UNREADABLE, Budget, MaskedFile, MaskFile
from parley.masking.edits import FormatError
from parley.masking.matcher import Matcher
from parley.masking.media import Media, media_of
from parley.masking.members import mask_content
from parley.masking.tars import mask_tar

MAX_STREAMS: Final = 100
_NAME: Final = re.compile(rb"\x1f\x8b\x08\x08.{6}([^\0]{1,255})\0", re.DOTALL)
_GZIP: Final = 16 + zlib.MAX_WBITS


def mask_gzip(data: bytes, matcher: Matcher, budget: Budget, mask_file: MaskFile) -> MaskedFile:
    """The file, masked. Raises `text.UnsettledError`."""
    try:
        content = _inflated(data, budget.room(len(data)))
    except (FormatError, zlib.error):
        return UNREADABLE
    budget.octets -= len(content)
    # A tar file in it counts as one archive with it.
    opener = mask_tar if media_of(content) is Media.TAR else mask_content
    masked = opener(content, matcher, budget, mask_file)
    found = _NAME.match(data)
    name = found[1] if found else b""
    clean_name = overwritten(name, matcher)
    if masked.content is None and clean_name == name:
        return masked
    packed = _packed(content if masked.content is None else masked.content, clean_name)
    if clean_name == name:
        return replace(masked, content=packed)
    return MaskedFile(packed, masked.protected + 1, (*masked.codes, "attachment-masked"))


def _inflated(data: bytes, limit: int) -> bytes:
    """All of its streams, which follow each other (§2.2). Raises `FormatError` or `zlib.error`."""
    pieces: list[bytes] = []
    size = 0
    for _ in range(MAX_STREAMS):
        inflater = zlib.decompressobj(_GZIP)
        pieces.append(inflater.decompress(data, limit - size + 1))
        size += len(pieces[-1])
        if size > limit or not inflater.eof:
            raise FormatError
        # Tapes and some programs fill the last block with zero octets.
        data = inflater.unused_data
        if not data.strip(b"\0"):
            return b"".join(pieces)
    raise FormatError


def _packed(content: bytes, name: bytes) -> bytes:
    """As a gzip file of that name, without the time and comment of the original."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    body = deflater.compress(content) + deflater.flush()
    flags, names = (b"\x08", name + b"\0") if name else (b"\0", b"")
    head = b"\x1f\x8b\x08" + flags + bytes(5) + b"\xff" + names
    return head + body + struct.pack("<II", zlib.crc32(content), len(content))
