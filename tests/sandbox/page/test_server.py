"""The server: who may ask it for what, and what it answers."""

import http.client
import re
import smtplib
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

import pytest

from sandbox.accounts import Account
from sandbox.page.exchange import Exchange
from sandbox.page.forms import MAX_BODY
from sandbox.page.page import Page
from sandbox.page.watch import INTERVAL
from tests.sandbox.page.hostile import BAIT, mail
from tests.sandbox.page.world import Served
from tests.support.wire import Answer

BOUNDARY = "----Boundary7"


@dataclass(frozen=True)
class Answered:
    status: int
    fields: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    page: Page, path: str = "/", *, method: str = "GET", body: bytes | None = None, **fields: str
) -> Answered:
    """Underscores in names of fields stand for hyphens."""
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=10)
    try:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answered(response.status, response.headers, response.read())
    finally:
        connection.close()


def token(page: Page) -> str:
    (found,) = re.findall(r'name="token" value="([^"]+)"', ask(page, "/?buyer=INBOX//new").text)
    return str(found)


def form(**fields: str) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def send(page: Page, body: bytes, path: str = "/send/buyer", **fields: str) -> Answered:
    """As the page's own form does."""
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    given = {"Content_Type": kind, "Sec_Fetch_Site": "same-origin", "Origin": "null", **fields}
    return ask(page, path, method="POST", body=body, **given)


def with_submit(exchange: Exchange, error: Exception) -> Exchange:
    def fail(account: Account, raw: bytes, recipients: Sequence[str]) -> None:
        raise error

    return replace(exchange, submit=fail)


