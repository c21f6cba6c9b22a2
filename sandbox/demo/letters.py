"""The mails of the play, as ordinary mail programs write them: signatures, quotes, HTML, and all that these
give away of their authors."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, make_msgid
from html import escape

from sandbox.accounts import Account
from sandbox.page.reading import plain_text
from sandbox.seeding import ORDER

# Python's email writes a long Message-ID as an encoded word, which no program reads as an id.
_POLICY = SMTP.clone(max_line_length=998)
_QUOTED_LINES = 3
OLD_MAILBOX = "anna1987@oldmail.example"
"""Registered nowhere: another mailbox, as people name them."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, and in whose name."""

    name: str
    mailbox: str

    @classmethod
    def of(cls, name: str, account: Account) -> "Author":
        return cls(name, account.mailbox)


def broken_cup(author: Author, to: str) -> bytes:
    mail = _begun(author, [to], f"Order {ORDER}: one cup is broken")
    # What mail programs add without being asked.
    mail["Reply-To"] = author.mailbox
    mail["Disposition-Notification-To"] = author.mailbox
    mail["X-Originating-IP"] = "[203.0.113.77]"
    text = f"""\
Good morning,

my parcel came today. The tea smells of the sea, and one of the two cups has lost its handle.

Could you send a new one? Please write to {author.mailbox}; my old mailbox {OLD_MAILBOX} is gone.

Kind regards
{author.name}

--
{author.name} · Lindenweg 7 · 26721 Emden
+49 4921 555 0134 · {author.mailbox.upper()} · www.{_domain(author)}
"""
    return _finished(mail, text)


def sorry(author: Author, heard: bytes) -> bytes:
    """The shop's answer, by Outlook, with what Outlook writes above a quote."""
    mail = _answer(author, heard, "AW")
    own = escape(author.mailbox)
    html = f"""\
<p class="MsoNormal">Dear Ms Käufer,</p><br>
<p class="MsoNormal">how sad, a cup should hold tea and not surprises! A new one leaves our shop tomorrow.</p>
<p class="MsoNormal">Could you send us a <b>photo</b> for the parcel service?</p><br>
<p class="MsoNormal">Best wishes from the harbour<br>Hinnerk Müller</p><br>
<p class="MsoNormal">{escape(author.name)} · Am Delft 3 · 26721 Emden<br>
Tel. 04921 555 0177 · <a href="mailto:{own}">{own}</a> · https://www.{_domain(author)}/tassen</p><br>
<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">
<p class="MsoNormal">{_outlook_block(author, heard)}</p></div><br>
{_paragraphs(heard)}
"""
    return _finished(mail, _page(html), subtype="html")


def photo_of_it(author: Author, heard: bytes, photo: bytes, receipt: bytes) -> bytes:
    """The buyer's answer to the answer: on top of an Outlook block that names her, with two attachments."""
    mail = _answer(author, heard, "Re")
    html = f"""\
<div>Dear Mr Müller,</div><br>
<div>here is the photo, and the receipt. Mind the gap where the handle was!</div><br>
<div>Thank you<br>{escape(author.name)}</div><br><hr>
<div>{_outlook_block(author, heard)}</div><br>
{_paragraphs(heard)}
"""
    mail.set_content(_page(html), subtype="html", charset="utf-8")
    mail.add_attachment(photo, maintype="image", subtype="png", filename="broken cup.png")
    mail.add_attachment(receipt, maintype="application", subtype="pdf", filename=f"receipt {ORDER}.pdf")
    return mail.as_bytes()


def two_shops(author: Author, to: list[str]) -> bytes:
    mail = _begun(author, to, "Four blue cups for a birthday")
    text = f"""\
Dear tea shops,

my mother turns eighty on Sunday and wants four blue cups, not three, not five. Which of you has them?
The first to write to {author.mailbox} gets the order, and a slice of cake.

{author.name}
"""
    return _finished(mail, text)


def curious(author: Author, to: str) -> bytes:
    mail = _begun(author, [to], "Is this a real shop?")
    text = f"""\
Hello,

I found this mailbox on a note in a café. Who are you? Write to {author.mailbox}.

{author.name}
"""
    return _finished(mail, text)


def forged(author: Author, to: str) -> bytes:
    mail = _begun(author, [to], f"Order {ORDER}: new bank account")
    text = """\
Hello,

please pay my refund to another account: DE02 1203 0000 0000 2020 51. It is urgent.

Anna
"""
    return _finished(mail, text)


def anybody_there(author: Author, to: str, subject: str, text: str) -> bytes:
    return _finished(_begun(author, [to], subject), f"Hello,\n\n{text}\n\n{author.name}\n{author.mailbox}\n")


def _begun(author: Author, to: list[str], subject: str) -> EmailMessage:
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(author.name, addr_spec=author.mailbox)
    mail["To"] = [Address(addr_spec=each) for each in to]
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=_domain(author))
    mail["User-Agent"] = "Example Mail 12.1"
    return mail


def _answer(author: Author, heard: bytes, prefix: str) -> EmailMessage:
    """RFC 5322 §3.6.4: in the thread of what was heard."""
    parent = _parsed(heard)
    mail = _begun(author, [_from(parent).addr_spec], f"{prefix}: {parent['Subject']}")
    mail["In-Reply-To"] = parent["Message-ID"]
    mail["References"] = " ".join(filter(None, [parent["References"], parent["Message-ID"]]))
    return mail


def _finished(mail: EmailMessage, text: str, subtype: str = "plain") -> bytes:
    mail.set_content(text, subtype=subtype, charset="utf-8")
    return mail.as_bytes()


def _page(html: str) -> str:
    """As Outlook writes it, on one line: its programs know no white space but what is to be seen."""
    style = '<style>p.MsoNormal {margin:0cm;font-family:"Calibri",sans-serif;}</style>'
    return f"<html><head>{style}</head><body>{html.replace(chr(10), '')}</body></html>\n"


def _outlook_block(reader: Author, heard: bytes) -> str:
    """What a German Outlook writes above a quote, with the mailbox at which the reader got the mail."""
    parent = _parsed(heard)
    author = _from(parent)
    lines = {
        "Von": f"{author.display_name} <{author.addr_spec}>",
        "Gesendet": f"{parent['Date'].datetime:%d.%m.%Y %H:%M}",
        "An": f"{reader.name} <{reader.mailbox}>",
        "Betreff": str(parent["Subject"]),
    }
    return "<br>\n".join(f"<b>{name}:</b> {escape(value)}" for name, value in lines.items())


def _paragraphs(heard: bytes) -> str:
    """The beginning of what was heard; people cut the rest."""
    lines = [line for line in plain_text(heard).splitlines() if line.strip()]
    kept = [*lines[:_QUOTED_LINES], *(["[…]"] if len(lines) > _QUOTED_LINES else [])]
    return "\n".join(f'<p class="MsoNormal">{escape(line)}</p>' for line in kept)


def _parsed(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=default)
    if not isinstance(parsed, EmailMessage):
        raise TypeError("the default policy makes EmailMessage")
    return parsed


def _from(mail: EmailMessage) -> Address:
    (author,) = mail["From"].addresses
    return author if isinstance(author, Address) else Address(addr_spec=str(author))


def _domain(author: Author) -> str:
    return author.mailbox.rpartition("@")[2]
