"""Mail as people's programs write it, and as SES stores it: with SES's own fields on top."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

PASS = {"spam": "PASS", "virus": "PASS", "spf": "PASS", "dkim": "PASS", "dmarc": "PASS"}
FAIL = dict.fromkeys(PASS, "FAIL")
RESULTS = {"PASS": "pass", "FAIL": "fail"}
"""How SES writes a verdict in Authentication-Results; "none" for all others."""
FORGED = {**PASS, "spf": "FAIL", "dkim": "FAIL", "dmarc": "FAIL"}


@dataclass(frozen=True, kw_only=True)
class Written:
    """A mail before it is handed to a server. fields: further header fields, or other values for these."""

    author: str
    to: str
    name: str = ""
    subject: str = "Order 303"
    message_id: str = "CA1@mail.example"
    body: str = "Hello.\r\n"
    fields: Mapping[str, str] = field(default_factory=dict)

    def raw(self, at: datetime) -> bytes:
        header = {
            "From": f"{self.name} <{self.author}>" if self.name else self.author,
            "To": self.to,
            "Subject": self.subject,
            "Date": format_datetime(at),
            "Message-ID": f"<{self.message_id}>",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
            **self.fields,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in header.items() if value)
        return f"{lines}\r\n{self.body}".encode()


def ses_fields(
    *, author: str, source: str, recipients: tuple[str, ...], verdicts: Mapping[str, str], at: datetime
) -> bytes:
    """The header fields that SES writes on top (as objects stored by its S3 action show them).

    source: the reverse-path, "" for the null one. The `for` clause stands there for a single recipient only.
    """
    domain, helo = author.rpartition("@")[2], "mail." + author.rpartition("@")[2]
    path = source or f"postmaster@{helo}"
    results = {name: RESULTS.get(verdicts[name], "none") for name in ("spf", "dkim", "dmarc")}
    spf = {
        "pass": f"(spfCheck: domain of {domain} designates 192.0.2.10 as permitted sender)",
        "fail": f"(spfCheck: domain of {domain} does not designate 192.0.2.10 as permitted sender)",
        "none": f"(spfCheck: 192.0.2.10 is neither permitted nor denied by domain of {domain})",
    }[results["spf"]]
    envelope = f"client-ip=192.0.2.10; envelope-from={path}; helo={helo};"
    for_clause = f" for {recipients[0]};\r\n" if len(recipients) == 1 else ""
    received = " by inbound-smtp.eu-west-1.amazonaws.com with SMTP id d3q1i8s5n8b1kq0q7r6o5m4l3k2j1h0g"
    return (
        f"Return-Path: <{source}>\r\n"
        f"Received: from {helo} ({helo} [192.0.2.10])\r\n"
        f"{received}{'' if for_clause else ';'}\r\n"
        f"{for_clause}"
        f" {format_datetime(at)} (UTC)\r\n"
        f"X-SES-Spam-Verdict: {verdicts['spam']}\r\n"
        f"X-SES-Virus-Verdict: {verdicts['virus']}\r\n"
        f"Received-SPF: {results['spf']} {spf} {envelope}\r\n"
        "Authentication-Results: amazonses.com;\r\n"
        f" spf={results['spf']} {spf} {envelope}\r\n"
        f" dkim={results['dkim']} header.i=@{domain};\r\n"
        f" dmarc={results['dmarc']} header.from={domain};\r\n"
        "X-SES-RECEIPT: AEFBQUFBQUFBQUFHdEJmTnpSZ0dYbXBrS2p5Y1hqVkl2\r\n"
        "X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b=dGhpcyBpcyBubyBzaWduYXR1cmU=; c=relaxed/simple;"
        " s=uku4taia5b5tsbglxyj6zym32efj7xqv; d=amazonses.com; t=1788538320; v=1;"
        " bh=Z4RAlm0JfqZPVd5YuHH3dZ2dD2yJw8Wc3iDqgNeHqGM=; h=From:To:Subject:Date:Message-ID;\r\n"
    ).encode()
