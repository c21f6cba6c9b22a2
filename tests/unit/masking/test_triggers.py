"""Words that announce contact data are found in texts of every script, at the same places."""

import pytest

from parley.masking.triggers import Sign, has_triggers, triggers
from parley.masking.views import View

TEXT = "Grüße! WhatsApp 0171, anna (ät) web Punkt de, TELEGRAM.  "


@pytest.mark.parametrize("other", ["", "漢字", "ж", "\ud800"])
def test_words_are_found_where_they_stand_in_any_script(other: str) -> None:
    found = [
        (trigger.sign, TEXT[trigger.start : trigger.end].lower()) for trigger in triggers(View(TEXT + other))
    ]
    assert found == [
        (Sign.MESSENGER, "whatsapp"),
        (Sign.AT, "(ät)"),
        (Sign.DOT, " punkt "),
        (Sign.MESSENGER, "telegram"),
    ]


def test_names_in_other_scripts_are_found() -> None:
    assert [trigger.sign for trigger in triggers(View("我的微信 anna4711"))] == [Sign.MESSENGER]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://wa.me/491711234567", True),
        ("HTTPS://T.ME/anna", True),
        ("https://shop.example/artikel?id=4711", False),
        ("我的微信", True),
    ],
)
def test_the_fast_test_notices_every_text_that_holds_a_word(text: str, expected: bool) -> None:
    assert has_triggers(text) is expected
    assert bool(triggers(View(text))) <= expected
