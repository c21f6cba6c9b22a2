"""Contact data written so that programs shall not see it: `anna (at) mail dot de`, `null eins sieben …`.

What is found is flagged and never replaced: `look at this dot com` is innocent, and nobody can say for
certain where such a thing ends.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from parley.masking.digits import Digits
from parley.masking.phones import is_phone
from parley.masking.triggers import Sign, Trigger

Span = tuple[int, int]

_PROVIDERS: Final = (
    r"(?:gmail|googlemail|g ?mail|hotmail|outlook|live|msn|yahoo|ymail|icloud|aol|gmx|web|t-online|freenet"
    r"|posteo|mailbox|proton(?:mail)?|orange|wanadoo|free|laposte|sfr|libero|virgilio|tiscali|telefonica|terra|wp|onet"
    r"|interia|o2|ziggo|kpn|planet|telenet|bluewin|btinternet|mail|qq|163|126|naver|uol|bol|yandex|hey|zoho|fastmail)"
)
_TOP: Final = (
    r"(?:com|net|org|info|eu|de|at|ch|fr|it|es|uk|co|us|nl|be|pl|se|no|dk|fi|pt|ie|cz|gr|hu|ro|tr|cn|jp|in|br|ru"
    r"|io|me|example|shop|online|email|berlin)(?![a-z0-9])"
)
_DOT: Final = (
    r"(?:[ \t]{0,2}[(\[{<](?:dot|punkt|punto|point|\.)[)\]}>][ \t]{0,2}"
    r"|[ \t]{1,2}(?:dot|punkt|punto|point|ponto|kropka|\.)[ \t]{1,2}| ?[-_]dot[-_] ?| ?\. ?)"
)
_SPELLED_DOT: Final = re.compile(r"dot|punkt|punto|point|ponto|kropka|[(\[]\.[)\]]|\s\.\s")
_LOCAL_BACKWARDS: Final = re.compile(
    r"[ \t]{0,2}"
    r"((?:[a-z0-9_%+äöüß\-]|\.|[ \t]?[)\]}][a-z.]{1,6}[(\[{][ \t]?|[ \t]tod[ \t]|[ \t]tknup[ \t]){2,64})"
)
_DOMAIN: Final = re.compile(
    rf"[ \t]{{0,2}}([a-z0-9äöüß\-]{{1,63}}(?:{_DOT}[a-z0-9\-]{{1,63}}){{0,3}}?){_DOT}{_TOP}"
)
_PROVIDER: Final = re.compile(rf"[ \t]{{0,2}}{_PROVIDERS}(?![a-z0-9])")
_NO_WORD: Final = re.compile(r"[a-zäöüß]\w*(?:[._\-]\w|\d)")
_IS_ORDINARY: Final = frozenset({" at ", " ät ", "(a)", "[a]", "-at-", "_at_"})
_LOCAL_BEFORE_AT: Final = re.compile(r"[ \t]{0,2}[\w.%+\-]{1,64}")
# Words of two letters are too common to be looked for, but may stand between.
_GAP: Final = re.compile(r"[^\w\n]{0,4}(?:(?:[0-9]|un\b|um\b)[^\w\n]{0,4}){0,8}")
_MIN_WORDS: Final = 5
_MIN_DIGITS: Final = 7
_MIN_DIFFERENT: Final = 4
_LETTERS: Final = re.compile(r"[0-9](?:[ .\-/()]{0,3}[0-9oil]){7,16}(?![\w@])")
_STRAY: Final = re.compile(r"(?:\A|[^\doil])[oil]+(?:[^\doil]|\Z)")
_SINGLE: Final = re.compile(r"0(?:[ .\-*_~]{1,3}[0-9]){8,13}(?![\w,.])")
_BROKEN: Final = re.compile(r"0[0-9]{1,4}[*_~|•][0-9*_~|• ]{5,20}[0-9](?!\w)")
_NOT_BEFORE: Final = re.compile(r"[\w.,\-]\Z")
_FOR_DIGITS: Final = str.maketrans("oil", "011")


def obfuscated(lower: str, found: list[Trigger], digits: Digits) -> Iterator[Span]:
    """The spans of obfuscated contact data in lower-case text."""
    done = 0
    for trigger in found:
        if trigger.sign is Sign.AT and trigger.start >= done and (span := _mailbox(lower, trigger)):
            done = span[1]
            yield span
    if found:
        yield from _dotted(lower, found)
        yield from _spelled([trigger for trigger in found if trigger.sign is Sign.DIGIT], lower)
    if digits is Digits.MIXED:
        yield from _with_letters(lower)
    if digits is not Digits.FEW:
        yield from _taken_apart(lower)


def _mailbox(lower: str, at: Trigger) -> Span | None:
    written = lower[at.start : at.end]
    if written.isalpha() and not lower[at.start - 1 : at.end + 1].replace(written, "").isspace():
        return None
    domain, provider = _DOMAIN.match(lower, at.end), _PROVIDER.match(lower, at.end)
    where = domain or provider
    if where is None or (written in _IS_ORDINARY and provider is None and not _is_spelled(domain)):
        return None
    local = _LOCAL_BACKWARDS.match(lower[max(0, at.start - 72) : at.start][::-1])
    if local is None:
        return None
    if written in _IS_ORDINARY:
        # An ordinary word or mark: of local-part, provider and dot two must be unmistakable.
        bracketed = written[0] in "([" and domain is not None
        signs = (provider, bracketed or _is_spelled(domain), _NO_WORD.search(local.group(1)[::-1]))
        if sum(map(bool, signs)) < 2:
            return None
    return at.start - local.end(), where.end()


def _is_spelled(domain: re.Match[str] | None) -> bool:
    return domain is not None and _SPELLED_DOT.search(domain.group()) is not None


def _dotted(lower: str, found: list[Trigger]) -> Iterator[Span]:
    """A true at sign before a dot in words: `anna@gmail dot com`, `anna @ web . de`."""
    if "@" not in lower:
        return
    done = 0
    for trigger in found:
        if trigger.sign is not Sign.DOT or trigger.start < done:
            continue
        at = lower.rfind("@", max(0, trigger.start - 66), trigger.start)
        local = _LOCAL_BEFORE_AT.match(lower[max(0, at - 66) : at][::-1]) if at > 0 else None
        domain = _DOMAIN.match(lower, at + 1) if local else None
        if local and domain and domain.end() > trigger.start:
            done = domain.end()
            yield at - local.end(), done


def _spelled(words: list[Trigger], lower: str) -> Iterator[Span]:
    """Runs of digits in words, which may stand among digits; not those who count."""
    run: list[Trigger] = []
    for word in words:
        if not _is_word(lower, word):
            continue
        if run and word.start < run[-1].end:
            continue
        if run and not _GAP.fullmatch(lower, run[-1].end, word.start):
            if _is_number(run, lower):
                yield run[0].start, run[-1].end
            run = []
        run.append(word)
    if _is_number(run, lower):
        yield run[0].start, run[-1].end


def _is_word(lower: str, word: Trigger) -> bool:
    if not lower[word.start].isascii() and lower[word.start] > "\u2e00":
        return True
    around = lower[max(0, word.start - 1) : word.start] + lower[word.end : word.end + 1]
    return not any(char.isalpha() for char in around)


def _is_number(run: list[Trigger], lower: str) -> bool:
    if len(run) < _MIN_WORDS:
        return False
    between = sum(char.isdecimal() for char in lower[run[0].start : run[-1].end])
    if len(run) + between < _MIN_DIGITS:
        return False
    steps = {second.value - first.value for first, second in pairwise(run)}
    return steps not in ({1}, {-1}, {0})


def _with_letters(lower: str) -> Iterator[Span]:
    """Numbers with letters for digits: `o171 1234567`."""
    for match in _LETTERS.finditer(lower):
        start = match.start()
        start -= start > 0 and lower[start - 1] in "oil"
        written = lower[start : match.end()]
        if _STRAY.search(written) or not any(map(str.isalpha, written)):
            continue
        if is_phone(written.translate(_FOR_DIGITS), lower[max(0, start - 60) : start], ""):
            yield start, match.end()


def _taken_apart(lower: str) -> Iterator[Span]:
    """Numbers digit by digit, or with marks between: `0 1 7 1 1 2 …`, `0171*1234567`; counting is none."""
    for pattern in (_SINGLE, _BROKEN):
        for match in pattern.finditer(lower):
            digits = "".join(char for char in match.group() if char.isdecimal())
            counts = "01234567890123".startswith(digits)
            alone = _NOT_BEFORE.search(lower, max(0, match.start() - 1), match.start()) is None
            if alone and not counts and len(set(digits)) >= _MIN_DIFFERENT and 9 <= len(digits) <= 14:
                yield match.span()
