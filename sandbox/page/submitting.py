"""From the form to the relay: what was written is composed, handed over, and kept in Sent."""

import smtplib
import uuid
from dataclasses import dataclass
from datetime import datetime

from parley.conversation.threading import message_ids
from sandbox.page.exchange import Exchange
from sandbox.page.filing import keep_sent
from sandbox.page.forms import Form
from sandbox.page.writing import CannotWriteError, Draft, compose
from sandbox.seeding import Correspondent


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that led to no mail. problem: why, and what to do. status: of HTTP."""

    role: str
    draft: Draft
    problem: str
    status: int


def submit(person: Correspondent, form: Form, exchange: Exchange) -> Refused | None:
    """Sends what the form says; None if the relay's server took it."""
    draft = Draft(
        to=form.text("to"),
        subject=form.text("subject"),
        text=form.text("text"),
        in_reply_to="".join(message_ids(form.text("in_reply_to").encode())[:1]),
        references=message_ids(form.text("references").encode()),
        files=form.files,
    )
    try:
        raw, recipients = compose(draft, person, now=datetime.now().astimezone(), unique=uuid.uuid4().hex)
        exchange.submit(person.account, raw, recipients)
    except CannotWriteError as wrong:
        return Refused(person.role, draft, str(wrong), 400)
    except (smtplib.SMTPException, OSError) as refused:
        return Refused(person.role, draft, reply_of(refused), 502)
    keep_sent(exchange.mailboxes, person.account, raw)
    return None


def reply_of(error: smtplib.SMTPException | OSError) -> str:
    """What the server said, as it said it; otherwise what is the matter."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            replies = dict.fromkeys(_smtp_reply(*reply) for reply in error.recipients.values())
            return f"The relay refused: {'; '.join(replies)}"
        case smtplib.SMTPResponseException():
            return f"The relay refused: {_smtp_reply(error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPException():
            return f"The relay did not take the mail: {error}"
    return f"The relay cannot be reached ({error.strerror or type(error).__name__}). Is the sandbox running?"


def _smtp_reply(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
