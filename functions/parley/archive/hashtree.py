"""The Merkle hash tree of RFC 6962 §2.1, over SHA-256: one signature for many statements.

leaves: octet strings, at least one. A path (§2.1.1) proves with a logarithmic number of hashes that a leaf is
under a root.
"""

import hashlib
from collections.abc import Sequence

_LEAF, _NODE = b"\x00", b"\x01"
Path = tuple[bytes, ...]
"""The hashes beside the way from a leaf up to the root, lowest first."""


def root(leaves: Sequence[bytes]) -> bytes:
    """32 octets. Raises ValueError without leaves."""
    return _grown([_leaf(leaf) for leaf in leaves])[0]


def paths(leaves: Sequence[bytes]) -> list[Path]:
    """Each leaf's path, in their order. Raises ValueError without leaves."""
    return _grown([_leaf(leaf) for leaf in leaves])[1]


def root_by_path(leaf: bytes, place: int, count: int, path: Path) -> bytes | None:
    """The root that a leaf at `place` (from 0) among `count` leaves has by this path; None if the path does
    not fit (RFC 9162 §2.1.3.2)."""
    if not 0 <= place < count:
        return None
    node, last, current = _leaf(leaf), count - 1, place
    for beside in path:
        if last == 0:
            return None
        if current & 1 or current == last:
            node = _node(beside, node)
            while not current & 1 and current:
                current, last = current >> 1, last >> 1
        else:
            node = _node(node, beside)
        current, last = current >> 1, last >> 1
    return node if last == 0 else None


def _leaf(content: bytes) -> bytes:
    return hashlib.sha256(_LEAF + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def _grown(hashes: Sequence[bytes]) -> tuple[bytes, list[Path]]:
    """The root over the leaves' hashes, and each one's path."""
    if not hashes:
        raise ValueError("a hash tree needs a leaf")
    if len(hashes) == 1:
        return hashes[0], [()]
    # The largest power of two below the number of leaves.
    half = 1 << (len(hashes) - 1).bit_length() - 1
    (left, under_left), (right, under_right) = _grown(hashes[:half]), _grown(hashes[half:])
    above_left, above_right = [(*path, right) for path in under_left], [(*path, left) for path in under_right]
    return _node(left, right), above_left + above_right
