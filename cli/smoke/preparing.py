"""Before anything is sent: what is asked for, whether the deployment is ready, and what will happen."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from cli.checks import CHECKS
from cli.checks.site import Check, Site
from cli.connecting import UsageError
from cli.doctor import Found, examine
from cli.findings import Finding, fail, ok
from cli.smoke.opening import party_id
from cli.smoke.scenarios import SIMULATED, Scenario, delivered_to
from parley.mail.address import AddressError, Mailbox, parse_mailbox

# Without these no mail comes through; the others of the doctor's need not hold one up.
NEEDED = frozenset(
    {"stack", "key", "receipt rule", "setup notification", "identity", "configuration set"}
    | {"subscriptions", "event source mapping", "api"}
)


def new_token(now: datetime) -> str:
    """Letters and digits that no other run has."""
    return f"{now:%Y%m%d%H%M%S}{secrets.token_hex(3)}"


def read_mailbox(text: str, option: str, site: Site) -> Mailbox:
    """Raises `UsageError` for what cannot be a party's mailbox."""
    try:
        mailbox = parse_mailbox(text)
    except AddressError:
        raise UsageError(f"{option} is not a mailbox, such as shop@example.com.") from None
    if mailbox.domain.lower() == site.deployment.relay_domain:
        raise UsageError(f"{option} is at the relay domain, where only aliases are.")
    return mailbox


def scenarios(counterpart: Mailbox | None, names: Sequence[str]) -> tuple[Scenario, ...]:
    """Those of the simulator that are named, all if none is, and the counterpart's if there is one.

    Raises `UsageError` for a name that there is not.
    """
    by_name = {each.name: each for each in SIMULATED}
    for name in names:
        if name not in by_name:
            raise UsageError(f"There is no scenario {name}; there are {', '.join(by_name)}.")
    chosen = tuple(by_name[name] for name in names) if names else SIMULATED
    if counterpart is None:
        return chosen
    return (*chosen, delivered_to(str(counterpart), party_id(str(counterpart))))


def examine_before(author: Mailbox, site: Site) -> tuple[Found, ...]:
    """What the mail would fail on anyway."""

    def author_identity(site: Site) -> Iterator[Finding]:
        yield author_ready(author, site)

    checks = [check for check in CHECKS if check.name in NEEDED]
    return examine([*checks, Check("Author", "identity", author_identity)], site)


def author_ready(author: Mailbox, site: Site) -> Finding:
    """Whether mail that SES sends for the author will pass as authenticated when it comes back.

    A verified mailbox is not enough: SES signs its mail for amazonses.com, and it would be refused. Raises
    what botocore raises.
    """
    advice = (
        f"Use a mailbox at a domain that is an SES identity of this account and region with DKIM, or make "
        f"{author.domain} one."
    )
    try:
        told = site.clients.sesv2.get_email_identity(EmailIdentity=author.domain)
    except site.clients.sesv2.exceptions.NotFoundException:
        return fail("from-not-an-identity", f"{author.domain} is no SES identity here.", advice)
    dkim = told["DkimAttributes"]
    if (
        told.get("VerifiedForSendingStatus")
        and dkim.get("Status") == "SUCCESS"
        and dkim.get("SigningEnabled")
    ):
        return ok("from-ready", f"SES signs mail from {author.domain}.")
    return fail("from-not-signed", f"SES does not send and sign mail from {author.domain}.", advice)


def plan(chosen: Sequence[Scenario], author: Mailbox, site: Site) -> str:
    """What is about to happen, for whoever has to agree."""
    deployment = site.deployment
    lines = [
        f"This sends {len(chosen)} mails through the relay {deployment.relay_domain} "
        f"({deployment.stack} in {deployment.region}), by way of SES, from {author} to:",
        *(f"  {each.mailbox}" for each in chosen),
        "",
        "It registers these mailboxes as parties (their ids begin with smoke-), opens a conversation for "
        "each mail, and listens to delivery events with a queue of its own.",
        "",
        "Afterwards it closes the conversations and removes the queue. What stays: the parties, the closed "
        "conversations, the mails in the inbox until they expire, and the mails in the archive, which are "
        "locked as long as all mail there is.",
    ]
    return "\n".join(lines)
