"""Mails that hide the author's mailbox in every way that relays are known to have missed.

Each probe is a mail from the buyer and texts that must still be readable in what the seller gets.
"""

import base64
import quopri
from dataclasses import dataclass
from urllib.parse import quote

MAILBOX = "anna.kaeufer@privatmail.example"
DOMAIN = "privatmail.example"
KEPT = "Das Paket ist heute angekommen, vielen Dank!"
HEAD = (
    "From: =?utf-8?Q?Anna_K=C3=A4ufer?= <anna.kaeufer@privatmail.example>\r\n"
    "To: <s-9Q4T@relay.example>\r\nSubject: Re: Bestellung 4711\r\n"
    "Date: Mon, 16 Nov 2026 09:12:44 +0100\r\nMessage-ID: <1@mua.example>\r\nMIME-Version: 1.0\r\n"
)


@dataclass(frozen=True, slots=True)
class Probe:
    """One mail. kept: what must be readable in the outgoing mail."""

    name: str
    raw: bytes
    kept: tuple[str, ...] = (KEPT,)


PROBES: list[Probe] = []


def add(name: str, raw: bytes | str, *kept: str) -> None:
    octets = raw.encode() if isinstance(raw, str) else raw
    PROBES.append(Probe(name, octets, kept or (KEPT,)))


def leaf(
    content: str | bytes, media_type: str = "text/plain", charset: str = "utf-8", encoding: str = "8bit", extra: str = ""
) -> bytes:
    """A body part with its header section."""
    octets = content.encode(charset) if isinstance(content, str) else content
    if encoding == "base64":
        octets = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        octets = quopri.encodestring(octets).replace(b"\n", b"\r\n")
    shown = f"; charset={charset}" if charset else ""
    head = f"Content-Type: {media_type}{shown}\r\nContent-Transfer-Encoding: {encoding}\r\n{extra}\r\n"
    return head.encode() + octets


def mail(body: bytes, head: str = HEAD) -> bytes:
    return head.encode() + body


def text(content: str, charset: str = "utf-8", encoding: str = "8bit", **more: str) -> bytes:
    return mail(leaf(f"{KEPT}\r\n{content}\r\n", charset=charset, encoding=encoding), **more)


def html(content: str, encoding: str = "8bit") -> bytes:
    whole = f"<html><head><title>x</title></head><body><p>{KEPT}</p>{content}</body></html>"
    return mail(leaf(whole, "text/html", encoding=encoding))


def multipart(*parts: bytes, subtype: str = "mixed", boundary: str = "=_b1", plain: bool = True) -> bytes:
    parts = (leaf(f"{KEPT}\r\n"), *parts) if plain else parts
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'
    return mail(head.encode() + body + b"--" + boundary.encode() + b"--\r\n")


def b64(content: str) -> str:
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


# --- text ----------------------------------------------------------------------------------------------
add("plain", text(f"Meine Adresse: {MAILBOX}."))
add("mixed case", text("Anna.Kaeufer@PrivatMail.Example"))
add("tag", text("anna.kaeufer+shop@privatmail.example"))
add("latin-1 quoted-printable", text(f"Grüße {MAILBOX}", "iso-8859-1", "quoted-printable"), "Grüße")
add("gb2312 quoted-printable", text(f"你好 {MAILBOX}", "gb2312", "quoted-printable"), "你好")
add("utf-16 base64", text(f"Grüße {MAILBOX}", "utf-16", "base64"), "Grüße")
add("utf-16-le base64", text(f"Grüße {MAILBOX}", "utf-16-le", "base64"), "Grüße")
add("utf-7", text(f"Grüße {MAILBOX}", "utf-7"), "Grüße")
add("utf-7 undeclared", text("anna.kaeufer+AEA-privatmail.example", "us-ascii"))
add("iso-2022-jp", text(f"こんにちは {MAILBOX}", "iso-2022-jp", "7bit"), "こんにちは")
add("koi8-r", text(f"Привет {MAILBOX}", "koi8-r"), "Привет")
add("windows-1252 8bit", text(f"Preis 5 € {MAILBOX}", "cp1252"), "Preis 5 €")
add("no charset 8bit", mail(b"Content-Type: text/plain\r\n\r\n" + f"{KEPT} Grüße {MAILBOX}".encode()), KEPT, "Grüße")
add("no content-type", mail(b"\r\n" + f"{KEPT} {MAILBOX}".encode()))
add("no final newline", text(MAILBOX).rstrip())
add("zero-width", text("anna\u200b.kaeufer\u200d@privat\u2060mail.example"))
add("soft hyphen", text("anna.kae\u00adufer@privatmail.exam\u00adple"))
add("full-width", text("ａｎｎａ．ｋａｅｕｆｅｒ＠ｐｒｉｖａｔｍａｉｌ．ｅｘａｍｐｌｅ"))
add("full-width at", text("anna.kaeufer＠privatmail.example"))
add("homoglyphs", text("аnnа.kаeufer@рrivаtmail.exаmple"))
add("bidi", text("\u202danna.kaeufer@\u202cprivatmail.example"))
add("entities in plain text", text("anna.kaeufer&#64;privatmail.example &#x61;nna.kaeufer@privatmail.example"))
add("percent", text("https://x.example/?m=anna.kaeufer%40privatmail.example&b=2"), "https://x.example/?m=", "&b=2")
add("double percent", text("https://x.example/?m=anna.kaeufer%2540privatmail.example"))
add("mailto in brackets", text(f"Von: Anna [mailto:{MAILBOX}]"), "Von: Anna [mailto:")
add("verp", text("<bounce+anna.kaeufer=privatmail.example@list.example>"))
add("gateway form", text("anna.kaeufer-40privatmail.example"))
add("flowed delsp", mail(
    b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\n"
    + f"{KEPT}\r\n> Mail: anna.kaeufer@privat \r\n> mail.example\r\n> bitte".encode()))
