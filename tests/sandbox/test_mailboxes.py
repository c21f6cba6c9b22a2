"""The parties' mailboxes, by IMAP and by Python."""

import imaplib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.accounts import Account, Accounts
from sandbox.mailboxes import files
from sandbox.mailboxes.files import DamagedError, Held, UnsavedError
from sandbox.mailboxes.mailboxes import Mailboxes, NoSuchMailboxError
from tests.sandbox.stand_ins import BUYER, SELLER, imap, mail

RAW = (
    b"From: =?utf-8?q?J=C3=B6rg?= <a@b.example>\r\n"
    b'To: "Shop, the" <shop@trader.example>,\r\n other@trader.example\r\n'
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n folded\r\n"
    b"Date: Fri, 4 Sep 2026 18:11:58 +0200\r\n"
    b"Message-ID: <1@b.example>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\nhello\r\n\r\n--b\r\n"
    b'Content-Type: application/pdf; name="a;b.pdf"\r\n'
    b"Content-Disposition: attachment;\r\n filename*=utf-8''%41.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"
)


def octets(program: imaplib.IMAP4, what: str) -> bytes:
    """What a FETCH of the first mail answers."""
    answer: Any = program.fetch("1", f"({what})")[1]
    return bytes(answer[0][1])


@pytest.fixture
def mailboxes() -> Iterator[Mailboxes]:
    with Mailboxes(Accounts([BUYER, SELLER])) as started:
        yield started


def test_a_delivered_mail_appears_unchanged(mailboxes: Mailboxes) -> None:
    raw = mail(body="8 bit: \xfc\r\n.\r\nlone\nfeeds") + b"\xff\r\n"
    assert mailboxes.deliver(BUYER.mailbox, raw)
    with imap(mailboxes.port, BUYER) as program:
        assert octets(program, "RFC822") == raw
    assert [each.raw for each in mailboxes.messages(BUYER.mailbox)] == [raw]


def test_mails_stand_in_the_order_of_their_arrival(mailboxes: Mailboxes) -> None:
    for number in range(3):
        mailboxes.deliver(BUYER.mailbox, mail(Subject=str(number)))
    with imap(mailboxes.port, BUYER) as program:
        assert program.search(None, "ALL") == ("OK", [b"1 2 3"])
    held = [each.raw for each in mailboxes.messages(BUYER.mailbox)]
    assert held == [mail(Subject=str(number)) for number in range(3)]


def test_an_account_sees_its_own_mailbox_only(mailboxes: Mailboxes) -> None:
    mailboxes.deliver(BUYER.mailbox, RAW)
    with imap(mailboxes.port, SELLER) as program:
        assert program.search(None, "ALL") == ("OK", [b""])


def test_a_mailbox_is_found_in_capitals(mailboxes: Mailboxes) -> None:
    assert mailboxes.deliver(BUYER.mailbox.upper(), RAW)
    with imap(mailboxes.port, Account(BUYER.mailbox.upper(), BUYER.password)) as program:
        assert program.search(None, "ALL") == ("OK", [b"1"])


def test_there_is_no_mailbox_without_an_account(mailboxes: Mailboxes) -> None:
    assert not mailboxes.deliver("nobody@post.example", RAW)
    with pytest.raises(NoSuchMailboxError):
        mailboxes.messages("nobody@post.example")


@pytest.mark.parametrize("account", [Account(BUYER.mailbox, SELLER.password), Account("no@x.example", "")])
def test_a_wrong_login_is_refused(mailboxes: Mailboxes, account: Account) -> None:
    with (
        imaplib.IMAP4("127.0.0.1", mailboxes.port, timeout=10) as program,
        pytest.raises(imaplib.IMAP4.error),
    ):
        program.login(account.mailbox, account.password)


def test_a_password_may_have_any_characters() -> None:
    account = Account("a@x.example", "pass wörd\\")
    secret = f"\0{account.mailbox}\0{account.password}".encode()
    with (
        Mailboxes(Accounts([account])) as mailboxes,
        imaplib.IMAP4("127.0.0.1", mailboxes.port, timeout=10) as program,
    ):
        assert program.authenticate("PLAIN", lambda _: secret)[0] == "OK"


def test_an_account_can_come_later(mailboxes: Mailboxes) -> None:
    late = Account("late@post.example", "late")
    mailboxes.add(late)
    assert mailboxes.deliver(late.mailbox, RAW)
    with imap(mailboxes.port, late) as program:
        assert program.search(None, "ALL") == ("OK", [b"1"])


def test_a_program_can_file_what_it_sent(mailboxes: Mailboxes) -> None:
    with imap(mailboxes.port, BUYER) as program:
        assert program.append("Sent", "\\Seen", "", RAW)[0] == "OK"
    (filed,) = mailboxes.messages(BUYER.mailbox, "Sent")
    assert filed.raw == RAW
    assert filed.flags == {"\\Seen"}


def test_the_usual_folders_are_there(mailboxes: Mailboxes) -> None:
    assert mailboxes.folders(BUYER.mailbox) == ["INBOX", "Sent", "Drafts", "Trash"]


