"""Mails built to be slow, about 1 MB each: what once took other programs minutes, or us too long."""

import base64
from collections.abc import Iterator
from urllib.parse import quote

from benchmarks.mails import MB, Sample, buyer, head, prose, seeded

AUTHOR = buyer(0)
_TEXT = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
_HTML = _TEXT.replace("plain", "html")


def samples(*, quick: bool) -> Iterator[Sample]:
    """The hostile mails; the first of them only, if it has to be quick."""
    mails = (
        ("near boundaries", near_boundaries()),
        ("10,000 Received fields", received_fields()),
        ("1,000 levels of nesting", nesting()),
        ("percent-encoded HTML", percent_encoded()),
        ("base64url in links", links()),
        ("1 MB of @", (head(AUTHOR) + _TEXT).encode() + b"@" * MB),
        ("address list of 1 MB", address_list()),
        ("base64 as text", base64_as_text()),
        ("100,000 unclosed tags", unclosed_tags()),
        ("entities and zero-width characters", disguised()),
    )
    for name, mail in mails[:3] if quick else mails:
        yield Sample(name, (mail,))


def near_boundaries() -> bytes:
    """Lines that begin like a delimiter and are none, in groups that share a beginning."""
    lines = "".join(f"--x{'-' * (number % 60)}y\r\n" for number in range(MB // 34))
    return f'{head(AUTHOR)}Content-Type: multipart/mixed; boundary="x"\r\n\r\n{lines}--x--\r\n'.encode()


def received_fields() -> bytes:
    hop = "Received: from a.{0}.example (a.{0}.example [192.0.2.1])\r\n\tby b.example with ESMTPS id {0}\r\n"
    return (
        "".join(hop.format(number) for number in range(10_000)) + head(AUTHOR) + _TEXT + "Hello\r\n"
    ).encode()


def nesting() -> bytes:
    opened = (
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n' for level in range(1_000)
    )
    padding = "Hello\r\n" * (MB // 7)
    return (head(AUTHOR) + "".join(opened) + _TEXT + padding).encode()


def percent_encoded() -> bytes:
    """The author's mailbox and other text, percent-encoded four times, in the links of HTML."""
    coded = AUTHOR + "?x=" + "ä" * 40
    for _ in range(4):
        coded = quote(coded, safe="")
    link = f'<a href="https://t.example/?u={coded}">{coded}</a>\r\n'
    return (head(AUTHOR) + _HTML + link * (MB // len(link))).encode()


def links() -> bytes:
    """Links with long runs of base64url, some with the author's mailbox in them."""
    chance, lines, size = seeded(5), [], 0
    while size < MB:
        token = chance.randbytes(150) + (AUTHOR.encode() if chance.random() < 0.1 else b"")
        lines.append("https://t.example/r/" + base64.urlsafe_b64encode(token).decode().rstrip("=") + "\r\n")
        size += len(lines[-1])
    return (head(AUTHOR) + _TEXT + "".join(lines)).encode()


def address_list() -> bytes:
    """Two lists of mailboxes as long as a header section may be, and a third as text."""
    mailboxes = [f"Person {number} <person.{number}@firma{number % 50}.example>" for number in range(25_000)]
    field = ",\r\n ".join(mailboxes[:2_200])
    text = "; ".join(mailboxes)[: MB - 250_000]
    fields = f"Cc: {field}\r\nReply-To: {AUTHOR},\r\n {field[:100_000].rpartition(',')[0]}\r\n"
    return (head(AUTHOR) + fields + _TEXT + text + "\r\n").encode()


def base64_as_text() -> bytes:
    """A text that names its author again and again, in base64 without the fields that say so."""
    text = "".join(f"{prose(150, seeded(number))} {AUTHOR}\r\n" for number in range(4_000))
    encoded = base64.encodebytes(text.encode()[: MB * 3 // 4]).replace(b"\n", b"\r\n")
    return (head(AUTHOR) + _TEXT).encode() + f"{AUTHOR}\r\n".encode() + encoded


def unclosed_tags() -> bytes:
    return (head(AUTHOR) + _HTML + f"<p>{AUTHOR}</p>" + "<b><a x='>" * 100_000).encode()


def disguised() -> bytes:
    """The author's mailbox in entities and with invisible characters, again and again."""
    entities = "".join(f"&#x{ord(char):x};" for char in AUTHOR)
    hidden = "\u200b".join(AUTHOR)
    line = f"<p>{entities} {hidden}<br>&amp;&shy;x</p>\r\n"
    return (head(AUTHOR) + _HTML + line * (MB // len(line.encode()))).encode()
