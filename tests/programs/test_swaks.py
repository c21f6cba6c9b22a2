"""Swaks hands single mails to the sandbox, as it is told: right ones and wrong ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.loopback import HOST
from sandbox.seeding import Correspondence
from sandbox.stack import Sandbox
from tests.programs import needs
from tests.programs.desk import Desk, desk
from tests.programs.neomutt import NeoMutt
from tests.programs.outcomes import outcomes
from tests.programs.running import Home, ProgramError, run
from tests.programs.threads import assert_hides, text_of

pytestmark = pytest.mark.slow

Swaks = Callable[..., str]


@pytest.fixture
def swaks(home: Home) -> Swaks:
    """Calls it with options; to the buyer's alias of the seller unless they say otherwise."""
    folder = home("swaks")

    def call(author: Desk, *options: str) -> str:
        program = needs.program("swaks")
        envelope = ["--from", author.mailbox, "--to", author.writes_to, "--helo", "laptop.example"]
        return run([program, "--server", f"{HOST}:{author.smtp}", *envelope, *options], home=folder)

    return call


def login(author: Desk) -> tuple[str, ...]:
    return "--auth", "PLAIN", "--auth-user", author.mailbox, "--auth-password", author.password


@pytest.fixture
def buyer(sandbox: Sandbox, conversation: Correspondence) -> Desk:
    return desk(conversation.buyer, sandbox)


@pytest.fixture
def seller(sandbox: Sandbox, conversation: Correspondence) -> Desk:
    return desk(conversation.seller, sandbox)


def test_a_mail_program_answers_what_swaks_sent(
    conversation: Correspondence, buyer: Desk, seller: Desk, swaks: Swaks, home: Home
) -> None:
    """Swaks files nothing: its Message-ID is the one that it was told."""
    swaks(buyer, *login(buyer), "--header", "Message-Id: <1@swaks.example>", "--body", "Is it here?")
    question = seller.arrived(1)
    assert_hides(question, buyer)
    NeoMutt(seller, home("seller")).reply("It is.\n")
    answer = buyer.arrived(1)
    assert_hides(answer, seller)
    assert answer["In-Reply-To"] == "<1@swaks.example>"
    assert "> Is it here?" in text_of(answer)


def test_an_attachment_of_swaks_arrives_octet_for_octet(
    buyer: Desk, seller: Desk, swaks: Swaks, tmp_path: Path
) -> None:
    invoice = b"%PDF-1.7\n" + bytes(range(256)) * 800
    file = tmp_path / "invoice.pdf"
    file.write_bytes(invoice)
    options = ["--attach-type", "application/pdf", "--attach-name", "invoice.pdf", "--attach", f"@{file}"]
    swaks(buyer, *login(buyer), "--body", "The invoice.", *options)
    (attached,) = seller.arrived(1).iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("invoice.pdf", invoice)


def test_a_mail_without_login_is_refused_later_and_reaches_nobody(
    sandbox: Sandbox, conversation: Correspondence, buyer: Desk, seller: Desk, swaks: Swaks
) -> None:
    swaks(buyer)
    assert outcomes(sandbox, conversation.conversation, 1) == [("refused", ("not-authenticated",))]
    assert (seller.mails(), buyer.mails()) == ([], [])


def test_a_mail_in_another_ones_name_is_refused_later_and_reaches_nobody(
    sandbox: Sandbox, conversation: Correspondence, buyer: Desk, seller: Desk, swaks: Swaks
) -> None:
    """The seller is logged in, and `From` names the buyer."""
    swaks(buyer, *login(seller))
    assert outcomes(sandbox, conversation.conversation, 1) == [("refused", ("not-authenticated",))]
    assert (seller.mails(), buyer.mails()) == ([], [])


def test_a_wrong_password_is_refused_at_once(buyer: Desk, swaks: Swaks) -> None:
    with pytest.raises(ProgramError, match=r"(?s)ended with 28:.*<\*\* 535 5\.7\.8"):
        swaks(buyer, "--auth", "PLAIN", "--auth-user", buyer.mailbox, "--auth-password", "wrong")


def test_a_recipient_elsewhere_is_refused_at_once(buyer: Desk, swaks: Swaks) -> None:
    with pytest.raises(ProgramError, match=r"(?s)ended with 24:.*<\*\* 550 5\.1\.1"):
        swaks(buyer, *login(buyer), "--to", "somebody@elsewhere.example")
