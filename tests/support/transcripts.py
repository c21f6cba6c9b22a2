"""Conversations with mails and events, for tests of transcripts."""

from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

from parley.archive.chain import Committed
from parley.archive.content import content_of, note_content
from parley.archive.keys import ORIGINAL, RELAYED, content_key, direction, event_folder, folder, object_key
from parley.archive.records import EventKind, EventRecord, MessageRecord
from parley.archive.transcript.building import build
from parley.archive.transcript.model import Transcript
from parley.archive.transcript.rendering import render
from parley.archive.transcript.room import NotShownError
from parley.archive.verification import Code, Fault, Verdict
from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.events import Event, EventId
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox

RELAY_DOMAIN = "relay.example"
BUYER_MAILBOX = "anna.kaeufer@privatmail.example"
SELLER_MAILBOX = "shop@haendler-mueller.example"
BEGAN = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
PARTIES = {
    Role.BUYER: Party(
        id=PartyId("p-buyer"),
        role=Role.BUYER,
        locale="de",
        display_name="Anna Käufer",
        mailboxes=(Mailbox("anna.kaeufer", "privatmail.example"),),
    ),
    Role.SELLER: Party(
        id=PartyId("p-seller"),
        role=Role.SELLER,
        locale="de",
        display_name="Händler Müller GmbH",
        mailboxes=(Mailbox("shop", "haendler-mueller.example"),),
    ),
}
ALIASES = {Role.BUYER: AliasId("b-7k2m"), Role.SELLER: AliasId("s-9q4t")}


def text_mail(text: str, subject: str = "Order 303", subtype: str = "plain") -> bytes:
    head = f"From: s-9q4t@relay.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
    kind = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return (head + kind + text.replace("\n", "\r\n")).encode("utf-8", "surrogateescape")


class Exchange:
    """One conversation c1; everything that is added takes the next place, an hour after what was before."""

    def __init__(self, order: str | None = "303-11", parties: Mapping[Role, Party] = PARTIES) -> None:
        self.conversation = Conversation(
            id=ConversationId("c1"),
            order=order,
            parties={role: party.id for role, party in PARTIES.items()},
            aliases=dict(ALIASES),
        )
        self.parties = parties
        self.history: list[Message | Event] = []
        self.objects: dict[str, bytes] = {}
        self.unmaskable: dict[MessageId, str] = {}

    @property
    def now(self) -> datetime:
        return BEGAN + timedelta(hours=len(self.history))

    def mail(
        self,
        shown: bytes,
        state: State = State.RELAYED,
        *,
        original: bytes | None = None,
        author: Role | None = Role.BUYER,
        findings: list[Any] | None = None,
        codes: tuple[str, ...] = (),
        **changes: Any,
    ) -> Message:
        """shown: what the other party saw, or would have seen if the mail was not passed on."""
        seq, at = len(self.history) + 1, self.now
        identity = MessageId(f"m{seq:04d}")
        recipient = author.other if author else Role.SELLER
        record = MessageRecord(
            author_role=author,
            recipient_role=recipient,
            outcome=changes.pop("intended", state),
            codes=codes,
            screening={
                "policy": "default-1",
                "hits": ["spam"],
                "misses": ["loop", "size"],
                "findings": findings or [],
            },
        )
        place = folder(self.conversation.id, seq, at, direction(author, recipient), identity)
        values: dict[str, Any] = {
            "id": identity,
            "receipt_id": f"r{seq}",
            "alias": ALIASES[recipient],
            "received_at": at,
            "state": state,
            "codes": codes,
            "conversation": self.conversation.id,
            "seq": seq,
            "author_role": author,
            "link": "{}",
            "record": record.to_json(),
            "folder": place,
        }
        message = Message(**{**values, **changes})
        self.objects[place + ORIGINAL] = shown if original is None else original
        if state in (State.RELAYED, State.RELEASED):
            self.objects[place + RELAYED] = shown
            self.objects[content_key(place)] = content_of(shown)
        else:
            self.objects[f"masked {identity}"] = shown
        self.history.append(message)
        return message

    def event(
        self,
        kind: EventKind,
        message: Message | None = None,
        *,
        text: str | None = None,
        **facts: str | int,
    ) -> Event:
        """text: what a reviewer wrote."""
        seq = len(self.history) + 1
        identity = EventId(f"e{seq:04d}")
        place = ""
        if text is not None:
            place = event_folder(self.conversation.id, self.now, kind, identity)
            self.objects[content_key(place)] = note_content(text, "reviewer-session")
        event = Event(
            id=identity,
            conversation=self.conversation.id,
            seq=seq,
            at=self.now,
            kind=kind,
            link="{}",
            record=EventRecord(kind=kind, message=message.id if message else None, facts=facts).to_json(),
            salts=((str(Committed.RECORD), "00"),),
            message=message.id if message else None,
            folder=place,
        )
        self.history.append(event)
        return event

    def mask(self, message: Message, original: bytes) -> bytes:
        """In place of masking: what `mail` was given, or the refusal that a test asked for."""
        if message.id in self.unmaskable:
            raise NotShownError(self.unmaskable[message.id])
        return self.objects.get(f"masked {message.id}", original)

    def transcript(self, **options: Any) -> Transcript:
        values: dict[str, Any] = {"relay_domain": RELAY_DOMAIN, "generated_at": self.now, **options}
        return build(self.conversation, self.parties, self.history, self.objects.get, self.mask, **values)

    def page(self, locale: str = "en", **options: Any) -> str:
        originals = bool(options.get("with_originals"))
        return render(self.transcript(**options), locale, with_originals=originals).decode()


