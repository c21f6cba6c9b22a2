"""Text in UTF-16 that lost an octet on its way: behind the gap it reads as text in the other order of octets.

Whoever opens such a file in both orders sees all of it, so it is masked in both.
"""

import codecs
import re
from typing import Final

from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText, mask_text

_WORDS: Final = re.compile(r"[!-~]{8}")
"""What a text hardly ever shows in the wrong order."""


def mask_shifted(data: bytes, codec: str, matcher: Matcher) -> tuple[bytes, int]:
    """A text in UTF-16 without what is protected in the other order of octets than its own, and how much that
    was; every other octet stays. codec: as `textual.decoded` gives it. Raises `text.UnsettledError`."""
    is_little = codec == "utf-16-le" or data.startswith(codecs.BOM_UTF16_LE)
    other = "utf-16-be" if is_little else "utf-16-le"
    # Halves of pairs pass both ways, so nothing changes but what is masked.
    text = (data + bytes(len(data) % 2)).decode(other, "surrogatepass")
    masked = mask_text(text, matcher, mask_contacts=False) if _WORDS.search(text) else MaskedText(text)
    if not masked.protected:
        return data, 0
    return masked.text.encode(other, "surrogatepass"), masked.protected
