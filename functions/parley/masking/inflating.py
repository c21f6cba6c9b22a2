"""What stands compressed in decoded octets: newsletters' links carry gzip (RFC 1952) and zlib (RFC 1950)."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

_HEADS: Final = (b"\x1f\x8b\x08", b"x\x01", b"x^", b"x\x9c", b"x\xda")
_MAX_TRIES: Final = 64
"""For each way to begin: what looks like a stream mostly is none, and fails after a few octets."""
_MAX_STREAMS: Final = 8
_MAX_COMPRESSED: Final = 16_384
_MAX_INFLATED: Final = 65_536
_CHUNK: Final = 256


def may_inflate(octets: bytes) -> bool:
    """Whether a stream may begin somewhere: a fast first test."""
    return b"x" in octets or _HEADS[0] in octets


def inflated(octets: bytes) -> Iterator[bytes]:
    """The beginning of each stream that can be inflated: at most eight, at most 64 KB of each."""
    streams = 0
    for head in _HEADS:
        at, tries = octets.find(head), 0
        while at >= 0 and tries < _MAX_TRIES and streams < _MAX_STREAMS:
            if content := _inflated(octets[at : at + _MAX_COMPRESSED]):
                streams += 1
                yield content
            tries += 1
            at = octets.find(head, at + 1)


def _inflated(stream: bytes) -> bytes:
    """As much as can be inflated: a lost end does not hide what is before it."""
    # 32 more than the size of the window: gzip or zlib, as the beginning says.
    inflating = zlib.decompressobj(zlib.MAX_WBITS | 32)
    content = bytearray()
    with suppress(zlib.error):
        for start in range(0, len(stream), _CHUNK):
            content += inflating.decompress(stream[start : start + _CHUNK], _MAX_INFLATED - len(content))
            if inflating.eof or len(content) >= _MAX_INFLATED:
                break
    return bytes(content)
