"""What SES found out about a mail, decided without DNS, signatures or scanners.

SMTP AUTH stands for the party's own mail server: what it submits passes SPF if its reverse-path is at the
account's domain, and DKIM and DMARC if its From is. Nothing else passes. The strings that test scanners,
EICAR and GTUBE, fail; and a field `X-Sandbox-Verdicts: dmarc=GRAY; spam=FAIL` overrides any verdict.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import getaddresses

from sandbox.ses import header
from sandbox.ses.header import Field

OVERRIDES = "x-sandbox-verdicts"
# AWS, "Contents of notifications for SES email receiving": the values of each verdict object.
STATUSES = frozenset({"PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"})

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"
_EICAR_BASE64 = b"WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNU"
"""As it stands in the first line of the file in base64."""
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

_PAIR = re.compile(r"\s*(spf|dkim|dmarc|spam|virus)\s*=\s*([A-Z_]+)\s*", re.IGNORECASE)


class OverrideError(ValueError):
    """`X-Sandbox-Verdicts` cannot be read; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """As a notification has them. from_domain: the domain they are about, "" if From is not one mailbox."""

    spf: str
    dkim: str
    dmarc: str
    spam: str = "PASS"
    virus: str = "PASS"
    from_domain: str = ""

    def statuses(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("spam", "virus", "spf", "dkim", "dmarc")}


def judge(
    raw: bytes, fields: tuple[Field, ...], *, account_domain: str | None, reverse_path: str, scans: bool
) -> Verdicts:
    """account_domain: that of the account that authenticated. reverse_path: "" for the null one, for which
    SES looks at the HELO name. scans: what the rule says of spam and virus. Raises `OverrideError`."""
    from_domain = _from_domain(fields)
    is_own = account_domain is not None and from_domain == account_domain
    path_domain = reverse_path.rpartition("@")[2].lower() or account_domain
    found = Verdicts(
        spf="PASS" if account_domain and path_domain == account_domain else "FAIL",
        # AWS: GRAY for DKIM if the mail is not signed.
        dkim="PASS" if is_own else "GRAY",
        dmarc="PASS" if is_own else "FAIL",
        spam="FAIL" if GTUBE in raw else "PASS",
        virus="FAIL" if has_test_virus(raw) else "PASS",
        from_domain=from_domain,
    )
    if not scans:
        found = replace(found, spam="DISABLED", virus="DISABLED")
    return replace(found, **_overrides(fields))


def has_test_virus(raw: bytes) -> bool:
    return EICAR in raw or _EICAR_BASE64 in raw


def _from_domain(fields: tuple[Field, ...]) -> str:
    found = getaddresses(header.values(fields, "from"))
    return found[0][1].rpartition("@")[2].lower() if len(found) == 1 else ""


def _overrides(fields: tuple[Field, ...]) -> Mapping[str, str]:
    overrides: dict[str, str] = {}
    for value in header.values(fields, OVERRIDES):
        for pair in filter(str.strip, value.split(";")):
            match = _PAIR.fullmatch(pair)
            if not match or match[2].upper() not in STATUSES:
                raise OverrideError("write X-Sandbox-Verdicts as spam=FAIL; dmarc=GRAY")
            overrides[match[1].lower()] = match[2].upper()
    return overrides
