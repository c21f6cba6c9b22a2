"""What an author's mail server meets where SES receives mail."""

import smtplib
import socket
import threading
from dataclasses import replace

import pytest

from tests.sandbox.stand_ins import ALIAS, BUYER, RELAY, RULE, SELLER, Inbound, inbound, mail, trusting


def test_a_mail_is_stored_and_announced_under_the_id_that_the_reply_names(ses_in: Inbound) -> None:
    code, text = ses_in.send(mail())
    receipt_id = text.decode().split()[-1]
    assert code == 250
    assert list(ses_in.outside.objects) == [f"inbox-bucket/inbox/{receipt_id}"]
    assert ses_in.outside.notification["mail"]["messageId"] == receipt_id
    assert ses_in.outside.published[0]["topic"] == RULE.topic


def test_the_mail_stands_unchanged_under_the_fields_of_ses(ses_in: Inbound) -> None:
    raw = mail(body="8 bit: \xfc, a tab\t and trailing blanks  \r\n\r\n\r\n")
    ses_in.send(raw)
    assert ses_in.outside.stored.endswith(raw)
    own = ses_in.outside.stored.removesuffix(raw).decode()
    assert [line.split(":")[0] for line in own.splitlines() if line[0] != " "] == [
        "Return-Path",
        "Received",
        "X-SES-Spam-Verdict",
        "X-SES-Virus-Verdict",
        "Received-SPF",
        "Authentication-Results",
        "X-SES-RECEIPT",
        "X-SES-DKIM-SIGNATURE",
    ]


@pytest.mark.parametrize(
    "recipient",
    [f"x@sub.{RELAY}", "x@example.com", f"x@evil{RELAY}", f"x@{RELAY}.evil.example"],
)
def test_a_recipient_elsewhere_is_refused_for_good(ses_in: Inbound, recipient: str) -> None:
    code, text = ses_in.send(mail(), recipients=(recipient,))
    assert (code, text[:5]) == (550, b"5.1.1")


def test_a_recipient_in_capitals_is_accepted_and_kept_as_written(ses_in: Inbound) -> None:
    ses_in.send(mail(), recipients=(ALIAS.upper(),))
    assert ses_in.outside.notification["receipt"]["recipients"] == [ALIAS.upper()]


def test_only_extensions_are_announced(ses_in: Inbound) -> None:
    with ses_in.program() as smtp:
        smtp.ehlo()
        assert "pipelining" in smtp.esmtp_features
        assert "ok" not in smtp.esmtp_features


def test_all_recipients_of_the_envelope_stand_in_one_receipt(ses_in: Inbound) -> None:
    recipients = (f"a@{RELAY}", f"b@{RELAY}")
    ses_in.send(mail(), recipients=recipients)
    assert len(ses_in.outside.objects) == 1
    assert ses_in.outside.notification["receipt"]["recipients"] == list(recipients)
    assert b"\r\n for " not in ses_in.outside.stored


def test_the_one_recipient_is_named_in_the_received_field(ses_in: Inbound) -> None:
    ses_in.send(mail())
    assert f"\r\n for {ALIAS};\r\n".encode() in ses_in.outside.stored


def test_the_fifty_first_recipient_shall_come_again(ses_in: Inbound) -> None:
    code, text = ses_in.send(mail(), recipients=tuple(f"a{number}@{RELAY}" for number in range(51)))
    assert (code, text[:5]) == (452, b"4.5.3")


def test_a_mail_whose_stated_size_is_above_40_mb_is_refused_before_it_is_sent(ses_in: Inbound) -> None:
    with ses_in.program() as smtp:
        smtp.ehlo()
        code, text = smtp.mail(BUYER.mailbox, [f"SIZE={40 * 1024 * 1024 + 1}"])
    assert (code, text[:5]) == (552, b"5.3.4")


def test_a_mail_that_turns_out_too_large_is_refused_after_it_was_sent() -> None:
    with inbound(max_mail=1_000) as ses_in:
        code, text = ses_in.send(mail(body="x" * 2_000))
        assert (code, text[:5]) == (552, b"5.3.4")
        assert ses_in.send(mail())[0] == 250
        assert len(ses_in.outside.objects) == 1


def test_a_mail_of_a_megabyte_arrives(ses_in: Inbound) -> None:
    raw = mail(body=("x" * 76 + "\r\n") * 14_000)
    assert ses_in.send(raw)[0] == 250
    assert ses_in.outside.stored.endswith(raw)


def test_what_cannot_be_stored_shall_come_again(ses_in: Inbound) -> None:
    ses_in.outside.fails = True
    code, text = ses_in.send(mail())
    assert (code, text[:5]) == (451, b"4.3.0")
    assert ses_in.outside.published == []


def test_the_null_reverse_path_is_accepted(ses_in: Inbound) -> None:
    assert ses_in.send(mail(), reverse_path="")[0] == 250
    assert ses_in.outside.stored.startswith(b"Return-Path: <>\r\n")
    assert ses_in.outside.notification["mail"]["source"] == "<>"


def test_8bitmime_and_pipelining_are_offered_and_smtputf8_is_not(ses_in: Inbound) -> None:
    with ses_in.program() as smtp:
        smtp.ehlo()
        assert {"8bitmime", "pipelining", "size", "auth"} <= smtp.esmtp_features.keys()
        assert "smtputf8" not in smtp.esmtp_features
        assert smtp.docmd(f"MAIL FROM:<{BUYER.mailbox}> SMTPUTF8")[0] == 501