add("flowed", mail(
    b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n"
    + f"{KEPT}\r\nMail: anna.kaeufer@ \r\nprivatmail.example und mehr".encode()))
add("broken over quoted lines", text("> anna.kaeufer@privat\r\n> mail.example\r\n> bitte melden"), "> bitte melden")
add("broken after at", text("Anna Käufer <anna.kaeufer@\r\nprivatmail.example> schrieb:"), "> schrieb:")
add("blanks around at", text("anna.kaeufer @ privatmail.example"))
add("base64url in link", text(f"https://t.example/c/{b64(MAILBOX)}/x?id=4711"), "/x?id=4711")
add("base64url inside json in link", text("https://t.example/c?d=" + b64(f'{{"to":"{MAILBOX}","n":1}}')))
add("base64 of base64", text("https://t.example/c?d=" + b64(b64(f"x{MAILBOX}"))))
add("hex in link", text(f"https://t.example/c?d={MAILBOX.encode().hex()}&e=1"), "&e=1")
add("percent everything", text("".join(f"%{octet:02x}" for octet in MAILBOX.encode())))
add("safe links", text(
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2Fartikel%3Fid%3D1"
    "&data=05%7C01%7Canna.kaeufer%40privatmail.example%7Cabc&sdata=x&reserved=0"), KEPT, "https://shop.example/artikel?id=1")
add("urldefense v2", text(
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__shop.example_a-3Fm-3Danna.kaeufer-40privatmail.example"
    "&d=DwMF&c=x&r=y"))
add("urldefense v3", text("https://urldefense.com/v3/__https://shop.example/a?m=anna.kaeufer@privatmail.example__;!!Ab$"))
add("google redirect", text("https://www.google.com/url?q=https%3A%2F%2Fshop.example%2F%3Fm%3Danna.kaeufer%2540privatmail.example"))
add("own domain as host", text("https://www.privatmail.example/bilder?x=1 und http://privatmail.example"), "/bilder?x=1")
add("json escape", text('{"mail":"anna.kaeufer\\u0040privatmail.example"}'))
add("quoted local-part", text('"anna.kaeufer"@privatmail.example'))
add("sentence without blank", text(f"Mail:{MAILBOX}.Danke sehr"), "Danke sehr")
add("cyrillic neighbour", text(f"почта{MAILBOX}я"), "почта")
add("em dash before domain", text("Anna—privatmail.example"), "Anna—")
add("colleague at the same domain", text("petra@privatmail.example und x@mail.privatmail.example"))
add("inline pgp key", text(
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\n"
    + base64.encodebytes(b"\x99\x01" + f"Anna <{MAILBOX}>".encode()).decode() + "=abcd\r\n-----END PGP PUBLIC KEY BLOCK-----"))
