"""IBANs (ISO 13616): the country's length and the check digits must be right, whatever the spacing."""

import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

# The SWIFT IBAN registry, release 99: countries by the length of their IBANs.
_COUNTRIES: Final = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_LENGTHS: Final = {country: length for length, names in _COUNTRIES.items() for country in names.split()}
# Not `{2}`: a pattern that begins with a single character of a class is searched for three times as fast.
_CHECK_DIGITS: Final = re.compile(r"[0-9][0-9](?=[ .\-\r\n>]{0,6}[A-Za-z0-9]{4})")
_COUNTRY_BEFORE: Final = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})[ \-]?\Z")
# Between two of them may stand a line end, with quote marks after it.
_CHARACTER: Final = re.compile(
    r"(?:[ \t.\-]{0,2}(?:[ \t]{0,6}\r?\n[ \t]{0,8}(?:>[> \t]{0,40})?)?)([A-Za-z0-9])"
)
_FEWEST_DIGITS: Final = 8
"""Of account and bank: words after a number (`de 30 Tagen und …`) can have the right check digits, too."""
_MAX_CANDIDATES: Final = 2_000


def ibans(text: str) -> Iterator[Span]:
    """The spans of the IBANs, in order. text: with compatibility forms already made plain."""
    done = candidates = 0
    for check in _CHECK_DIGITS.finditer(text):
        before = text[max(0, check.start() - 4) : check.start()]
        if check.start() < done or not (before and (before[-1].isalpha() or before[-1] in " -")):
            continue
        country = _COUNTRY_BEFORE.search(before)
        length = _LENGTHS.get(country.group(1).upper()) if country else None
        if country is None or length is None:
            continue
        candidates += 1
        if candidates > _MAX_CANDIDATES:
            return
        start = check.start() - len(country.group())
        end, characters = _read(text, start, length)
        goes_on = end < len(text) and text[end].isalnum()
        if not goes_on and len(characters) == length and _has_digits(characters) and _checks(characters):
            yield start, end
            done = end


def _read(text: str, start: int, length: int) -> tuple[int, str]:
    characters: list[str] = []
    end = start
    while len(characters) < length and (match := _CHARACTER.match(text, end)):
        characters.append(match.group(1))
        end = match.end()
    return end, "".join(characters).upper()


def _has_digits(iban: str) -> bool:
    return sum(map(str.isdecimal, iban[4:])) >= _FEWEST_DIGITS


def _checks(iban: str) -> bool:
    """ISO 7064 MOD 97-10 over the IBAN with its first four characters moved to the end."""
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1
