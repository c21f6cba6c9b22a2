"""Mails that hide the author's mailbox in every way that relays are known to have missed.

Each probe is a mail from the buyer and texts that must still be readable in what the seller gets.
"""

import base64
import quopri
from dataclasses import dataclass

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
    content: str | bytes,
    media_type: str = "text/plain",
    charset: str = "utf-8",
    encoding: str = "8bit",
    extra: str = "",
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
