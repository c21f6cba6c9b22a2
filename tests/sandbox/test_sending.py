"""What an AWS client gets from SES, and how a mail leaves it."""

import socket
import threading
import time
import urllib.error
import urllib.request
from email import message_from_bytes
from email.utils import parsedate_to_datetime

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from parley.screening.rules.attachment_type import REFUSED_BY_SES
from parley.stores.mailer import SesMailer
from sandbox.ses import sending
from sandbox.ses.refusals import EXTENSIONS
from sandbox.ses.sending import UndeliveredError
from tests.sandbox.stand_ins import (
    ALIAS,
    BUYER,
    CONFIGURATION_SET,
    RELAY,
    Outbound,
    Outside,
    client,
    mail,
    outbound,
)

TO = BUYER.mailbox


def relayed(**fields: str) -> bytes:
    return mail(author=ALIAS, **{"To": TO, **fields})


def with_attachment(name: str) -> bytes:
    return mail(
        author=ALIAS,
        Content_Type="multipart/mixed; boundary=b",
        body=f'--b\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\nx\r\n--b--\r\n',
    )


def refusal(ses_out: Outbound, raw: bytes, *recipients: str, **more: object) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as raised:
        ses_out.send(raw, *(recipients or (TO,)), **more)
    answer = raised.value.response
    assert ses_out.outside.delivered == []
    return (
        answer["Error"]["Code"],
        answer["ResponseMetadata"]["HTTPStatusCode"],
        answer["Error"]["Message"],
    )


def test_a_mail_is_delivered_octet_for_octet_below_its_header(ses_out: Outbound) -> None:
    body = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n\r\n.\r\n" + b"y" * 998
    ses_out.send(relayed() + body, TO)
    assert ses_out.transmitted().partition(b"\r\n\r\n")[2] == b"Hello.\r\n" + body


def test_message_id_and_date_become_those_of_ses(ses_out: Outbound) -> None:
    sent = ses_out.send(relayed(Message_ID="<own@relay>", Date="Fri, 4 Sep 2026 18:11:58 +0200"), TO)
    delivered = message_from_bytes(ses_out.transmitted())
    assert delivered.get_all("Message-ID") == [f"<{sent}@eu-west-1.amazonses.com>"]
    assert len(delivered.get_all("Date", [])) == 1
    assert abs(parsedate_to_datetime(delivered["Date"]).timestamp() - time.time()) < 60


def test_in_us_east_1_the_message_id_has_another_domain() -> None:
    with outbound("us-east-1") as ses_out:
        sent = ses_out.send(relayed(), TO)
        assert message_from_bytes(ses_out.transmitted())["Message-ID"] == f"<{sent}@email.amazonses.com>"


def test_bcc_is_taken_out_with_its_folded_lines(ses_out: Outbound) -> None:
    ses_out.send(relayed(Bcc="hidden@example.com,\r\n also@example.com"), TO)
    assert b"hidden" not in ses_out.transmitted()
    assert b"also@" not in ses_out.transmitted()


def test_the_reverse_path_is_at_the_identitys_mail_from_domain(ses_out: Outbound) -> None:
    sent = ses_out.send(relayed(), TO)
    assert ses_out.transmitted().startswith(f"Return-Path: <{sent}@bounce.{RELAY}>\r\n".encode())


def test_without_destination_the_header_says_where_a_mail_goes(ses_out: Outbound) -> None:
    ses_out.send(relayed(Cc="Copy <copy@example.com>", Bcc="hidden@example.com"))
    assert [mailbox for mailbox, _ in ses_out.outside.delivered] == [
        TO,
        "copy@example.com",
        "hidden@example.com",
    ]


def test_destination_alone_decides_where_there_is_one(ses_out: Outbound) -> None:
    ses_out.send(relayed(Cc="copy@example.com"), TO)
    assert [mailbox for mailbox, _ in ses_out.outside.delivered] == [TO]


def test_a_mail_of_8_mb_passes(ses_out: Outbound) -> None:
    body = ("x" * 76 + "\r\n") * 100_000
    ses_out.send(relayed() + body.encode(), TO)
    assert ses_out.transmitted().endswith(body.encode())


def test_the_products_own_mailer_is_understood(ses_out: Outbound) -> None:
    from parley.mail.address import parse_mailbox
    from parley.relaying.ports import Submission

    submission = Submission(
        reverse_path=parse_mailbox(ALIAS),
        forward_path=parse_mailbox(TO),
        raw=relayed(),
        tags={"conversation": "c1"},
    )
    sent = SesMailer(ses_out.client, CONFIGURATION_SET).send(submission)
    ses_out.ses.settle()
    assert f"<{sent}@eu-west-1.amazonses.com>".encode() in ses_out.transmitted()


