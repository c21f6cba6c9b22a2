"""Both parties have mail servers of their own: every mail goes through Postfix twice, and is read in Dovecot.

program -> author's Postfix -> SES in -> the deployed stack -> SES out -> recipient's Postfix -> Dovecot
"""

import re
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from sandbox.emulator.tools import CDK, EMULATOR, NODE, MissingToolError
from tests.programs.desk import Desk
from tests.programs.exchange import exchange
from tests.programs.neomutt import NeoMutt
from tests.programs.outcomes import archived, outcomes
from tests.programs.running import Home, wait_for
from tests.programs.s_nail import SNail
from tests.programs.threads import assert_hides
from tests.programs.two_servers import BUYERS_DOMAIN, SELLERS_DOMAIN, World, two_servers
from tests.support.template import assembly

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    try:
        for tool in (EMULATOR, CDK, NODE):
            tool.found()
    except MissingToolError as error:
        pytest.skip(str(error))
    with two_servers(assembly()) as started:
        yield started


@pytest.fixture(autouse=True)
def servers_logs(world: World) -> Iterator[None]:
    """Shown with a test that fails."""
    yield
    sys.stdout.write(f"{world.buyers.logs()}\n{world.sellers.logs()}\n")


def test_three_rounds_through_four_servers_are_one_thread_for_dovecot_too(world: World, home: Home) -> None:
    conversation = world.correspond()
    buyer, seller = world.desks(conversation)
    exchange(NeoMutt(buyer, home("buyer")), SNail(seller, home("seller")), conversation.conversation)
    for reader in (buyer, seller):
        assert threads(reader) == 1


def threads(reader: Desk) -> int:
    """How many threads the reader's INBOX has, as the server sees it (RFC 5256 §3, REFERENCES)."""
    with reader.logged_in("INBOX") as program:
        _, (answer,) = program.thread("REFERENCES", "UTF-8", "ALL")
    depth, found = 0, 0
    for bracket in re.findall(r"[()]", answer.decode()):
        found += bracket == "(" and depth == 0
        depth += 1 if bracket == "(" else -1
    return found


LINES = (
    "Grüße aus dem Birkenweg,",
    ".",
    "..after a line of one dot one with two, and one that ends in spaces:   ",
    "From here on it is quiet.",
    f"\tA tab, and a long line: {'tea ' * 200}",
    "-- ",
    "The buyer",
)
TEXT = "".join(f"{line}\n" for line in LINES)
INVOICE = b"%PDF-1.7\n" + bytes(range(256)) * 800


def test_no_server_on_the_way_alters_a_body(world: World) -> None:
    """The body that the archive keeps is the one that was written, the one that arrives is the one that was
    relayed, and both decode to the same octets."""
    conversation = world.correspond()
    buyer, seller = world.desks(conversation)
    written = mail_of(buyer)
    world.buyers.inject(written, reverse_path=buyer.mailbox, recipient=buyer.writes_to)
    mail = seller.arrived(1)
    assert_hides(mail, buyer)
    text, invoice = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == TEXT
    assert invoice.get_content() == INVOICE
    relayed, original = (
        archived(world.sandbox, conversation.conversation, name) for name in ("relayed.eml", "original.eml")
    )
    assert body(seller.raw()[0]) == body(relayed)
    assert body(written) == body(original)
    # All of them were on the way, and the last one wrote down SES's reverse-path.
    assert f"by mail.{BUYERS_DOMAIN} (Postfix".encode() in original
    assert f"by mail.{SELLERS_DOMAIN} (Postfix" in mail["Received"]
    assert mail["Delivered-To"] == seller.mailbox
    assert mail["Return-Path"].endswith(f"@bounce.{world.sandbox.settings.relay_domain}>")


def mail_of(author: Desk) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = author.mailbox, author.writes_to, "Tea"
    mail.set_content(TEXT, cte="8bit")
    mail.add_attachment(INVOICE, maintype="application", subtype="pdf", filename="invoice.pdf")
    return mail.as_bytes()


def body(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[2]


def test_a_mailbox_that_the_server_does_not_know_is_refused_to_ses(world: World) -> None:
    conversation = world.correspond(seller="nobody")
    buyer, seller = world.desks(conversation)
    world.buyers.inject(mail_of(buyer), reverse_path=buyer.mailbox, recipient=buyer.writes_to)
    taken = wait_for(lambda: dict(world.delivered).get(seller.mailbox), "delivery")
    assert taken is False
    assert outcomes(world.sandbox, conversation.conversation, 1)[0][0] == "relayed"


def test_the_bounce_of_a_partys_server_is_recorded_and_not_relayed(world: World) -> None:
    """The seller's server forwards to a mailbox that it then does not find, with the alias as reverse-path,
    as some forwardings do. Postfix sends its report (RFC 3464) to the alias, with the null reverse-path."""
    conversation = world.correspond()
    buyer, seller = world.desks(conversation)
    forwarded = b"From: %s\r\nSubject: Forwarded\r\n\r\nTo my colleague.\r\n" % seller.writes_to.encode()
    world.sellers.inject(
        forwarded, reverse_path=seller.writes_to, recipient=f"former-colleague@{SELLERS_DOMAIN}"
    )
    ((state, codes),) = outcomes(world.sandbox, conversation.conversation, 1)
    assert (state, codes[0]) == ("discarded", "delivery-report")
    report = archived(world.sandbox, conversation.conversation, "original.eml")
    assert b"Return-Path: <>" in report
    assert b"Diagnostic-Code: X-Postfix; unknown user" in report
    assert (buyer.mails(), seller.mails()) == ([], [])