add("quoted-printable source pasted", text("anna.kaeufer=40privatmail.example"))
add("reply headers english", text(f"-----Original Message-----\r\nFrom: Anna <{MAILBOX}>\r\nTo: x"), "-----Original Message-----")
add("reply headers french", text(f"Le 13 nov. 2026 à 17:40, Anna <{MAILBOX}> a écrit :"), "a écrit :")
add("reply headers spanish", text(f"El vie, 13 nov 2026 a las 17:40, Anna ({MAILBOX}) escribió:"), "escribió:")
add("reply headers japanese", text(f"2026年11月13日(金) 17:40 Anna <{MAILBOX}>:"), "2026年11月13日")
add("digest in link", text("https://www.gravatar.com/avatar/" + __import__("hashlib").md5(MAILBOX.encode()).hexdigest() + "?s=80"))

# --- html ----------------------------------------------------------------------------------------------
add("html split tags", html("anna<b>.kaeufer</b><i>@</i>privatmail<wbr>.example"))
add("html entities", html("anna.kaeufer&commat;privatmail&period;example &#97;nna.kaeufer&#x40;privatmail.example"))
add("html shy", html("anna.kae&shy;ufer@privat&zwnj;mail.example"))
add("html mailto", html('<a href="mailto:anna.kaeufer%40privatmail.example?cc=anna%2Ekaeufer%40privatmail.example">hier</a>'), "hier")
add("html comment", html(f"<!-- {MAILBOX} --><!--[if mso]><p>{MAILBOX}</p><![endif]-->"))
add("html downlevel comment", html(f"<![if !mso]><p>Hallo {MAILBOX}</p><![endif]>"), "Hallo")
add("html style", html(f"<style>/* {MAILBOX} */ p:after {{content:'{MAILBOX}'}}</style><p style=\"background:url(http://t.example/{MAILBOX})\">Hallo</p>"), "Hallo")
add("html css escape", html("<p style=\"font-family:'anna.kaeufer\\40 privatmail.example'\">Hallo</p>"), "Hallo")
add("html attributes", html(f'<img src="http://t.example/p.gif?u={MAILBOX}" alt="{MAILBOX}"><p title="{MAILBOX}" data-m="{MAILBOX}" class="{MAILBOX}" id="x{MAILBOX}">Hallo</p>'), "Hallo")
add("html hidden preheader", html(f'<div style="display:none">{MAILBOX}</div>Hallo'), "Hallo")
add("html table cells", html("<table><tr><td>anna.kaeufer</td><td>@privatmail.example</td></tr></table>"))
add("html safe link", html(
    '<a href="https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2F&amp;'
    'data=05%7C01%7Canna.kaeufer%40privatmail.example%7Cabc">Artikel</a>'), "Artikel", "https://shop.example/")
add("html base64 link", html(f'<a href="https://t.example/u?d={b64("m=" + MAILBOX)}">Artikel</a>'), "Artikel")
add("html quoted-printable", html(f"Grüße <a href=\"mailto:{MAILBOX}\">{MAILBOX}</a>", "quoted-printable"), "Grüße")
add("html script and form", html(f"<script>var m='{MAILBOX}'</script><form action='https://x.example/{MAILBOX}'><input value='{MAILBOX}'></form>Hallo"), "Hallo")
add("html cfemail", html('<a class="__cf_email__" data-cfemail="' + bytes([0x2A, *(o ^ 0x2A for o in MAILBOX.encode())]).hex() + '">x</a>'))
add("html data url", html('<img alt="b" src="data:image/png;base64,' + base64.b64encode(b"\x89PNG" + MAILBOX.encode()).decode() + '">'))
add("html malformed math", html(f"<math><style><img title='</style>Wichtig: {MAILBOX}'>"))
add("html unclosed", mail(leaf(f"<p>{KEPT}<b>{MAILBOX}<a href='mailto:{MAILBOX}'", "text/html")))
add("html outlook quote", html(
    f'<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>Von:</b> Anna &lt;{MAILBOX}&gt;'
    "<br><b>Gesendet:</b> Freitag<o:p></o:p></p></div>"), "Gesendet:", "MsoNormal")
add("html base and meta", html(f'<base href="https://{DOMAIN}/"><meta http-equiv="refresh" content="0;url=https://{DOMAIN}">Hallo'), "Hallo")

