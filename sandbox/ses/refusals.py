"""What SES refuses to send, by the bytes of a mail.

Error codes are those of the SESv2 API; texts are SES's own where they are known, and otherwise as close. Read
with Python's `email`, so that a mistake of the product's own reader shows here.
"""

import re
from collections import Counter
from email import message_from_bytes
from email.utils import getaddresses

from sandbox.ses import header
from sandbox.ses.header import Field

MAX_MAIL = 40 * 1024 * 1024
"""AWS, "Service quotas", sending with the SESv2 API: octets of the mail after encoding."""
MAX_PARTS = 500
MAX_RECIPIENTS = 50

MAX_LINE = 998
"""RFC 5322 §2.1.1: octets before CRLF."""

# AWS, "Amazon SES header fields": "can't appear more than once in the header section of a message".
_SINGLETONS = """
accept-language acceptlanguage archived-at auto-submitted bounces-to comments content-alternative
content-base content-class content-description content-disposition content-duration content-id content-
language content-length content-location content-md5 content-transfer-encoding content-type date
delivered-to disposition-notification-options disposition-notification-to dkim-signature domainkey-
signature errors-to from importance in-reply-to keywords list-archive list-help list-id list-owner list-
post list-subscribe list-unsubscribe list-unsubscribe-post message-context message-id mime-version
organization original-from original-message-id original-recipient original-subject precedence priority
references reply-to return-path return-receipt-to sender solicitation sensitivity subject thread-index
thread-topic user-agent vbr-info
"""
SINGLETONS = frozenset(_SINGLETONS.split())

# AWS, "Unsupported attachment types".
_EXTENSIONS = """
ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js jse
ksh lib lnk mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml
msh1xml msh2xml msi msp mst ops pcd pif plg prf prg reg scf scr sct shb shs sys ps1 ps1xml ps2 ps2xml
psc1 psc2 tmp url vb vbe vbs vps vsmacros vss vst vsw vxd ws wsc wsf wsh xnk
"""
EXTENSIONS = frozenset(_EXTENSIONS.split())


class RefusalError(Exception):
    """SES answers with an error. code: its name in the API; the text is the message."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def check_mail(raw: bytes, fields: tuple[Field, ...], *, max_mail: int = MAX_MAIL) -> None:
    """Raises `RefusalError` for the first thing that SES would not send."""
    if len(raw) > max_mail:
        text = f"Message length is more than {max_mail} bytes long: '{len(raw)}'."
        raise RefusalError("BadRequestException", text)
    counted = Counter(field.name for field in fields)
    for name in SINGLETONS & counted.keys():
        if counted[name] > 1:
            spelled = next(f for f in fields if f.name == name).octets.partition(b":")[0].decode("latin-1")
            raise RefusalError("BadRequestException", f"Duplicate header '{spelled}'.")
    for field in fields:
        if not field.name or " " in field.name:
            shown = field.octets.decode("ascii", "replace").strip()[:60]
            raise RefusalError("BadRequestException", f"Illegal header '{shown}'.")
    if "from" not in counted:
        raise RefusalError("BadRequestException", "Missing required header 'From'.")
    if any(len(line.removesuffix(b"\r")) > MAX_LINE for line in raw.split(b"\n")):
        raise RefusalError("BadRequestException", "Message contains a line of more than 998 characters.")
    _check_parts(raw)


def _check_parts(raw: bytes) -> None:
    for count, part in enumerate(message_from_bytes(raw).walk(), start=1):
        if count > MAX_PARTS:
            raise RefusalError("BadRequestException", f"Message contains more than {MAX_PARTS} MIME parts.")
        name = part.get_filename() or ""
        if "." in name and name.rpartition(".")[2].strip().lower() in EXTENSIONS:
            raise RefusalError("BadRequestException", f"Illegal filename '{name}'.")


def check_mailboxes(mailboxes: tuple[str, ...]) -> None:
    """The API's "Destination": at most 50 mailboxes; SMTPUTF8 is not supported, domains are in Punycode."""
    if not mailboxes:
        raise RefusalError("BadRequestException", "Destination addresses are missing.")
    if len(mailboxes) > MAX_RECIPIENTS:
        raise RefusalError("BadRequestException", f"Recipient count exceeds {MAX_RECIPIENTS}.")
    for mailbox in mailboxes:
        local_part, at, domain = mailbox.rpartition("@")
        if not (at and local_part and domain):
            raise RefusalError("BadRequestException", "Missing final '@domain'")
        if not local_part.isascii():
            raise RefusalError("BadRequestException", "Local address contains non-ASCII characters.")
        if not domain.isascii():
            raise RefusalError("BadRequestException", "Domain contains non-ASCII characters.")
        if re.search(r"[\x00-\x20\x7f<>]", mailbox):
            raise RefusalError("BadRequestException", "Local address contains control or whitespace")


def bare(mailboxes: list[str]) -> tuple[str, ...]:
    """`Name <mailbox>` in whatever form, without the names."""
    return tuple(mailbox for _, mailbox in getaddresses(mailboxes))


def header_recipients(fields: tuple[Field, ...]) -> tuple[str, ...]:
    found = [value for name in ("to", "cc", "bcc") for value in header.values(fields, name)]
    return tuple(mailbox for _, mailbox in getaddresses(found) if mailbox)
