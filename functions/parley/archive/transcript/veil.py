"""Keeps registered mailboxes out of a transcript, also those that were registered after a mail had gone.

What was relayed holds no mailbox that was protected then. Subjects, names, notes and older mails are looked
through once more here, with the mailboxes that are known today, in all forms in which people can read them:
percent-encoded, as references of HTML, in full width, with characters between them that cannot be seen.

What the marketplace wrote went through no masking: there every mailbox is hidden, whoever's it is. So it is
everywhere once a party is unknown, because nothing tells any more which mailboxes were the party's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parley.archive.transcript.markup import MASKED_MAILBOX
from parley.archive.transcript.strangers import Strangers
from parley.conversation.parties import Party, Role

# UTS 46 §4: these are full stops of a domain; and what NFKC makes an "@".
_ALIKE: Final = {".": "\u3002\uff0e\uff61", "@": "\uff20\ufe6b"}
_NAMED: Final = {
    ".": "period",
    "@": "commat",
    "_": "lowbar",
    "+": "plus",
    "&": "amp",
    "'": "apos",
    '"': "quot",
}
# Invisible as they are, or as `markup.cleaned` has written them out by then.
_UNSEEN: Final = (
    r"(?:[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
    r"|\[U\+[0-9A-F]{4,6}\])*"
)
_BEFORE: Final = re.compile(r"(?:[\w.+%&-]|;)\Z")
_PARTS: Final = re.compile(r"(?:&(?:lt|gt|quot|nbsp);|%(?:3[ACD]|2[0-9A-F]|0[AD]))\Z", re.IGNORECASE)
"""What ends as a local-part could, and parts it from another word nevertheless."""
_AFTER: Final = re.compile(r"[\w-]|[.\u3002\uff0e\uff61][^\W_]")
_AT: Final = re.compile(r"[@\uff20\ufe6b]|%(?:25)*40|&(?:amp;)*#0*64|&(?:amp;)*#x0*40|commat", re.IGNORECASE)
"""No mailbox is in a text without one of these."""


@dataclass(frozen=True, slots=True)
class Veil:
    """pattern: a registered mailbox, each a group of its own, or an alias; None if there is none. aliases:
    what stands in place of each group.

    Never looked up by what was found: a pattern that ignores case finds "ſ" for "s" and "ı" for "i".
    """

    pattern: re.Pattern[str] | None
    aliases: tuple[str, ...]
    strangers: Strangers
    is_strict: bool = False
    """Whether the mailbox of anybody is hidden from everything."""

    def over(self, text: str) -> str:
        """The text with aliases in place of mailboxes; of plain text and of HTML alike."""
        return self.strictly(text) if self.is_strict else self._over(text)

    def strictly(self, text: str) -> str:
        """The text without the mailbox of anybody, for what no masking has seen."""
        return self.strangers.over(self._over(text))

    def _over(self, text: str) -> str:
        if not _AT.search(text):
            return text
        pieces, done = [], 0
        for found in self._found(text):
            pieces += [text[done : found.start()], self.aliases[(found.lastindex or 1) - 1]]
            done = found.end()
        return "".join((*pieces, text[done:]))

    def finds(self, text: str) -> bool:
        """Whether `over` would change it."""
        return any(True for _ in self._found(text)) or (self.is_strict and self.strangers.finds(text))

    def _found(self, text: str) -> Iterator[re.Match[str]]:
        """Registered mailboxes, each by itself or side by side with others and with aliases, where each can
        be read; not what is part of a longer mailbox. Linear."""
        if self.pattern is None or not _AT.search(text):
            return
        run: list[re.Match[str]] = []
        for found in self.pattern.finditer(text):
            if run and run[-1].end() != found.start():
                yield from _readable(run, text)
                run = []
            run.append(found)
        yield from _readable(run, text)


def _readable(run: Sequence[re.Match[str]], text: str) -> Iterator[re.Match[str]]:
    if run and not _AFTER.match(text, run[-1].end()):
        start = run[0].start()
        before = text[max(0, start - 6) : start]
        if not _BEFORE.search(before) or _PARTS.search(before):
            yield from (found for found in run if found.lastindex)


def veil(parties: Mapping[Role, Party], aliases: Mapping[Role, str]) -> Veil:
    """aliases: mailboxes by the role that they stand for. parties: those that are known."""
    replacements = {
        f"{mailbox.local_part}@{mailbox.domain}".lower(): aliases.get(role, MASKED_MAILBOX)
        for role, party in parties.items()
        for mailbox in (*party.former_mailboxes, *party.mailboxes)
    }
    mailboxes = sorted(replacements, key=len, reverse=True)
    wanted = (f"({_form(mailbox)})" for mailbox in mailboxes)
    others = map(re.escape, (MASKED_MAILBOX, *aliases.values()))
    return Veil(
        re.compile("|".join((*wanted, *others)), re.IGNORECASE) if replacements else None,
        tuple(replacements[mailbox] for mailbox in mailboxes),
        Strangers(frozenset(each.rpartition("@")[2].lower() for each in aliases.values())),
        is_strict=any(role not in parties for role in Role),
    )


def _form(mailbox: str) -> str:
    """A pattern of all its forms."""
    return _UNSEEN.join(map(_unit, mailbox))


def _unit(character: str) -> str:
    code = ord(character)
    full_width = chr(code + 0xFEE0) if 0x21 <= code <= 0x7E else ""
    plain = "".join(map(re.escape, character + full_width + _ALIKE.get(character, "")))
    octets = "".join(f"%(?:25)*{octet:02x}" for octet in character.encode())
    named = f"|{_NAMED[character]}" if character in _NAMED else ""
    unit = f"(?:[{plain}]|{octets}|&(?:amp;)*(?:#0*{code}|#x0*{code:x}{named});?)"
    # Cells of a table and blanks around it keep nobody from reading it.
    return rf"\s{{0,3}}{unit}\s{{0,3}}" if character == "@" else unit
