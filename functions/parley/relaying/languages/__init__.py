"""What notices say, one module a language. Placeholders are those of `string.Template`."""

from parley.relaying.languages import english, german
from parley.relaying.languages.words import Words

LANGUAGES: dict[str, Words] = {"en": english.WORDS, "de": german.WORDS}
"""By primary language subtag (RFC 5646)."""
DEFAULT: Words = english.WORDS
