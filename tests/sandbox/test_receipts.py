"""What SES says of a mail: its verdicts, in the object and in the notification."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import compat32

import pytest

from parley.mail.authentication import ses_authentication
from parley.mail.structure import read_header
from parley.relaying.receipts import Receipt, read_notification
from sandbox.ses.verdicts import EICAR, GTUBE
from tests.sandbox.stand_ins import ALIAS, BUYER, RULE, SELLER, Inbound, inbound, mail
from tests.support.runtime import event


def statuses(ses_in: Inbound) -> dict[str, str]:
    receipt = ses_in.outside.notification["receipt"]
    return {name: receipt[f"{name}Verdict"]["status"] for name in ("spf", "dkim", "dmarc", "spam", "virus")}


def results(ses_in: Inbound) -> str:
    return str(message_from_bytes(ses_in.outside.stored, policy=compat32)["Authentication-Results"])


def test_an_authenticated_party_passes_for_its_own_domain(ses_in: Inbound) -> None:
    ses_in.send(mail(), account=BUYER)
    assert set(statuses(ses_in).values()) == {"PASS"}
    authentication = ses_authentication(read_header(ses_in.outside.stored))
    assert authentication is not None
    assert authentication.spf_domain == authentication.dmarc_domain == "post.example"
    assert authentication.dkim_domains == {"post.example"}


def test_without_authentication_spf_and_dmarc_fail_and_nothing_is_signed(ses_in: Inbound) -> None:
    ses_in.send(mail())
    assert statuses(ses_in) == {
        "spf": "FAIL",
        "dkim": "GRAY",
        "dmarc": "FAIL",
        "spam": "PASS",
        "virus": "PASS",
    }
    assert ses_in.outside.notification["receipt"]["dmarcPolicy"] == "reject"
    assert "dkim=" not in results(ses_in)
    assert "dmarc=fail header.from=post.example" in results(ses_in)


def test_an_authenticated_party_does_not_pass_for_anothers_domain(ses_in: Inbound) -> None:
    ses_in.send(mail(author=SELLER.mailbox), account=BUYER)
    assert statuses(ses_in)["dmarc"] == "FAIL"
    assert statuses(ses_in)["dkim"] == "GRAY"


def test_a_reverse_path_elsewhere_does_not_pass_spf(ses_in: Inbound) -> None:
    ses_in.send(mail(), account=BUYER, reverse_path="x@elsewhere.example")
    assert statuses(ses_in)["spf"] == "FAIL"


@pytest.mark.parametrize("author", [f"{BUYER.mailbox}, {SELLER.mailbox}", "nobody"])
def test_a_from_field_that_is_not_one_mailbox_does_not_pass(ses_in: Inbound, author: str) -> None:
    ses_in.send(mail(author=author), account=BUYER)
    assert statuses(ses_in)["dmarc"] == "FAIL"


def test_verdicts_can_be_asked_for_and_the_field_is_taken_out(ses_in: Inbound) -> None:
    raw = mail(X_Sandbox_Verdicts="spam=FAIL; virus=PROCESSING_FAILED;\r\n dmarc=gray")
    ses_in.send(raw, account=BUYER)
    found = statuses(ses_in)
    assert (found["spam"], found["virus"], found["dmarc"]) == ("FAIL", "PROCESSING_FAILED", "GRAY")
    assert b"Sandbox" not in ses_in.outside.stored
    assert b"X-SES-Spam-Verdict: FAIL\r\n" in ses_in.outside.stored
    assert "dmarc=none header.from=post.example" in results(ses_in)
    assert ses_in.outside.stored.endswith(mail())


def test_verdicts_in_the_body_are_text(ses_in: Inbound) -> None:
    raw = mail(body="X-Sandbox-Verdicts: spam=FAIL\r\n")
    ses_in.send(raw)
    assert statuses(ses_in)["spam"] == "PASS"
    assert ses_in.outside.stored.endswith(raw)


def test_verdicts_that_do_not_exist_are_refused_with_an_example(ses_in: Inbound) -> None:
    code, text = ses_in.send(mail(X_Sandbox_Verdicts="spam=MAYBE"))
    assert code == 554
    assert b"spam=FAIL" in text
    assert ses_in.outside.objects == {}


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (EICAR.decode(), "virus"),
        ("WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNU", "virus"),
        (GTUBE.decode(), "spam"),
    ],
)
def test_the_scanners_test_strings_fail(ses_in: Inbound, body: str, verdict: str) -> None:
    ses_in.send(mail(body=f"{body}\r\n"), account=BUYER)
    assert {name for name, status in statuses(ses_in).items() if status == "FAIL"} == {verdict}


def test_a_rule_that_does_not_scan_says_so() -> None:
    with inbound(replace(RULE, scans=False)) as ses_in:
        ses_in.send(mail(body=GTUBE.decode()))
        assert (statuses(ses_in)["spam"], statuses(ses_in)["virus"]) == ("DISABLED", "DISABLED")


def test_the_notification_has_the_shape_of_a_recorded_one(ses_in: Inbound) -> None:
    raw = mail(Date="Fri, 4 Sep 2026 18:11:58 +0200", Message_ID="<CA1@post.example>")
    ses_in.send(raw, account=BUYER)
    assert shape(ses_in.outside.notification) == shape(event("received.json"))


def shape(value: object) -> object:
    """Names and types, of lists the first member's."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value)


def test_header_fields_above_10_kb_are_cut_off_in_the_notification(ses_in: Inbound) -> None:
    ses_in.send(mail(X_Long="x" * 11_000))
    told = ses_in.outside.notification["mail"]
    assert told["headersTruncated"] is True
    assert "X-Long" not in [each["name"] for each in told["headers"]]


def test_folded_fields_are_unfolded_in_the_notification(ses_in: Inbound) -> None:
    ses_in.send(mail(Subject="one\r\n two"))
    assert ses_in.outside.notification["mail"]["commonHeaders"]["subject"] == "one two"


def test_the_product_reads_the_notification(ses_in: Inbound) -> None:
    ses_in.send(mail(), account=BUYER)
    receipt = read_notification(ses_in.outside.published[0]["message"], "inbox/")
    assert isinstance(receipt, Receipt)
    assert receipt.recipients == (ALIAS,)


@pytest.mark.parametrize("quoted", ['"a;dmarc=pass header.from=post.example"@x.example'])
def test_a_quoted_local_part_stands_in_the_results_as_it_came(ses_in: Inbound, quoted: str) -> None:
    """SES does not guard its own field against it; the product has to."""
    ses_in.send(mail(), reverse_path=f"<{quoted}>")
    assert f"envelope-from={quoted}" in results(ses_in).replace("\r\n", "")
