"""Keeps registered mailboxes out of a transcript, also those that were registered after a mail had gone.

What was relayed holds no mailbox that was protected then. Subjects, names, notes and older mails are looked
through once more here, with the mailboxes that are known today.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from parley.conversation.parties import Party, Role

_AT = r"(?:@|%40|&#64;|&#x40;|&commat;)"
_BEFORE, _AFTER = r"(?<![\w.+%&;-])", r"(?![\w-]|\.[a-z0-9])"


@dataclass(frozen=True, slots=True)
class Veil:
    """pattern: finds every registered mailbox, None if there is none; each form in which one can be written
    is a group of its own. aliases: what stands in place of each group.

    Never looked up by what was found: a pattern that ignores case finds "ſ" for "s" and "ı" for "i".
    """

    pattern: re.Pattern[str] | None
    aliases: tuple[str, ...]

    def over(self, text: str) -> str:
        """The text with aliases in place of mailboxes; of plain text and of HTML alike."""
        return text if self.pattern is None else self.pattern.sub(self._replaced, text)

    def finds(self, text: str) -> bool:
        return self.pattern is not None and self.pattern.search(text) is not None

    def _replaced(self, match: re.Match[str]) -> str:
        return self.aliases[(match.lastindex or 1) - 1]


def veil(parties: Mapping[Role, Party], aliases: Mapping[Role, str]) -> Veil:
    """aliases: mailboxes by the role that they stand for."""
    replacements = {
        f"{mailbox.local_part}@{mailbox.domain}".lower(): aliases.get(role, "***@***")
        for role, party in parties.items()
        for mailbox in party.mailboxes
    }
    if not replacements:
        return Veil(None, ())
    written = {form: alias for mailbox, alias in replacements.items() for form in _forms(mailbox)}
    forms = sorted(written, key=len, reverse=True)
    pattern = "|".join(f"({form})" for form in forms)
    return Veil(
        re.compile(f"{_BEFORE}(?:{pattern}){_AFTER}", re.IGNORECASE), tuple(written[form] for form in forms)
    )


def _forms(mailbox: str) -> tuple[str, ...]:
    local_part, _, domain = mailbox.rpartition("@")
    return tuple(
        f"{re.escape(written)}{_AT}{re.escape(domain)}" for written in {local_part, html.escape(local_part)}
    )
