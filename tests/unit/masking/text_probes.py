"""The mailbox in plain text."""

import base64
import hashlib

from tests.unit.masking.probes import KEPT, MAILBOX, add, b64, mail, text

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
add(
    "no charset 8bit",
    mail(b"Content-Type: text/plain\r\n\r\n" + f"{KEPT} Grüße {MAILBOX}".encode()),
    KEPT,
    "Grüße",
)
add("no content-type", mail(b"\r\n" + f"{KEPT} {MAILBOX}".encode()))
add("no final newline", text(MAILBOX).rstrip())
add("zero-width", text("anna\u200b.kaeufer\u200d@privat\u2060mail.example"))
add("soft hyphen", text("anna.kae\u00adufer@privatmail.exam\u00adple"))
add("full-width", text("ａｎｎａ．ｋａｅｕｆｅｒ＠ｐｒｉｖａｔｍａｉｌ．ｅｘａｍｐｌｅ"))
add("full-width at", text("anna.kaeufer＠privatmail.example"))
add("homoglyphs", text("аnnа.kаeufer@рrivаtmail.exаmple"))
add("bidi", text("\u202danna.kaeufer@\u202cprivatmail.example"))
add(
    "entities in plain text", text("anna.kaeufer&#64;privatmail.example &#x61;nna.kaeufer@privatmail.example")
)
add(
    "percent",
    text("https://x.example/?m=anna.kaeufer%40privatmail.example&b=2"),
    "https://x.example/?m=",
    "&b=2",
)
add("double percent", text("https://x.example/?m=anna.kaeufer%2540privatmail.example"))
add("mailto in brackets", text(f"Von: Anna [mailto:{MAILBOX}]"), "Von: Anna [mailto:")
add("verp", text("<bounce+anna.kaeufer=privatmail.example@list.example>"))
add("gateway form", text("anna.kaeufer-40privatmail.example"))
add(
    "flowed delsp",
    mail(
        b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\n"
        + f"{KEPT}\r\n> Mail: anna.kaeufer@privat \r\n> mail.example\r\n> bitte".encode()
    ),
)
add(
    "flowed",
    mail(
        b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n"
        + f"{KEPT}\r\nMail: anna.kaeufer@ \r\nprivatmail.example und mehr".encode()
    ),
)
add(
    "broken over quoted lines",
    text("> anna.kaeufer@privat\r\n> mail.example\r\n> bitte melden"),
    "> bitte melden",
)
add("broken after at", text("Anna Käufer <anna.kaeufer@\r\nprivatmail.example> schrieb:"), "> schrieb:")
add("blanks around at", text("anna.kaeufer @ privatmail.example"))
add("base64url in link", text(f"https://t.example/c/{b64(MAILBOX)}/x?id=4711"), "/x?id=4711")
add("base64url inside json in link", text("https://t.example/c?d=" + b64(f'{{"to":"{MAILBOX}","n":1}}')))
add("base64 of base64", text("https://t.example/c?d=" + b64(b64(f"x{MAILBOX}"))))
add("hex in link", text(f"https://t.example/c?d={MAILBOX.encode().hex()}&e=1"), "&e=1")
add("percent everything", text("".join(f"%{octet:02x}" for octet in MAILBOX.encode())))
add(
    "safe links",
    text(
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2Fartikel%3Fid%3D1"
        "&data=05%7C01%7Canna.kaeufer%40privatmail.example%7Cabc&sdata=x&reserved=0"
    ),
    KEPT,
    "https://shop.example/artikel?id=1",
)
add(
    "urldefense v2",
    text(
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__shop.example_a-3Fm-3Danna.kaeufer-40privatmail.example"
        "&d=DwMF&c=x&r=y"
    ),
)
add(
    "urldefense v3",
    text("https://urldefense.com/v3/__https://shop.example/a?m=anna.kaeufer@privatmail.example__;!!Ab$"),
)
add(
    "google redirect",
    text(
        "https://www.google.com/url?q=https%3A%2F%2Fshop.example%2F%3Fm%3Danna.kaeufer%2540privatmail.example"
    ),
)
add(
    "own domain as host",
    text("https://www.privatmail.example/bilder?x=1 und http://privatmail.example"),
    "/bilder?x=1",
)
add("json escape", text('{"mail":"anna.kaeufer\\u0040privatmail.example"}'))
add("quoted local-part", text('"anna.kaeufer"@privatmail.example'))
add("sentence without blank", text(f"Mail:{MAILBOX}.Danke sehr"), "Danke sehr")
add("cyrillic neighbour", text(f"почта{MAILBOX}я"), "почта")
add("em dash before domain", text("Anna—privatmail.example"), "Anna—")
add("colleague at the same domain", text("petra@privatmail.example und x@mail.privatmail.example"))
add(
    "inline pgp key",
    text(
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\n"
        + base64.encodebytes(b"\x99\x01" + f"Anna <{MAILBOX}>".encode()).decode()
        + "=abcd\r\n-----END PGP PUBLIC KEY BLOCK-----"
    ),
)
add("quoted-printable source pasted", text("anna.kaeufer=40privatmail.example"))
add(
    "reply headers english",
    text(f"-----Original Message-----\r\nFrom: Anna <{MAILBOX}>\r\nTo: x"),
    "-----Original Message-----",
)
add("reply headers french", text(f"Le 13 nov. 2026 à 17:40, Anna <{MAILBOX}> a écrit :"), "a écrit :")
add(
    "reply headers spanish", text(f"El vie, 13 nov 2026 a las 17:40, Anna ({MAILBOX}) escribió:"), "escribió:"
)
add("reply headers japanese", text(f"2026年11月13日(金) 17:40 Anna <{MAILBOX}>:"), "2026年11月13日")
add(
    "digest in link",
    text(
        "https://www.gravatar.com/avatar/"
        + hashlib.md5(MAILBOX.encode(), usedforsecurity=False).hexdigest()
        + "?s=80"
    ),
)
