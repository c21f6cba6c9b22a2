"""What becomes of a mail that SES took: into mailboxes, and told event by event."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import format_datetime
from typing import Any

from sandbox.ses import events, header
from sandbox.ses.outgoing import Sent, message_id_field
from sandbox.ses.ports import Answer, AutomaticReply, Deliver, Publish
from sandbox.ses.refusals import bare
from sandbox.ses.simulator import Wish, is_simulator, wish
from sandbox.ses.template import EventDestination
from sandbox.ses.verdicts import has_test_virus

Event = tuple[str, Mapping[str, Any]]


class Delivering:
    """answer: takes the replies of `ooto` recipients; None drops them."""

    def __init__(
        self,
        *,
        destinations: Sequence[EventDestination],
        deliver: Deliver,
        publish: Publish,
        answer: Answer | None,
    ) -> None:
        self._destinations = tuple(destinations)
        self._deliver = deliver
        self._publish = publish
        self._answer = answer

    def carry_out(self, sent: Sent) -> None:
        """All that happens to a mail after SES's answer, in SES's order.

        A port that raises keeps no other recipient from the mail, and an event that cannot be told keeps
        nobody from it; the first such error is raised in the end.
        """
        errors: list[Exception] = []
        wishes = {wish(each) for each in sent.submission.recipients}
        if Wish.UNRENDERABLE in wishes:
            # AWS: the mail was not sent, so there is no Send event.
            self._tell(sent, "Rendering Failure", events.not_rendered())
            return
        with _noting(errors):
            self._tell(sent, "Send", {})
        # AWS: a mail with a virus is accepted, and then rejected as a whole.
        if Wish.REJECT in wishes or has_test_virus(sent.submission.raw):
            with _noting(errors):
                self._tell(sent, "Reject", {"reason": "Bad content"})
        else:
            raw = sent.transmitted()
            for recipient in sent.submission.recipients:
                self._carry_to(sent, recipient, raw, errors)
        if errors:
            raise errors[0]

    def _carry_to(self, sent: Sent, recipient: str, raw: bytes, errors: list[Exception]) -> None:
        with _noting(errors):
            for kind, details in self._fate(sent, recipient, raw):
                with _noting(errors):
                    self._tell(sent, kind, details)

    def _fate(self, sent: Sent, recipient: str, raw: bytes) -> Iterator[Event]:
        wished, at = wish(recipient), sent.at
        if wished is Wish.SUPPRESSED:
            yield "Bounce", events.bounce(recipient, at, **_suppressed(recipient))
            return
        if wished is Wish.DELAY:
            yield "DeliveryDelay", events.delay(recipient, at)
        has_mailbox = wished is not Wish.BOUNCE and self._deliver(recipient, raw)
        # Whoever has a wish needs no mailbox.
        if wished is Wish.BOUNCE or not (has_mailbox or wished):
            unknown = "smtp; 550 5.1.1 user unknown"
            yield (
                "Bounce",
                events.bounce(recipient, at, subtype="General", status="5.1.1", diagnostic=unknown),
            )
            return
        yield "Delivery", events.delivery(recipient, at)
        if wished is Wish.COMPLAINT:
            yield "Complaint", events.complaint(recipient, at)
        if wished is Wish.OUT_OF_OFFICE and self._answer:
            self._answer(_out_of_office(sent, recipient))

    def _tell(self, sent: Sent, kind: str, details: Mapping[str, Any]) -> None:
        for destination in self._destinations:
            is_asked = events.TYPES[kind] in destination.types
            if is_asked and destination.configuration_set == sent.submission.configuration_set:
                message = json.dumps(events.event(kind, sent, details))
                self._publish(topic=destination.topic, subject=events.SUBJECT, message=message)


@contextmanager
def _noting(errors: list[Exception]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        errors.append(error)


def _suppressed(recipient: str) -> dict[str, str]:
    """The simulator stands for SES's global list; elsewhere it is the account's."""
    return {
        "subtype": "Suppressed" if is_simulator(recipient) else "OnAccountSuppressionList",
        "status": "5.1.1",
        "diagnostic": "Amazon SES did not send the message to this address: it is on the suppression list",
    }


def _out_of_office(sent: Sent, recipient: str) -> AutomaticReply:
    """RFC 3834 §3. Sent to From, as most programs do: an answer to the reverse-path would reach SES."""
    fields = sent.submission.fields
    (to, *_) = bare(header.values(fields, "from"))
    subject = next(iter(header.values(fields, "subject")), "")
    original = message_id_field(sent.message_id, sent.region)
    lines = {
        "From": recipient,
        "To": to,
        "Subject": f"Automatic reply: {subject}",
        "Date": format_datetime(sent.at),
        "Message-ID": f"<ooto-{sent.message_id}@{recipient.rpartition('@')[2]}>",
        "In-Reply-To": original,
        "References": original,
        "Auto-Submitted": "auto-replied",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=us-ascii",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return AutomaticReply(recipient, to, f"{head}\r\nI am out of the office.\r\n".encode())
