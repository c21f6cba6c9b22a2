"""Telephone numbers of any country in a text, as people write them.

A number with a country code, or in groups that only telephone numbers have, speaks for itself; any other
needs a word such as `Tel.` beside it. What is named as the number of something else is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parley.masking.digits import SHORTEST
from parley.masking.numbering import is_international, is_national
from parley.masking.readings import plain_name
from parley.masking.survivors import is_measure, is_order_number, is_postal_code, other_name, without_dates
from parley.masking.views import TooComplexError

Span = tuple[int, int]

MAX_FLAGGED: Final = 200
MAX_MASKED: Final = 10_000
_LONGEST: Final = 40
_MOST_DIGITS: Final = 17
"""Those of E.164 after two zeros."""
# A pattern that begins with plain characters is searched for ten times as fast as one with an option.
_RUN: Final = re.compile(rf"[0-9](?:[ \t.\-–—/()\u20e3]{{0,3}}[0-9]){{{SHORTEST - 1},}}+")
_SIGN_BEFORE: Final = re.compile(r"(?:\(?\+ ?\(?|\()\Z")
_APART: Final = re.compile(r"\s+[/–—-]\s*|\s*[/–—-]\s+|\s{2,}|\t|(?<=\d{3}) (?=0\d{2,4}[ /\-]?\d)")
_NOT_BEFORE: Final = re.compile(r"[\w@#_=&%$€£¥*\\/+]\Z|\w[-–]\Z|\d[,:]\Z")
_NOT_AFTER: Final = re.compile(r"[\w@_]|-[a-zA-Z]")
_PLAIN_MARKS: Final = {0x2013: "-", 0x2014: "-", 0x20E3: None, 0x9: " "}
# DHL's parcels: (00) and the base number of the company, 340434. No number in Spain begins with a zero.
_PARCEL: Final = re.compile(r"00 ?34 ?0")
_LISTED: Final = re.compile(
    r"[ \t]{0,3}(?:[,;&+/]|\r?\n[ \t>•*\-]{0,6}|und|and|et|e|y|i|en)[ \t]{0,3}(?:\r?\n[ \t>]{0,6})?"
)
_DIGIT: Final = re.compile("[0-9]")
_YEARS: Final = re.compile(r"(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d")
# Greek, Russian and Ukrainian, as `plain` shows them.
_IN_OTHER_LETTERS: Final = "|".join(
    map(
        plain_name, ("τηλ", "τηλέφωνο", "κινητό", "тел", "телефон", "моб", "мобильный", "звоните", "дзвоніть")
    )
)
_NAME_LATIN: Final = (
    r"t[eé]l(?:efon[aeiouy]?|éfonos?|[eé]phone|efoon|efonnummer|em[oó]vel)?|tlf|tfno|phone|mobil\w{0,10}"
    r"|mobile|móvil|handy\w{0,8}|festnetz|cell(?:phone)?|cellulare|celular|gsm|fax|sms|hotline|whats ?app"
    r"|viber|signal|portable|fijo|komórk\w{0,4}|kom|puhelin|cep|numaram|ruf\w{0,8}|anruf\w{0,3}|call|ring"
    r"|text me|durchwahl|erreich\w{0,6}|infolini\w|numero verde|num[eé]ro vert|n° vert|helpline"
    r"|klantenservice|llám\w{0,6}|llam\w{0,6}|chiam\w{0,5}|appel\w{0,4}|joindre|ligue|liga|zadzwoń"
    r"|dzwo[nń]\w{0,3}|bel|arayın|ara|my number|meine nummer|mein(?:e)? nr|mon numéro|mi número"
    r"|il mio numero|mój numer|mijn nummer|mitt nummer|meu número|número de contacto|contact (?:number|no)"
    r"|numer kontaktowy|atención al cliente|assistenza(?: clienti)?"
)
_NAME: Final = rf"(?:{_NAME_LATIN}|{_IN_OTHER_LETTERS})"
_NAMED_BEFORE: Final = re.compile(
    rf"(?:\b{_NAME}\b|[☎✆📞📱☏]"
    r"|电[ \u3000]{0,3}话|手机|電話|携帯|热线|(?:\n|^)[tmpf]\b)[^\n\d]{0,30}\s{0,4}\Z"
)
_TO_CALL: Final = re.compile(
    rf"telefo|phone|hotline|(?<![a-zà-ÿ])(?:{_NAME}(?![a-zà-ÿ])|tel|fax|handy|mob|ruf|cell|gsm|whats|[ck]onta[ck]t"
    r"|privat|person|gratuit|service|büro|festnetz|notfall|durchwahl|verde|vert|casa|fijo|fixe|komórk)"
)
_NAMED_AFTER: Final = re.compile(rf"[\s,(\-]{{0,4}}\b{_NAME}\b")


def phones(text: str, lower: str, *, every: bool = False) -> Iterator[Span]:
    """The spans of the telephone numbers, in order.

    Without `every`, 200 candidates are looked at. With it, more than 10,000 raise `TooComplexError`.
    """
    looked = 0
    done = 0
    listed = _Listed()
    for start, end, run in candidates(text):
        # What a whole run is called holds for each of its pieces.
        if start < done or (run < start and other_name(lower[max(0, run - 60) : run])):
            continue
        looked += 1
        if looked > MAX_FLAGGED and not every:
            return
        if looked > MAX_MASKED:
            raise TooComplexError
        before, after = lower[max(0, start - 60) : start], lower[end : end + 24]
        if listed.goes_on(text, start, end):
            done = end
        elif is_phone(text[start:end], before, after):
            done = end
            yield start, end
        else:
            listed = _Listed(before, end, _shape(text[start:end]))


@dataclass(slots=True)
class _Listed:
    """The last number that was none to call, and what stood before it: if it was one of something else, one
    of the same form beside it or below it is another of these."""

    before: str = ""
    end: int = -1
    shape: str = ""

    def goes_on(self, text: str, start: int, end: int) -> bool:
        follows = self.end >= 0 and _LISTED.fullmatch(text, self.end, start) is not None
        if not follows or _shape(text[start:end]) != self.shape or other_name(self.before) is None:
            return False
        self.end = end
        return True


def _shape(written: str) -> str:
    return _DIGIT.sub("0", written)


def candidates(text: str) -> Iterator[tuple[int, int, int]]:
    """Runs of digits and separators between dates; after each run its pieces, if they stand apart. Each with
    where its run begins."""
    for run in _RUN.finditer(text):
        for start, end in without_dates(run.group()):
            whole = _trimmed(text, run.start() + start, run.start() + end)
            if start == 0 and (sign := _SIGN_BEFORE.search(text, max(0, run.start() - 3), run.start())):
                whole = (sign.start(), whole[1])
            if whole[1] - whole[0] < SHORTEST or _PARCEL.match(text, whole[0]):
                continue
            yield *whole, whole[0]
            edges = [whole[0]]
            for gap in _APART.finditer(text, *whole):
                edges += gap.span()
            edges.append(whole[1])
            if len(edges) > 2:
                for piece in zip(edges[0::2], edges[1::2], strict=True):
                    yield *piece, whole[0]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in " \t.-–—/)":
        start += 1
    while end > start and not text[end - 1].isdecimal():
        end -= 1
    return start, end


def is_phone(written: str, before: str, after: str) -> bool:
    """Whether a run of digits and separators is a telephone number. before, after: what stands beside it, in
    lower case."""
    digits = "".join(filter(str.isdecimal, written))
    if len(written) > _LONGEST or not SHORTEST <= len(digits) <= _MOST_DIGITS or written.count("(") > 2:
        return False
    if _NOT_AFTER.match(after) or is_measure(after) or _NOT_BEFORE.search(before) or is_order_number(written):
        return False
    written = written.translate(_PLAIN_MARKS)
    if not digits.strip("0") or _YEARS.fullmatch(written):
        return False
    if written.lstrip("( ").startswith("+"):
        return is_international(written, digits)
    other = other_name(before)
    if other is not None and not _TO_CALL.search(other):
        return False
    if is_named(before) or _NAMED_AFTER.match(after):
        return len(digits) <= 15
    if is_postal_code(written):
        return False
    return is_international(written, digits) or is_national(written, digits)


def is_named(before: str) -> bool:
    """Whether the lower-case text before a number says that it is one to call."""
    return _NAMED_BEFORE.search(before) is not None
