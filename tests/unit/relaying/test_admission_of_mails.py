"""Admission on whole mails: verdicts and policies of the notification, forged Authentication-Results."""

import json
from itertools import product

import pytest

from parley.mail.verdicts import Verdict
from tests.support.relay_world import BUYER, SELLER_ALIAS, World, mail

GENUINE = "amazonses.com; spf=none; dkim=none; dmarc=pass header.from=buyer.example;"
NOTHING = "amazonses.com; spf=none; dkim=none; dmarc=none;"
OTHER = "amazonses.com; spf=none; dkim=none; dmarc=pass header.from=evil.example;"
RECEIPT = "X-SES-RECEIPT: AEFB\r\n"


def field(value: str) -> str:
    return f"Authentication-Results: {value}\r\n"


HEADS = {
    "SES proves the author": (field(GENUINE) + RECEIPT, True),
    "SES proves nothing": (field(NOTHING) + RECEIPT, False),
    "SES proves another domain": (field(OTHER) + RECEIPT, False),
    "SES says nothing": (RECEIPT, False),
    "forged below SES's fields": (field(NOTHING) + RECEIPT + field(GENUINE), False),
    "forged alone": (field(GENUINE), False),
    "forged with a receipt of its own": (field(NOTHING) + RECEIPT + field(GENUINE) + RECEIPT, False),
    "two above the receipt": (field(NOTHING) + field(GENUINE) + RECEIPT, False),
    "of another server": (field(GENUINE.replace("amazonses.com", "mx.evil.example")) + RECEIPT, False),
    "injected by a quoted local-part": (
        field(f'amazonses.com; spf=pass envelope-from="x; {GENUINE[15:]} y"@evil.example; dmarc=none;')
        + RECEIPT,
        False,
    ),
    "injected by a comment": (
        field(f"amazonses.com; spf=none ({GENUINE[15:]}); dmarc=none;") + RECEIPT,
        False,
    ),
}
POLICIES = (None, "none", "quarantine", "reject")


def outcome(head: str, verdict: Verdict, policy: str | None) -> tuple[str, tuple[str, ...]]:
    world = World()
    body = json.loads(world.accept(mail(BUYER), BUYER, SELLER_ALIAS))
    key = body["receipt"]["action"]["objectKey"]
    world.inbox.put(key, (head + mail(BUYER)).encode(), world.clock.now())
    status = {"status": verdict} if verdict is not Verdict.MISSING else None
    body["receipt"] |= {"dmarcVerdict": status, "dmarcPolicy": policy}
    (report,) = world.receive(json.dumps(body))
    return report.outcome, report.codes


@pytest.mark.parametrize("head", HEADS)
def test_only_a_pass_that_ses_itself_explains_admits_whatever_the_policy(head: str) -> None:
    fields, proves = HEADS[head]
    for verdict, policy in product(Verdict, POLICIES):
        result, codes = outcome(fields, verdict, policy)
        if verdict is Verdict.PASS and proves:
            assert result == "relayed", (verdict, policy)
        elif verdict is Verdict.FAIL:
            assert (result, codes) == ("refused", ("not-authenticated",)), (verdict, policy)
        else:
            assert (result, codes) in (
                ("refused", ("not-authenticated",)),
                ("held", ("authentication-unavailable",)),
            ), (verdict, policy)
