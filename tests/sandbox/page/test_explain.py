"""What the relay recorded, in words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parley.conversation.aliases import AliasId
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.parties import Role
from parley.screening.policy import CODES, Action
from sandbox.page.explain import place_in_words, story, verdicts


def message(
    state: State = State.RELAYED, *, findings: tuple[Any, ...] = (), codes: tuple[str, ...] = ()
) -> Message:
    screening = {"policy": "default-1", "hits": ["spam"], "misses": ["loop", "size"], "findings": findings}
    return Message(
        id=MessageId("m"),
        receipt_id="r",
        alias=AliasId("a"),
        received_at=datetime(2026, 9, 4, tzinfo=UTC),
        state=state,
        codes=codes,
        author_role=Role.BUYER,
        record=json.dumps({"recipient_role": "seller", "screening": screening}),
    )


def test_a_masked_mailbox_is_told_with_place_reason_and_count() -> None:
    made = story(message(findings=(["protected-masked", "note", "part:1", 2],)))
    (found,) = made.findings
    assert (found.way, found.place, found.count) == ("masked", "the text", 2)
    assert "real mailbox" in found.why
    assert made.masked == 2
    assert made.rules == 3


@pytest.mark.parametrize("code", [code for code, row in CODES.items() if row.action is Action.MASK])
def test_whatever_is_masked_has_a_reason(code: str) -> None:
    (found,) = story(message(findings=([code, "note", "", 1],))).findings
    assert found.why


@pytest.mark.parametrize("state", State)
def test_every_state_has_words(state: State) -> None:
    assert story(message(state)).outcome


def test_why_a_mail_was_refused_is_told_once() -> None:
    finding = ["stranger", "note", "header:from", 1]
    made = story(message(State.REFUSED, codes=("stranger", "spam"), findings=(finding,)))
    assert [(each.code, each.stops) for each in made.findings] == [("stranger", True)]
    assert made.reasons == (("spam", CODES["spam"].meaning),)


def test_the_codes_of_a_relayed_mail_are_no_reasons() -> None:
    assert story(message(codes=("bulk",))).reasons == ()


def test_a_code_that_is_not_in_the_table_is_told_as_unknown() -> None:
    (found,) = story(message(findings=(["of-tomorrow", "note", "", 1],))).findings
    assert found.meaning == "unknown"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("", ""),
        ("subject", "the subject"),
        ("header:reply-to", "the field Reply-To"),
        ("part:1", "the text"),
        ("part:1.2", "part 1.2"),
        ("part:1.2:filename", "the file name of part 1.2"),
        ("part:1.3:header", "the header section of part 1.3"),
    ],
)
def test_places_are_told_in_words(place: str, words: str) -> None:
    assert place_in_words(place) == words


def test_verdicts_are_those_that_ses_wrote() -> None:
    raw = (
        b"X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: FAIL\r\n"
        b'Authentication-Results: amazonses.com; spf=fail envelope-from="; dmarc=pass;"@evil.example;\r\n'
        b" dkim=none; dmarc=fail header.from=shop.example;\r\nX-SES-RECEIPT: x\r\n"
        b"Authentication-Results: amazonses.com; dmarc=pass\r\nFrom: a@shop.example\r\n\r\n"
    )
    assert {verdict.name: verdict.status for verdict in verdicts(raw)} == {
        "spam": "pass",
        "virus": "fail",
        "spf": "fail",
        "dkim": "none",
        "dmarc": "fail",
    }


def test_without_the_mark_of_ses_nothing_is_believed() -> None:
    assert verdicts(b"Authentication-Results: amazonses.com; dmarc=pass\r\nFrom: a@b.example\r\n\r\n") == ()
