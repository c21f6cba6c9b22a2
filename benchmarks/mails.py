"""Ordinary mails, the same in every run: an answer with a quote and a signature, with and without a file."""

import base64
import html
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SELLER = "shop@haendler-mueller.example"
BUYER_ALIAS, SELLER_ALIAS = "b-7k2m@relay.example", "s-9q4t@relay.example"
KB, MB = 1024, 1024 * 1024
VARIANTS = 16
"""Small mails come from as many buyers, because what is known of a buyer is remembered for a while."""

_WORDS = (  # noqa: SIM905  # one word a line would be fifty lines
    "guten tag das paket ist heute angekommen leider fehlt der schlüssel zum schrank und eine schraube "
    "ich hätte ihn gern bis freitag wenn es geht sonst schicke ich alles zurück können sie mir bitte "
    "schreiben ob größe und farbe stimmen vielen dank für ihre mühe und freundliche grüße aus köln"
).split()
_OUTLOOK = (
    "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><meta http-equiv=Content-Type content="
    "\"text/html; charset=utf-8\"><style><!--\r\n@font-face {font-family:Calibri;}\r\np.MsoNormal, "
    "div.MsoNormal {margin:0cm; font-size:11.0pt; font-family:\"Calibri\",sans-serif;}\r\n--></style>"
    "<!--[if gte mso 9]><xml><o:shapedefaults v:ext=\"edit\"/></xml><![endif]--></head>"
    "<body lang=DE link=\"#0563C1\" style='word-wrap:break-word'><div class=WordSection1>\r\n"
)  # fmt: skip
_BOUNDARY = "----=_NextPart_000_0042_01DC5A2B.7F3E9C10"


@dataclass(frozen=True, slots=True)
class Sample:
    """mails: raw mails to measure by turns, as SES stores them."""

    name: str
    mails: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return len(self.mails[0])


def seeded(number: int) -> Random:
    """The same chance in every run."""
    return Random(number)  # noqa: S311  # nothing here is a secret


def buyer(number: int) -> str:
    """The mailbox of a buyer at a domain of their own."""
    return f"anna.kaeufer{number}@privatmail{number}.example"


def head(author: str, *, subject: str = "Re: Bestellung 4711") -> str:
    """The header section without Content-*, with SES's own fields on top."""
    domain = author.rpartition("@")[2]
    return "\r\n".join(
        (
            f"Return-Path: <{author}>",
            f"Received: from mx.{domain} (mx.{domain} [192.0.2.25])",
            " by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 7n3jq0d2s9o1k4h6",
            f" for {SELLER_ALIAS};",
            " Mon, 16 Nov 2026 08:12:46 +0000 (UTC)",
            "X-SES-Spam-Verdict: PASS",
            "X-SES-Virus-Verdict: PASS",
            f"Received-SPF: pass (spfCheck: domain of {domain} designates 192.0.2.25 as permitted sender)"
            f" client-ip=192.0.2.25; envelope-from={author}; helo=mx.{domain};",
            f"Authentication-Results: amazonses.com; spf=pass (spfCheck: domain of {domain}) "
            f"client-ip=192.0.2.25; envelope-from={author}; helo=mx.{domain};",
            f" dkim=pass header.i=@{domain}; dmarc=pass header.from={domain};",
            "X-SES-RECEIPT: AEFBQUFBQUFBQUFFZ1BxN0tKc2hHc0E3bG1rVjZ5YzZ1N0h5b2Q2",
            f"From: Anna =?utf-8?q?K=C3=A4ufer?= <{author}>",
            f"To: <{SELLER_ALIAS}>",
            "References: <conversation.4711@relay.example>",
            " <0102019a5b2c3d4e-000000@eu-west-1.amazonses.com>",
            "In-Reply-To: <0102019a5b2c3d4e-000000@eu-west-1.amazonses.com>",
            f"Subject: {subject}",
            "Date: Mon, 16 Nov 2026 09:12:44 +0100",
            f"Message-ID: <003a01dc5a2b$7f3e9c10$7dbbd430$@{domain}>",
            "X-Mailer: Microsoft Outlook 16.0",
            "Thread-Index: AQHcWit/Pp3Ym6c0RkqKb1jH3m5u0Q==",
            "Content-Language: de",
            "MIME-Version: 1.0",
            "",
        )
    )


def prose(size: int, chance: Random) -> str:
    """Lines of words, about `size` characters."""
    lines, length = [], 0
    while length < size:
        words = chance.choices(_WORDS, k=11)
        lines.append(" ".join(words).capitalize() + ".")
        length += len(lines[-1]) + 2
    return "\r\n".join(lines)


