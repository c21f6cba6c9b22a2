"""How far a mail has come. Each hop has two functions: one looks whether the mail has passed, the other says,
when time is up, why it may not have. The order is the table at the end."""

from collections.abc import Callable
from dataclasses import dataclass

from cli.checks.site import Site
from cli.deployment import INBOX_PREFIX, Part
from cli.findings import Finding, fail, ok
from cli.smoke.arrivals import why_not_received
from cli.smoke.evidence import archived_objects, proof, shows, state_of_object
from cli.smoke.journey import Journey, find_message
from cli.smoke.scenarios import ENDINGS
from parley.conversation.messages import OUTCOMES, Message, State
from parley.screening.policy import row

_LOG = "Look at the log group of receive_mail."
_HINTS = {
    "not-authenticated": "The domain of --from needs an SES domain identity with DKIM, "
    "so that its mail passes DMARC.",
}


@dataclass(frozen=True, slots=True)
class View:
    """What a hop is looked at with. events: SES's event types of this conversation so far."""

    journey: Journey
    site: Site
    events: frozenset[str]

    def message(self) -> Message | None:
        return find_message(self.journey, self.site)


@dataclass(frozen=True, slots=True)
class Hop:
    """look: the finding once it can be told, None before. why: the finding when it has not come in time."""

    name: str
    look: Callable[[View], Finding | None]
    why: Callable[[View], Finding]


def received(view: View) -> Finding | None:
    """MX, receipt rule, inbox, topic, queue and function: all of them have worked if the table knows it."""
    if view.message() is None:
        return None
    return ok("received", "SES took the mail in, and receive_mail got it from the queue.")


def not_received(view: View) -> Finding:
    return why_not_received(view.journey, view.site)


def stored(view: View) -> Finding | None:
    """That the function could read it proves its grant; that it is encrypted with the stack's key, SES's."""
    message = view.message()
    if message is None:
        return None
    state = state_of_object(view.site, Part.INBOX, INBOX_PREFIX + message.receipt_id)
    if state is None:
        return None
    if not state.ours:
        return fail(
            "inbox-other-key",
            "The mail in the inbox is not encrypted with the stack's key.",
            "Deploy the stack again: the bucket's default encryption was changed.",
        )
    return ok("stored", "The mail lies in the inbox, encrypted with the stack's key.")


def not_stored(_: View) -> Finding:
    return fail("inbox-gone", "The mail is no longer in the inbox.", "Look at the bucket's lifecycle rules.")


def decided(view: View) -> Finding | None:
    message = view.message()
    if message is None or message.state not in OUTCOMES:
        return None
    if message.state is State.RELAYED:
        return ok("relayed", "It was admitted, masked and handed to SES.")
    meanings = "; ".join(f"{code}: {row(code).meaning}" for code in message.codes)
    hints = [_HINTS[code] for code in message.codes if code in _HINTS]
    next_ = " ".join(hints) or "docs/outcomes.md says what the code means."
    return fail("not-relayed", f"The mail was {message.state} ({meanings}).", next_)


def not_decided(view: View) -> Finding:
    message = view.message()
    state = message.state if message else "unknown"
    waits = "SES was asked to send it, and did not answer" if state is State.SENDING else "it is tried again"
    return fail("undecided", f"The message is still {state}: {waits}.", f"{_LOG} Then run `make doctor`.")


def archived(view: View) -> Finding | None:
    """Original, relayed mail and content, each locked and encrypted."""
    objects = archived_objects(view.journey, view.site)
    if objects is None:
        return None
    if not objects.ours:
        return fail("archive-other-key", "The archive is not encrypted with the stack's key.", _again())
    if not objects.locked_until:
        return fail("archive-not-locked", "What is archived is not under Object Lock.", _again())
    until = f"{objects.locked_until:%Y-%m-%d}"
    return ok("archived", f"Original, relayed mail and content are archived and locked until {until}.")


def not_archived(_: View) -> Finding:
    return fail("not-archived", "Original, relayed mail and content are not all in the archive.", _LOG)


def masked(view: View) -> Finding | None:
    objects = archived_objects(view.journey, view.site)
    if objects is None:
        return None
    journey = view.journey
    if shows(objects.relayed, journey.author):
        return fail(
            "leak",
            "The relayed mail shows the author's mailbox.",
            "Close the relay (disable the receipt rule) and report it: see SECURITY.md.",
        )
    if not shows(objects.relayed, journey.conversation.buyer_alias or ""):
        return fail("no-alias", "The relayed mail does not come from the author's alias.", _LOG)
    return ok("masked", "The relayed mail shows the author's alias and not the mailbox.")


def told(view: View) -> Finding | None:
    wanted = view.journey.scenario.events
    if other := (view.events & ENDINGS) - wanted:
        return fail(
            "other-ending",
            f"SES tells {_listed(other)}, where {_listed(wanted)} was expected.",
            "Look for the message's id in the delivery events.",
        )
    if not wanted <= view.events:
        return None
    return ok("delivery-events", f"SES told what became of it: {_listed(wanted)}.")


def not_told(view: View) -> Finding:
    missing = view.journey.scenario.events - view.events
    seen = _listed(view.events) or "nothing"
    return fail(
        "events-missing",
        f"SES has not told {_listed(missing)}, but {seen}.",
        "A slow mailbox takes minutes: try --wait 900. Else run `make doctor` (Sending, Queues).",
    )


def chained(view: View) -> Finding | None:
    """write_archive follows the table: the entry is written, signed for, and proves what was archived."""
    verdict = proof(view.journey, view.site)
    if verdict is None:
        return None
    if not verdict.is_intact:
        codes = ", ".join(dict.fromkeys(fault.code for fault in verdict.faults))
        return fail(
            "entry-not-proved",
            f"What is archived does not verify ({codes}).",
            f"parley verify {view.journey.conversation.id} says what is wrong.",
        )
    return ok("entry", "Entry and signed checkpoint prove what is archived.")


def not_chained(_: View) -> Finding:
    return fail(
        "entry-missing",
        "Entry and checkpoint are not both in the archive: write_archive is not told of the mail, or fails.",
        "Look at the log group of write_archive, and run `make doctor` (Functions, Queues).",
    )


def _again() -> str:
    return "Deploy the stack again: the bucket's settings were changed."


def _listed(events: frozenset[str]) -> str:
    return ", ".join(sorted(events))


HOPS = (
    Hop("receiving", received, not_received),
    Hop("inbox", stored, not_stored),
    Hop("outcome", decided, not_decided),
    Hop("archive", archived, not_archived),
    Hop("masking", masked, not_archived),
    Hop("delivery", told, not_told),
    Hop("entry", chained, not_chained),
)