# --- header fields -------------------------------------------------------------------------------------
add("subject", text("x", head=HEAD.replace("Re: Bestellung 4711", f"Frage von {MAILBOX} zu 4711")), "zu 4711")
add("subject split words", text("x", head=HEAD.replace(
    "Re: Bestellung 4711", "=?utf-8?Q?Gr=C3=BC=C3=9Fe_anna.kaeu?=\r\n =?utf-8?Q?fer=40privatmail.example?=")), "Grüße")
add("display name is an address", text("x", head=HEAD.replace("=?utf-8?Q?Anna_K=C3=A4ufer?=", f'"{MAILBOX}"')))
add("trace and list fields", text("x", head=HEAD + (
    f"Received: from privatmail.example by x for <{MAILBOX}>\r\nReturn-Path: <{MAILBOX}>\r\n"
    f"Authentication-Results: x; spf=pass smtp.mailfrom={MAILBOX}\r\nDKIM-Signature: v=1; d={DOMAIN}; i={MAILBOX}\r\n"
    f"Sender: {MAILBOX}\r\nReply-To: {MAILBOX}\r\nResent-From: {MAILBOX}\r\nX-Originating-Email: {MAILBOX}\r\n"
    f"List-Unsubscribe: <mailto:{MAILBOX}>\r\nAutocrypt: addr={MAILBOX}; keydata=AAAA\r\nCc: {MAILBOX}\r\n"
    f"References: <a@{DOMAIN}>\r\nIn-Reply-To: <a@{DOMAIN}>\r\nComments:\r\n {MAILBOX}\r\nX-A: b\r\n\t{MAILBOX}\r\n")))

# --- parts ---------------------------------------------------------------------------------------------
add("boundary and content-id", multipart(
    leaf(b"\x89PNG\r\n", "image/png", "", "base64", f"Content-ID: <img@{DOMAIN}>\r\nContent-Description: {MAILBOX}\r\n"),
    leaf(f'<p>{KEPT}</p><img src="cid:img@{DOMAIN}">', "text/html"),
    boundary=f"----{DOMAIN}----", subtype="related"), KEPT, "cid:")
add("filename rfc2231", multipart(leaf(b"x\0y", "application/pdf", "", "base64",
    "Content-Disposition: attachment; filename*0*=utf-8''anna.kaeufer%40privat; filename*1*=mail.example%20%C3%BC.pdf\r\n")), "ü.pdf")
add("filename encoded word", multipart(leaf(b"x\0y", "application/pdf", "", "base64",
    f'Content-Disposition: attachment; filename="=?utf-8?B?{base64.b64encode(("Ü " + MAILBOX + ".pdf").encode()).decode()}?="\r\n')))
add("filename in name only", multipart(leaf(b"x\0y", f'application/pdf; name="Rechnung_{MAILBOX}.pdf"', "", "base64")))
CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:20261116@privatmail.example\r\n"
    "ORGANIZER;CN=Anna:mailto:anna.kaeufer@priv\r\n atmail.example\r\nSUMMARY:Übergabe\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
