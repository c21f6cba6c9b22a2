"""The whole sandbox: parties write by SMTP, the deployed stack works, parties read by IMAP."""

import os
import signal
import smtplib
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from cli.marketplace import ApiProblem
from sandbox.accounts import Account
from sandbox.loopback import HOST, listening
from sandbox.mailboxes.mailboxes import Stored
from sandbox.seeding import BUYER, SELLER, Correspondent
from sandbox.stack import Sandbox, running
from sandbox.starting import FREE_PORTS, Ports, StartError
from tests.sandbox.whole import reply, written
from tests.support.correspondences import correspond, wait

pytestmark = pytest.mark.slow


def post(sandbox: Sandbox, author: Correspondent, raw: bytes) -> None:
    sandbox.submit(author.account, raw, [author.writes_to])


def inbox(sandbox: Sandbox, account: Account, count: int) -> list[EmailMessage]:
    """The account's mails, once there are so many."""

    def enough() -> list[Stored] | None:
        stored = sandbox.mailboxes.messages(account.mailbox)
        return stored if len(stored) >= count else None

    parsed = []
    for each in wait(enough, f"mail number {count}"):
        mail = message_from_bytes(each.raw, policy=default)
        assert isinstance(mail, EmailMessage)
        parsed.append(mail)
    return parsed


def test_three_rounds_through_the_deployed_stack_stay_in_one_thread(sandbox: Sandbox) -> None:
    both = correspond(sandbox)
    buyer, seller = both.buyer, both.seller
    first = written(
        buyer.account, buyer.writes_to, f"Mine is {buyer.account.mailbox}.\n", Message_ID="<1@buyer>"
    )
    post(sandbox, buyer, first)
    (question,) = inbox(sandbox, seller.account, 1)
    assert question["From"].addresses[0].addr_spec == seller.writes_to

    post(sandbox, seller, reply(seller.account, question, "Tomorrow.", "<2@seller>"))
    (answer,) = inbox(sandbox, buyer.account, 1)
    assert answer["In-Reply-To"] == "<1@buyer>"

    post(sandbox, buyer, reply(buyer.account, answer, "Thank you.", "<3@buyer>"))
    _, thanks = inbox(sandbox, seller.account, 2)
    assert thanks["In-Reply-To"] == "<2@seller>"
    assert question["Message-ID"] in thanks["References"].split()
    for reader, other in ((buyer, seller), (seller, buyer)):
        seen = b"".join(each.raw for each in sandbox.mailboxes.messages(reader.account.mailbox)).lower()
        assert other.account.domain.encode() not in seen


def test_an_out_of_office_comes_back_through_the_deployed_stack(sandbox: Sandbox) -> None:
    both = correspond(sandbox, seller="ooto")
    post(sandbox, both.buyer, written(both.buyer.account, both.buyer.writes_to, "Hello?\n"))
    (away,) = inbox(sandbox, both.buyer.account, 1)
    assert away["Auto-Submitted"] == "auto-replied"
    assert both.seller.account.domain.encode() not in bytes(away)


def test_what_ses_does_not_take_is_refused_with_its_reply(sandbox: Sandbox) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="mailbox unavailable"):
        sandbox.submit(BUYER.account, b"Subject: Hello\r\n\r\n", ["somebody@elsewhere.example"])


def test_a_request_with_an_error_names_the_field(sandbox: Sandbox) -> None:
    with pytest.raises(ApiProblem) as caught:
        sandbox.open("order-x", replace(BUYER, id="b-x", account=Account("no mailbox", "x")), SELLER)
    assert (caught.value.status, caught.value.field) == (400, "mailboxes[0]")


def test_the_parties_are_registered_and_may_be_registered_again(sandbox: Sandbox) -> None:
    first = sandbox.first
    assert sandbox.api.party(BUYER.id).mailboxes == (BUYER.account.mailbox,)
    assert sandbox.open("303-11", BUYER, SELLER) == first
    assert sandbox.api.conversation(first.conversation).buyer_alias == first.seller.writes_to


def test_a_closed_conversation_refuses_and_tells_until_it_is_reopened(sandbox: Sandbox) -> None:
    both = correspond(sandbox)
    buyer, seller = both.buyer, both.seller
    sandbox.api.close(both.conversation)
    post(sandbox, buyer, written(buyer.account, buyer.writes_to, "Too late?\n", Message_ID="<1@buyer>"))
    (notice,) = inbox(sandbox, buyer.account, 1)
    assert notice["Auto-Submitted"] == "auto-replied"
    sandbox.api.reopen(both.conversation)
    post(sandbox, buyer, written(buyer.account, buyer.writes_to, "Again.\n", Message_ID="<2@buyer>"))
    (heard,) = inbox(sandbox, seller.account, 1)
    assert "Again." in heard.get_content()


