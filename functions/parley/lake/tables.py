"""The lake's tables: columns and where they lie. The Glue catalogue, the writer of Parquet and the checks of
rows all read them here.

In the review bucket, by day:

lake/arrivals/2026-09-04/2026-09-04T161210.123456Z_<digest>.jsonl    rows as they came, any table, any day
lake/messages/day=2026-09-04/part-000.parquet
lake/delivery_events/day=…/…  lake/reviewer_actions/day=…/…
lake/errors/day=…/part-000.parquet                                   which lines were no rows
lake/malformed/2026-09-04/…_<digest>.jsonl                           those lines, for 30 days
lake/erasures/<conversation>/<digest>.json                           what the next round takes out

In the archive bucket, by conversation, one line of JSON an object, which `parley.archive` writes:

contents/<conversation>/….json
entries/<conversation>/….json
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

PREFIX: Final = "lake/"
ARRIVALS: Final = f"{PREFIX}arrivals/"
ERASURES: Final = f"{PREFIX}erasures/"
MALFORMED: Final = f"{PREFIX}malformed/"
FIRST_DAY: Final = date(2026, 1, 1)
"""No mail is older than the product."""


@dataclass(frozen=True, slots=True)
class Column:
    """type: of Glue (Hive's names). says: what it holds, for the catalogue and the documentation.
    is_optional: whether it may be null. is_personal: whether it leads to a person, if only by way of the
    marketplace's own records; it is null after an erasure."""

    name: str
    type: str
    says: str
    is_optional: bool = False
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """key: the columns that tell rows apart; of rows with the same key the one with the highest `version`
    stays. A row belongs to the day (UTC) of the column `at`, and `day` is the partition."""

    name: str
    says: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def prefix(self) -> str:
        return f"{PREFIX}{self.name}/"


@dataclass(frozen=True, slots=True)
class ConversationTable:
    """Of objects that lie in a folder a conversation: a query names the conversation, and opens no other's.
    A line that is no JSON is a row of nulls. prefix: in the archive bucket."""

    name: str
    says: str
    prefix: str
    columns: tuple[Column, ...]


_CONVERSATION = Column("conversation_id", "string", "the conversation")
_VERSION = Column("version", "bigint", "of rows with the same key the highest one counts")
_ORDER = Column(
    "order_id", "string", "the marketplace's order, if there is one", is_optional=True, is_personal=True
)
_BUYER = Column("buyer_id", "string", "the marketplace's id of the buyer", is_optional=True, is_personal=True)
_SELLER = Column(
    "seller_id", "string", "the marketplace's id of the seller", is_optional=True, is_personal=True
)
_SEQ = Column("seq", "int", "place in the conversation's chain, from 1")

MESSAGES = Table(
    "messages",
    "one row a message: what was written to an alias, and what became of it",
    ("message_id",),
    (
        _CONVERSATION,
        Column("message_id", "string", "the message"),
        _VERSION,
        _SEQ,
        Column("at", "timestamp", "when SES received it (UTC); decides every window, never the Date field"),
        Column(
            "passed_on_at",
            "timestamp",
            "when it went on to its recipient: at, or its release; else null",
            is_optional=True,
        ),
        _ORDER,
        _BUYER,
        _SELLER,
        Column(
            "author_role", "string", "buyer or seller; null where the author is not proved", is_optional=True
        ),
        Column("recipient_role", "string", "buyer or seller: whose alias it was sent to"),
        Column("state", "string", "relayed, held, released, refused, expired or discarded"),
        Column("codes", "array<string>", "why"),
        Column(
            "automatic",
            "string",
            "the kind of automatic mail; null for what a person wrote",
            is_optional=True,
        ),
        Column("policy", "string", "version of the policy that judged it"),
        Column("hits", "array<string>", "rules that found something"),
        Column("misses", "array<string>", "rules that looked and found nothing"),
        Column(
            "findings",
            "array<struct<code:string,severity:string,place:string,occurrences:int>>",
            "what the rules saw",
        ),
        Column(
            "attachments",
            "array<struct<sha256:string,media_type:string,octets:bigint>>",
            "attachments that were passed on",
            is_optional=True,
            is_personal=True,
        ),
        Column(
            "content_name",
            "string",
            "the name of its text in the table content, without ending; null without one",
            is_optional=True,
        ),
        Column("topics", "array<string>", "what it is about, by lists of words; never its text"),
        Column(
            "author_domain",
            "string",
            "keyed hash of the author's domain; null at a freemail provider",
            is_optional=True,
            is_personal=True,
        ),
        Column("is_erased", "boolean", "whether what leads to a person was taken out"),
    ),
)
DELIVERY_EVENTS = Table(
    "delivery_events",
    "one row for each thing that SES told of a relayed message",
    ("event_id",),
    (
        _CONVERSATION,
        Column("message_id", "string", "the message"),
        Column("event_id", "string", "the event"),
        _VERSION,
        _SEQ,
        Column("at", "timestamp", "when it was recorded (UTC)"),
        Column("occurred_at", "timestamp", "when it happened, as SES told (UTC); at, where it told nothing"),
        Column("kind", "string", "sent, delayed, delivered, bounced, suppressed, rejected or complained"),
        Column("codes", "array<string>", "its facts as name=value, such as subtype=general"),
        Column("is_erased", "boolean", "whether what leads to a person was taken out"),
    ),
)
REVIEWER_ACTIONS = Table(
    "reviewer_actions",
    "one row for each note, hold, decision, export and read of somebody of the marketplace",
    ("action_id",),
    (
        _CONVERSATION,
        Column("message_id", "string", "the message, if it was about one", is_optional=True),
        Column("action_id", "string", "the event or the read"),
        _VERSION,
        _SEQ,
        Column("at", "timestamp", "when (UTC)"),
        Column("kind", "string", "read, exported, note, hold-placed, hold-lifted, release-asked, refused, …"),
        Column("what", "string", "of a read: transcript, entries, originals, export", is_optional=True),
        Column("case_id", "string", "the case that it was done for", is_optional=True),
        Column(
            "actor",
            "string",
            "who, as their session names them: staff, not a party",
            is_optional=True,
            is_personal=True,
        ),
        Column("is_erased", "boolean", "whether what leads to a person was taken out"),
    ),
)
TABLES: Final[Mapping[str, Table]] = {
    table.name: table for table in (MESSAGES, DELIVERY_EVENTS, REVIEWER_ACTIONS)
}
ERRORS = Table(
    "errors",
    "one row for each line that arrived and was no row; nothing of what stood in it",
    ("source", "line"),
    (
        Column("source", "string", "the object in which it arrived"),
        Column("line", "int", "which line of it, from 1"),
        _VERSION,
        Column("at", "timestamp", "when the object says that it was written (UTC)"),
        Column("code", "string", "what is wrong with it"),
        Column("digest", "string", "SHA-256 of the line, in hex"),
    ),
)
"""Not among `TABLES`: no line can say that it belongs there."""
CONTENT = ConversationTable(
    "content",
    "what people wrote, as the other party saw it: one row a mail that went out",
    "contents/",
    (
        Column("subject", "string", "the subject"),
        Column("text", "string", "the text"),
        Column("others", "array<string>", "what another alternative of the mail said"),
        Column(
            "attachments",
            "array<struct<place:string,name:string,media_type:string,size:bigint>>",
            "what was attached",
        ),
    ),
)
ENTRIES = ConversationTable(
    "entries",
    "one row for each message and event of the conversation's chain: ids, codes and times",
    "entries/",
    (
        Column("kind", "string", "message, or the kind of the event"),
        Column("link", "struct<seq:int,id:string,at:string>", "place in the chain, id, and time (UTC)"),
        Column(
            "record",
            "struct<author_role:string,recipient_role:string,message:string,facts:map<string,string>>",
            "of a message its roles; of an event the message that it is about, and facts",
        ),
        Column("outcome", "string", "of a message: relayed, held, refused or discarded on its receipt"),
        Column("codes", "array<string>", "of a message: why"),
        Column("folder", "string", "where its mails lie; its last part is the name of its text in content"),
    ),
)
"""Without the salts and hashes by which an entry is proved: `parley verify` reads the objects themselves."""
BY_CONVERSATION: Final[Mapping[str, ConversationTable]] = {table.name: table for table in (CONTENT, ENTRIES)}
