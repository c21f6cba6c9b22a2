"""The relay domain's records, as the world sees them."""

import re
from collections.abc import Iterator

from cli.checks.site import Site
from cli.findings import Finding, fail, ok, unknown, warn
from cli.records import DnsUnansweredError, Record, listed_records

_KINDS = {"Mx": "dns-mx", "MailFromMx": "dns-mail-from-mx", "MailFromSpf": "dns-spf", "Dmarc": "dns-dmarc"}
_POLICY = re.compile(r";\s*p\s*=\s*(\w+)", re.IGNORECASE)
_TXT_MARKS = {"dns-spf": "v=spf1", "dns-dmarc": "v=dmarc1"}


def records(site: Site) -> Iterator[Finding]:
    """Each of the seven records: as it should be, missing, different, or several where one may be."""
    for record in listed_records(dict(site.deployment.outputs)) or _of_identity(site):
        code = _KINDS.get(record.label, "dns-dkim")
        try:
            values = site.resolver.look_up(record.name, record.kind)
        except DnsUnansweredError as error:
            yield unknown(
                f"{code}-unanswered",
                f"The name servers did not say whether {record.name} has a {record.kind} record ({error}).",
                "Try again; if it stays so, look at the name servers of the domain.",
            )
        else:
            yield _compared(code, record, values)


def _of_identity(site: Site) -> tuple[Record, ...]:
    """The same records, from SES, where the stack made them in a hosted zone and lists none."""
    domain, region = site.deployment.relay_domain, site.deployment.region
    identity = site.clients.sesv2.get_email_identity(EmailIdentity=domain)
    tokens = identity["DkimAttributes"].get("Tokens", [])
    mail_from = identity["MailFromAttributes"]["MailFromDomain"]
    dkim = (
        Record(f"Dkim{number}", f"{token}._domainkey.{domain}", "CNAME", f"{token}.dkim.amazonses.com")
        for number, token in enumerate(tokens, start=1)
    )
    return (
        *dkim,
        Record("Dmarc", f"_dmarc.{domain}", "TXT", '"v=DMARC1; p=reject; adkim=r; aspf=r"'),
        Record("MailFromMx", mail_from, "MX", f"10 feedback-smtp.{region}.amazonses.com"),
        Record("MailFromSpf", mail_from, "TXT", '"v=spf1 include:amazonses.com ~all"'),
        Record("Mx", domain, "MX", f"10 inbound-smtp.{region}.amazonaws.com"),
    )


def _compared(code: str, record: Record, values: tuple[str, ...]) -> Finding:
    if mark := _TXT_MARKS.get(code):
        # Other TXT records at the same name are nobody's business.
        values = tuple(each for each in values if each.lower().startswith(mark))
    if not values:
        return fail(
            f"{code}-missing",
            f"{record.name} has no {record.kind} record of this kind.",
            f"Create it: {record.name} {record.kind} {record.value}",
        )
    if len(values) > 1:
        return fail(
            f"{code}-several",
            f"{record.name} has {len(values)} {record.kind} records of this kind; {_why_one(code)}.",
            f"Leave only: {record.name} {record.kind} {record.value}",
        )
    return _one(code, record, values[0])


def _why_one(code: str) -> str:
    return {
        "dns-mx": "mail that goes elsewhere is not relayed",
        "dns-mail-from-mx": "SES wants exactly one",
        "dns-spf": "SPF fails for good with two (RFC 7208 §4.5)",
        "dns-dmarc": "no policy counts with two (RFC 7489 §6.6.3)",
    }.get(code, "a CNAME stands alone")


def _one(code: str, record: Record, value: str) -> Finding:
    good = ok(f"{code}-ok", f"{record.name} {record.kind} is as it should be.")
    change = f"Change it to: {record.name} {record.kind} {record.value}"
    match code:
        case "dns-dmarc":
            policy = _POLICY.search(value)
            if policy and policy[1].lower() == "reject":
                return good
            text = f"The DMARC policy of {record.name} is {policy[1] if policy else 'none'}, not reject."
            return warn("dns-dmarc-weak", f"{text} Others can send in the relay's name.", change)
        case "dns-spf":
            fits = "include:amazonses.com" in value.lower().split()
        case "dns-mx" | "dns-mail-from-mx":
            # The preference of a single MX says nothing (RFC 5321 §5.1).
            fits = value.split()[-1] == record.plain.split()[-1]
        case _:
            fits = value == record.plain
    if fits:
        return good
    return fail(f"{code}-differs", f"{record.name} {record.kind} is {value}, and should be another.", change)