class TestWhoMayAsk:
    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", ""])
    def test_another_host_is_refused(self, shared: Served, host: str) -> None:
        answered = ask(shared.page, Host=host)
        assert answered.status == 421
        assert shared.buyer.account.mailbox not in answered.text

    def test_localhost_is_this_host_too(self, shared: Served) -> None:
        assert ask(shared.page, Host=f"localhost:{shared.page.port}").status == 200

    @pytest.mark.parametrize(
        "fields",
        [
            {"Sec_Fetch_Site": "cross-site", "Origin": "http://evil.example"},
            {"Sec_Fetch_Site": "same-site", "Origin": "http://127.0.0.1:1"},
            {"Sec_Fetch_Site": "none", "Origin": "null"},
            {"Sec_Fetch_Site": "same-origin", "Origin": "http://evil.example"},
        ],
    )
    def test_another_page_may_not_send_mail(self, shared: Served, fields: dict[str, str]) -> None:
        body = form(token=token(shared.page), to=shared.buyer.writes_to, text="x")
        assert send(shared.page, body, **fields).status == 403
        assert shared.inbox(shared.buyer, "Sent") == []

    @pytest.mark.parametrize("origin", [None, "null", "http://evil.example"])
    def test_who_does_not_say_where_from_may_not_either(self, shared: Served, origin: str | None) -> None:
        fields = {"Origin": origin} if origin else {}
        assert ask(shared.page, "/send/buyer", method="POST", body=b"", **fields).status == 403

    @pytest.mark.parametrize("given", ["", "wrong"])
    def test_without_the_token_nothing_is_sent(self, shared: Served, given: str) -> None:
        assert send(shared.page, form(token=given, to=shared.buyer.writes_to)).status == 403
        assert shared.inbox(shared.buyer, "Sent") == []

    @pytest.mark.parametrize("path", ["/", "/static/page.js", "/mail/nobody", "/none"])
    def test_every_answer_is_hardened(self, shared: Served, path: str) -> None:
        fields = ask(shared.page, path).fields
        assert fields["Content-Security-Policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in fields["Content-Security-Policy"]
        assert fields["X-Content-Type-Options"] == "nosniff"
        assert fields["Referrer-Policy"] == "no-referrer"
        assert fields["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in fields

    def test_scripts_need_this_runs_nonce(self, shared: Served) -> None:
        answered = ask(shared.page)
        (nonce,) = re.findall(r'<script[^>]* nonce="([^"]+)"', answered.text)
        assert f"script-src 'nonce-{nonce}'" in answered.fields["Content-Security-Policy"]
        assert "unsafe" not in answered.fields["Content-Security-Policy"]


class TestWriting:
    def test_an_old_browser_that_tells_its_origin_may_send(self, world: Served) -> None:
        body = form(token=token(world.page), to=world.buyer.writes_to, text="Hello")
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        origin = world.page.url.rstrip("/")
        told = ask(world.page, "/send/buyer", method="POST", body=body, Content_Type=kind, Origin=origin)
        assert told.status == 303

    def test_what_is_written_passes_the_relay_and_is_kept_in_sent(self, world: Served) -> None:
        body = form(token=token(world.page), to=world.buyer.writes_to, subject="Größe", text="Hello")
        answered = send(world.page, body, "/send/buyer?buyer=INBOX//new&seller=Sent&message=3")
        assert answered.status == 303
        assert answered.fields["Location"] == "/?seller=Sent&message=3&sent=buyer"
        assert b"Hello" in world.inbox(world.seller)[0]
        (copy,) = world.whole.mailboxes.messages(world.buyer.account.mailbox, "Sent")
        assert "\\Seen" in copy.flags
        assert message_from_bytes(copy.raw)["Message-ID"].endswith(f"@{world.buyer.account.domain}>")

    def test_a_mail_to_nobody_comes_back_with_what_was_written(self, world: Served) -> None:
        body = form(token=token(world.page), to="", subject="Size & <b>", text="My text")
        answered = send(world.page, body, "/send/buyer?buyer=INBOX//new")
        assert answered.status == 400
        assert "Nobody is in To" in answered.text
        assert "Size &amp; &lt;b&gt;" in answered.text
        assert "My text</textarea>" in answered.text

    def test_the_reply_of_the_relays_server_is_shown(self, world: Served) -> None:
        body = form(token=token(world.page), to="somebody@elsewhere.example", text="x")
        answered = send(world.page, body)
        assert answered.status == 502
        assert "The relay refused: 550 5.1.1" in answered.text
        assert world.inbox(world.buyer, "Sent") == []

    @pytest.mark.parametrize(
        ("error", "text"),
        [
            (smtplib.SMTPDataError(552, b"5.3.4 too large"), "The relay refused: 552 5.3.4 too large"),
            (smtplib.SMTPServerDisconnected("gone"), "The relay did not take the mail: gone"),
            (ConnectionRefusedError(111, "Connection refused"), "Is the sandbox running?"),
        ],
    )
    def test_a_failure_is_told_with_what_to_do(self, world: Served, error: Exception, text: str) -> None:
        with Page(port=0, exchange=with_submit(world.exchange, error)) as page:
            answered = send(page, form(token=token(page), to="a@relay.example"))
        assert (answered.status, text in answered.text) == (502, True)

    def test_too_large_a_form_is_refused_before_it_is_read(self, world: Served) -> None:
        assert send(world.page, bytes(MAX_BODY + 1)).status == 413

    def test_what_is_no_form_is_refused(self, world: Served) -> None:
        assert send(world.page, b"nothing").status == 400

    def test_nobody_writes_for_a_party_that_is_none(self, world: Served) -> None:
        assert send(world.page, form(token=token(world.page)), "/send/admin").status == 404


class TestReading:
    def test_opening_a_mail_on_the_page_marks_it_as_read(self, world: Served) -> None:
        world.deliver(world.buyer, b"From: a@b.example\r\nSubject: x\r\n\r\nHello")
        assert '1<span class="unseen"> unread' in ask(world.page).text
        opened = ask(world.page, "/?buyer=INBOX/101", Sec_Fetch_Site="same-origin").text
        assert "unread</span>" not in opened
        (mail,) = world.whole.mailboxes.messages(world.buyer.account.mailbox)
        assert "\\Seen" in mail.flags

    def test_a_link_from_elsewhere_marks_nothing(self, world: Served) -> None:
        world.deliver(world.buyer, b"From: a@b.example\r\nSubject: x\r\n\r\nHello")
        ask(world.page, "/?buyer=INBOX/101", Sec_Fetch_Site="cross-site")
        (mail,) = world.whole.mailboxes.messages(world.buyer.account.mailbox)
        assert mail.flags == frozenset()

    def test_an_attachment_can_only_be_saved(self, world: Served) -> None:
        world.deliver(world.buyer, mail(f"<script src={BAIT}></script>", world.buyer.account.mailbox))
        answered = ask(world.page, "/mail/buyer?at=INBOX/101&part=1.2")
        assert answered.status == 200
        assert answered.fields["Content-Type"] == "application/octet-stream"
        assert answered.fields["Content-Disposition"].startswith("attachment; filename*=utf-8''%3Cscript")
        assert answered.fields["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answered.fields["X-Content-Type-Options"] == "nosniff"
        assert answered.body.strip() == f"<script src={BAIT}></script>".encode()

    def test_a_file_name_makes_no_field_and_no_path(self, world: Served) -> None:
        made = EmailMessage(policy=SMTP)
        made["From"] = "a@b.example"
        made.add_attachment(b"x", maintype="application", subtype="pdf", filename="a/b")
        raw = made.as_bytes().replace(b'"a/b"', b'"=?utf-8?q?=2E./a=0D=0ASet-Cookie:_x?="')
        world.deliver(world.buyer, raw)
        fields = ask(world.page, "/mail/buyer?at=INBOX/101&part=1.1").fields
        assert fields["Content-Disposition"] == "attachment; filename*=utf-8''.._a%20%20Set-Cookie%3A%20x"
        assert "Set-Cookie" not in fields

    def test_a_whole_mail_is_saved_octet_for_octet(self, world: Served) -> None:
        raw = b"From: a@b.example\r\nSubject: x\r\n\r\n\xff\x00\r\n"
        world.deliver(world.buyer, raw)
        assert ask(world.page, "/mail/buyer?at=INBOX/101").body == raw

    def test_both_mails_of_a_message_are_saved_from_the_archive(self, world: Served) -> None:
        send(world.page, form(token=token(world.page), to=world.buyer.writes_to, text="Hello"))
        world_messages = world.exchange.archive.messages()
        kept = world.exchange.archive.kept(world_messages[0])
        archived = world.whole.market.deployment.archived()
        threading.Event().wait(INTERVAL)
        assert ask(world.page, "/archive/1/original").body == archived[kept.original]
        assert ask(world.page, "/archive/1/relayed").body == archived[kept.relayed]

    def test_a_large_mail_does_not_freeze_the_page(self, world: Served) -> None:
        made = EmailMessage(policy=SMTP)
        made["From"] = "a@b.example"
        made.set_content("A long line of text.\n" * 1_000_000)
        made.add_attachment(bytes(10_000_000), maintype="image", subtype="png", filename="large.png")
        world.deliver(world.buyer, made.as_bytes())
        began = time.process_time()
        answered = ask(world.page, "/?buyer=INBOX/101")
        assert time.process_time() - began < 2
        assert len(answered.body) < 500_000
        assert "This text is longer" in answered.text
        assert "10.0 MB" in answered.text

    def test_a_folder_that_is_gone_leads_to_the_inbox(self, world: Served) -> None:
        assert 'aria-current="page">Inbox' in ask(world.page, "/?buyer=Nowhere/3").text

    def test_when_the_table_cannot_be_read_the_mailboxes_still_are(self, world: Served) -> None:
        world.deliver(world.buyer, b"From: a@b.example\r\nSubject: Still here\r\n\r\nHello")
        world.whole.market.wire.before = lambda call: (
            Answer(400, "AccessDeniedException") if call.operation == "Query" else None
        )
        threading.Event().wait(INTERVAL)
        answered = ask(world.page)
        assert (answered.status, "Still here" in answered.text) == (200, True)
        assert "cannot be read right now (ClientError)" in answered.text


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        "path",
        [
            "/mail/admin?at=INBOX/101",
            "/mail/buyer?at=INBOX/999",
            "/mail/buyer?at=Nowhere/101",
            "/mail/buyer",
            "/mail/buyer?at=INBOX/101&part=1.9",
            "/archive/1/original",
            "/archive/1/secret",
            "/static/../page.py",
            "/static/" + quote("../page.py", safe=""),
        ],
    )
    def test_what_is_not_there_is_not_found(self, shared: Served, path: str) -> None:
        shared.deliver(shared.buyer, b"From: a@b.example\r\n\r\nHello")
        assert ask(shared.page, path).status == 404


class TestFollowing:
    def test_what_is_new_is_told_at_once_and_only_then(self, world: Served) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", world.page.port, timeout=10)
        connection.request("GET", "/changes")
        response = connection.getresponse()
        assert response.headers["Content-Type"].startswith("text/event-stream")
        first = response.readline()
        response.readline()
        world.deliver(world.seller, b"From: a@b.example\r\n\r\nHello")
        second = response.readline()
        assert first.startswith(b"data: ")
        assert second.startswith(b"data: ")
        assert first != second
        connection.close()

    def test_many_who_look_ask_aws_no_more_than_one(self, world: Served) -> None:
        ask(world.page)
        threading.Event().wait(INTERVAL)
        calls = world.whole.market.wire.calls
        before = len(calls)
        askers = [threading.Thread(target=ask, args=[world.page]) for _ in range(8)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        polls = [call for call in calls[before:] if call.operation == "GetQueueAttributes"]
        assert len(polls) <= 2 * len(world.exchange.queues.urls)


class TestTheServer:
    def test_a_taken_port_is_told(self, world: Served) -> None:
        with pytest.raises(OSError, match="in use"):
            Page(port=world.page.port, exchange=world.exchange)

    def test_only_loopback_is_bound(self, world: Served) -> None:
        with socket.create_connection(("127.0.0.1", world.page.port)) as own:
            assert own.getpeername()[0] == "127.0.0.1"
        assert world.page.url == f"http://127.0.0.1:{world.page.port}/"

    def test_nothing_is_left_after_closing_though_somebody_follows(self, world: Served) -> None:
        before = set(threading.enumerate())
        page = Page(port=0, exchange=world.exchange)
        connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=10)
        connection.request("GET", "/changes")
        response = connection.getresponse()
        response.readline()
        page.close()
        page.close()
        for _ in range(100):
            if set(threading.enumerate()) <= before:
                break
            threading.Event().wait(0.05)
        assert set(threading.enumerate()) <= before
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", page.port))
        response.close()
        connection.close()