add("calendar", multipart(leaf(CALENDAR, "text/calendar; method=REQUEST")), "SUMMARY:Übergabe")
add("calendar as octets", multipart(leaf(CALENDAR, "application/octet-stream", "", "base64", 'Content-Disposition: attachment; filename="a.ics"\r\n') if False else leaf(CALENDAR.encode(), "application/octet-stream", "", "base64", 'Content-Disposition: attachment; filename="a.ics"\r\n')))
VCARD = f"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Käufer;Anna\r\nEMAIL;INTERNET:{MAILBOX}\r\nX;ENCODING=QUOTED-PRINTABLE:anna=2Ekaeufer=40privat=\r\nmail.example\r\nEND:VCARD\r\n"
add("vcard", multipart(leaf(VCARD, "text/x-vcard")), "N:Käufer;Anna")
add("vcard base64", multipart(leaf(VCARD, "text/vcard", encoding="base64")))
add("csv", multipart(leaf(f"Name;Mail\r\nKäufer;{MAILBOX}\r\n", "text/csv")), "Name;Mail")
add("enriched", multipart(leaf(f"<bold>anna</bold>.kaeufer@privatmail.example {MAILBOX}", "text/enriched"), subtype="alternative"))
add("amp", multipart(leaf(f"<html ⚡4email>{MAILBOX}</html>", "text/x-amp-html"), leaf(f"<p>{KEPT}</p>", "text/html"), subtype="alternative"))
add("json and xml", multipart(leaf(f'{{"m":"{MAILBOX}"}}', "application/json"), leaf(f"<m>anna.kaeufer&#64;{DOMAIN}</m>", "application/xml")))
add("svg", multipart(leaf(f"<svg xmlns='http://www.w3.org/2000/svg'><text>anna.kaeufer</text><tspan>@{DOMAIN}</tspan><script>'{MAILBOX}'</script></svg>", "image/svg+xml")))
add("octets that are text", multipart(leaf(f"Log {MAILBOX} ende".encode(), "application/octet-stream", "", "base64", 'Content-Disposition: attachment; filename="log.dat"\r\n')), "ende")
INNER = f"Received: from {DOMAIN}\r\nFrom: Anna <{MAILBOX}>\r\nTo: Shop <shop@haendler-mueller.example>, x@web.example\r\nCc: {MAILBOX}\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_?= {MAILBOX}\r\nDate: Mon, 16 Nov 2026 09:12:44 +0100\r\nMessage-ID: <1@{DOMAIN}>\r\nX-Mailer: {MAILBOX}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nInnen {MAILBOX} ende\r\n"
add("enclosed message", multipart(leaf(INNER.encode(), "message/rfc822", "", "8bit", f'Content-Disposition: attachment; filename="{MAILBOX}.eml"\r\n')), "Innen", "Grüße")
add("enclosed twice", multipart(leaf(multipart(leaf(INNER.encode(), "message/rfc822", "", "8bit")), "message/rfc822", "", "8bit")), "Innen")
add("enclosed base64", multipart(leaf(INNER.encode(), "message/rfc822", "", "base64")), "Innen")
add("eml as octets", multipart(leaf(INNER.encode(), "application/octet-stream", "", "base64", 'Content-Disposition: attachment; filename="a.eml"\r\n')), "Innen")
add("rfc822-headers", multipart(leaf(INNER.partition("\r\n\r\n")[0], "text/rfc822-headers")))
add("signed smime", multipart(leaf(b"0\x82" + MAILBOX.encode(), "application/pkcs7-signature; name=smime.p7s", "", "base64"), subtype="signed"))
add("signed pgp", multipart(leaf("-----BEGIN PGP SIGNATURE-----\r\nxx\r\n", "application/pgp-signature"), subtype="signed"))
add("pgp key", multipart(leaf(f"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n{MAILBOX}", "application/pgp-keys", extra='Content-Disposition: attachment; filename="a.asc"\r\n')))
add("delivery status", multipart(leaf(f"Final-Recipient: rfc822;{MAILBOX}\r\nAction: failed\r\n", "message/delivery-status"), subtype="report"), "Action: failed")
add("preamble and epilogue", multipart().replace(b"\r\n\r\n--=_b1", f"\r\n\r\n{MAILBOX}\r\n--=_b1".encode(), 1) + MAILBOX.encode())
add("nested multiparts", multipart(multipart(multipart(leaf(MAILBOX)).partition(b"1.0\r\n")[2]).partition(b"1.0\r\n")[2]))
add("base64 with garbage", mail(
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(f"{KEPT} {MAILBOX} ende".encode()).replace(b"A", b"A!\r\n")), KEPT)
add("base64 in pieces", mail(
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(f"{KEPT}  ".encode()) + b"\r\n" + base64.b64encode(MAILBOX.encode())), KEPT)
add("no close", multipart(leaf(MAILBOX)).rsplit(b"--=_b1--", 1)[0])
add("html attachment", multipart(leaf(f"<html><body>Brief {MAILBOX}</body></html>", "text/html", extra='Content-Disposition: attachment; filename="brief.html"\r\n')), "Brief")
add("text attachment utf-16", multipart(leaf(f"Grüße {MAILBOX}".encode("utf-16"), "application/octet-stream", "", "base64", 'Content-Disposition: attachment; filename="brief.txt"\r\n')), "Grüße")
add("media type reveals", multipart(leaf(b"\0\1", f"application/{DOMAIN}", "", "base64")))
add("uuencode", text("begin 644 a.txt\r\n" + __import__("binascii").b2a_uu(MAILBOX.encode()).decode().rstrip("\n") + "\r\n`\r\nend\r\nSchluss"), "Schluss")
add("percent in filename", multipart(leaf(b"\0\1", "image/png", "", "base64", f'Content-Disposition: attachment; filename="{quote(MAILBOX)}.png"\r\n')))
