"""Where mail from SES goes if a party has a mail server of its own: there, by SMTP (RFC 5321 §5.1).

exchanges = MailExchanges(otherwise=mailboxes.deliver)
exchanges.add("party.example", port)            # what an MX record says in the DNS
exchanges("anna@party.example", raw)            # a `Deliver` of `sandbox.ses.ports`

Only loopback is ever called: a domain leads to a port of this machine, and no name is looked up.
"""

import smtplib

from sandbox.loopback import HOST
from sandbox.ses.ports import Deliver

SECONDS = 30.0
_RETURN_PATH = b"return-path:"


class MailExchanges:
    """hostname: what the servers are greeted with. otherwise: takes mail for all other domains."""

    def __init__(self, otherwise: Deliver, *, hostname: str = "smtp-out.amazonses.com") -> None:
        self._otherwise = otherwise
        self._hostname = hostname
        self._ports: dict[str, int] = {}

    def add(self, domain: str, port: int) -> None:
        """Mail for the domain goes to this port of the loopback from now on."""
        self._ports[domain.lower()] = port

    def remove(self, domain: str) -> None:
        """Mail for the domain goes the other way again. Raises KeyError if it never went another one."""
        del self._ports[domain.lower()]

    def __call__(self, mailbox: str, raw: bytes) -> bool:
        """False if the server refuses the recipient or the mail for good (5xx).

        Raises OSError if there is no server or it says "later" (4xx): SES would come again, this does not.
        """
        port = self._ports.get(mailbox.rpartition("@")[2].lower())
        if port is None:
            return self._otherwise(mailbox, raw)
        reverse_path, content = _envelope(raw)
        try:
            with smtplib.SMTP(HOST, port, local_hostname=self._hostname, timeout=SECONDS) as server:
                server.sendmail(reverse_path, [mailbox], content)
        except smtplib.SMTPRecipientsRefused as refused:
            return _refused(refused.recipients[mailbox][0], refused)
        except smtplib.SMTPResponseException as refused:
            return _refused(refused.smtp_code, refused)
        return True


def _refused(code: int, refused: smtplib.SMTPException) -> bool:
    if code < 500:
        raise refused
    return False


def _envelope(raw: bytes) -> tuple[str, bytes]:
    """The reverse-path of a mail that begins with a Return-Path field, and the mail without that field.

    RFC 5321 §4.4: the field is written by the server that delivers in the end, and by nobody before it.
    Raises ValueError if the mail does not begin with it.
    """
    field, _, content = raw.partition(b"\r\n")
    if not field.lower().startswith(_RETURN_PATH):
        raise ValueError("a mail from SES begins with its Return-Path")
    return field[len(_RETURN_PATH) :].strip().removeprefix(b"<").removesuffix(b">").decode("ascii"), content
