"""Binary OpenPGP (RFC 9580 §4.2, §4.3): told by its first packets, since it has no signature of its own."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_SESSION_KEY, _SIGNATURE, _PASSWORD, _SECRET_KEY, _PUBLIC_KEY = 1, 2, 3, 5, 6
_BEHIND: Final = {
    # Signatures, trust, a user's name or picture, subkeys; or another key.
    _PUBLIC_KEY: frozenset({2, 6, 12, 13, 14, 17, 21}),
    _SECRET_KEY: frozenset({2, 5, 7, 12, 13, 17, 21}),
    _SIGNATURE: frozenset({2, 4, 8, 11}),
    _SESSION_KEY: frozenset({1, 3, 9, 18, 20}),
    _PASSWORD: frozenset({1, 3, 9, 18, 20}),
}
_KEY_ALGORITHMS: Final = frozenset({1, 2, 3, 16, 17, 18, 19, 20, 22, 25, 26, 27, 28})
_HASHES: Final = frozenset({1, 2, 3, 8, 9, 10, 11, 12, 14})
_SIGNATURE_TYPES: Final = frozenset(
    {0, 1, 2, *range(0x10, 0x14), 0x18, 0x19, 0x1F, 0x20, 0x28, 0x30, 0x40, 0x50}
)


class OpenPgp(Enum):
    """What a file of packets is."""

    KEY = auto()
    SIGNATURE = auto()
    ENCRYPTED = auto()


@dataclass(frozen=True, slots=True)
class _Packet:
    tag: int
    start: int
    end: int


def openpgp_of(data: bytes) -> OpenPgp | None:
    """What the file is, if its first packet is whole and holds what such a packet must, and what follows may
    follow: anything else that happens to begin so must stay."""
    first = _packet(data, 0)
    if first is None or first.tag not in _BEHIND:
        return None
    content = data[first.start : min(first.end, first.start + 16)]
    if first.end == len(data):
        is_followed = first.tag == _SIGNATURE
    else:
        following = _packet(data, first.end)
        is_followed = following is not None and following.tag in _BEHIND[first.tag]
    if not is_followed:
        return None
    if first.tag in (_PUBLIC_KEY, _SECRET_KEY):
        return OpenPgp.KEY if _is_key(content) else None
    if first.tag == _SIGNATURE:
        return OpenPgp.SIGNATURE if _is_signature(content) else None
    versions = b"\3\6" if first.tag == _SESSION_KEY else b"\4\5\6"
    return OpenPgp.ENCRYPTED if content[:1] and content[0] in versions else None


def begins_like_key(data: bytes) -> bool:
    """Whether the first octet is that of a packet with a key, which says little without a name."""
    return data[:1] != b"" and (data[0] & 0xBC in (0x94, 0x98) if data[0] < 0xC0 else data[0] in (0xC5, 0xC6))


def _is_key(content: bytes) -> bool:
    """§5.5.2: version, time, in old versions days of validity, algorithm."""
    if len(content) < 8:
        return False
    return content[5 if content[0] in b"\4\5\6" else 7] in _KEY_ALGORITHMS and content[0] in b"\2\3\4\5\6"


def _is_signature(content: bytes) -> bool:
    """§5.2: version, in old versions a length of 5, type, and further on the algorithms."""
    if len(content) < 16:
        return False
    if content[0] in b"\2\3":
        return content[1] == 5 and content[2] in _SIGNATURE_TYPES and content[15] in _KEY_ALGORITHMS
    kind, algorithm, digest = content[1], content[2], content[3]
    is_known = algorithm in _KEY_ALGORITHMS and digest in _HASHES
    return content[0] in b"\4\5\6" and kind in _SIGNATURE_TYPES and is_known


def _packet(data: bytes, at: int) -> _Packet | None:
    """The packet there; None if there is no whole one. Pieces of a partial length, and a length that goes to
    the end, count as all the rest (§4.2.1.4, §4.2.2)."""
    head = data[at : at + 6]
    if len(head) < 2 or not head[0] & 0x80:
        return None
    if not head[0] & 0x40:
        octets = (1, 2, 4, 0)[head[0] & 3]
        start = at + 1 + octets
        length = int.from_bytes(head[1 : 1 + octets], "big") if octets else len(data) - start
        tag = head[0] >> 2 & 0x0F
    else:
        tag, first = head[0] & 0x3F, head[1]
        if first < 192:
            start, length = at + 2, first
        elif first < 224:
            start, length = at + 3, (first - 192 << 8) + int.from_bytes(head[2:3], "big") + 192
        elif first == 255:
            start, length = at + 6, int.from_bytes(head[2:6], "big")
        else:
            start, length = at + 2, len(data) - at - 2
    return _Packet(tag, start, start + length) if start + length <= len(data) else None