HTML = """<h1>Ihre Bestellung</h1><p>Schreiben Sie an <b>s-9q4t@relay.example</b> oder ***@***.
<a href="https://drive.google.com/file/d/303">Fotos</a></p>
<blockquote>Am Freitag schrieb b-7k2m@relay.example:
<blockquote>Wo bleibt das Paket?</blockquote></blockquote>
<table><tr><th>Artikel</th><td>Lampe</td></tr></table>
<p dir="rtl">שלום</p><ul><li>eins</li><li>zwei</li></ul><pre>  vorformatiert</pre>"""
_PIXELS = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def rich_mail() -> bytes:
    """HTML with a plain alternative that says something else, two pictures, a file and an enclosed mail."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"] = "s-9q4t@relay.example", "Re: Bestellung 303 – Grüße"
    made.set_content("Nur im Text: Gutschein 10 EUR")
    made.add_alternative(HTML, subtype="html")
    for name in ("lampe.png", "noch einmal.png"):
        made.add_attachment(b64decode(_PIXELS), maintype="image", subtype="png", filename=name)
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="rechnung\u202efdp.exe")
    made.add_attachment(message_from_bytes(text_mail("Der beigefügte Text", "Anlage"), policy=default))
    for number, part in enumerate(made.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"b{number}")
    return made.as_bytes()


def rich() -> Exchange:
    """A conversation with something of all that a transcript can show."""
    exchange = Exchange()
    question = exchange.mail(
        text_mail("Guten Tag,\n\nwo bleibt das Paket? b-7k2m@relay.example\n\n> Zitat\n"),
        original=b"X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\nX-SES-RECEIPT: x\r\n"
        + text_mail(f"Guten Tag,\n\nwo bleibt das Paket? {BUYER_MAILBOX}\n\n> Zitat\n"),
        findings=[
            ["protected-masked", "note", "part:1", 1],
            ["contact-phone", "note", "subject", 2],
            ["filename-masked", "note", "part:1.2:filename", 1],
        ],
        codes=("auto-reply",),
    )
    exchange.event(EventKind.SENT, question)
    exchange.event(EventKind.DELIVERED, question, code="250")
    exchange.mail(
        rich_mail(),
        author=Role.SELLER,
        findings=[
            ["remote-content-removed", "note", "part:1.2", 3],
            ["contact-mailbox-masked", "note", "part:1", 1],
        ],
    )
    exchange.mail(text_mail("Ich bin im Urlaub"), author=Role.SELLER, automatic="auto-reply")
    exchange.mail(text_mail("Rufen Sie mich an"), State.HELD, codes=("spam",))
    exchange.mail(text_mail("Ich bin es doch"), State.REFUSED, codes=("stranger",), author=None)
    broken = exchange.mail(b"\0", State.HELD, codes=("not-a-mail",))
    exchange.unmaskable[broken.id] = "html-too-complex"
    released = exchange.mail(text_mail("Freigegeben"), State.RELEASED, intended="held", codes=("spam",))
    exchange.event(EventKind.RELEASE_ASKED, released, text="ist in Ordnung", case="case-7")
    exchange.event(EventKind.RELEASED, released)
    exchange.mail(text_mail("Unterwegs"), State.SENDING, author=Role.SELLER, intended="relayed")
    gone = exchange.mail(text_mail("Verloren"))
    for kind in set(Committed) - {Committed.RECORD}:
        del exchange.objects[object_key(gone.folder, kind)]
    exchange.event(EventKind.HOLD_PLACED, text="Der Fall ist offen", case="case-7", hold="h1")
    exchange.event(EventKind.NOTE, text=f"Der Käufer schrieb auch von {BUYER_MAILBOX}", case="case-7")
    exchange.event(EventKind.HOLD_LIFTED, text="Der Fall ist zu", case="case-7", hold="h1")
    exchange.event(EventKind.HOLD_PLACED, text="Noch ein Fall", case="case-8", hold="h2")
    return exchange


FAULTY = Verdict(
    conversation="c1",
    count=9,
    signed=8,
    faults=(Fault(seq=3, code=Code.OBJECT_ALTERED, key="conversations/c1/x/original.eml"),),
    pending=(9,),
    erased=(1,),
)