def test_a_waiting_program_hears_of_new_mail(mailboxes: Mailboxes) -> None:
    with imap(mailboxes.port, BUYER) as program:
        program.send(b"x1 IDLE\r\n")
        assert program.readline().startswith(b"+")
        mailboxes.deliver(BUYER.mailbox, RAW)
        assert program.readline() == b"* 1 EXISTS\r\n"
        program.send(b"DONE\r\n")
        while not program.readline().startswith(b"x1 OK"):
            pass


def test_flags_and_removal_work_as_programs_expect(mailboxes: Mailboxes) -> None:
    mailboxes.deliver(BUYER.mailbox, RAW)
    mailboxes.deliver(BUYER.mailbox, mail())
    with imap(mailboxes.port, BUYER) as program:
        program.store("1", "+FLAGS", "(\\Deleted)")
        program.store("2", "+FLAGS", "(\\Answered)")
        assert program.expunge() == ("OK", [b"1"])
    (left,) = mailboxes.messages(BUYER.mailbox)
    assert left.flags == {"\\Answered"}


@pytest.mark.parametrize(
    "criteria", [("SUBJECT", "folded"), ("FROM", "b.example"), ("BODY", "hello"), ("UNSEEN",)]
)
def test_mail_can_be_searched(mailboxes: Mailboxes, criteria: tuple[str, ...]) -> None:
    mailboxes.deliver(BUYER.mailbox, RAW)
    with imap(mailboxes.port, BUYER) as program:
        assert program.search(None, *criteria) == ("OK", [b"1"])


def fetched(mailboxes: Mailboxes, raw: bytes, what: str) -> str:
    mailboxes.deliver(BUYER.mailbox, raw)
    with imap(mailboxes.port, BUYER) as program:
        _, (answer, *_) = program.fetch("1", f"({what})")
    assert isinstance(answer, bytes)
    return answer.decode()


def test_the_envelope_holds_the_fields_as_they_were_written(mailboxes: Mailboxes) -> None:
    author = '(("=?utf-8?q?J=C3=B6rg?=" NIL "a" "b.example"))'
    assert fetched(mailboxes, RAW, "ENVELOPE") == (
        '1 (ENVELOPE ("Fri, 4 Sep 2026 18:11:58 +0200" "=?utf-8?q?Gr=C3=BC=C3=9Fe?= folded" '
        f"{author} {author} {author} "
        '(("Shop, the" NIL "shop" "trader.example")(NIL NIL "other" "trader.example")) '
        'NIL NIL NIL "<1@b.example>"))'
    )


def test_the_body_structure_counts_bodies_without_their_headers(mailboxes: Mailboxes) -> None:
    assert fetched(mailboxes, RAW, "BODYSTRUCTURE") == (
        '1 (BODYSTRUCTURE (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 9 2 NIL NIL NIL NIL)'
        '("application" "pdf" ("name" "a;b.pdf") NIL NIL "base64" 6 NIL '
        '("attachment" ("filename*" "utf-8\'\'%41.pdf")) NIL NIL) '
        '"mixed" ("boundary" "b") NIL NIL NIL))'
    )


def test_an_enclosed_mail_is_described_with_its_envelope(mailboxes: Mailboxes) -> None:
    enclosing = b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx\r\n"
    assert fetched(mailboxes, enclosing, "BODY") == (
        '1 (BODY ("message" "rfc822" NIL NIL NIL "7bit" 21 '
        '(NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) '
        '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1) 3))'
    )


@pytest.mark.parametrize(
    "fields",
    [
        b"",
        b"no field at all\r\n",
        b"From: @@@\r\nTo: foo@[1.2\r\nCc: <<a@b>\r\nSubject: \xff\xfe\r\nDate: some day\r\n",
        b"Content-Type: multipart/mixed\r\n",
        b"Content-Type: multipart/mixed; boundary*0*=utf-8''%ff; boundary*1=x\r\n",
        b"Content-Type: text/plain; charset*=x; name*1*=y\r\nContent-Disposition: ;;=\r\n",
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n",
        b"Message-ID: <<<\r\nReferences: >x< \x00\r\n",
    ],
)
def test_a_mail_that_is_hard_to_read_is_listed_all_the_same(mailboxes: Mailboxes, fields: bytes) -> None:
    raw = fields + b"\r\nbody\r\n"
    assert mailboxes.deliver(BUYER.mailbox, raw)
    with imap(mailboxes.port, BUYER) as program:
        assert program.fetch("1", "(ENVELOPE BODYSTRUCTURE RFC822.SIZE)")[0] == "OK"
        for criterion in ("FROM", "TO", "SUBJECT", "BODY"):
            assert program.search(None, criterion, "nothing") == ("OK", [b""])
        assert octets(program, "BODY.PEEK[]") == raw


def test_one_part_can_be_fetched_alone(mailboxes: Mailboxes) -> None:
    mailboxes.deliver(BUYER.mailbox, RAW)
    with imap(mailboxes.port, BUYER) as program:
        assert octets(program, "BODY.PEEK[2]") == b"AAAA\r\n"


