"""The words of a transcript, by language. English stands in for a language that is not there."""

from collections.abc import Mapping

from parley.archive.transcript.languages import english, german
from parley.archive.transcript.languages.words import Words

LANGUAGES: Mapping[str, Words] = {"de": german.WORDS, "en": english.WORDS}


def words_for(locale: str) -> Words:
    """locale: such as "de" or "de-AT"."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return LANGUAGES.get(language, english.WORDS)