@pytest.mark.parametrize("author", ["a@elsewhere.example", f"a@evil{RELAY}"])
def test_an_unverified_author_is_rejected_by_name(ses_out: Outbound, author: str) -> None:
    code, status, text = refusal(ses_out, mail(author=author))
    assert (code, status) == ("MessageRejected", 400)
    assert text == (
        "Email address is not verified. The following identities failed the check in region "
        f"EU-WEST-1: {author}"
    )


def test_a_verified_caller_cannot_send_in_anothers_name(ses_out: Outbound) -> None:
    code, _, text = refusal(ses_out, mail(author=TO), FromEmailAddress=ALIAS)
    assert code == "MessageRejected"
    assert text.endswith(f": {TO}")


@pytest.mark.parametrize("name", ["invoice.exe", "invoice.pdf.JS", "a.b.url"])
def test_refused_extensions_are_refused(ses_out: Outbound, name: str) -> None:
    code, status, text = refusal(ses_out, with_attachment(name))
    assert (code, status, text) == ("BadRequestException", 400, f"Illegal filename '{name}'.")


def test_the_product_knows_every_extension_that_is_refused() -> None:
    assert EXTENSIONS == REFUSED_BY_SES


def test_other_attachments_pass(ses_out: Outbound) -> None:
    ses_out.send(with_attachment("invoice.exe.pdf"), TO)
    assert len(ses_out.outside.delivered) == 1


@pytest.mark.parametrize(
    "name", ["Subject", "MIME-Version", "content-type", "References", "Reply-To", "Auto-Submitted"]
)
def test_a_field_that_may_stand_once_is_refused_twice(ses_out: Outbound, name: str) -> None:
    raw = f"{name}: x\r\n{name}: y\r\nFrom: {ALIAS}\r\n\r\n".encode()
    code, status, text = refusal(ses_out, raw)
    assert (code, status, text) == ("BadRequestException", 400, f"Duplicate header '{name}'.")


def test_a_field_of_ones_own_may_stand_twice(ses_out: Outbound) -> None:
    ses_out.send(b"X-Own: 1\r\nX-Own: 2\r\n" + relayed(), TO)
    assert ses_out.transmitted().count(b"X-Own") == 2


def test_a_line_of_998_octets_passes_and_one_of_999_does_not(ses_out: Outbound) -> None:
    code, status, _ = refusal(ses_out, relayed() + b"x" * 999 + b"\r\n")
    assert (code, status) == ("BadRequestException", 400)
    ses_out.send(relayed() + b"x" * 998 + b"\r\n", TO)


def test_a_mail_of_500_parts_passes_and_one_of_501_does_not(ses_out: Outbound) -> None:
    def parts(count: int) -> bytes:
        body = "--b\r\n\r\nx\r\n" * (count - 1)
        return mail(author=ALIAS, Content_Type="multipart/mixed; boundary=b", body=f"{body}--b--\r\n")

    assert refusal(ses_out, parts(501))[0] == "BadRequestException"
    ses_out.send(parts(500), TO)


def test_a_mail_above_the_limit_is_refused_with_its_length() -> None:
    with outbound(max_mail=1_000) as ses_out:
        raw = relayed() + b"x\r\n" * 500
        code, _, text = refusal(ses_out, raw)
        assert code == "BadRequestException"
        assert text == f"Message length is more than 1000 bytes long: '{len(raw)}'."


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: no author\r\n\r\n",
        b"From:\r\n\r\n",
        b"",
        f"From: {ALIAS}\r\nno colon\r\n\r\n".encode(),
        f"From: {ALIAS}\r\nBlank before : colon\r\n\r\n".encode(),
    ],
)
def test_a_header_section_that_is_none_is_refused(ses_out: Outbound, raw: bytes) -> None:
    assert refusal(ses_out, raw)[0] == "BadRequestException"


def test_a_mail_to_nobody_is_refused(ses_out: Outbound) -> None:
    with pytest.raises(ClientError, match="Destination addresses are missing"):
        ses_out.send(f"From: {ALIAS}\r\n\r\n".encode())


@pytest.mark.parametrize("recipient", ["no-domain", "jörg@example.com", "a@exämple.com", "a b@example.com"])
def test_a_recipient_that_ses_cannot_reach_is_refused(ses_out: Outbound, recipient: str) -> None:
    assert refusal(ses_out, relayed(), recipient)[0] == "BadRequestException"


def test_more_than_50_recipients_are_refused(ses_out: Outbound) -> None:
    many = tuple(f"a{number}@example.com" for number in range(51))
    assert refusal(ses_out, relayed(), *many)[2] == "Recipient count exceeds 50."


def test_an_unknown_configuration_set_is_not_found(ses_out: Outbound) -> None:
    code, status, _ = refusal(ses_out, relayed(), ConfigurationSetName="Other")
    assert (code, status) == ("NotFoundException", 404)


def test_a_tag_with_other_characters_is_refused(ses_out: Outbound) -> None:
    tags = [{"Name": "message", "Value": "a@b"}]
    assert refusal(ses_out, relayed(), EmailTags=tags)[0] == "BadRequestException"


