from typing import Any

import pytest

from parley.mail.reports import Automatic
from parley.mail.structure import read
from parley.mail.verdicts import Verdict, Verdicts
from parley.screening.context import Context
from parley.screening.rules import RULES
from parley.screening.rules.automatic import LIMITS
from parley.screening.rules.loop import MAX_HOPS
from parley.screening.rules.recipients import MAX_RECIPIENTS
from parley.screening.rules.size import MAX_BYTES
from parley.screening.screen import screen

PLAIN = b"From: a@buyer.example\r\nSubject: x\r\n\r\nHello\r\n"
CLEAN = Verdicts(spam=Verdict.PASS, virus=Verdict.PASS)


def codes(raw: bytes = PLAIN, **facts: Any) -> list[str]:
    facts = {"size": len(raw), "automatic": None, "verdicts": CLEAN} | facts
    return [finding.code for finding in screen(Context(mail=read(raw), **facts)).findings]


def test_an_ordinary_mail_is_missed_by_every_rule() -> None:
    context = Context(mail=read(PLAIN), size=len(PLAIN), automatic=None, verdicts=CLEAN)
    screening = screen(context)
    assert (screening.hits, screening.misses) == ((), tuple(rule.name for rule in RULES))


def test_our_own_mail_come_back_is_a_loop() -> None:
    assert codes(b"X-Parley-Message: m1\r\n" + PLAIN) == ["loop"]


def test_a_mail_that_passed_too_many_servers_is_a_loop_of_others() -> None:
    assert codes(b"Received: from x\r\n" * MAX_HOPS + PLAIN) == []
    assert codes(b"Received: from x\r\n" * (MAX_HOPS + 1) + PLAIN) == ["too-many-hops"]


@pytest.mark.parametrize("kind", Automatic)
def test_each_kind_of_automatic_mail_has_its_own_code(kind: Automatic) -> None:
    assert codes(automatic=kind) == [kind.value]
    assert codes(automatic=kind, first_contact=True) == [kind.value, "automatic-first-contact"]


@pytest.mark.parametrize(("kind", "limit"), LIMITS.items())
def test_automatic_mail_is_relayed_a_limited_number_of_times_a_day(kind: Automatic, limit: int) -> None:
    assert codes(automatic=kind, automatic_lately=limit - 1) == [kind.value]
    assert codes(automatic=kind, automatic_lately=limit) == [kind.value, "automatic-repeated"]


def test_a_mail_over_the_size_is_too_large() -> None:
    assert codes(size=MAX_BYTES) == []
    assert codes(size=MAX_BYTES + 1) == ["too-large"]


def test_a_mail_to_many_at_once_has_too_many_recipients() -> None:
    assert codes(recipients=MAX_RECIPIENTS) == []
    assert codes(recipients=MAX_RECIPIENTS + 1) == ["too-many-recipients"]


def test_the_same_mail_again_is_a_resubmission() -> None:
    assert codes(fingerprint="f", recent_fingerprints=frozenset({"f"})) == ["resubmission"]
    assert codes(fingerprint="g", recent_fingerprints=frozenset({"f"})) == []
    assert codes(fingerprint=None, recent_fingerprints=frozenset()) == []


def test_a_closed_conversation_takes_no_mail() -> None:
    assert codes(conversation_open=False) == ["conversation-closed"]


VIRUS = {
    Verdict.PASS: [],
    Verdict.FAIL: ["virus"],
    Verdict.GRAY: ["virus-verdict-missing"],
    Verdict.PROCESSING_FAILED: ["virus-verdict-missing"],
    Verdict.MISSING: ["virus-verdict-missing"],
    Verdict.DISABLED: ["virus-scan-disabled"],
}
SPAM = {
    Verdict.PASS: [],
    Verdict.FAIL: ["spam"],
    Verdict.GRAY: ["spam-uncertain"],
    Verdict.PROCESSING_FAILED: ["spam-verdict-missing"],
    Verdict.MISSING: ["spam-verdict-missing"],
    Verdict.DISABLED: ["spam-scan-disabled"],
}


@pytest.mark.parametrize("verdict", Verdict)
def test_every_virus_and_spam_verdict_has_its_code(verdict: Verdict) -> None:
    assert codes(verdicts=Verdicts(spam=Verdict.PASS, virus=verdict)) == VIRUS[verdict]
    assert codes(verdicts=Verdicts(spam=verdict, virus=Verdict.PASS)) == SPAM[verdict]


def with_attachment(name: str) -> bytes:
    return (
        b"From: a@buyer.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nHello\r\n--b\r\n"
        b'Content-Disposition: attachment; filename="' + name.encode() + b'"\r\n\r\nx\r\n--b--\r\n'
    )


@pytest.mark.parametrize("name", ["run.exe", "RUN.EXE", "invoice.pdf.js", "key.cer", "x.exe "])
def test_a_name_ending_that_ses_refuses_is_found(name: str) -> None:
    assert codes(with_attachment(name)) == ["attachment-type-refused"]


@pytest.mark.parametrize("name", ["invoice.pdf", "exe", "photo.jpg", "README"])
def test_other_names_pass(name: str) -> None:
    assert codes(with_attachment(name)) == []


def test_mail_to_a_mailbox_that_bounced_for_good_is_found() -> None:
    assert codes(recipient_reachable=False) == ["recipient-unreachable"]


def test_mail_to_who_opted_out_is_found() -> None:
    assert codes(recipient_opted_out=True) == ["recipient-opted-out"]
