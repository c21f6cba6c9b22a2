"""Tells an author what became of a mail, once per author, conversation and reason a day."""

import hashlib

from parley.conversation.messages import Message, State
from parley.mail.address import Mailbox
from parley.relaying.arrival import Arrival
from parley.relaying.notices import Notice, compose_notice, notice_mailbox, reason
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import SendRefusedError, SendUncertainError, Submission
from parley.screening.policy import CODES


def notify(
    author: Mailbox,
    message: Message,
    state: State,
    arrival: Arrival,
    outside: Outside,
    deployment: Deployment,
) -> None:
    """Sends the notice unless the author had one of its kind lately. Raises `SendDeferredError`."""
    code = next(code for code in message.codes if CODES[code].notify)
    subject = f"{author}\n{message.conversation}\n{reason(code)}\n{state}"
    digest = hashlib.sha256(subject.encode()).hexdigest()
    if not outside.messages.claim_notice(digest, message.id, outside.clock.now()):
        return
    notice = Notice(
        message=message.id,
        author=author,
        alias=arrival.alias_of(arrival.alias.stands_for),
        locale=arrival.writer.locale if arrival.writer else "",
        code=code,
        held=state is State.HELD,
        received_at=arrival.received_at,
        author_message_id=message.author_message_id,
    )
    relay_domain = deployment.relay_domain
    submission = Submission(
        reverse_path=notice_mailbox(relay_domain),
        forward_path=author,
        raw=compose_notice(notice, marketplace=deployment.marketplace_name, relay_domain=relay_domain),
        tags={"message": message.id, "kind": "notice"},
    )
    try:
        outside.mailer.send(submission)
    except (SendRefusedError, SendUncertainError):
        # The outcome is what counts and is recorded anyway; a second notice would be worse than none.
        return