def test_mail_that_is_not_raw_is_refused_with_a_reason(ses_out: Outbound) -> None:
    simple = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "y"}}}
    with pytest.raises(ClientError, match="Raw only"):
        ses_out.client.send_email(FromEmailAddress=ALIAS, Content={"Simple": simple})


def test_other_operations_get_an_error_that_says_so(ses_out: Outbound) -> None:
    with pytest.raises(ClientError, match="only knows SendEmail") as raised:
        ses_out.client.get_account()
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_nobody_is_on_the_suppression_list(ses_out: Outbound) -> None:
    with pytest.raises(ClientError) as raised:
        ses_out.client.delete_suppressed_destination(EmailAddress="anna@privatmail.example")
    assert raised.value.response["Error"]["Code"] == "NotFoundException"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b'{"Content": {"Raw": {"Data": "no base64"}}}'])
def test_a_body_that_is_no_request_is_refused(ses_out: Outbound, body: bytes) -> None:
    url = f"{ses_out.ses.url}/v2/email/outbound-emails"
    request = urllib.request.Request(url, data=body, method="POST")  # noqa: S310
    request.add_header("Authorization", "AWS4-HMAC-SHA256 Credential=sandbox")
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=10)  # noqa: S310
    assert raised.value.code == 400
    assert raised.value.headers["x-amzn-ErrorType"] == "BadRequestException"
    raised.value.close()


def test_an_unsigned_request_is_refused(ses_out: Outbound) -> None:
    url = f"{ses_out.ses.url}/v2/email/outbound-emails"
    request = urllib.request.Request(url, data=b"{}", method="POST")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=10)  # noqa: S310
    assert raised.value.code == 403
    assert raised.value.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    raised.value.close()


def test_a_recipient_called_throttle_is_told_to_slow_down(ses_out: Outbound) -> None:
    code, status, _ = refusal(ses_out, relayed(), f"throttle+1@{RELAY}")
    assert (code, status) == ("TooManyRequestsException", 429)


def test_a_recipient_called_pause_finds_sending_paused(ses_out: Outbound) -> None:
    code, status, _ = refusal(ses_out, relayed(), "pause@example.com")
    assert (code, status) == ("SendingPausedException", 400)


def test_a_recipient_called_timeout_gets_the_mail_and_the_caller_no_answer(ses_out: Outbound) -> None:
    hurried = client(ses_out.ses.url, "eu-west-1", read_timeout=0.3)
    with pytest.raises(ReadTimeoutError):
        hurried.send_email(
            Content={"Raw": {"Data": relayed()}}, Destination={"ToAddresses": ["timeout@example.com"]}
        )
    ses_out.ses.settle()
    assert len(ses_out.outside.delivered) == 1


def test_nothing_is_left_when_it_ends_while_clients_are_connected() -> None:
    before = threading.active_count()
    with outbound() as ses_out:
        ses_out.send(relayed(), TO)
        waiting = socket.create_connection(("127.0.0.1", ses_out.ses.port), timeout=60)
        started = time.monotonic()
    assert time.monotonic() - started < 10
    assert threading.active_count() == before
    waiting.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ses_out.ses.port), timeout=10)


def test_what_was_taken_is_delivered_before_it_ends_however_long_that_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deliver = Outside.deliver

    def slow(self: Outside, mailbox: str, raw: bytes) -> bool:
        time.sleep(0.03)
        return deliver(self, mailbox, raw)

    monkeypatch.setattr(sending, "CLOSING_SECONDS", 0.2)
    monkeypatch.setattr(Outside, "deliver", slow)
    with outbound() as ses_out:
        for _ in range(30):
            hand_over(ses_out)
        assert len(ses_out.outside.delivered) < 30
    assert ses_out.outside.kinds().count("Delivery") == 30


def test_mails_that_a_hanging_port_holds_up_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = threading.Event()
    monkeypatch.setattr(sending, "CLOSING_SECONDS", 0.1)
    monkeypatch.setattr(Outside, "deliver", lambda *_: hanging.wait(10))
    with pytest.raises(UndeliveredError, match="3 of the mails that SES had accepted"), outbound() as ses_out:
        _three(ses_out)
    hanging.set()


def test_a_mail_is_delivered_though_no_event_can_be_told(ses_out: Outbound) -> None:
    ses_out.outside.fails = True
    ses_out.send(relayed(Cc="copy@example.com"), TO, "copy@example.com")
    assert [mailbox for mailbox, _ in ses_out.outside.delivered] == [TO, "copy@example.com"]
    assert ses_out.ses.failures == 1


def hand_over(ses_out: Outbound) -> None:
    """Without waiting until the mail has been carried out."""
    ses_out.client.send_email(
        Content={"Raw": {"Data": relayed()}},
        Destination={"ToAddresses": [TO]},
        ConfigurationSetName=CONFIGURATION_SET,
    )


def _three(ses_out: Outbound) -> None:
    for _ in range(3):
        hand_over(ses_out)
