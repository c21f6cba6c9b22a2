"""Rebuilding a receipt whose notification never came, from the header fields that SES itself wrote.

Only fields above the first X-SES-RECEIPT are SES's. The envelope's recipients are not among them except in
the `for` clause of SES's Received field, which names one recipient and only if there was just one.
"""

import re

from parley.mail.authentication import Authentication, ses_authentication
from parley.mail.header import Header
from parley.mail.verdicts import Verdict, Verdicts
from parley.relaying.receipts import LostReceipt, Receipt, read_reverse_path

_FOR = re.compile(r"\sfor\s+<?([^\s<>;]{3,320})>?\s*;")


def recover(lost: LostReceipt, header: Header) -> Receipt:
    """The receipt as far as the object tells it: `recipients` is empty where SES's fields name none.

    A DMARC pass is SES's Authentication-Results'; without one the verdict is MISSING and the mail is held.
    """
    names = [field.name for field in header.fields]
    own = Header(header.fields[: names.index("x-ses-receipt")] if "x-ses-receipt" in names else ())
    # The last one: what the author's server said of itself stands before it, in a comment.
    received = _FOR.findall((own.first("received") or b"")[:4096].decode("latin-1"))
    return Receipt(
        id=lost.id,
        key=lost.key,
        received_at=lost.received_at,
        reverse_path=read_reverse_path((own.first("return-path") or b"").decode("latin-1")),
        recipients=tuple(received[-1:]),
        verdicts=_verdicts(own, ses_authentication(header)),
    )


def _verdicts(own: Header, authentication: Authentication | None) -> Verdicts:
    def stated(name: str) -> Verdict:
        return Verdict.read((own.first(name) or b"").decode("latin-1").strip())

    if authentication is None:
        return Verdicts(spam=stated("x-ses-spam-verdict"), virus=stated("x-ses-virus-verdict"))
    return Verdicts(
        spf=Verdict.PASS if authentication.spf_domain else Verdict.GRAY,
        dkim=Verdict.PASS if authentication.dkim_domains else Verdict.GRAY,
        # Without a pass nothing tells FAIL from GRAY.
        dmarc=Verdict.PASS if authentication.dmarc_domain else Verdict.MISSING,
        spam=stated("x-ses-spam-verdict"),
        virus=stated("x-ses-virus-verdict"),
    )
