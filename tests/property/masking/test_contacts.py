"""Other contact data in any text: found without an error, masked once and for all, nothing else touched."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from parley.masking.contact_rules import ContactKind, ContactRules, Treatment
from parley.masking.contacts import contact_hits
from parley.masking.hypertext import mask_html
from parley.masking.matcher import Matcher
from parley.masking.text import mask_text
from parley.masking.views import View
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for
from tests.unit.masking.contact_examples import FOUND, SURVIVORS

MASK = Treatment.MASK
PROTECTED = protected_for(BUYER_TO_SELLER)
FLAGGING = Matcher(PROTECTED, RELAY_DOMAIN)
MASKING = Matcher(PROTECTED, RELAY_DOMAIN, ContactRules(phones=MASK, ibans=MASK, handles=MASK, links=MASK))
EVERY = frozenset(ContactKind)
EXAMPLES = [text for texts in FOUND.values() for text in texts]
IN_HTML = [text for text in EXAMPLES if not set("<>&") & set(text)]
PIECES = [*EXAMPLES, *SURVIVORS, "+", "0", "@", ".", " ", "\n", "(", "/", "-", "tel ", "telegram: ", "wa.me/"]

texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.text("0123456789+-/. ()@oOlI\n\u0660\u200b\ud834", max_size=120),
)


@given(texts)
@example("\ud834 0711 5550123")
def test_any_text_can_be_searched_and_spans_lie_within_it(text: str) -> None:
    for hit in contact_hits(View(text), MASKING, EVERY):
        assert 0 <= hit.start < hit.end <= len(text)
        assert hit.contact in EVERY


@given(texts)
def test_what_was_masked_holds_nothing_more_to_mask(text: str) -> None:
    once = mask_text(text, MASKING).text
    again = mask_text(once, MASKING)
    assert again.text == once


@given(texts)
def test_text_outside_of_what_was_found_is_not_touched(text: str) -> None:
    """What the masked text has left between the placeholders stands in the text, in that order."""
    assume("*" not in text)
    position = 0
    for piece in re.split(
        r"\*\*\*@\*\*\*|\*\*\*|https://masked\.invalid/|masked\.invalid", mask_text(text, MASKING).text
    ):
        position = text.find(piece, position)
        assert position >= 0
        position += len(piece)


@given(texts)
def test_flagging_changes_nothing(text: str) -> None:
    rules = ContactRules(mailboxes=Treatment.FLAG, links=Treatment.FLAG)
    assert mask_text(text, Matcher(PROTECTED, RELAY_DOMAIN, rules)).text == text


@given(st.sampled_from(IN_HTML), st.sets(st.integers(0, 40), max_size=4))
def test_tags_within_contact_data_hide_none_of_it(text: str, places: set[int]) -> None:
    marked = "".join(f"<b>{char}</b>" if place in places else char for place, char in enumerate(text))
    whole = mask_html(f"<p>{text}</p>", MASKING, {})
    assert mask_html(f"<p>{marked}</p>", MASKING, {}).contacts == whole.contacts


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "0711 5550123 ", "+49 711 5550123, ", ".", "a.", "@", "a@b.de ", " . "]
)
@pytest.mark.parametrize("matcher", [FLAGGING, MASKING], ids=["flagging", "masking"])
def test_a_hostile_megabyte_ends(piece: str, matcher: Matcher) -> None:
    """It is relayed or held within a second or so; a search that is not linear would take hours."""
    hits = contact_hits(View(piece * (1_000_000 // len(piece))), matcher, EVERY, every=False)
    assert sum(1 for _ in hits) < 400_000
