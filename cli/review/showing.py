"""Writes conversations to a terminal, or as JSON. Whatever stands in a mail, it is shown as text."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text as Line

from cli.marketplace import Happening, HeldMessage, Hold, OpenedConversation
from cli.review.finding import Match
from cli.review.reading import Text, Unshown
from cli.review.words import harmless, shown
from parley.archive.content import Note
from parley.archive.readable import Readable

_UNSHOWN = {
    "not-archived": "is not archived yet, which takes a minute",
    "object-missing": "is gone: erased, or see parley verify",
    "access-denied": "may be read by a senior reviewer",
    "content-unreadable": "cannot be read; parley verify tells whether it was altered",
}
OF_RECEIPT = "receipt:"
"""How a mail that belongs to no conversation is named where others have that: by its receipt."""
_STYLES = {"relayed": "green", "released": "green", "held": "yellow", "releasing": "yellow"}


def matches_table(matches: Sequence[Match]) -> Table:
    """Without the columns of entries where none was looked at."""
    looked = any(each.latest for each in matches)
    last = ("latest", "messages", "flags") if looked else ()
    table = _table("conversation", "order", "status", "holds", "buyer", "seller", *last)
    for each in matches:
        told = each.conversation
        cells = [told.id, told.order or "", told.status, str(len(told.holds) or "")]
        cells += [told.buyer or "", told.seller or ""]
        if looked:
            cells += [shown(each.latest) if each.latest else "", str(each.messages), " ".join(each.flags)]
        _row(table, *cells)
    return table


def held_table(held: Iterable[HeldMessage]) -> Table:
    table = _table("conversation", "message", "received", "direction", "state", "why")
    for each in held:
        received, why = shown(each.received_at), " ".join(each.codes)
        conversation, direction = each.conversation or OF_RECEIPT + each.receipt, each.direction or ""
        _row(table, conversation, each.message, received, direction, each.state, why)
    return table


def holds_table(holds: Iterable[Hold]) -> Table:
    table = _table("hold", "case", "placed", "in force")
    for each in holds:
        _row(table, each.id, each.case, shown(each.placed_at), "yes" if each.in_force else "no")
    return table


def conversation_told(
    conversation: OpenedConversation, told: Sequence[tuple[Happening, Text]], console: Console
) -> None:
    """Header, and one block a message or event, in the order of the chain."""
    order = f"order {conversation.order}" if conversation.order else "a first contact"
    console.print(Line(harmless(f"Conversation {conversation.id}: {order}, {conversation.status}"), "bold"))
    for role, party, alias in (
        ("buyer", conversation.buyer, conversation.buyer_alias),
        ("seller", conversation.seller, conversation.seller_alias),
    ):
        console.print(Line(harmless(f"{role}: {party or 'not known'}, written to at {alias or 'no alias'}")))
    for hold in conversation.holds:
        console.print(
            Line(f"on hold for case {hold.case} since {shown(hold.placed_at)} ({hold.id})", "yellow")
        )
    for happening, text in told:
        _happening(happening, text, console)


def happening_document(happening: Happening, text: Text) -> dict[str, Any]:
    """For JSON. text: the content, with its kind, or null."""
    match text:
        case Unshown(code):
            content: dict[str, Any] | None = {"kind": "unshown", "code": code}
        case None:
            content = None
        case _:
            content = {"kind": "note" if isinstance(text, Note) else "mail", **asdict(text)}
    return {**asdict(happening), "content": content}


def _happening(happening: Happening, text: Text, console: Console) -> None:
    what = f"{happening.direction} {happening.state}" if happening.kind == "message" else happening.kind
    title = Line.assemble(
        (f"{happening.seq} ", "bold"),
        shown(happening.at),
        "  ",
        (harmless(what), _STYLES.get(happening.state or "", "")),
    )
    console.print(Rule(title, align="left", characters="─"))
    if details := _details(happening):
        console.print(_indented(Line(harmless(details), "dim"), below=0))
    match text:
        case Readable():
            console.print(_indented(_mail(text)))
        case Note(text=written, actor=actor):
            console.print(_indented(Line(harmless(f"{written}\n({actor})"))))
        case Unshown(code):
            console.print(_indented(Line(f"(the text {_UNSHOWN.get(code, code)})", "dim")))
        case None if happening.kind == "message":
            console.print(
                _indented(Line("(the other party did not see it; parley review open shows it masked)", "dim"))
            )


def _details(happening: Happening) -> str:
    """Ids and codes."""
    facts = [f"{name}={value}" for name, value in sorted(happening.facts.items())]
    concerns = [f"of {happening.message}"] if happening.message else []
    own = [happening.id] if happening.kind == "message" else []
    return " ".join([*own, *concerns, *happening.codes, *facts])


def _mail(mail: Readable) -> Line:
    line = Line.assemble(
        (harmless(mail.subject) or "(no subject)", "bold"), "\n", harmless(mail.text).strip("\n")
    )
    for other in mail.others:
        line.append("\nand in its other form: ", "dim").append(harmless(other))
    for each in mail.attachments:
        name = harmless(each.name).replace("\n", " ") or "(without a name)"
        line.append(f"\nattached: {name}, {harmless(each.media_type)}, {each.size} octets", "cyan")
    for place, code in mail.unreadable:
        line.append(f"\ncannot be read: part {place or 'all'} ({code})", "yellow")
    return line


def _indented(line: Line, *, below: int = 1) -> Padding:
    return Padding(line, (0, 0, below, 2))


def _table(*columns: str) -> Table:
    table = Table(show_lines=False, expand=False)
    for column in columns:
        # Ids are copied from here.
        table.add_column(column, overflow="fold", no_wrap=column in ("conversation", "message", "hold"))
    return table


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(Line(harmless(cell)) for cell in cells))


def match_document(match: Match) -> dict[str, Any]:
    return {
        **asdict(match.conversation),
        "latest": match.latest,
        "messages": match.messages,
        "flags": match.flags,
    }


def conversation_document(
    conversation: OpenedConversation, told: Sequence[tuple[Happening, Text]]
) -> dict[str, Any]:
    return {**asdict(conversation), "happenings": [happening_document(*each) for each in told]}
