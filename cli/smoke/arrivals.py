"""Why a mail has not become a message: which of the hops before the table it did not pass."""

from cli.checks.site import Site
from cli.checks.working import depth
from cli.deployment import Part
from cli.findings import Finding, fail
from cli.smoke.journey import Journey, find_in_inbox, find_loose
from parley.screening.policy import row

_DOCTOR = "Run `make doctor`"


def why_not_received(journey: Journey, site: Site) -> Finding:
    """The last hop that left a trace. Raises what botocore raises."""
    receipt_id = find_in_inbox(journey, site)
    if receipt_id is None:
        return fail(
            "not-in-inbox",
            "The mail is not in the inbox: SES has not received it, or could not store it.",
            f"Look for a bounce in the mailbox {journey.author}. {_DOCTOR} (Domain, Receiving): MX record, "
            "active rule set, and the policies of bucket and key.",
        )
    if loose := find_loose(receipt_id, site):
        meanings = "; ".join(f"{code}: {row(code).meaning}" for code in loose.codes)
        return fail(
            "not-routed",
            f"The mail {receipt_id} was {loose.state} without its conversation ({meanings}).",
            "docs/outcomes.md says what the code means.",
        )
    return _on_the_way(receipt_id, site)


def _on_the_way(receipt_id: str, site: Site) -> Finding:
    where = f"The mail is in the inbox ({receipt_id})"
    for part in (Part.RECEIPTS_DEAD_LETTERS, Part.RECEIPTS_UNDELIVERED):
        if count := sum(depth(site, part)):
            return fail(
                "in-dead-letters",
                f"{where}, and {part.value[1]} holds {count} messages: it is likely among them.",
                f"{_DOCTOR} (Queues), and look at the log group of receive_mail.",
            )
    if count := sum(depth(site, Part.RECEIPTS_QUEUE)):
        return fail(
            "in-queue",
            f"{where}, and {count} messages are in the queue: receive_mail does not take them, or fails.",
            f"{_DOCTOR} (Functions), and look at the log group of receive_mail.",
        )
    return fail(
        "not-announced",
        f"{where}, and neither in the queue nor in the table: its notification got lost.",
        f"{_DOCTOR} (Queues). The sweep finds it within 45 minutes.",
    )
