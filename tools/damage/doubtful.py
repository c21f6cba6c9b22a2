"""Mails whose structure the scanner repaired and says so, and that the standard library reads otherwise.

There the parts of the two cannot be paired. What can be told is whether all words are still there.
"""

import re
from collections import Counter
from collections.abc import Iterable

from tools.damage.reader import Leaf
from tools.damage.visible import seen

DOUBTS = frozenset(
    (
        *("missing-boundary", "missing-close", "missing-blank-line", "junk-in-header"),
        *("bare-carriage-returns", "idle-transfer-encoding"),
    )
)
"""Codes that say of a mail that it was not written by the rules, and is relayed all the same."""
_DELIMITER = re.compile(r"^(?:--\S.*|content-[a-z-]+:.*(?:\n[ \t].*)*)$", re.MULTILINE | re.IGNORECASE)


def read_otherwise(old: Iterable[Leaf], new: Iterable[Leaf]) -> bool:
    """Whether the texts have the same words and the files the same octets, delimiters and labels aside."""
    old, new = list(old), list(new)
    return _words(old) == _words(new) and _files(old) == _files(new)


def _words(found: list[Leaf]) -> Counter[str]:
    texts = (seen(leaf.text).text if leaf.is_html else leaf.text for leaf in found if leaf.is_text)
    return Counter(word for text in texts for word in _DELIMITER.sub("", text).split())


def _files(found: list[Leaf]) -> Counter[bytes]:
    return Counter(leaf.content for leaf in found if not leaf.is_text)