def test_what_is_held_survives_in_a_folder(tmp_path: Path) -> None:
    accounts = Accounts([BUYER, SELLER])
    state = tmp_path / "state"
    with Mailboxes(accounts, folder=state) as mailboxes:
        mailboxes.deliver(BUYER.mailbox, RAW)
        with imap(mailboxes.port, BUYER) as program:
            program.store("1", "+FLAGS", "(\\Seen)")
            program.append("Sent", "", "", mail())
        before = mailboxes.messages(BUYER.mailbox)
    with Mailboxes(accounts, folder=state) as mailboxes:
        (inbox,) = mailboxes.messages(BUYER.mailbox)
        (filed,) = mailboxes.messages(BUYER.mailbox, "Sent")
        assert (inbox.raw, inbox.at) == (before[0].raw, before[0].at)
        assert inbox.flags == {"\\Seen"}
        assert filed.raw == mail()
        assert mailboxes.messages(SELLER.mailbox) == []


# ü in IMAP's modified UTF-7 (RFC 3501 §5.1.3).
@pytest.mark.parametrize("name", ["..", "../../up", "index.json", '"%s"' % ("&APw-" * 45), "a" * 255])
def test_a_folder_is_kept_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    state = tmp_path / "within" / "state"
    with Mailboxes(Accounts([BUYER]), folder=state) as mailboxes, imap(mailboxes.port, BUYER) as program:
        assert program.create(name)[0] == "OK"
        assert program.append(name, "", "", RAW)[0] == "OK"
        before = mailboxes.folders(BUYER.mailbox)
    assert [each.name for each in tmp_path.rglob("*") if not each.is_relative_to(state)] == ["within"]
    with Mailboxes(Accounts([BUYER]), folder=state) as mailboxes:
        assert mailboxes.folders(BUYER.mailbox) == before
        (new,) = set(before) - {"INBOX", "Sent", "Drafts", "Trash"}
        assert [each.raw for each in mailboxes.messages(BUYER.mailbox, new)] == [RAW]


def test_a_folder_with_too_long_a_name_is_refused(mailboxes: Mailboxes) -> None:
    with imap(mailboxes.port, BUYER) as program:
        assert program.create("a" * 256)[0] == "NO"
        assert program.rename("Sent", "a" * 256)[0] == "NO"
        assert program.create("a" * 255)[0] == "OK"


def test_one_folder_that_cannot_be_saved_is_named_and_the_others_are_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = files._write

    def failing(folder: Path, held: Held) -> None:
        if held.name == "Sent":
            raise OSError(28, "No space left on device")
        write(folder, held)

    monkeypatch.setattr(files, "_write", failing)
    state = tmp_path / "state"
    with (
        pytest.raises(UnsavedError, match=f"Sent of {BUYER.mailbox}: No space left on device"),
        Mailboxes(Accounts([BUYER]), folder=state) as mailboxes,
    ):
        mailboxes.deliver(BUYER.mailbox, RAW, "Trash")
    assert not (state / files.SAVED).exists()
    assert {held.name: len(held.messages) for held in files.load(state)} == {
        "INBOX": 0,
        "Drafts": 0,
        "Trash": 1,
    }


def test_an_account_that_comes_later_gets_back_what_it_held(tmp_path: Path) -> None:
    late = Account("operator@relay.example", "late")
    for _ in range(2):
        with Mailboxes(Accounts([BUYER]), folder=tmp_path / "state") as mailboxes:
            mailboxes.add(late)
            if not mailboxes.messages(late.mailbox):
                mailboxes.deliver(late.mailbox, RAW)
    # In a run in which it does not come nothing is lost either.
    Mailboxes(Accounts([BUYER]), folder=tmp_path / "state").close()
    with Mailboxes(Accounts([BUYER, late]), folder=tmp_path / "state") as mailboxes:
        assert [each.raw for each in mailboxes.messages(late.mailbox)] == [RAW]


@pytest.mark.parametrize(
    "index", ["{", "[]", '{"mailbox": "a@b.example", "folder": "INBOX", "messages": [{}]}']
)
def test_what_is_damaged_is_named_and_nothing_is_left_running(tmp_path: Path, index: str) -> None:
    state = tmp_path / "state"
    Mailboxes(Accounts([BUYER]), folder=state).close()
    (state / "0000" / "index.json").write_text(index)
    before = threading.active_count()
    with pytest.raises(DamagedError, match=r"0000/index\.json"):
        Mailboxes(Accounts([BUYER]), folder=state)
    assert threading.active_count() == before


def test_nothing_is_left_when_it_ends_while_programs_wait() -> None:
    before = threading.active_count()
    with Mailboxes(Accounts([BUYER])) as mailboxes:
        program = imaplib.IMAP4("127.0.0.1", mailboxes.port, timeout=10)
        program.login(BUYER.mailbox, BUYER.password)
        program.select()
        program.send(b"x1 IDLE\r\n")
        program.readline()
    assert threading.active_count() == before
    program.shutdown()
    with pytest.raises(ConnectionRefusedError):
        imaplib.IMAP4("127.0.0.1", mailboxes.port, timeout=10)
