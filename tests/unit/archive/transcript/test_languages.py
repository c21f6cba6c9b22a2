"""German and English say the same things."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from string import Formatter
from typing import Any

import pytest

from parley.archive.records import EventKind
from parley.archive.transcript.differences import FLAGS, KINDS, LACKS
from parley.archive.transcript.languages import LANGUAGES, english_codes, words_for
from parley.archive.transcript.languages.words import Words
from parley.archive.transcript.messages import Kind
from parley.archive.transcript.model import Lack
from parley.conversation.conversations import Status
from parley.conversation.messages import State
from parley.conversation.parties import Role
from parley.mail.findings import Severity
from parley.mail.reports import Automatic
from parley.screening.policy import CODES, Action

GERMAN, ENGLISH = LANGUAGES["de"], LANGUAGES["en"]
VOCABULARIES: dict[str, Any] = {
    "statuses": set(Status),
    "states": set(State),
    "events": set(EventKind),
    "kinds": set(Kind),
    "lacks": set(Lack),
    "severities": set(Severity),
    "automatics": set(Automatic),
    "codes": set(CODES),
    "roles": {*Role, "unproved"},
}


def placeholders(text: str) -> int:
    return sum(field is not None for _, field, _, _ in Formatter().parse(text))


@pytest.mark.parametrize("name", VOCABULARIES)
@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_every_value_has_words_and_nothing_else_has(words: Words, name: str) -> None:
    assert set(getattr(words, name)) == VOCABULARIES[name]


@pytest.mark.parametrize("name", [field.name for field in fields(Words)])
def test_both_languages_have_the_same_places_to_fill_in(name: str) -> None:
    german, english = getattr(GERMAN, name), getattr(ENGLISH, name)
    if isinstance(english, str):
        assert german
        assert english
        assert placeholders(german) == placeholders(english)
    elif isinstance(english, dict):
        assert german.keys() == english.keys()
        assert all(german.values())
        for key, text in english.items():
            assert placeholders(german[key]) == placeholders(text)


def test_no_sentence_was_left_untranslated() -> None:
    same = {
        (name, key)
        for name in VOCABULARIES
        for key, text in getattr(ENGLISH, name).items()
        if getattr(GERMAN, name)[key] == text
    }
    assert same == set()


def test_no_plainer_words_are_those_of_the_table() -> None:
    assert [code for code, words in english_codes._PLAINER.items() if CODES[code].meaning == words] == []


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_nobody_has_to_know_what_the_relay_is_made_of(words: Words) -> None:
    told = " ".join((*words.codes.values(), *words.events.values(), *words.problems.values()))
    assert re.findall(r"\b(?:SES|SNS|DMARC|SPF|DKIM|MIME|boundary|HTML)\b", told.replace("S/MIME", "")) == []


def test_what_masking_changes_is_told_by_its_kind() -> None:
    assert {code for code, row in CODES.items() if row.action is Action.MASK} <= KINDS.keys()


def test_flags_are_those_of_the_table() -> None:
    assert {code for code, row in CODES.items() if row.action is Action.FLAG} == FLAGS


def test_lacks_are_codes_of_the_table() -> None:
    assert LACKS.keys() <= CODES.keys()


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_a_locale_leads_to_a_language(locale: str, language: str) -> None:
    assert words_for(locale).language == language


def test_dates_are_written_as_people_write_them() -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert GERMAN.date(at) == "4. März 2026, 05:06:07 UTC"
    assert ENGLISH.date(at) == "4 March 2026, 05:06:07 UTC"
