"""A party's mailbox as the page shows it: folders, mails, the one that is open, and the form to write."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from parley.mail.address import NamedMailbox
from sandbox.mailboxes.mailboxes import INBOX, Mailboxes, Stored
from sandbox.page.filing import SEEN, SENT, mark_seen
from sandbox.page.place import Column, Form, Place
from sandbox.page.reading import Letter, heading, letter
from sandbox.page.writing import Draft, reply_to
from sandbox.seeding import Correspondent

MAX_ROWS = 100
_EXAMPLE = """Hello,

when will order 303 be sent? If a mail here is too slow, write to me directly at
{mailbox} or call +49 30 901820.

Best wishes
{name}
"""


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str
    unread: int
    is_current: bool
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """who: the author, or the recipients of what the party sent itself."""

    uid: int
    who: str
    subject: str
    at: datetime
    is_new: bool
    is_open: bool
    url: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail. downloads: the beginning of its attachments' addresses."""

    letter: Letter
    at: datetime
    downloads: str
    reply_url: str
    close_url: str


@dataclass(frozen=True, slots=True)
class Writing:
    """The form. problem: why the mail was not sent, "" before it was tried."""

    draft: Draft
    is_reply: bool
    action: str
    cancel_url: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One column. left_out: how many older mails are not listed. was_sent: whether one was just sent."""

    person: Correspondent
    tabs: tuple[Tab, ...]
    rows: tuple[Row, ...]
    left_out: int
    opened: Opened | None
    writing: Writing | None
    was_sent: bool
    write_url: str
    example_url: str


def mailbox(person: Correspondent, place: Place, mailboxes: Mailboxes, *, may_mark: bool) -> Mailbox:
    """The column where one is. may_mark: whether opening a mail marks it as read."""
    role, own = person.role, person.account.mailbox
    folders = mailboxes.folders(own)
    column = place.column(role)
    if column.folder not in folders:
        column = Column()
    stored = {folder: mailboxes.messages(own, folder) for folder in folders}
    mails = stored[column.folder]
    chosen = next((mail for mail in mails if mail.uid == column.uid), None)
    if chosen and may_mark and SEEN not in chosen.flags and column.folder.isascii():
        mark_seen(mailboxes, person.account, column.folder, chosen.uid)
        mails = stored[column.folder] = mailboxes.messages(own, column.folder)
    latest = mails[-MAX_ROWS:]
    return Mailbox(
        person=person,
        tabs=tuple(
            _tab(name, stored[name], column, place, role) for name in folders if _is_shown(name, stored)
        ),
        rows=tuple(_row(mail, column, place, role) for mail in reversed(latest)),
        left_out=len(mails) - len(latest),
        opened=_opened(chosen, column, place, role) if chosen else None,
        writing=_writing(person, column, place, chosen.raw if chosen else None),
        was_sent=place.sent == role,
        write_url=_at(place, role, column, Form.NEW),
        example_url=_at(place, role, column, Form.EXAMPLE),
    )


def _is_shown(name: str, stored: dict[str, list[Stored]]) -> bool:
    """Folders that are always there and mostly empty are shown once they hold something."""
    return name in (INBOX, SENT) or bool(stored[name])


def _tab(name: str, mails: list[Stored], column: Column, place: Place, role: str) -> Tab:
    unread = sum(SEEN not in mail.flags for mail in mails) if name != SENT else 0
    label = "Inbox" if name == INBOX else name
    return Tab(name, label, unread, name == column.folder, place.at(role, Column(name)).url)


def _row(mail: Stored, column: Column, place: Place, role: str) -> Row:
    told = heading(mail.raw)
    people = told.recipients if column.folder == SENT else (told.author,) if told.author else ()
    is_open = mail.uid == column.uid
    target = Column(column.folder, None if is_open else mail.uid)
    return Row(
        mail.uid,
        ", ".join(map(_named, people[:3])) or "nobody",
        told.subject or "(no subject)",
        mail.at,
        SEEN not in mail.flags and column.folder != SENT,
        is_open,
        place.at(role, target).url,
    )


def _named(named: NamedMailbox) -> str:
    return named.name or str(named.mailbox)


def _opened(mail: Stored, column: Column, place: Place, role: str) -> Opened:
    here = Column(column.folder, mail.uid)
    return Opened(
        letter(mail.raw),
        mail.at,
        f"/mail/{role}?at={quote(str(here))}",
        _at(place, role, here, Form.REPLY),
        place.at(role, Column(column.folder)).url,
    )


def _at(place: Place, role: str, column: Column, form: Form) -> str:
    return place.at(role, Column(column.folder, column.uid, form)).url


def _writing(person: Correspondent, column: Column, place: Place, replied: bytes | None) -> Writing | None:
    match column.form:
        case Form.NEW:
            draft = Draft(to=person.writes_to)
        case Form.EXAMPLE:
            text = _EXAMPLE.format(mailbox=person.account.mailbox, name=person.display_name)
            draft = Draft(to=person.writes_to, subject="Order 303", text=text)
        case Form.REPLY if replied is not None:
            draft = reply_to(replied, person)
        case _:
            return None
    return writing(draft, person.role, column, place)


def writing(draft: Draft, role: str, column: Column, place: Place, problem: str = "") -> Writing:
    """The form with a draft in it."""
    return Writing(
        draft,
        column.form is Form.REPLY,
        f"/send/{role}{place.url[1:]}",
        place.at(role, Column(column.folder, column.uid)).url,
        problem,
    )
