"""The mailbox in header fields."""

from tests.unit.masking.probes import DOMAIN, HEAD, MAILBOX, add, text

add("subject", text("x", head=HEAD.replace("Re: Bestellung 4711", f"Frage von {MAILBOX} zu 4711")), "zu 4711")
add(
    "subject split words",
    text(
        "x",
        head=HEAD.replace(
            "Re: Bestellung 4711",
            "=?utf-8?Q?Gr=C3=BC=C3=9Fe_anna.kaeu?=\r\n =?utf-8?Q?fer=40privatmail.example?=",
        ),
    ),
    "Grüße",
)
add(
    "display name is an address", text("x", head=HEAD.replace("=?utf-8?Q?Anna_K=C3=A4ufer?=", f'"{MAILBOX}"'))
)
add(
    "trace and list fields",
    text(
        "x",
        head=HEAD
        + (
            f"Received: from privatmail.example by x for <{MAILBOX}>\r\nReturn-Path: <{MAILBOX}>\r\n"
            f"Authentication-Results: x; spf=pass smtp.mailfrom={MAILBOX}\r\n"
            f"DKIM-Signature: v=1; d={DOMAIN}; i={MAILBOX}\r\n"
            f"Sender: {MAILBOX}\r\n"
            f"Reply-To: {MAILBOX}\r\n"
            f"Resent-From: {MAILBOX}\r\n"
            f"X-Originating-Email: {MAILBOX}\r\n"
            f"List-Unsubscribe: <mailto:{MAILBOX}>\r\n"
            f"Autocrypt: addr={MAILBOX}; keydata=AAAA\r\n"
            f"Cc: {MAILBOX}\r\n"
            f"References: <a@{DOMAIN}>\r\n"
            f"In-Reply-To: <a@{DOMAIN}>\r\n"
            "Comments:\r\n"
            f" {MAILBOX}\r\n"
            "X-A: b\r\n"
            f"\t{MAILBOX}\r\n"
        ),
    ),
)
