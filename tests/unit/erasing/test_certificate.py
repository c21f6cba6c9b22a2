"""The certificate of an erasure."""

import json
from datetime import UTC, datetime, timedelta

from parley.conversation.parties import PartyId
from parley.erasing.certificate import certificate, certificate_key
from parley.erasing.matters import Plan, Rules

NOW = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
RULES = Rules(
    retention=timedelta(days=730),
    claim_window=timedelta(days=90),
    inbox_days=60,
    access_log_days=400,
    log_days=90,
)


def plan(salt: str = "ab" * 16) -> Plan:
    return Plan(
        id="e1",
        party=PartyId("anna"),
        case="dsr-3",
        for_claims=True,
        requested_at=NOW,
        salt=salt,
        next_at=NOW,
        conversations=3,
        kept_for_claims=1,
        links=40,
        mailboxes=2,
    )


def test_a_certificate_does_not_name_the_party() -> None:
    assert b"anna" not in certificate(plan(), NOW, RULES)


def test_with_the_salt_the_party_can_be_told_and_without_it_not() -> None:
    first, second = (json.loads(certificate(plan(salt), NOW, RULES)) for salt in ("ab" * 16, "cd" * 16))
    assert first["party"] != second["party"]
    assert certificate(plan(), NOW, RULES) == certificate(plan(), NOW, RULES)
    assert ("ab" * 16) not in json.dumps(first)


def test_a_certificate_says_for_how_long_other_copies_live_on() -> None:
    told = json.loads(certificate(plan(), NOW, RULES))["lives_on_for_days"]
    assert told["notifications-in-queues"] == 14
    assert (told["table-recovery"], told["mail-of-no-conversation"], told["function-logs"]) == (35, 60, 90)


def test_a_certificate_lies_under_the_id_of_its_erasure() -> None:
    assert certificate_key("e1") == "erasures/e1.json"
