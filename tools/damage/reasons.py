"""Why a span of a text is not as it was: the code of the finding that explains it, or none."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from tools.damage.difference import Change
from tools.damage.hidden import Secrets, plain, shows_mailbox, without_mailboxes

WIDE = "-with-what-hid-it"
"""Follows the code where more than the mailbox went: a link or an encoded run that held it."""
_MASKED = "protected-masked"
_PROTECTED = frozenset({_MASKED, "attachment-masked"})
_CONTACTS = {
    "contact-mailbox-masked": "***@***",
    "contact-phone-masked": "***",
    "contact-iban-masked": "***",
    "contact-handle-masked": "***",
    "contact-link-masked": "masked.invalid",
}
_ARMOR = re.compile(
    r"^[> \t]*-----BEGIN PGP (SIGNATURE|PUBLIC KEY BLOCK|PRIVATE KEY BLOCK)-----.*?"
    r"(?:^[> \t]*-----END PGP \1-----|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SIGNED = re.compile(
    r"^[> \t]*-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[> \t]*(?:Hash|Charset|Comment|Version): .*\n)*"
    r"(?:[> \t]*\n)?",
    re.MULTILINE,
)
_UUENCODED = re.compile(r"^begin [0-7]{3,4} .+\n(?:.*\n)*?end[ \t]*$", re.MULTILINE)
Told = tuple[tuple[str, ...], tuple[str, ...]]
"""Reasons, and damage that has none."""
MOST_SHOWN = 120
"""Characters of a mail that are quoted."""
_LONGEST_GAP = 20
_FEW = 3
"""Lines over which an encoded run may be broken."""
_NOT_WORD = re.compile(r"\W+|_")


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains the changes of one mail. replacements: what may stand for something that was masked."""

    secrets: Secrets
    replacements: tuple[str, ...]

    def reason(self, change: Change, codes: frozenset[str]) -> str | None:
        """The code that explains the change; None for damage. codes: the findings at that place.

        Whatever else stood in the span must still stand there, word by word; only a word that shows what
        was masked once it is decoded (a link, an encoded run) may go with it.
        """
        if codes & _PROTECTED and self.secrets.shown(change.before):
            bare = self.secrets.taken_out(change.before)
            if (lost := self._lost(bare, change, self.secrets.shown)) is not None:
                return _MASKED + WIDE if lost else _MASKED
        for code, mark in _CONTACTS.items():
            if code not in codes or mark not in change.after:
                continue
            if code != "contact-mailbox-masked":
                return code
            bare = self.secrets.taken_out(without_mailboxes(change.before))
            if (lost := self._lost(bare, change, shows_mailbox)) is not None:
                return code + WIDE if lost else code
        return None

    def explained(self, found: Iterable[Change], codes: frozenset[str]) -> Told:
        """Reasons of the changes, and what has none."""
        reasons: list[str] = []
        damage: list[str] = []
        for run in _runs(found):
            alone = [self.reason(change, codes) for change in run]
            told = [reason for reason in alone if reason is not None]
            left = [change for change, reason in zip(run, alone, strict=True) if reason is None]
            # What was masked may have had a line end within. Lines that are lost beside it had not.
            is_broken = any((change.before + change.after).strip() for change in left)
            if is_broken and (reason := self.reason(reduce(Change.joined, run), codes)):
                told, left = [reason], []
            reasons += told
            damage += map(_described, left)
        return tuple(reasons), tuple(damage)

    def _lost(self, bare: str, change: Change, shown: Callable[[str], bool]) -> bool | None:
        """Whether words of the span went although nothing in them had to, and for all of them it is `shown`
        that they hid something; None if others went or came.

        bare: the span as it was without what had to go.
        """
        found = plain(change.after).lower()
        for mark in sorted(self.replacements, key=len, reverse=True):
            found = found.replace(mark.lower(), " ")
        before, after = Counter(_words(bare)), Counter(_words(found))
        came, lost = after - before, before - after
        if not lost:
            # What is left of a word that was masked in part stood in it before.
            letters = "".join(_words(plain(change.before).lower()))
            return None if any(word not in letters for word in came) else False
        telling = [word for word in change.before.split() if shown(word)]
        if not telling:
            return True if shown("".join(change.before.split())) and len(lost) <= _FEW else None
        may_go = Counter(
            piece for word in telling for piece in (*_words(self._bare(word)), *_words(plain(word).lower()))
        )
        return True if not lost - may_go else None

    def _bare(self, word: str) -> str:
        return self.secrets.taken_out(without_mailboxes(word)) + " " + self.secrets.taken_out(word)


def _words(text: str) -> list[str]:
    return [word for word in (_NOT_WORD.sub("", word) for word in text.split()) if word]


def _runs(found: Iterable[Change]) -> list[list[Change]]:
    """Changes together that stand close to each other."""
    runs: list[list[Change]] = []
    for change in found:
        if runs and len(change.gap) <= _LONGEST_GAP:
            runs[-1].append(change)
        else:
            runs.append([change])
    return runs


def _described(change: Change) -> str:
    return (
        f"{change.before[:MOST_SHOWN]!r} ({len(change.before)} characters)"
        f" became {change.after[:MOST_SHOWN]!r} ({len(change.after)})"
    )


def without_armor(text: str, codes: frozenset[str]) -> tuple[str, frozenset[str]]:
    """The text without what the findings say was taken out of it, and the codes that explain that."""
    used = set()
    for code, pattern in (
        ("signature-removed", _ARMOR),
        ("certificate-removed", _ARMOR),
        ("signature-removed", _SIGNED),
        ("uuencoded-file-removed", _UUENCODED),
    ):
        if code in codes and pattern.search(text):
            text = pattern.sub("", text)
            used.add(code)
    return text, frozenset(used)
