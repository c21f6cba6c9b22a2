"""Whole random mails: header sections that give their author away, nested structures, enclosed mails."""

from dataclasses import dataclass
from random import Random

from tests.fuzz.files import file_part
from tests.fuzz.hiding import FIELD, hidden
from tests.fuzz.parties import PAIRS, Parties
from tests.fuzz.texts import Draw, text_part

MAX_DEPTH = 3
RELAY_MAILBOXES = {"buyer": "b-7K2M@relay.example", "seller": "s-9Q4T@relay.example"}
_GIVEAWAYS = (
    *("Reply-To", "Sender", "Cc", "Return-Path", "Disposition-Notification-To", "X-Originating-Email"),
    *("List-Unsubscribe", "Comments", "Thread-Topic", "Organization", "Keywords", "Resent-From", "Errors-To"),
    *("X-Envelope-From", "Delivered-To", "Autocrypt", "Content-Description", "X-Mailer"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A mail on trial. texts and files must still be in the outgoing mail. is_ordinary: written by the
    rules, so that it must be relayed."""

    raw: bytes
    parties: Parties
    texts: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()
    is_ordinary: bool = False


def random_mail(chance: Random) -> Case:
    """A mail by the rules of RFC 5322 and 2045 in which both parties' mailboxes hide everywhere."""
    buyer, seller = chance.choice(PAIRS)
    author, role = (buyer, "seller") if chance.random() < 0.5 else (seller, "buyer")
    draw = Draw(chance, (buyer, seller), chance.choice(("\r\n", "\r\n", "\n")))
    fields = _fields(draw, author, RELAY_MAILBOXES[role])
    raw = "".join(field.replace("\r\n", draw.newline) + draw.newline for field in fields).encode()
    raw += _body(draw, 0)
    return Case(raw, Parties(buyer, seller), tuple(draw.texts), tuple(draw.files), is_ordinary=True)


def _fields(draw: Draw, author: str, alias: str) -> list[str]:
    chance, domain = draw.chance, author.rpartition("@")[2]
    number = chance.randrange(10**6)
    fields = [
        "From: " + chance.choice((author, f"<{author}>", f"Anna K <{author}>", f'"{author}" <{author}>')),
        f"To: {alias}",
        f"Subject: {hidden(FIELD, chance.choice(draw.secrets), chance)}",
        f"Message-ID: <{number}.x@{domain}>",
        "Date: Mon, 16 Nov 2026 09:12:44 +0100",
        "MIME-Version: 1.0",
    ]
    for name in chance.sample(_GIVEAWAYS, chance.randint(0, 5)):
        is_mailbox = name in ("Reply-To", "Sender", "Return-Path", "Resent-From")
        fields.append(f"{name}: {author if is_mailbox else hidden(FIELD, draw.secret, chance)}")
    if chance.random() < 0.4:
        fields.append(f"References: <1@{domain}>\r\n <2.{number}@{domain}>")
    if chance.random() < 0.3:
        fields.insert(0, f"Received: from pc.{domain} ([192.0.2.7])\r\n by mx.{domain} for <{alias}>")
    return fields


def _body(draw: Draw, depth: int) -> bytes:
    """Content-* fields, an empty line and the content."""
    chance = draw.chance
    kind = chance.random()
    if depth >= MAX_DEPTH or kind < 0.35:
        return text_part(draw)
    if kind < 0.45 and depth:
        return _enclosed(draw, depth)
    subtype = chance.choice(
        ("mixed", "mixed", "alternative", "related", "signed", "x-odd", "digest", "parallel")
    )
    if subtype == "digest":
        # RFC 2046 §5.1.5: messages, each behind an empty header section.
        children = [draw.newline.encode() + _message(draw, depth)]
    else:
        children = [_body(draw, depth + 1)]
    if subtype == "alternative":
        children.append(text_part(draw))
    elif subtype != "digest":
        children += [file_part(draw) for _ in range(chance.randint(1, 3))]
    return _multipart(draw, subtype, children)


def _multipart(draw: Draw, subtype: str, children: list[bytes]) -> bytes:
    chance, end = draw.chance, draw.newline
    number = chance.randrange(10**9)
    boundary = chance.choice(
        (f"b{number}", f"----=_Part_{number}", f"=_{number}.{draw.secret}", f"a b {number}")
    )
    quoted = f'"{boundary}"' if not boundary.startswith("b") or chance.random() < 0.5 else boundary
    head = f"Content-Type: multipart/{subtype}; boundary={quoted}{end}{end}"
    if chance.random() < 0.3:
        head += f"This is a multipart for {draw.secret}{end}"
    delimiter = f"{end}--{boundary}".encode()
    body = head.encode()
    for child in children:
        body += delimiter + end.encode() + child
    return (
        body
        + delimiter
        + b"--"
        + (f"{end}epilogue {draw.secret}{end}" if chance.random() < 0.3 else end).encode()
    )


def _enclosed(draw: Draw, depth: int) -> bytes:
    end = draw.newline
    disposition = (
        f"Content-Disposition: attachment; filename=mail.eml{end}" if draw.chance.random() < 0.5 else ""
    )
    return f"Content-Type: message/rfc822{end}{disposition}{end}".encode() + _message(draw, depth)


def _message(draw: Draw, depth: int) -> bytes:
    author = draw.secret
    fields = _fields(draw, author, draw.secret)
    head = "".join(field.replace("\r\n", draw.newline) + draw.newline for field in fields)
    return head.encode() + _body(draw, depth + 1)
