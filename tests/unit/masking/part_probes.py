"""The mailbox in parts other than the text itself, in their labels, and around them."""

import base64
import binascii
from urllib.parse import quote

from tests.unit.masking.probes import DOMAIN, KEPT, MAILBOX, add, leaf, mail, multipart, text

ENCODED_NAME = base64.b64encode(f"Ü {MAILBOX}.pdf".encode()).decode()

add(
    "boundary and content-id",
    multipart(
        leaf(
            b"\x89PNG\r\n",
            "image/png",
            "",
            "base64",
            f"Content-ID: <img@{DOMAIN}>\r\nContent-Description: {MAILBOX}\r\n",
        ),
        leaf(f'<p>{KEPT}</p><img src="cid:img@{DOMAIN}">', "text/html"),
        boundary=f"----{DOMAIN}----",
        subtype="related",
    ),
    KEPT,
    "cid:",
)
add(
    "filename rfc2231",
    multipart(
        leaf(
            b"x\0y",
            "application/pdf",
            "",
            "base64",
            "Content-Disposition: attachment; filename*0*=utf-8''anna.kaeufer%40privat; "
            "filename*1*=mail.example%20%C3%BC.pdf\r\n",
        )
    ),
    "ü.pdf",
)
add(
    "filename encoded word",
    multipart(
        leaf(
            b"x\0y",
            "application/pdf",
            "",
            "base64",
            f'Content-Disposition: attachment; filename="=?utf-8?B?{ENCODED_NAME}?="\r\n',
        )
    ),
)
add(
    "filename in name only",
    multipart(leaf(b"x\0y", f'application/pdf; name="Rechnung_{MAILBOX}.pdf"', "", "base64")),
)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:20261116@privatmail.example\r\n"
    "ORGANIZER;CN=Anna:mailto:anna.kaeufer@priv\r\n"
    " atmail.example\r\n"
    "SUMMARY:Übergabe\r\n"
    "END:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)
