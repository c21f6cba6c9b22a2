"""Tells an author what became of a mail, once per author, conversation and reason a day."""

import hashlib
from collections.abc import Sequence

from parley.conversation.aliases import alias_mailbox
from parley.conversation.messages import Message, State
from parley.mail.address import Mailbox
from parley.relaying.arrival import Arrival
from parley.relaying.notices import Notice, compose_notice, notice_mailbox, reason
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import SendDeferredError, SendRefusedError, SendUncertainError, Submission
from parley.screening.policy import row

_OF_ALL = "too-many-recipients"
"""A mail to many conversations at once is refused in each of them; its author is told once."""


def notify(
    author: Mailbox,
    message: Message,
    state: State,
    codes: Sequence[str],
    arrival: Arrival,
    outside: Outside,
    deployment: Deployment,
) -> None:
    """Sends the notice, if one of the codes is told at all and the author had none of its kind lately.

    Raises `SendDeferredError`.
    """
    told = [code for code in codes if row(code).notify]
    is_of_all = _OF_ALL in told
    if is_of_all:
        told = [_OF_ALL]
    whose = arrival.writer.id if arrival.writer else str(author)
    where = "" if is_of_all else arrival.conversation.id
    subject = "\n".join([whose, where, *map(reason, told[:1]), state])
    digest = hashlib.sha256(subject.encode()).hexdigest()
    if not told:
        return
    claim = outside.messages.claim_notice(digest, message.id, outside.clock.now())
    if claim is None:
        return
    notice = Notice(
        message=message.id,
        author=author,
        alias=alias_mailbox(arrival.alias.id, arrival.relay_domain),
        locale=(arrival.writer or arrival.owner).locale,
        code=told[0],
        held=state is State.HELD,
        received_at=arrival.received_at,
        author_message_id=message.author_message_id,
    )
    raw = compose_notice(
        notice, marketplace=deployment.marketplace_name, relay_domain=deployment.relay_domain
    )
    submission = Submission(
        reverse_path=notice_mailbox(deployment.relay_domain),
        forward_path=author,
        raw=raw,
        tags={"message": message.id, "kind": "notice", **_whose(arrival)},
    )
    try:
        outside.mailer.send(submission)
    except SendDeferredError:
        outside.messages.give_back(claim)
        raise
    except (SendRefusedError, SendUncertainError):
        # The outcome is what counts and is recorded anyway; a second notice would be worse than none.
        return


def _whose(arrival: Arrival) -> dict[str, str]:
    """The party that is told: a notice that bounces for good says that its mailbox is dead."""
    return {"party": arrival.writer.id} if arrival.writer else {}
