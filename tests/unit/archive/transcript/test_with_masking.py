"""Mails that were really masked, in a transcript: no real mailbox, and every text that had to survive."""

import json
from pathlib import Path

import pytest

from parley.archive.transcript.markup import text_between_tags
from parley.conversation.aliases import AliasId
from parley.conversation.messages import State
from parley.conversation.parties import Role
from tests.golden import pipeline
from tests.support.transcripts import BUYER_MAILBOX, SELLER_MAILBOX, Exchange

GOLDEN = Path(pipeline.__file__).parent
FACTS = [json.loads(line) for line in (GOLDEN / "facts.jsonl").read_text("utf-8").splitlines()]


def exchange_of(facts: dict[str, str], state: State) -> Exchange:
    """The mail of a scenario, passed on or not, in a conversation with the aliases of the scenarios."""
    raw = (GOLDEN / Path(facts["file"]).stem / "in.eml").read_bytes()
    exchange = Exchange()
    exchange.conversation.aliases.update({Role.BUYER: AliasId("b-7K2M"), Role.SELLER: AliasId("s-9Q4T")})
    author = Role.BUYER if facts["direction"] == pipeline.BUYER_TO_SELLER else Role.SELLER
    shown = pipeline.relayed(raw, facts["direction"]).outgoing
    exchange.mail(shown, state, original=raw, author=author)
    return exchange


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("state", [State.RELAYED, State.HELD])
@pytest.mark.parametrize("facts", FACTS, ids=lambda facts: str(facts["file"]))
def test_no_real_mailbox_is_shown_and_no_text_is_lost(facts: dict[str, list[str]], state: State) -> None:
    page = exchange_of(facts, state).page("de")  # type: ignore[arg-type]
    (article,) = page.split("<article")[1:]
    for mailbox in (BUYER_MAILBOX, SELLER_MAILBOX):
        assert mailbox not in page.lower()
    # "gmail_quote" is a class: it survives in the mail, and a transcript has no attributes.
    expected = [text for text in facts["must_survive"] if text != "gmail_quote"]
    seen = words(text_between_tags(article))
    assert [text for text in expected if words(text) not in seen] == []