add("calendar", multipart(leaf(CALENDAR, "text/calendar; method=REQUEST")), "SUMMARY:Übergabe")
add(
    "calendar as octets",
    multipart(
        leaf(
            CALENDAR,
            "application/octet-stream",
            "",
            "base64",
            'Content-Disposition: attachment; filename="a.ics"\r\n',
        )
        if False
        else leaf(
            CALENDAR.encode(),
            "application/octet-stream",
            "",
            "base64",
            'Content-Disposition: attachment; filename="a.ics"\r\n',
        )
    ),
)
VCARD = (
    "BEGIN:VCARD\r\n"
    "VERSION:2.1\r\n"
    "N:Käufer;Anna\r\n"
    f"EMAIL;INTERNET:{MAILBOX}\r\n"
    "X;ENCODING=QUOTED-PRINTABLE:anna=2Ekaeufer=40privat=\r\n"
    "mail.example\r\n"
    "END:VCARD\r\n"
)
add("vcard", multipart(leaf(VCARD, "text/x-vcard")), "N:Käufer;Anna")
add("vcard base64", multipart(leaf(VCARD, "text/vcard", encoding="base64")))
add("csv", multipart(leaf(f"Name;Mail\r\nKäufer;{MAILBOX}\r\n", "text/csv")), "Name;Mail")
add(
    "enriched",
    multipart(
        leaf(f"<bold>anna</bold>.kaeufer@privatmail.example {MAILBOX}", "text/enriched"),
        subtype="alternative",
    ),
)
add(
    "amp",
    multipart(
        leaf(f"<html ⚡4email>{MAILBOX}</html>", "text/x-amp-html"),
        leaf(f"<p>{KEPT}</p>", "text/html"),
        subtype="alternative",
    ),
)
add(
    "json and xml",
    multipart(
        leaf(f'{{"m":"{MAILBOX}"}}', "application/json"),
        leaf(f"<m>anna.kaeufer&#64;{DOMAIN}</m>", "application/xml"),
    ),
)
add(
    "svg",
    multipart(
        leaf(
            "<svg xmlns='http://www.w3.org/2000/svg'><text>anna.kaeufer</text><tspan>"
            f"@{DOMAIN}</tspan><script>'{MAILBOX}'</script></svg>",
            "image/svg+xml",
        )
    ),
)
add(
    "octets that are text",
    multipart(
        leaf(
            f"Log {MAILBOX} ende".encode(),
            "application/octet-stream",
            "",
            "base64",
            'Content-Disposition: attachment; filename="log.dat"\r\n',
        )
    ),
    "ende",
)
INNER = (
    f"Received: from {DOMAIN}\r\n"
    f"From: Anna <{MAILBOX}>\r\n"
    "To: Shop <shop@haendler-mueller.example>, x@web.example\r\n"
    f"Cc: {MAILBOX}\r\n"
    f"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_?= {MAILBOX}\r\n"
    "Date: Mon, 16 Nov 2026 09:12:44 +0100\r\n"
    f"Message-ID: <1@{DOMAIN}>\r\n"
    f"X-Mailer: {MAILBOX}\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "\r\n"
    f"Innen {MAILBOX} ende\r\n"
)
add(
    "enclosed message",
    multipart(
        leaf(
            INNER.encode(),
            "message/rfc822",
            "",
            "8bit",
            f'Content-Disposition: attachment; filename="{MAILBOX}.eml"\r\n',
        )
    ),
    "Innen",
    "Grüße",
)
add(
    "enclosed twice",
    multipart(
        leaf(multipart(leaf(INNER.encode(), "message/rfc822", "", "8bit")), "message/rfc822", "", "8bit")
    ),
    "Innen",
)
add("enclosed base64", multipart(leaf(INNER.encode(), "message/rfc822", "", "base64")), "Innen")
add(
    "eml as octets",
    multipart(
        leaf(
            INNER.encode(),
            "application/octet-stream",
            "",
            "base64",
            'Content-Disposition: attachment; filename="a.eml"\r\n',
        )
    ),
    "Innen",
)
add("rfc822-headers", multipart(leaf(INNER.partition("\r\n\r\n")[0], "text/rfc822-headers")))
add(
    "signed smime",
    multipart(
        leaf(b"0\x82" + MAILBOX.encode(), "application/pkcs7-signature; name=smime.p7s", "", "base64"),
        subtype="signed",
    ),
)
add(
    "signed pgp",
    multipart(leaf("-----BEGIN PGP SIGNATURE-----\r\nxx\r\n", "application/pgp-signature"), subtype="signed"),
)
add(
    "pgp key",
    multipart(
        leaf(
            f"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n{MAILBOX}",
            "application/pgp-keys",
            extra='Content-Disposition: attachment; filename="a.asc"\r\n',
        )
    ),
)
add(
    "delivery status",
    multipart(
        leaf(f"Final-Recipient: rfc822;{MAILBOX}\r\nAction: failed\r\n", "message/delivery-status"),
        subtype="report",
    ),
    "Action: failed",
)
add(
    "preamble and epilogue",
    multipart().replace(b"\r\n\r\n--=_b1", f"\r\n\r\n{MAILBOX}\r\n--=_b1".encode(), 1) + MAILBOX.encode(),
)
add(
    "nested multiparts",
    multipart(multipart(multipart(leaf(MAILBOX)).partition(b"1.0\r\n")[2]).partition(b"1.0\r\n")[2]),
)
add(
    "base64 with garbage",
    mail(
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(f"{KEPT} {MAILBOX} ende".encode()).replace(b"A", b"A!\r\n")
    ),
    KEPT,
)
add(
    "base64 in pieces",
    mail(
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(f"{KEPT}  ".encode())
        + b"\r\n"
        + base64.b64encode(MAILBOX.encode())
    ),
    KEPT,
)
add("no close", multipart(leaf(MAILBOX)).rsplit(b"--=_b1--", 1)[0])
add(
    "html attachment",
    multipart(
        leaf(
            f"<html><body>Brief {MAILBOX}</body></html>",
            "text/html",
            extra='Content-Disposition: attachment; filename="brief.html"\r\n',
        )
    ),
    "Brief",
)
add(
    "text attachment utf-16",
    multipart(
        leaf(
            f"Grüße {MAILBOX}".encode("utf-16"),
            "application/octet-stream",
            "",
            "base64",
            'Content-Disposition: attachment; filename="brief.txt"\r\n',
        )
    ),
    "Grüße",
)
add("media type reveals", multipart(leaf(b"\0\1", f"application/{DOMAIN}", "", "base64")))
add(
    "uuencode",
    text(
        "begin 644 a.txt\r\n"
        + binascii.b2a_uu(MAILBOX.encode()).decode().rstrip("\n")
        + "\r\n`\r\nend\r\nSchluss"
    ),
    "Schluss",
)
add(
    "percent in filename",
    multipart(
        leaf(
            b"\0\1",
            "image/png",
            "",
            "base64",
            f'Content-Disposition: attachment; filename="{quote(MAILBOX)}.png"\r\n',
        )
    ),
)
add(
    "octets that are latin-1 text",
    multipart(
        leaf(
            f"Grüße {MAILBOX} ende".encode("latin-1"),
            "application/octet-stream",
            "",
            "base64",
            'Content-Disposition: attachment; filename="log.dat"\r\n',
        )
    ),
)
add("rtf", multipart(leaf(f'{{\\rtf1 HYPERLINK "mailto:{MAILBOX}" Hallo}}', "application/rtf")), "Hallo")
