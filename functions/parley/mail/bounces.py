"""What a bounce of SES says: of the mailbox, or only of the one mail.

SES calls both permanent; the enhanced status code of the server that refused it (RFC 3463) tells them apart.
"""

import re
from enum import Enum, auto
from typing import Any

SUPPRESSED = frozenset({"Suppressed", "OnAccountSuppressionList"})
"""Of the subtypes those by which SES says that it sent nothing."""
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""The mailbox or its domain does not exist, has moved, is disabled, or takes no mail (RFC 3463 §3.2 and §3.3,
RFC 7505 §4.2). The others tell of the mail, the servers or the author: that a filter refuses one mail (5.7.1,
5.6.0), or a server one so large (5.3.4), is no reason to stop the next."""
_NO_REASON = "5.0.0"
"""RFC 3463 §3.1: nothing is known but that it failed for good."""
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")


class Fault(Enum):
    """Whose a permanent bounce is."""

    MAILBOX = auto()
    """It is dead."""
    MAIL = auto()
    """By the server's own word another one may be taken."""
    UNKNOWN = auto()


def fault_of(kind: str | None, subtype: str | None, status: str | None) -> Fault | None:
    """None for what is no permanent bounce. kind, subtype: as SES writes them.

    The server's code decides. Without one SES's word does: NoEmail is that the mailbox does not exist, and to
    a General one for which nobody stated a reason nothing more shall be written (AWS, "Amazon SNS
    notification contents", Bounce types). A server that only says 5.0.0 may refuse the mail as well.
    """
    if kind != "Permanent" or subtype in SUPPRESSED:
        return None
    if status in (None, _NO_REASON):
        is_dead = subtype == "NoEmail" or (subtype == "General" and status is None)
        return Fault.MAILBOX if is_dead else Fault.UNKNOWN
    return Fault.MAILBOX if status in _DEAD else Fault.MAIL


def is_reported(recipients: Any) -> bool:
    """Whether there was a delivery status notification of a failure (RFC 3464 §2.3.3): SES tells action and
    status only then, and nothing of that of an out-of-office. recipients: SES's, of the bounce."""
    action, code = _text(recipients, "action").lower(), status(recipients)
    return action == "failed" or (not action and code is not None and code[0] in "45")


def status(recipients: Any) -> str | None:
    """The enhanced status code, if there is one. recipients: SES's, of a bounce or a delay."""
    stated = _text(recipients, "status")
    return stated if _STATUS.fullmatch(stated) else None


def _text(recipients: Any, name: str) -> str:
    return str(recipients[0].get(name) or "") if recipients else ""
