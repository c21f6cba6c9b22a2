"""Texts of random mails, in every charset and encoding."""

import base64
import html
import quopri
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.hiding import HTML, TEXT, hidden

WORDS = (
    "Das Paket ist heute angekommen, vielen Dank!",
    "Grüße aus Köln",
    "Preis 4,99 € für Artikel 4711-AB",
    "joanna.kaeufer war auch da",
    "Termin am Freitag um 17.40 Uhr",
    "Größe M, Farbe weiß",
    "日本語テスト",
    "Ça va très bien",
    "Übergabe am Freitag & Samstag",
    "x = y + 5 Euro",
    "Привет, как дела",
    "👍 fertig",
)
CHARSETS = (
    *("utf-8", "utf-8", "utf-8", "iso-8859-1", "windows-1252", "us-ascii", "iso-8859-15", "koi8-r"),
    *("windows-1251", "utf-16", "utf-16-le", "utf-7", "gb18030", "gb2312", "big5", "shift_jis", "euc-kr"),
    *("iso-2022-jp", "cp850", "x-unknown"),
)
ENCODINGS = ("8bit", "quoted-printable", "base64")


@dataclass(slots=True)
class Draw:
    """What a random mail is made with, and what must still be there when it has been relayed."""

    chance: Random
    secrets: tuple[str, ...]
    newline: str
    texts: list[str] = field(default_factory=list)
    """Texts that must be readable in the outgoing mail."""
    files: list[bytes] = field(default_factory=list)
    """Contents that must decode to the same octets."""

    @property
    def secret(self) -> str:
        return self.chance.choice(self.secrets)


def text_part(draw: Draw) -> bytes:
    """text/plain or text/html with words that stay and mailboxes that go."""
    chance, is_html = draw.chance, draw.chance.random() < 0.5
    charset = chance.choice(CHARSETS)
    codec = "utf-8" if charset == "x-unknown" else charset
    lines: list[str] = []
    for _ in range(chance.randint(1, 4)):
        word = chance.choice(WORDS)
        if _fits(word, codec):
            lines.append(html.escape(word) if is_html else word)
            draw.texts.append(word)
        if chance.random() < 0.7:
            way = hidden(HTML if is_html else TEXT, draw.secret, chance)
            lines.append(way if _fits(way, codec) else draw.secret)
    glue = "</p>\n<p>" if is_html else "\n"
    text = glue.join(lines)
    text = f"<html><head></head><body><p>{text}</p></body></html>" if is_html else text + "\n"
    parameters = f'; charset="{charset}"' if chance.random() < 0.5 else f"; charset={charset.upper()}"
    if not is_html and chance.random() < 0.3:
        parameters += "; format=flowed" + ("; DelSp=yes" if chance.random() < 0.5 else "")
    subtype = "html" if is_html else chance.choice(("plain", "plain", "plain", "plain", "enriched", "x-web"))
    return leaf(
        draw,
        f"text/{subtype}{parameters}",
        text.replace("\r\n", "\n").replace("\n", draw.newline).encode(codec),
        "",
    )


def _fits(text: str, codec: str) -> bool:
    try:
        return text.encode(codec).decode(codec) == text
    except UnicodeError:
        return False


def leaf(
    draw: Draw, content_type: str, content: bytes, more: str, encodings: tuple[str, ...] = ENCODINGS
) -> bytes:
    chance, newline = draw.chance, draw.newline
    encoding = chance.choice(encodings)
    if b"\0" in content or (b"\r" in content and newline == "\n") or encoding == "base64":
        encoding, body = "base64", _base64(content, chance, newline)
    elif encoding == "quoted-printable":
        body = quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", newline.encode())
    else:
        body = content
    head = (
        f"Content-Type: {content_type}{newline}{more}Content-Transfer-Encoding: {encoding}{newline}{newline}"
    )
    return head.encode() + body


def _base64(content: bytes, chance: Random, newline: str) -> bytes:
    encoded = base64.b64encode(content).decode()
    width = chance.choice((76, 76, 76, 64, 60, 72, 400))
    lines = [encoded[start : start + width] for start in range(0, len(encoded), width)]
    return (newline.join(lines) + newline).encode()
