"""Which part of the mail as it came is which part of the mail as it goes out.

The relay never changes the order. What a finding says was removed is set aside; if as many are left as go
out, they are the same ones in order. Else equal contents show where some are missing or too many.
"""

import hashlib
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from tools.damage.reader import Leaf

REMOVED = frozenset({"amp-removed", "signature-removed", "certificate-removed"})
"""Codes that say of a leaf that it is gone."""
_OPENED = {"tnef-opened": None, "signature-removed": "pkcs7-mime"}
"""Codes that say of a leaf that others stand in its place, and what its media type then ends with."""
Pair = tuple[Leaf | None, Leaf | None]


def removal(leaf: Leaf, codes: frozenset[str]) -> str | None:
    """The code that says the leaf itself is not sent; None if it is. codes: the findings at its place."""
    opened = opening(leaf, codes)
    if opened is not None:
        return opened
    if leaf.is_text and leaf.media_type != "text/x-amp-html" and leaf.content.strip():
        # From a text a signature is taken out, and the text stays.
        return None
    return next(iter(sorted(REMOVED & codes)), None)


def opening(leaf: Leaf, codes: frozenset[str]) -> str | None:
    """The code that says what was in the leaf is sent in its place."""
    for code, ending in _OPENED.items():
        if code in codes and (ending is None or leaf.media_type.endswith(ending)):
            return code
    return None


def pairs(before: Sequence[Leaf], after: Sequence[Leaf]) -> Iterator[Pair]:
    """Each with its counterpart; None where one has none."""
    if len(before) == len(after):
        yield from zip(before, after, strict=True)
        return
    keys, others = [_key(leaf) for leaf in before], [_key(leaf) for leaf in after]
    for _, i, j, m, n in SequenceMatcher(None, keys, others, autojunk=False).get_opcodes():
        yield from zip_longest(before[i:j], after[m:n])


def _key(leaf: Leaf) -> tuple[str, str]:
    content = leaf.text.encode("utf-8", "replace") if leaf.is_text else leaf.content
    return leaf.media_type, hashlib.sha256(content).hexdigest()