def test_commands_in_one_packet_are_answered_in_order(ses_in: Inbound) -> None:
    with socket.create_connection(("127.0.0.1", ses_in.ses.port), timeout=10) as connection:
        stream = connection.makefile("rb")
        stream.readline()
        commands = f"HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{ALIAS}>\r\nRCPT TO:<x@y>\r\nDATA\r\n"
        connection.sendall(commands.encode())
        codes = [stream.readline()[:3] for _ in range(5)]
        connection.sendall(b"Subject: x\r\n\r\n..y\r\n.\r\nQUIT\r\n")
        codes += [stream.readline()[:3] for _ in range(2)]
        stream.close()
    assert codes == [b"250", b"250", b"250", b"550", b"354", b"250", b"221"]
    assert ses_in.outside.stored.endswith(b"\r\n\r\n.y\r\n")


def test_doubled_dots_are_single_again(ses_in: Inbound) -> None:
    raw = mail(body=".\r\n..\r\n.x\r\n")
    ses_in.send(raw)
    assert ses_in.outside.stored.endswith(raw)


def test_a_dot_between_lone_line_feeds_does_not_end_the_mail(ses_in: Inbound) -> None:
    with socket.create_connection(("127.0.0.1", ses_in.ses.port), timeout=10) as connection:
        stream = connection.makefile("rb")
        stream.readline()
        for command in ("HELO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{ALIAS}>", "DATA"):
            connection.sendall(f"{command}\r\n".encode())
            stream.readline()
        connection.sendall(b"Subject: x\n\nbefore\n.\nMAIL FROM:<evil@b.example>\n\r\n.\r\n")
        assert stream.readline().startswith(b"250")
        stream.close()
    assert ses_in.outside.stored.endswith(b"Subject: x\n\nbefore\n.\nMAIL FROM:<evil@b.example>\n\r\n")


def test_lines_longer_than_the_standard_allows_are_taken_as_ses_takes_them(ses_in: Inbound) -> None:
    raw = mail(body="x" * 200_000 + "\r\n")
    assert ses_in.send(raw)[0] == 250
    assert ses_in.outside.stored.endswith(raw)


def test_an_unknown_command_and_a_wrong_order_get_their_codes(ses_in: Inbound) -> None:
    with ses_in.program() as smtp:
        assert smtp.docmd("NONSENSE")[0] == 500
        assert smtp.docmd("MAIL FROM:<a@b.example>")[0] == 503
        smtp.ehlo()
        code, text = smtp.docmd(f"RCPT TO:<{ALIAS}>")
    assert (code, text[:5]) == (503, b"5.5.1")


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_an_account_is_authenticated_by_both_mechanisms(ses_in: Inbound, mechanism: str) -> None:
    with ses_in.program() as smtp:
        smtp.ehlo()
        smtp.user, smtp.password = BUYER.mailbox.upper(), BUYER.password
        code, _ = smtp.auth(mechanism.removeprefix("auth_").upper(), getattr(smtp, mechanism))
    assert code == 235


def test_a_wrong_password_is_refused(ses_in: Inbound) -> None:
    with ses_in.program() as smtp, pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        smtp.login(BUYER.mailbox, SELLER.password)
    assert refused.value.smtp_code == 535


def test_a_program_may_encrypt_and_authenticate_then() -> None:
    with inbound(tls=True) as ses_in:
        with ses_in.program(BUYER, tls=True) as smtp:
            smtp.sendmail(BUYER.mailbox, [ALIAS], mail())
        assert ses_in.outside.notification["receipt"]["dmarcVerdict"] == {"status": "PASS"}


def test_a_rule_that_requires_tls_refuses_mail_without_it() -> None:
    with inbound(replace(RULE, requires_tls=True)) as ses_in:
        code, _ = ses_in.send(mail())
        assert code == 530
        with ses_in.program(tls=True) as smtp:
            assert smtp.sendmail(BUYER.mailbox, [ALIAS], mail()) == {}


def test_programs_are_served_side_by_side(ses_in: Inbound) -> None:
    with ses_in.program() as first, ses_in.program(BUYER) as second:
        first.sendmail(BUYER.mailbox, [ALIAS], mail())
        second.sendmail(BUYER.mailbox, [ALIAS], mail())
    verdicts = [e["receipt"]["dmarcVerdict"]["status"] for e in ses_in.outside.events]
    assert verdicts == ["FAIL", "PASS"]


def test_nothing_is_left_when_it_ends_in_the_middle_of_a_dialogue() -> None:
    before = threading.active_count()
    with inbound(tls=True) as ses_in:
        idle = smtplib.SMTP("127.0.0.1", ses_in.ses.port, timeout=10)
        idle.starttls(context=trusting())
    assert threading.active_count() == before
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        idle.docmd("NOOP")
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ses_in.ses.port), timeout=10)


def test_it_can_be_closed_twice() -> None:
    with inbound() as ses_in:
        ses_in.ses.close()


def test_several_can_run_at_once() -> None:
    with inbound() as first, inbound() as second:
        assert first.ses.port != second.ses.port > 0
