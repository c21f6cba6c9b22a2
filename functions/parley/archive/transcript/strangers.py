"""Hides every mailbox in a text, whoever's it is: all that looks like one but the relay's own aliases.

Rather too much than too little. What needs no dot after the "@" is none (`4711@Q4`), and what people spell
out in words stays ("anna at …"), as it does in mail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parley.archive.transcript.markup import MASKED_DOMAIN, MASKED_MAILBOX

# Invisible as they are, or as `markup.cleaned` has written them out by then.
_UNSEEN: Final = r"[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
_WRITTEN_OUT: Final = r"\[U\+[0-9A-F]{4,6}\]"
# "@" in all forms, with the blanks around it that a table or a person puts there.
_AT: Final = re.compile(
    r"[@\uff20\ufe6b]|%(?:25){0,9}40|&(?:amp;){0,9}(?:#0{0,9}64|#x0{0,9}40|commat);?", re.IGNORECASE
)
_DOT: Final = r"(?:[.\u3002\uff0e\uff61]|%(?:25){0,9}2e|&(?:amp;){0,9}(?:#0{0,9}46|#x0{0,9}2e|period);?)"
_LABEL: Final = rf"(?:[\w-]|{_UNSEEN}|{_WRITTEN_OUT})+"
_DOMAIN: Final = re.compile(
    rf"\s{{0,3}}(?:{_LABEL}(?:{_DOT}{_LABEL})+|\[[0-9a-f.:]{{2,45}}\])", re.IGNORECASE
)
# A local-part read from its end (RFC 5322 §3.2.3, without "/", "?" and "|"), or a quoted string.
_BACKWARDS: Final = re.compile(
    rf"\s{{0,3}}(?:\"[^\"\r\n]{{1,64}}\"|(?:[\w.!#$%&'*+=^`{{}}~;-]|{_UNSEEN}|\][0-9A-F]{{4,6}}\+U\[)+)"
)
# References and escapes that end as a local-part could and part it from what stands before.
_PARTING: Final = re.compile(r"&(?:lt|gt|quot|nbsp);|%(?:3[ACD]|2[02CF]|0[AD])|[&?]?\w+=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Strangers:
    """domains: those of aliases, lower-case; mailboxes there and below are the relay's own."""

    domains: frozenset[str]

    def over(self, text: str) -> str:
        if not _AT.search(text):
            return text
        pieces: list[str] = []
        done = 0
        for start, end in self._found(text):
            pieces += (text[done:start], MASKED_MAILBOX)
            done = end
        return "".join((*pieces, text[done:]))

    def finds(self, text: str) -> bool:
        return any(True for _ in self._found(text))

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Linear: nothing is read twice."""
        done = 0
        for at in _AT.finditer(text):
            domain = _DOMAIN.match(text, at.end()) if at.start() >= done else None
            if domain is None:
                continue
            local = _BACKWARDS.match(text[done : at.start()][::-1])
            length = local.end() if local else 0
            written = text[at.start() - length : at.start()]
            start = at.start() - length + max((each.end() for each in _PARTING.finditer(written)), default=0)
            is_joined = 0 < done == at.start()  # What is left of it stands behind another mailbox.
            if (start < at.start() or is_joined) and not self._is_ours(domain.group()):
                yield start, domain.end()
            done = domain.end()

    def _is_ours(self, domain: str) -> bool:
        name = domain.strip().lower()
        return name == MASKED_DOMAIN or any(
            name == each or name.endswith(f".{each}") for each in self.domains
        )
