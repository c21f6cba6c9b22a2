"""Working on a message: whose it is, and how it is handed to SES. Shared by all use cases that send mail."""

from dataclasses import dataclass

from parley.conversation.messages import Lease, Message, State
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import BusyError, SendDeferredError, SendRefusedError, Submission

MAX_SENDINGS = 2
"""How often a mail is handed to SES without a certain answer: twice, so that a lost request does no harm."""


def new_lease(outside: Outside, deployment: Deployment) -> Lease:
    """A lease for this invocation, beginning now."""
    return Lease(f"{outside.entropy.bits(64):016x}", outside.clock.now() + deployment.lease)


def take_over(message: Message, outside: Outside, deployment: Deployment) -> Message:
    """Goes on with a message that an earlier delivery of its receipt left unfinished.

    Raises `BusyError` while that one may still be at work, `LeaseLostError` if another was faster.
    """
    if message.lease is not None and message.lease.holds(outside.clock.now()):
        raise BusyError("leased")
    return outside.messages.take_over(message, new_lease(outside, deployment))


@dataclass(frozen=True, slots=True)
class Submitted:
    """message: as it stands now. ses_id: SES's id of the mail, or None and the code of why it is not sent."""

    message: Message
    ses_id: str | None
    code: str | None = None


def submit(
    message: Message,
    submission: Submission,
    outside: Outside,
    *,
    sending: State = State.SENDING,
    waiting: State = State.ARCHIVED,
) -> Submitted:
    """Writes `sending`, then hands the mail to SES, at most `MAX_SENDINGS` times without a certain answer.

    Raises `SendDeferredError`, with the message at `waiting` and free, or `SendUncertainError`.
    """
    if message.sendings >= MAX_SENDINGS:
        return Submitted(message, None, "ses-uncertain")
    message = outside.messages.advance(message, sending, sendings=message.sendings + 1)
    try:
        return Submitted(message, outside.mailer.send(submission))
    except SendDeferredError:
        outside.messages.advance(message, waiting, sendings=message.sendings - 1, release=True)
        raise
    except SendRefusedError as refusal:
        return Submitted(message, None, refusal.code)