def test_the_operators_mail_can_be_read(sandbox: Sandbox) -> None:
    author = sandbox.first.buyer.account
    to = f"postmaster@{sandbox.settings.relay_domain}"
    sandbox.submit(author, written(author, to, "Who are you?\n"), [to])
    operator = sandbox.accounts.of(str(sandbox.settings.operator_mailbox))
    assert operator
    (heard,) = inbox(sandbox, operator, 1)
    assert any(b"Who are you?" in (part.get_payload(decode=True) or b"") for part in heard.walk())


def test_every_port_that_is_taken_is_named_before_anything_starts() -> None:
    with listening(HOST, 0) as one, listening(HOST, 0) as two:
        smtp, page = one.getsockname()[1], two.getsockname()[1]
        steps: list[str] = []
        with (
            pytest.raises(StartError) as caught,
            running(ports=Ports(smtp=smtp, imap=0, page=page, emulator=0), progress=steps.append),
        ):
            pass
    assert f"port {smtp}, for smtp" in str(caught.value)
    assert f"port {page}, for page" in str(caught.value)
    assert "`make sandbox ARGS=--help` names the options" in str(caught.value)
    assert steps == []


def test_state_that_is_kept_is_there_at_the_next_start_and_the_thread_goes_on(
    tmp_path: Path, assembly: Path
) -> None:
    with running(tmp_path, assembly=assembly) as sandbox:
        first, endpoint = sandbox.first, sandbox.deployed.local.endpoint
        buyer, seller = first.buyer, first.seller
        post(sandbox, buyer, written(buyer.account, buyer.writes_to, "Hello.\n", Message_ID="<1@buyer>"))
        # Accepted is enough: what is on its way is worked on and delivered before the end.
        with (
            pytest.raises(StartError, match="another sandbox runs in"),
            running(tmp_path, assembly=assembly),
        ):
            pass
    with (
        pytest.raises(StartError, match="Leave --emulator-port out"),
        running(tmp_path, ports=replace(FREE_PORTS, emulator=4), assembly=assembly),
    ):
        pass
    with running(tmp_path, ports=replace(FREE_PORTS, emulator=None), assembly=assembly) as sandbox:
        assert sandbox.first == first
        assert sandbox.deployed.local.endpoint == endpoint
        assert len(sandbox.mailboxes.messages(seller.account.mailbox)) == 1
        (question,) = inbox(sandbox, seller.account, 1)
        post(sandbox, seller, reply(seller.account, question, "Tomorrow.", "<2@seller>"))
        (answer,) = inbox(sandbox, buyer.account, 1)
    assert answer["In-Reply-To"] == "<1@buyer>"


def test_after_a_crash_of_the_emulator_the_next_start_goes_on_from_the_last_good_end(
    tmp_path: Path, assembly: Path
) -> None:
    def write(sandbox: Sandbox, name: str) -> None:
        buyer = sandbox.first.buyer
        post(sandbox, buyer, written(buyer.account, buyer.writes_to, "x\n", Message_ID=f"<{name}@buyer>"))

    steps: list[str] = []
    with running(tmp_path, assembly=assembly) as sandbox:
        conversation, seller = sandbox.first.conversation, sandbox.first.seller.account
        write(sandbox, "first")
    with running(tmp_path, assembly=assembly, progress=steps.append) as sandbox:
        write(sandbox, "lost")
        inbox(sandbox, seller, 2)
        os.kill(sandbox.emulator.process_id, signal.SIGKILL)
    assert "this run did not end in good order; the state from before it is kept" in steps
    with running(tmp_path, assembly=assembly) as sandbox:
        assert len(sandbox.mailboxes.messages(seller.mailbox)) == 1
        assert len(sandbox.archive(conversation).messages()) == 1
        write(sandbox, "third")
        inbox(sandbox, seller, 2)


def test_a_port_that_is_given_twice_is_named_before_anything_starts() -> None:
    steps: list[str] = []
    with (
        pytest.raises(StartError, match="port 4025 was given more than once: for smtp and imap"),
        running(ports=Ports(smtp=4025, imap=4025, page=0, emulator=0), progress=steps.append),
    ):
        pass
    assert steps == []
