"""Opaque S/MIME signatures: the mail inside a CMS SignedData (RFC 5652 §5, RFC 8551 §3.5.2).

Only the way to the signed content is read, whatever signs it; the certificates, which name their owner, are
left behind with the signature. What does not add up raises `SignedDataError`.
"""

from typing import Final

_ID_SIGNED_DATA: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_ID_DATA: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
_OCTET_STRING: Final = 0x04
_CONSTRUCTED_OCTET_STRING: Final = 0x24
_EXPLICIT: Final = 0xA0
_MAX_SEARCHED: Final = 1_024


class SignedDataError(ValueError):
    """Not signed data with its content inside."""


def signed_content(data: bytes) -> bytes:
    """The octets that were signed. Raises `SignedDataError`."""
    if data[:1] != b"\x30" or data.find(_ID_SIGNED_DATA, 0, 64) < 0:
        raise SignedDataError
    # Between the two object identifiers stand a version and a list of digest algorithms.
    at = data.find(_ID_DATA, 0, _MAX_SEARCHED)
    if at < 0:
        raise SignedDataError
    tag, start, _ = _element(data, at + len(_ID_DATA))
    if tag != _EXPLICIT:
        raise SignedDataError
    tag, start, length = _element(data, start)
    if tag == _OCTET_STRING and length is not None:
        return data[start : start + length]
    if tag != _CONSTRUCTED_OCTET_STRING:
        raise SignedDataError
    return b"".join(_segments(data, start, None if length is None else start + length))


def _segments(data: bytes, at: int, end: int | None) -> list[bytes]:
    """X.690 §8.7.3.2: a string in pieces, up to a given end or to two zero octets."""
    pieces: list[bytes] = []
    while at != end:
        if end is None and data[at : at + 2] == b"\0\0":
            break
        tag, start, length = _element(data, at)
        if tag != _OCTET_STRING or length is None:
            raise SignedDataError
        pieces.append(data[start : start + length])
        at = start + length
    return pieces


def _element(data: bytes, at: int) -> tuple[int, int, int | None]:
    """Tag, start of the content and length in octets (None: indefinite) of the element that begins there."""
    if at + 2 > len(data):
        raise SignedDataError
    tag, first = data[at], data[at + 1]
    if first == 0x80:
        return tag, at + 2, None
    if first < 0x80:
        start, length = at + 2, first
    else:
        start = at + 2 + (first & 0x7F)
        length = int.from_bytes(data[at + 2 : start], "big")
    if start + length > len(data):
        raise SignedDataError
    return tag, start, length
