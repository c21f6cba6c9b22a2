"""SES as it sends: the account, the relay domain's identity, and the configuration set with its events."""

from collections.abc import Iterator

from cli.checks.site import Site
from cli.deployment import Part
from cli.findings import Finding, fail, ok, warn

EVENTS = frozenset({"SEND", "REJECT", "DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT"})
_NEARLY = 0.8
_DNS = "See the DNS findings; SES looks again by itself for up to 72 hours after the records are right."


def account(site: Site) -> Iterator[Finding]:
    """Whether SES lets this account send, to whom, and how much."""
    told = site.clients.sesv2.get_account()
    if told["ProductionAccessEnabled"]:
        yield ok("ses-production", "The account is out of SES's sandbox.")
    else:
        yield fail(
            "ses-sandbox",
            "The account is in SES's sandbox: it sends to verified mailboxes and the simulator only.",
            "Request production access in the SES console of this region (Account dashboard).",
        )
    if told["SendingEnabled"] and told.get("EnforcementStatus") != "SHUTDOWN":
        yield ok("ses-sending", "SES sends for this account.")
    else:
        yield fail(
            "ses-paused",
            "SES has paused sending for this account; mail waits in the queue for about 20 hours.",
            "Read the message in the SES console (Account dashboard) and answer it.",
        )
    if told.get("EnforcementStatus") == "PROBATION":
        yield warn(
            "ses-probation",
            "SES is reviewing this account.",
            "Read the message in the SES console (Account dashboard) and answer it.",
        )
    yield _quota(told["SendQuota"]["Max24HourSend"], told["SendQuota"]["SentLast24Hours"])


def _quota(most: float, sent: float) -> Finding:
    text = f"{sent:,.0f} of {most:,.0f} mails a day are used." if most >= 0 else "There is no daily quota."
    if most >= 0 and sent >= most * _NEARLY:
        return warn("ses-quota-low", text, "Request a higher sending quota (Service Quotas, Amazon SES).")
    return ok("ses-quota", text)


def identity(site: Site) -> Iterator[Finding]:
    """Whether SES has seen the domain's records."""
    domain = site.deployment.relay_domain
    told = site.clients.sesv2.get_email_identity(EmailIdentity=domain)
    if told.get("VerifiedForSendingStatus"):
        yield ok("ses-verified", f"SES sends for {domain}.")
    else:
        status = told.get("VerificationStatus", "PENDING")
        yield fail("ses-not-verified", f"SES does not send for {domain} yet: verification is {status}.", _DNS)
    dkim = told["DkimAttributes"]
    if dkim.get("Status") == "SUCCESS" and dkim.get("SigningEnabled"):
        yield ok("ses-dkim", "Mail is signed with DKIM.")
    else:
        yield fail(
            "ses-dkim-not-ready",
            f"Mail is not signed with DKIM: its status is {dkim.get('Status', 'NOT_STARTED')}.",
            _DNS,
        )
    mail_from = told.get("MailFromAttributes", {})
    if mail_from.get("MailFromDomainStatus") == "SUCCESS":
        yield ok("ses-mail-from", f"Reverse-paths are at {mail_from['MailFromDomain']}.")
    else:
        yield warn(
            "ses-mail-from-not-ready",
            "The MAIL FROM domain is not ready: reverse-paths are SES's own, and SPF does not align.",
            _DNS,
        )
    if told.get("FeedbackForwardingStatus"):
        yield warn(
            "ses-feedback-forwarding",
            "SES also sends bounces and complaints as mail, to the alias they are about.",
            "Deploy the stack again, or switch email feedback forwarding off for the identity.",
        )


def configuration_set(site: Site) -> Iterator[Finding]:
    """Whether SES may send with the configuration set, and tells the topic what became of mail."""
    name = site.deployment.physical(Part.CONFIGURATION_SET)
    topic = site.deployment.physical(Part.EVENTS_TOPIC)
    told = site.clients.sesv2.get_configuration_set(ConfigurationSetName=name)
    if told.get("SendingOptions", {}).get("SendingEnabled", True):
        yield ok("configuration-set", f"The configuration set {name} sends.")
    else:
        yield fail(
            "configuration-set-paused",
            f"Sending is switched off for the configuration set {name}.",
            f"aws sesv2 put-configuration-set-sending-options --sending-enabled "
            f"--configuration-set-name {name}",
        )
    listed = site.clients.sesv2.get_configuration_set_event_destinations(ConfigurationSetName=name)
    again = "Deploy the stack again."
    for destination in listed["EventDestinations"]:
        if destination.get("SnsDestination", {}).get("TopicArn") == topic:
            lacking = sorted(EVENTS - set(destination["MatchingEventTypes"]))
            if not destination.get("Enabled"):
                yield fail("events-disabled", "The event destination is switched off.", again)
            elif lacking:
                yield fail("events-incomplete", f"SES does not tell {', '.join(lacking)}.", again)
            else:
                yield ok("events", "SES tells what becomes of each mail.")
            return
    yield fail("events-missing", "SES does not tell the stack what becomes of mail.", again)