def answer(author: str | None, size: int, chance: Random) -> str:
    """About `size` characters: words, a signature with the author's mailbox if one is given, a quote."""
    signature = f"\r\n-- \r\nAnna Käufer\r\n{author}\r\n" if author else "\r\n-- \r\nAnna Käufer\r\n"
    quote = f"\r\nVon: Händler Müller <{SELLER_ALIAS}>\r\nGesendet: Sonntag, 15. November 2026\r\n"
    quoted = "\r\n".join("> " + line for line in prose(size // 3, chance).split("\r\n"))
    return f"{prose(size * 2 // 3 - 150, chance)}\r\n{signature}{quote}{quoted}\r\n"


def text_mail(author: str, size: int, chance: Random, *, signed: bool = True) -> bytes:
    """text/plain, as most programs send it."""
    text = answer(author if signed else None, size, chance)
    label = (
        "Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return (head(author) + label + text).encode()


def html_mail(author: str, size: int, chance: Random) -> bytes:
    """multipart/alternative by Outlook: text, and four times as much HTML."""
    text = answer(author, size // 5, chance)
    rows = [
        f"<p class=MsoNormal><span style='font-size:10.0pt;color:#1F497D'>{html.escape(line)}<o:p></o:p>"
        "</span></p>\r\n"
        for line in text.split("\r\n")
    ]
    rows.append(
        f'<p class=MsoNormal><a href="mailto:{author}"><span lang=EN>{author}</span></a><o:p></o:p></p>\r\n'
    )
    while sum(map(len, rows)) < size * 4 // 5 - len(_OUTLOOK):
        rows.append(
            "<table border=0 cellpadding=0 style='border-collapse:collapse'><tr><td style='padding:0cm 5pt'>"
            f'<a href="https://shop.example/artikel?id={chance.randrange(10**6)}&amp;x=1">Artikel</a></td><td>'
            f"{html.escape(prose(120, chance))}</td></tr></table>\r\n"
        )
    parts = (
        ("text/plain", text),
        ("text/html", _OUTLOOK + "".join(rows) + "</div></body></html>\r\n"),
    )
    body = "".join(
        f"--{_BOUNDARY}\r\nContent-Type: {media_type}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{content}"
        for media_type, content in parts
    )
    label = f'Content-Type: multipart/alternative;\r\n boundary="{_BOUNDARY}"\r\n\r\n'
    return (head(author) + label + body + f"--{_BOUNDARY}--\r\n").encode()


def file_mail(author: str, size: int, chance: Random, *, kind: str = "pdf") -> bytes:
    """A short text and one file of `size` octets in base64."""
    start, media_type = {
        "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        "jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xda\0\x08\1\1\0\0\x3f\0", "image/jpeg"),
    }[kind]
    content = start + chance.randbytes(size - len(start)).replace(b"\xff", b"\xfe")
    text = answer(author, 2 * KB, chance)
    named = f"Content-Type: {media_type}; name=Rechnung-4711.{kind}\r\nContent-Transfer-Encoding: base64\r\n"
    named += f"Content-Disposition: attachment; filename=Rechnung-4711.{kind}\r\n\r\n"
    before = (
        head(author)
        + f'Content-Type: multipart/mixed;\r\n boundary="{_BOUNDARY}"\r\n\r\n--{_BOUNDARY}\r\n'
        + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + f"{text}\r\n--{_BOUNDARY}\r\n{named}"
    )
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return before.encode() + encoded + f"--{_BOUNDARY}--\r\n".encode()


def samples(*, quick: bool) -> Iterator[Sample]:
    """The ordinary mails."""
    authors = [buyer(number) for number in range(VARIANTS)]
    yield Sample("2 KB text", tuple(text_mail(a, 2 * KB, seeded(1)) for a in authors))
    yield Sample(
        "2 KB text, nothing to mask", tuple(text_mail(a, 2 * KB, seeded(1), signed=False) for a in authors)
    )
    yield Sample("30 KB HTML and text", tuple(html_mail(a, 30 * KB, seeded(2)) for a in authors))
    for size in (1,) if quick else (1, 10, 25):
        yield Sample(f"{size} MB attachment", (file_mail(authors[0], size * MB, seeded(3)),))
    if not quick:
        yield Sample("10 MB photograph", (file_mail(authors[0], 10 * MB, seeded(4), kind="jpg"),))
