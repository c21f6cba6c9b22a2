"""Views: what is read of a text, and the way back to the characters it came from."""

import re

from parley.masking.decodings import squeezed
from parley.masking.readings import plain
from parley.masking.views import View

WORDS = "ab &amp; cd&lt;ef \u00adgh"
ENTITY = re.compile(r"&(amp|lt);")


def decoded(match: re.Match[str]) -> str:
    return {"amp": "und", "lt": "<"}[match[1]]


def test_what_was_not_rewritten_stands_for_itself() -> None:
    view = View(WORDS).rewritten(ENTITY, decoded)
    assert view.text == "ab und cd<ef \u00adgh"
    for kept in ("ab ", " cd", "ef \u00adgh"):
        at = view.text.index(kept)
        assert WORDS[slice(*view.base_span(at, at + len(kept)))] == kept


def test_what_was_rewritten_stands_for_all_that_was_there() -> None:
    view = View(WORDS).rewritten(ENTITY, decoded)
    for position in range(3, 6):
        assert WORDS[slice(*view.base_span(position, position + 1))] == "&amp;"
    assert WORDS[slice(*view.base_span(7, 11))] == "cd&lt;e"


def test_the_way_back_leads_through_every_view() -> None:
    view = squeezed(plain(View(WORDS)))
    assert view.text == "ab&cd<efgh"
    assert WORDS[slice(*view.base_span(1, 4))] == "b &amp; c"
    assert WORDS[slice(*view.base_span(8, 10))] == "gh"


def test_a_blank_that_was_left_out_is_a_gap_and_an_entity_is_none() -> None:
    view = squeezed(plain(View(WORDS)))
    assert [at for at in range(len(view.text)) if view.gap_before(at)] == [2, 3, 8]
    assert view.gaps(0, len(view.text)) == [2, 3, 8]


def test_a_letter_that_looks_alike_is_still_known_for_foreign_after_another_rewriting() -> None:
    view = squeezed(plain(View("x \u0430nna")))
    assert view.text == "xanna"
    assert [view.is_ascii_at(at) for at in range(5)] == [True, False, True, True, True]


def test_a_view_that_changes_nothing_is_the_same_view() -> None:
    view = View("Guten Tag")
    assert view.rewritten(ENTITY, decoded) is view
